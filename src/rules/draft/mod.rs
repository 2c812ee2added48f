//! Rules and tests written from examples.

mod candidate;
mod cases;
mod example;
mod names;
mod phrases;
mod selector;
mod similar;
pub(crate) mod sketch;
pub(crate) mod yaml;

use std::fmt::Write;

use crate::dom::NodeId;
use crate::explain::text_of;
use crate::inspect::{Desk, Pick};
use crate::rules::site::Address;
use crate::text::Kind;
use crate::{Category, Cleaned, Cleaner, Error, Rules, address_of};
use cases::Suspects;
use example::Example;
pub use phrases::draft_phrases;
use selector::{Proposal, Sureness};
use yaml::{quoted, scalar};

/// The words of a block that name it.
const NAME_WORDS: usize = 8;

/// Places that are told of.
const MAX_PLACES: usize = 8;

/// Words by which a block is known must be so many, lest others have them too; and so many are
/// enough.
const PHRASE_WORDS: std::ops::RangeInclusive<usize> = 3..=8;

/// What is known of a rule that is to be written, beside the example.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DraftOptions {
    /// Its id; else it is made from the site and the category.
    pub id: Option<String>,
    /// What the block is; else what the rules think.
    pub category: Option<Category>,
    /// The day on which the page was seen, as `2026-11-23`.
    pub date: Option<String>,
}

/// A rule written from an example, with its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// The rule file.
    pub yaml: String,
    /// The rule's id.
    pub id: String,
    /// What it removes.
    pub category: Category,
    /// The address of the page, for whose site it is.
    pub url: Option<String>,
    /// What else its author should know.
    pub notes: Vec<String>,
}

impl Cleaner {
    /// Writes a rule for the site of a page that removes the block picked, and tests for it.
    ///
    /// ```
    /// use dehusk::{Cleaner, DraftOptions, Pick, Rules};
    ///
    /// let page = b"<link rel=canonical href=https://example.org/a><h1>The mill</h1><p>It is old.</p>\
    ///     <div class='post-support css-1x2y'><p>Chip in for the roof</p></div><p>It is quiet.</p>";
    /// let mut options = DraftOptions::default();
    /// options.category = Some(dehusk::Category::Donation);
    /// let pick = Pick::Containing("for the roof".into());
    /// let draft = Cleaner::new(Rules::builtin()).draft(page, &pick, &options)?;
    /// assert!(draft.yaml.contains("sites: [example.org]"));
    /// assert!(draft.yaml.contains("remove: '.post-support'"));
    /// # Ok::<(), dehusk::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The input is past the limits ([`Error::is_limit`]); or the block cannot be told, or what it
    /// is and where it is from is not known ([`Error::is_request`]).
    pub fn draft(&self, input: &[u8], pick: &Pick, options: &DraftOptions) -> Result<Draft, Error> {
        let url = self.address().map(str::to_string).or_else(|| address_of(input));
        let url = url.ok_or_else(|| {
            Error::request("the page does not say where it is from; give its address (--url)")
        })?;
        let cleaned = self.clean(input)?;
        self.at_desk(input, |desk| {
            if desk.kind != Kind::Html {
                return Err(Error::request(
                    "text has no elements to select; write a rule with phrases (--text)",
                ));
            }
            let example = desk.example(pick, options)?;
            let mut notes = desk.known(&example, &cleaned);
            let maker = Maker::new(desk, input, &example, &url, options);
            let (yaml, more) = maker.make()?;
            is_sound(&yaml)?;
            notes.extend(more);
            let id = maker.id.clone();
            Ok(Draft { yaml, id, category: example.category, url: Some(url.clone()), notes })
        })?
    }
}

impl Desk<'_> {
    /// That the block goes already, if it does.
    fn known(&self, example: &Example, cleaned: &Cleaned<'_>) -> Vec<String> {
        let at = self.doc.span(example.targets[0]).map_or(0, |span| span.start);
        let at = self.decoded.source_offset(at);
        let cut = cleaned.cuts.iter().find(|cut| cut.place.range.contains(&at));
        let also = |category: Category| match Category::CORE.contains(&category) {
            true => String::new(),
            false => format!(" with --also {category}"),
        };
        let told = cut.map(|cut| {
            format!("dehusk removes this block already{}, by {}", also(cut.category), cut.rule.id)
        });
        told.into_iter().collect()
    }
}

