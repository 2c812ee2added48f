//! Rules: read, checked, compiled.

mod check;
pub(crate) mod compile;
pub(crate) mod draft;
mod entry;
mod load;
pub(crate) mod prove;
#[cfg(test)]
pub(crate) mod schema;
pub(crate) mod site;
pub(crate) mod source;

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compile::Compiled;
use sha2::{Digest, Sha256};
use source::resolve::{Text, resolve};
use source::rule::Ruleset;
use source::table::Table;

pub use entry::{Inactive, RuleEntry, RulePlace};
pub use source::layer::Layer;
pub use source::problem::{Problem, Severity};
pub use source::rule::{Category, Status};

/// The shipped rules, as the build script packed them.
static BUILTIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static BUILTIN_PHRASES: Table =
    Table::packed(include_bytes!(concat!(env!("OUT_DIR"), "/phrases.bin")));

/// Rules, compiled once and shared freely: cloning is cheap, and every thread may use the same.
///
/// ```
/// use dehusk::{Cleaner, Rules};
///
/// let rules = Rules::builtin();
/// let cleaner = Cleaner::new(rules);
/// # let _ = cleaner;
/// ```
#[derive(Clone, Debug)]
pub struct Rules(pub(crate) Arc<Compiled>);

impl Rules {
    /// The rules that dehusk ships.
    pub fn builtin() -> Rules {
        let mut set = builtin_set();
        set.settle_drafts(false);
        Rules(Arc::new(Compiled::new(set, vec![BUILTIN_PHRASES.clone()]).0))
    }

    /// No rules: nothing is ever cut.
    pub fn none() -> Rules {
        Rules(Arc::new(Compiled::new(Ruleset::default(), Vec::new()).0))
    }

    /// Starts with the shipped rules and adds others to them.
    ///
    /// ```
    /// use dehusk::Rules;
    ///
    /// let rules = Rules::builder()
    ///     .text("mine.yaml", "
    ///         sites: [example.org]
    ///         rules:
    ///           - id: letterbox
    ///             category: newsletter
    ///             remove: '.letterbox'")
    ///     .build()?;
    /// # Ok::<(), dehusk::RuleErrors>(())
    /// ```
    pub fn builder() -> RulesBuilder {
        RulesBuilder::default()
    }

    /// The number of rules.
    pub fn len(&self) -> usize {
        self.0.set.rules.len()
    }

    /// The ids of the rules that cut something, with what it is, in the order of the rules.
    pub fn cutting(&self) -> impl Iterator<Item = (&str, Category)> {
        self.0.set.rules.iter().filter_map(|rule| Some((rule.id.as_str(), rule.category?)))
    }

    /// A checksum of the rules: it changes when any of them does.
    ///
    /// ```
    /// use dehusk::Rules;
    /// assert_eq!(Rules::builtin().fingerprint(), Rules::builtin().fingerprint());
    /// assert_ne!(Rules::builtin().fingerprint(), Rules::none().fingerprint());
    /// ```
    pub fn fingerprint(&self) -> String {
        // Plain data without maps in it always packs, and always alike.
        let mut hash =
            Sha256::new_with_prefix(postcard::to_allocvec(&self.0.set).unwrap_or_default());
        for table in self.0.phrases.tables() {
            hash.update(table.as_bytes());
        }
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether there are no rules.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn builtin_set() -> Ruleset {
    // The build script wrote it with the same types; a test unpacks it.
    postcard::from_bytes(BUILTIN).unwrap_or_default()
}

/// Gathers rule files, then compiles them all.
#[derive(Clone, Debug)]
pub struct RulesBuilder {
    builtin: bool,
    drafts: bool,
    layer: Layer,
    /// Each with its real path, if it was read from a file.
    texts: Vec<(Option<PathBuf>, Text)>,
    problems: Vec<(Layer, Problem)>,
}

impl Default for RulesBuilder {
    fn default() -> Self {
        RulesBuilder {
            builtin: true,
            drafts: false,
            layer: Layer::Given,
            texts: Vec::new(),
            problems: Vec::new(),
        }
    }
}

impl RulesBuilder {
    /// Whether the shipped rules take part. They do unless this says no.
    #[must_use]
    pub fn use_builtin(mut self, yes: bool) -> Self {
        self.builtin = yes;
        self
    }

    /// Whether rules with `status: draft` run. Those of [`Layer::Given`] do anyway.
    #[must_use]
    pub fn use_drafts(mut self, yes: bool) -> Self {
        self.drafts = yes;
        self
    }

    /// The layer of what is added from here on; [`Layer::Given`] unless this says otherwise. Later
    /// layers win, in whatever order they are added.
    ///
    /// ```
    /// use dehusk::{Layer, Rules};
    ///
    /// let rules = Rules::builder()
    ///     .layer(Layer::Project)
    ///     .text("project.yaml", "disable: [letterbox]")
    ///     .layer(Layer::User)
    ///     .text("user.yaml", "
    ///         sites: [example.org]
    ///         rules: [{ id: letterbox, category: newsletter, remove: .letterbox }]")
    ///     .use_builtin(false)
    ///     .build()?;
    /// assert!(rules.is_empty());
    /// # Ok::<(), dehusk::RuleErrors>(())
    /// ```
    #[must_use]
    pub fn layer(mut self, layer: Layer) -> Self {
        self.layer = layer;
        self
    }

    /// Adds the text of a rule file; `name` stands for it in reports.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, yaml: impl Into<String>) -> Self {
        self.texts.push((None, Text { name: name.into(), text: yaml.into(), layer: self.layer }));
        self
    }

    /// Adds a rule file, or every `.yaml` and `.yml` file below a directory, in the order of
    /// their names; hidden ones are left out. A file that is there twice is read once, in the
    /// later layer. What cannot be read is reported by [`build`](Self::build).
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        let loaded = load::load(path.as_ref(), self.layer);
        self.texts.extend(loaded.texts);
        self.problems.extend(loaded.problems.into_iter().map(|problem| (self.layer, problem)));
        self
    }

