//! Rules as they run: plain data without YAML, packed into the binary when it is built.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::layer::Layer;
use super::phrase::Phrase;

/// The points that remove a block.
pub(crate) const BAR: i32 = 100;

/// What a block asks of its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Category {
    /// An invitation to have mails or notifications sent.
    Newsletter,
    /// An appeal for money or membership as support.
    Donation,
    /// A label, notice or disclosure of advertising.
    AdNotice,
    /// A prompt to subscribe or log in to read on.
    Paywall,
    /// A cookie or privacy banner.
    Consent,
    /// A prompt to share or follow.
    Share,
    /// Teasers of other articles.
    Recirculation,
    /// Self-promotion that is none of the above.
    Promotion,
}

impl Category {
    /// Every category, in the order in which they are listed everywhere.
    pub const ALL: [Category; 8] = [
        Category::Newsletter,
        Category::Donation,
        Category::AdNotice,
        Category::Paywall,
        Category::Consent,
        Category::Share,
        Category::Recirculation,
        Category::Promotion,
    ];

    /// The categories that are removed unless asked otherwise.
    pub const CORE: [Category; 3] = [Category::Newsletter, Category::Donation, Category::AdNotice];

    /// The name used in rule files, on the command line and in reports.
    ///
    /// ```
    /// assert_eq!(dehusk::Category::AdNotice.name(), "ad-notice");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Category::Newsletter => "newsletter",
            Category::Donation => "donation",
            Category::AdNotice => "ad-notice",
            Category::Paywall => "paywall",
            Category::Consent => "consent",
            Category::Share => "share",
            Category::Recirculation => "recirculation",
            Category::Promotion => "promotion",
        }
    }

    /// The category of that name.
    ///
    /// ```
    /// use dehusk::Category;
    /// assert_eq!(Category::from_name("donation"), Some(Category::Donation));
    /// assert_eq!(Category::from_name("weather"), None);
    /// ```
    pub fn from_name(name: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.name() == name)
    }
}

impl std::fmt::Display for Category {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

/// The index of a [`Sign`] in its [`Ruleset`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct SignId(pub(crate) u16);

/// Something that a block has or has not, found once for all rules that ask for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Sign {
    /// One of a list's phrases stands in it; `whole`: is all its text.
    Phrases { whole: bool, phrases: Vec<Phrase> },
    /// One of these sequences of words stands in a class, an id or a label in it.
    ClassWords(Vec<Vec<String>>),
    /// A link in it leads to one of these places.
    Links(Vec<String>),
    /// Something in it matches one of these selectors.
    Has(Vec<String>),
    /// It matches one of these selectors itself.
    Is(Vec<String>),
    /// It, or something around it, matches one of these selectors.
    Within(Vec<String>),
    /// It has a field for an e-mail address and none for a password.
    EmailInput,
    /// It has an account to send money to.
    Iban,
}

/// What can be measured of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Measure {
    Words,
    Chars,
    Paragraphs,
    Longest,
    Lines,
    Links,
    LinkDensity,
    Fields,
    FormFields,
    Buttons,
    Amounts,
    Headings,
    Media,
    Quotes,
    PageWords,
    PageShare,
    Teasers,
    PageProse,
    After,
}

/// A condition on a block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Test {
    Sign(SignId, bool),
    /// The block's own element shows the sign.
    Own(SignId),
    Range(Measure, f32, f32),
    Tags(Vec<String>),
    Beside(Vec<Category>),
    /// A phrase of the sign stands in the page's title or main heading.
    Title(SignId),
    Menu(bool),
    /// A short line between short lines.
    Listed(bool),
    TextDocument(bool),
}

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) points: i32,
    pub(crate) tests: Vec<Test>,
    /// The file it stands in, which is not the rule's if it extends the rule, and the line there.
    pub(crate) file: u16,
    pub(crate) line: u32,
    /// How a report names it: `phrases newsletter-ask`, `email_input`.
    pub(crate) label: String,
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Action {
    /// Removes what the selectors match.
    Remove { selectors: Vec<String>, up_to: Vec<String> },
    /// Gathers points.
    Score { evidence: Vec<Line>, opens: Option<SignId>, closes: Option<SignId> },
    /// Shields from categories.
    Keep { shields: Vec<Category> },
}

