//! Rules as they run: plain data without YAML, packed into the binary when it is built.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
    /// It has an IBAN.
    Iban,
}

/// What can be measured of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Measure {
    Words,
    Chars,
    Paragraphs,
    Longest,
    Links,
    LinkDensity,
    Fields,
    Buttons,
    Amounts,
    Headings,
    Media,
    Quotes,
    PageWords,
    PageShare,
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
    TextDocument(bool),
}

/// A line of evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) points: i32,
    pub(crate) tests: Vec<Test>,
    /// The line of the rule file, from 1.
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

impl std::fmt::Display for Site {
    /// As it is written in a rule file.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let not = if self.not { "!" } else { "" };
        let below = if self.only_below { "*." } else { "" };
        write!(f, "{not}{below}{}{}", self.host, self.path)
    }
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
    pub(crate) sites: Vec<Site>,
    pub(crate) conditions: Vec<Test>,
    pub(crate) action: Action,
    /// Names of the guards it lifts.
    pub(crate) lift: Vec<String>,
}

/// All rules of all layers, later layers last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ruleset {
    pub(crate) files: Vec<String>,
    pub(crate) signs: Vec<Sign>,
    /// Named lists of phrases.
    pub(crate) lists: BTreeMap<String, SignId>,
    pub(crate) rules: Vec<Rule>,
}