    /// Reads, checks and compiles.
    ///
    /// # Errors
    ///
    /// All mistakes of all files together. There are no half-loaded rules.
    pub fn build(self) -> Result<Rules, RuleErrors> {
        if self.builtin && !self.drafts && self.texts.is_empty() && self.problems.is_empty() {
            return Ok(Rules::builtin());
        }
        let (rules, problems) = self.try_build();
        if problems.is_empty() {
            Ok(rules)
        } else {
            Err(RuleErrors { problems: problems.into_iter().map(|(_, problem)| problem).collect() })
        }
    }

    /// The files in the order of their layers, each once.
    fn ordered(&self) -> Vec<Text> {
        let mut texts: Vec<_> = self.texts.iter().collect();
        texts.sort_by_key(|(_, text)| text.layer);
        let mut seen = BTreeSet::new();
        texts.reverse();
        texts.retain(|(path, _)| path.as_ref().is_none_or(|path| seen.insert(path)));
        texts.reverse();
        texts.into_iter().map(|(_, text)| text.clone()).collect()
    }

    /// The rules that can be made of what is there, and all mistakes with the layers of their
    /// files.
    fn try_build(self) -> (Rules, Vec<(Layer, Problem)>) {
        let texts = self.ordered();
        let (base, mut tables) = if self.builtin {
            (builtin_set(), vec![BUILTIN_PHRASES.clone()])
        } else {
            (Ruleset::default(), Vec::new())
        };
        let (mut set, mut found) = resolve(base, &texts);
        set.settle_drafts(self.drafts);
        tables.push(Table::pack(&mut set));
        let (compiled, bad) = Compiled::new(set, tables);
        // What was found at its place need not be told again without one.
        if found.is_empty() {
            found.extend(bad.iter().map(|bad| bad_selector(&compiled.set, &texts, bad)));
        }
        let layer = |problem: &Problem| {
            texts
                .iter()
                .find(|text| text.name == problem.file)
                .map_or(self.layer, |text| text.layer)
        };
        let found: Vec<_> = found.into_iter().map(|problem| (layer(&problem), problem)).collect();
        (Rules(Arc::new(compiled)), self.problems.into_iter().chain(found).collect())
    }
}

/// Finds the place of a selector in its file again, since rules as they run do not keep it.
fn bad_selector(set: &Ruleset, texts: &[Text], bad: &compile::BadSelector) -> Problem {
    let file = set
        .rules
        .iter()
        .find(|rule| rule.id == bad.rule)
        .and_then(|rule| set.files.get(rule.file as usize));
    let places = texts.iter().filter(|text| file.is_none_or(|file| *file == text.name));
    for text in places {
        for (number, line) in text.text.lines().enumerate() {
            if let Some(at) = line.find(&bad.selector) {
                return Problem {
                    file: text.name.clone(),
                    line: number + 1,
                    column: line[..at].chars().count() + 1,
                    message: format!("`{}`: {}", bad.selector, bad.message),
                    excerpt: line.to_string(),
                    ..Problem::default()
                };
            }
        }
    }
    Problem {
        file: file.cloned().unwrap_or_default(),
        message: format!("`{}`: {}", bad.selector, bad.message),
        ..Problem::default()
    }
}

/// The mistakes in rule files. Its [`Display`](fmt::Display) form shows each with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleErrors {
    problems: Vec<Problem>,
}

impl RuleErrors {
    /// The mistakes, by file.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for RuleErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for RuleErrors {}