/// A site pattern.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Site {
    pub(crate) not: bool,
    pub(crate) only_below: bool,
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Site {
    /// Whether every page of `other` is one of this, apart from what is excluded.
    #[allow(dead_code)] // The build script does not ask.
    pub(crate) fn covers(&self, other: &Site) -> bool {
        let host = match other.host.strip_suffix(self.host.as_str()) {
            Some("") => !self.only_below || other.only_below,
            Some(rest) => rest.ends_with('.'),
            None => false,
        };
        host && self.not == other.not && other.path.starts_with(&self.path)
    }
}

impl std::fmt::Display for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let not = if self.not { "!" } else { "" };
        let below = if self.only_below { "*." } else { "" };
        let on = if self.path.is_empty() { "" } else { "*" };
        write!(f, "{not}{below}{}{}{on}", self.host, self.path)
    }
}

/// Whether a rule is ready.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// It runs.
    #[default]
    Stable,
    /// It runs when drafts are asked for, and when its file is given for the run.
    Draft,
    /// It never runs.
    Off,
}

impl Status {
    pub(crate) const ALL: [Status; 3] = [Status::Stable, Status::Draft, Status::Off];

    /// The name used in rule files and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Stable => "stable",
            Status::Draft => "draft",
            Status::Off => "off",
        }
    }
}

/// A place in a rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) file: u16,
    pub(crate) line: u32,
}

/// A rule that does not run, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Retired {
    pub(crate) rule: Rule,
    pub(crate) why: Why,
}

/// Why a rule does not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Why {
    /// It is a draft, and those were not asked for.
    Draft,
    Off,
    /// A file lists its id under `disable`.
    Disabled(Spot),
    /// A rule of a later layer has its id.
    Replaced(Spot),
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rule {
    pub(crate) id: String,
    /// `None` for shields.
    pub(crate) category: Option<Category>,
    pub(crate) summary: String,
    pub(crate) file: u16,
    pub(crate) line: u32,
    pub(crate) status: Status,
    pub(crate) sites: Vec<Site>,
    pub(crate) conditions: Vec<Test>,
    pub(crate) action: Action,
    /// Names of the guards it lifts.
    pub(crate) lift: Vec<String>,
    /// Where other files add to it.
    pub(crate) extended: Vec<Spot>,
}

/// The names by which guards are lifted.
pub(crate) const GUARDS: [&str; 4] = ["title", "main", "share", "everything"];

/// All rules of all layers, later layers last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ruleset {
    pub(crate) files: Vec<String>,
    /// The layer of each file.
    pub(crate) layers: Vec<Layer>,
    pub(crate) signs: Vec<Sign>,
    /// Named lists of phrases.
    pub(crate) lists: BTreeMap<String, SignId>,
    pub(crate) rules: Vec<Rule>,
    /// Rules that do not run; they are listed.
    pub(crate) retired: Vec<Retired>,
}

impl Ruleset {
    /// The layer of a file.
    pub(crate) fn layer(&self, file: u16) -> Layer {
        self.layers.get(usize::from(file)).copied().unwrap_or_default()
    }

    /// Retires drafts, unless all are wanted or their file was given for this run.
    #[allow(dead_code)] // The build script packs them with the others.
    pub(crate) fn settle_drafts(&mut self, wanted: bool) {
        if wanted || self.rules.iter().all(|rule| rule.status != Status::Draft) {
            return;
        }
        let layers = &self.layers;
        let waits = |rule: &mut Rule| {
            let layer = layers.get(usize::from(rule.file)).copied().unwrap_or_default();
            rule.status == Status::Draft && layer != Layer::Given
        };
        let drafts = self.rules.extract_if(.., waits);
        self.retired.extend(drafts.map(|rule| Retired { rule, why: Why::Draft }));
    }
}
