//! Layers: where rules come from.

use serde::{Deserialize, Serialize};

/// Where rules come from. Later layers win: a rule replaces one of the same id in a layer before.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Layer {
    /// The rules that dehusk ships.
    #[serde(rename = "built-in")]
    Builtin,
    /// Rules for everybody on a machine.
    System,
    /// A user's own rules, for everything they clean.
    User,
    /// Rules of the project that is worked in.
    Project,
    /// Rules given for one run. Their drafts run too.
    #[default]
    Given,
}

impl Layer {
    /// The name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Layer::Builtin => "built-in",
            Layer::System => "system",
            Layer::User => "user",
            Layer::Project => "project",
            Layer::Given => "given",
        }
    }
}

impl std::fmt::Display for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}
