//! Rules as a list shows them: what there is, where from, and what became of it.

use serde::Serialize;

use super::Rules;
use super::source::layer::Layer;
use super::source::rule::{Action, Category, Rule, Ruleset, Spot, Status, Why};

/// A rule, whether it runs or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleEntry {
    /// The rule's id.
    pub id: String,
    /// What it removes; none for shields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// For a shield, the categories it holds off.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shields: Vec<Category>,
    /// One sentence on what it is for; may be empty.
    pub summary: String,
    /// The sites it is for, as written in rule files; all if there are none.
    pub sites: Vec<String>,
    /// Whether its author holds it to be ready.
    pub status: Status,
    /// Where it stands.
    pub place: RulePlace,
    /// Why it does not run; none if it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inactive: Option<Inactive>,
    /// Where other files add to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extended: Vec<RulePlace>,
    /// The guards it lifts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lifts: Vec<String>,
}

/// A place in a rule file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct RulePlace {
    /// The layer of the file.
    pub layer: Layer,
    /// The file, as it was named.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Why a rule does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Inactive {
    /// It is a draft, and those were not asked for.
    Draft,
    /// It is switched off where it stands.
    Off,
    /// A file disables it, here.
    Disabled(RulePlace),
    /// A rule of a later layer has its id, here.
    Replaced(RulePlace),
}

impl Rules {
    /// All rules in the order of their layers and files, with those that do not run.
    ///
    /// ```
    /// use dehusk::{Inactive, Rules};
    ///
    /// let rules = Rules::builder().text("mine.yaml", "disable: [ad-label]").build()?;
    /// let label = rules.entries().into_iter().find(|entry| entry.id == "ad-label");
    /// let Some(Inactive::Disabled(by)) = label.and_then(|entry| entry.inactive) else { panic!() };
    /// assert_eq!(by.file, "mine.yaml");
    /// # Ok::<(), dehusk::RuleErrors>(())
    /// ```
    pub fn entries(&self) -> Vec<RuleEntry> {
        let set = &self.0.set;
        let active = set.rules.iter().map(|rule| (rule, None));
        let retired = set.retired.iter().map(|retired| (&retired.rule, Some(retired.why)));
        let mut all: Vec<(&Rule, Option<Why>)> = active.chain(retired).collect();
        all.sort_by_key(|(rule, _)| (rule.file, rule.line));
        all.into_iter().map(|(rule, why)| entry(set, rule, why)).collect()
    }
}

fn entry(set: &Ruleset, rule: &Rule, why: Option<Why>) -> RuleEntry {
    RuleEntry {
        id: rule.id.clone(),
        category: rule.category,
        shields: match &rule.action {
            Action::Keep { shields } => shields.clone(),
            Action::Remove { .. } | Action::Score { .. } => Vec::new(),
        },
        summary: rule.summary.clone(),
        sites: rule.sites.iter().map(ToString::to_string).collect(),
        status: rule.status,
        place: place(set, Spot { file: rule.file, line: rule.line }),
        inactive: why.map(|why| match why {
            Why::Draft => Inactive::Draft,
            Why::Off => Inactive::Off,
            Why::Disabled(spot) => Inactive::Disabled(place(set, spot)),
            Why::Replaced(spot) => Inactive::Replaced(place(set, spot)),
        }),
        extended: rule.extended.iter().map(|spot| place(set, *spot)).collect(),
        lifts: rule.lift.clone(),
    }
}

fn place(set: &Ruleset, spot: Spot) -> RulePlace {
    RulePlace {
        layer: set.layer(spot.file),
        file: set.files.get(usize::from(spot.file)).cloned().unwrap_or_default(),
        line: spot.line,
    }
}