/// What a rule is made from.
struct Maker<'a> {
    desk: &'a Desk<'a>,
    input: &'a [u8],
    example: &'a Example,
    url: &'a str,
    site: String,
    id: String,
    date: Option<&'a str>,
}

impl<'a> Maker<'a> {
    fn new(
        desk: &'a Desk<'a>,
        input: &'a [u8],
        example: &'a Example,
        url: &'a str,
        options: &'a DraftOptions,
    ) -> Self {
        let host = Address::parse(url).host().to_string();
        let site = host.strip_prefix("www.").unwrap_or(&host).to_string();
        let id = options.id.clone();
        let id = id.unwrap_or_else(|| format!("{}-{}", kebab(&site), example.category.name()));
        Maker { desk, input, example, url, site, id, date: options.date.as_deref() }
    }

    /// The rule file, and what else is to be known of it.
    fn make(&self) -> Result<(String, Vec<String>), Error> {
        let proposal =
            selector::propose(self.desk.doc, &self.example.targets, Some(self.example.category));
        let sure = proposal.as_ref().is_some_and(|found| found.sureness != Sureness::Place);
        if !sure && let Some(made) = self.by_words() {
            return Ok(made);
        }
        let proposal = proposal.ok_or_else(|| {
            Error::request(
                "nothing in the page tells this block from its neighbours for long; take more or \
                 less of the page with --select, or write a rule for its words with --text",
            )
        })?;
        Ok(self.by_selector(&proposal))
    }

    fn by_selector(&self, proposal: &Proposal) -> (String, Vec<String>) {
        let mut notes = Vec::new();
        match proposal.sureness {
            Sureness::Name => {}
            Sureness::Number => notes.push(
                "the only name there has a number in it; look at it again when the site changes"
                    .into(),
            ),
            Sureness::Place => notes.push(
                "nothing there has a name that would last, so the selector goes by the place \
                 alone; look at it again when the site changes"
                    .into(),
            ),
        }
        let picked = self.example.targets.len();
        if picked > 1 {
            notes.push(format!("{picked} blocks are picked, and the rule takes all of them"));
        }
        let others = proposal.all.len().saturating_sub(self.example.targets.len());
        let because = match others {
            0 => "The selector fits this block and nothing else on the page it was seen on.",
            _ => "The selector fits this block and others of its kind on the page it was seen on.",
        };
        if others > 0 {
            let places = proposal.all.iter().filter_map(|id| {
                let place = self.desk.assessor.narrator.place(*id, *id);
                (!self.example.targets.contains(id)).then(|| place.line.to_string())
            });
            let mut places: Vec<String> = places.take(MAX_PLACES).collect();
            places.dedup();
            let places = places.join(", ");
            let blocks = if others == 1 { "one more block" } else { "more blocks" };
            notes.push(format!("it also fits {blocks} of this kind on the page: line {places}"));
        }
        let rule = self.rule(because, &format!("    remove: {}\n", quoted(&proposal.selector)));
        let suspects = Suspects { all: &proposal.all, anchor: proposal.anchor, words: None };
        let tests = self.desk.tests(self.example, &suspects);
        let yaml = keep_passing(rule, &self.id, tests, &mut notes);
        notes.extend(self.not_as_picked(&yaml, &proposal.all));
        (yaml, notes)
    }

    /// A rule that knows the block by its words, if it takes this block and no more.
    fn by_words(&self) -> Option<(String, Vec<String>)> {
        let Example { targets, category, phrases, .. } = self.example;
        // What stands in lists of teasers and rows of buttons is other tomorrow, or everywhere.
        if targets.len() > 1 || matches!(category, Category::Recirculation | Category::Share) {
            return None;
        }
        let doc = self.desk.doc;
        let tag = doc.name(targets[0])?;
        let words = text_of(doc, targets[0], targets[0]).split_whitespace().count();
        // Room for other words around the phrase.
        let max = (words + words / 2).div_ceil(10) * 10;
        let because = "Nothing there has a name that would last, but these words say what it is.";
        let whole = format!("    where: {{ tags: [{tag}] }}\n");
        let places = ["", &whole];
        let mut ways = phrases.iter().flat_map(|phrase| places.map(|place| (phrase, place)));
        ways.find_map(|(phrase, place)| {
            let evidence = format!(
                "{place}    evidence:\n      - points: 70\n        phrases: {{ any: [{}] }}\n      \
                 - points: 40\n        words: {{ max: {max} }}\n",
                yaml::flow(phrase),
            );
            let rule = self.rule(because, &evidence);
            if self.not_as_picked(&rule, targets).is_some() {
                return None;
            }
            let mut notes = vec![
                "nothing there has a name that would last, so the rule goes by its words".into(),
            ];
            let suspects = Suspects { all: targets, anchor: targets[0], words: Some(phrase) };
            let tests = self.desk.tests(self.example, &suspects);
            let yaml = keep_passing(rule, &self.id, tests, &mut notes);
            Some((yaml, notes))
        })
    }

