//! Rules: read, checked, compiled.

pub(crate) mod compile;
pub(crate) mod draft;
pub(crate) mod prove;
pub(crate) mod site;
pub(crate) mod source;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use compile::Compiled;
use sha2::{Digest, Sha256};
use source::resolve::{Text, resolve};
use source::rule::Ruleset;
use source::table::Table;

pub use source::{problem::Problem, rule::Category};

/// The shipped rules, as the build script packed them.
static BUILTIN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules.bin"));
static BUILTIN_PHRASES: Table =
    Table::packed(include_bytes!(concat!(env!("OUT_DIR"), "/phrases.bin")));

/// The largest rule file that is read, in bytes. The largest shipped one has under 200 KB.
const MAX_FILE_BYTES: u64 = 16 << 20;

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
        Rules(Arc::new(Compiled::new(builtin_set(), vec![BUILTIN_PHRASES.clone()]).0))
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
        RulesBuilder { builtin: true, texts: Vec::new(), problems: Vec::new() }
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
    texts: Vec<Text>,
    problems: Vec<Problem>,
}

impl RulesBuilder {
    /// Whether the shipped rules take part. They do unless this says no.
    #[must_use]
    pub fn use_builtin(mut self, yes: bool) -> Self {
        self.builtin = yes;
        self
    }

    /// Adds the text of a rule file; `name` stands for it in reports.
    #[must_use]
    pub fn text(mut self, name: impl Into<String>, yaml: impl Into<String>) -> Self {
        self.texts.push(Text { name: name.into(), text: yaml.into() });
        self
    }

    /// Adds a rule file, or every `.yaml` and `.yml` file below a directory, in the order of
    /// their names. What cannot be read is reported by [`build`](Self::build).
    #[must_use]
    pub fn path(mut self, path: impl AsRef<Path>) -> Self {
        let path = path.as_ref();
        let mut files = Vec::new();
        if path.is_dir() {
            match collect(path, &mut files) {
                Ok(()) if files.is_empty() => {
                    self.trouble(path, "there is no .yaml or .yml file in this directory".into());
                }
                Ok(()) => {}
                Err(error) => self.unreadable(path, &error),
            }
        } else {
            files.push(path.to_path_buf());
        }
        for file in files {
            match read(&file) {
                Ok(text) => self.texts.push(Text { name: file.display().to_string(), text }),
                Err(error) => self.unreadable(&file, &error),
            }
        }
        self
    }

    fn unreadable(&mut self, path: &Path, error: &std::io::Error) {
        self.trouble(path, format!("cannot be read: {error}"));
    }

    fn trouble(&mut self, path: &Path, message: String) {
        self.problems.push(Problem {
            file: path.display().to_string(),
            line: 0,
            column: 0,
            message,
            help: None,
            excerpt: String::new(),
        });
    }

    /// Reads, checks and compiles.
    ///
    /// # Errors
    ///
    /// All mistakes of all files together. There are no half-loaded rules.
    pub fn build(self) -> Result<Rules, RuleErrors> {
        let (base, mut tables) = if self.builtin {
            (builtin_set(), vec![BUILTIN_PHRASES.clone()])
        } else {
            (Ruleset::default(), Vec::new())
        };
        let (mut set, found) = resolve(base, &self.texts);
        tables.push(Table::pack(&mut set));
        let mut problems = self.problems;
        problems.extend(found);
        let (compiled, bad) = Compiled::new(set, tables);
        for bad in bad {
            problems.push(self::bad_selector(&compiled.set, &self.texts, &bad));
        }
        if problems.is_empty() {
            Ok(Rules(Arc::new(compiled)))
        } else {
            Err(RuleErrors { problems })
        }
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
                    help: None,
                    excerpt: line.to_string(),
                };
            }
        }
    }
    Problem {
        file: file.cloned().unwrap_or_default(),
        line: 0,
        column: 0,
        message: format!("`{}`: {}", bad.selector, bad.message),
        help: None,
        excerpt: String::new(),
    }
}

fn read(path: &Path) -> std::io::Result<String> {
    // The size that a pipe or a device reports says nothing; what is read does.
    let mut text = String::new();
    std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_FILE_BYTES {
        let message = format!("it is longer than the {MAX_FILE_BYTES} bytes a rule file may have");
        return Err(std::io::Error::other(message));
    }
    Ok(text)
}

/// Collects the rule files below `dir`, sorted, without following links to directories.
fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut dirs = vec![dir.to_path_buf()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(&dir)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                dirs.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(())
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
