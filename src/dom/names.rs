//! What it costs to intern the names of a page.

use std::collections::HashSet;

use html5ever::LocalName;

/// The buckets of the table that html5ever's `string_cache` keeps long names in. It never grows,
/// so that every look-up goes through all names of a bucket.
const BUCKETS: usize = 1 << 12;

/// What looking at one of them counts as, in bytes compared: they lie all over the memory.
const LOOK: usize = 128;

/// The names of a page that went into the table.
#[derive(Default)]
pub(super) struct Names {
    seen: HashSet<LocalName>,
    /// How many of them each bucket holds.
    filled: Vec<u32>,
}

impl Names {
    /// The work of looking for `name`.
    pub(super) fn cost(&mut self, name: &LocalName) -> usize {
        // Short names and those of HTML itself are not in the table.
        if !name.is_dynamic() {
            return 0;
        }
        self.filled.resize(BUCKETS, 0);
        let Some(filled) = self.filled.get_mut(name.get_hash() as usize % BUCKETS) else {
            return 0;
        };
        if self.seen.insert(name.clone()) {
            *filled += 1;
        }
        *filled as usize * LOOK
    }
}

#[cfg(test)]
mod tests {
    use super::{BUCKETS, LOOK, LocalName, Names};

    #[test]
    fn long_names_cost_what_their_bucket_holds() {
        let mut names = Names::default();
        let mut cost = |name: &str| names.cost(&LocalName::from(name));
        assert_eq!(cost("div"), 0);
        assert_eq!(cost("short"), 0);
        assert_eq!(cost("long-name-0"), LOOK);
        assert_eq!(cost("long-name-0"), LOOK);
        let all: usize = (1..2 * BUCKETS).map(|i| cost(&format!("long-name-{i}"))).sum();
        assert!(all > 2 * BUCKETS * LOOK, "{all}");
    }
}