    /// The rule file up to the tests.
    fn rule(&self, because: &str, action: &str) -> String {
        let words: Vec<&str> = self.example.text.split_whitespace().take(NAME_WORDS).collect();
        let begins = match words.join(" ").as_str() {
            "" => "A block without words.".to_string(),
            text => format!("The block that begins \"{text}\"."),
        };
        let mut out = format!(
            "format: 1\nsummary: {}\nsites: [{}]\nrules:\n  - id: {}\n    category: {}\n    \
             summary: {}\n    because: {because}\n{action}",
            scalar(&format!("What {} says for itself.", self.site)),
            self.site,
            self.id,
            self.example.category,
            scalar(&begins),
        );
        if let Some(date) = self.date {
            let url = quoted(self.url);
            let _ = write!(out, "    seen:\n      - {{ url: {url}, date: {date} }}\n");
        }
        out
    }

    /// How what the rule takes from the page is other than `wanted`, if it is.
    fn not_as_picked(&self, yaml: &str, wanted: &[NodeId]) -> Option<String> {
        let rules = Rules::builder()
            .use_builtin(false)
            .text("draft.yaml", yaml.to_string())
            .build()
            .ok()?;
        let cleaner = Cleaner::new(rules).url(Some(self.url.to_string()));
        let cleaned = cleaner.categories([self.example.category]).clean(self.input).ok()?;
        let words = |text: &str| text.split_whitespace().map(str::to_string).collect::<Vec<_>>();
        let taken: Vec<String> = cleaned.cuts.iter().flat_map(|cut| words(&cut.text)).collect();
        let doc = self.desk.doc;
        let meant: Vec<String> =
            wanted.iter().flat_map(|id| words(&text_of(doc, *id, *id))).collect();
        if taken == meant && !cleaned.cuts.is_empty() {
            return None;
        }
        Some(match cleaned.near.first() {
            Some(near) if cleaned.cuts.is_empty() => {
                format!("on this page the rule takes nothing: {}", near.kept)
            }
            _ if cleaned.cuts.is_empty() => {
                "on this page the rule takes nothing; `dehusk explain --rule` says why".into()
            }
            _ => format!(
                "on this page the rule takes {} words, and the block has {}; see `dehusk explain`",
                taken.len(),
                meant.len()
            ),
        })
    }
}

/// Whether what was asked for makes a rule: an id or a language may be none.
fn is_sound(yaml: &str) -> Result<(), Error> {
    let errors = Rules::builder().text("draft.yaml", yaml).build().err();
    let problem = errors.iter().flat_map(|errors| errors.problems()).next();
    problem.map_or(Ok(()), |problem| {
        let help = problem.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        Err(Error::request(format!("{}{help}", problem.message)))
    })
}

/// The rule with those of its tests that pass.
fn keep_passing(rule: String, id: &str, tests: Vec<String>, notes: &mut Vec<String>) -> String {
    let passes = |test: &String| {
        let text = format!("{rule}    tests:\n{test}");
        let suite = Rules::builder().use_builtin(false).text("draft.yaml", text).suite();
        suite.is_ok_and(|suite| suite.run(id).iter().all(|report| report.passed()))
    };
    let count = tests.len();
    let good: Vec<String> = tests.into_iter().filter(passes).collect();
    if good.len() < count {
        notes.push(format!(
            "{} of {count} tests could not be made from this page; write some by hand",
            count - good.len()
        ));
    }
    if good.is_empty() { rule } else { format!("{rule}    tests:\n{}", good.concat()) }
}

/// A name in the form of ids.
fn kebab(text: &str) -> String {
    let letters = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    let text: String = letters.collect::<String>().to_ascii_lowercase();
    text.split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}
