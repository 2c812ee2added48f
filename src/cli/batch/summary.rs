//! What a run did, in figures.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use dehusk::{Category, Cleaned, Rules};
use serde_json::{Value, json};

use super::super::terminal::printable;

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Cleaned,
    /// There was nothing to remove.
    Unchanged,
    /// It was done before.
    Skipped,
    /// It is neither a page nor text.
    Copied,
    /// What went wrong, for the user.
    Failed(String),
}

/// What became of an input, in figures.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) state: State,
    /// The bytes of the input, and of what is left of it, both unpacked.
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// Category, rule and bytes of each cut.
    pub(crate) cuts: Vec<(Category, String, u64)>,
    /// What there is to show of it on standard output.
    pub(crate) shown: Vec<u8>,
}

impl Done {
    pub(crate) fn new(state: State) -> Done {
        Done { state, bytes_in: 0, bytes_out: 0, cuts: Vec::new(), shown: Vec::new() }
    }

    pub(crate) fn of(cleaned: &Cleaned<'_>, bytes_in: usize) -> Done {
        let state = if cleaned.cuts.is_empty() { State::Unchanged } else { State::Cleaned };
        let cuts = cleaned.cuts.iter();
        Done {
            bytes_in: bytes_in as u64,
            bytes_out: cleaned.output.len() as u64,
            cuts: cuts
                .map(|cut| (cut.category, cut.rule.id.clone(), cut.place.range.len() as u64))
                .collect(),
            ..Done::new(state)
        }
    }
}

/// Cuts of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    cuts: u64,
    bytes: u64,
    files: u64,
}

/// What a run did. Holds no times, so that equal runs have equal summaries.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    cleaned: u64,
    unchanged: u64,
    skipped: u64,
    copied: u64,
    bytes_in: u64,
    bytes_out: u64,
    rules: BTreeMap<(Category, String), Tally>,
    categories: BTreeMap<Category, Tally>,
    /// The number of the input, and what went wrong.
    failures: Vec<(usize, String)>,
}

impl Summary {
    /// Adds what became of input number `at`.
    pub(crate) fn add(&mut self, at: usize, done: &Done) {
        match &done.state {
            State::Cleaned => self.cleaned += 1,
            State::Unchanged => self.unchanged += 1,
            State::Skipped => self.skipped += 1,
            State::Copied => self.copied += 1,
            State::Failed(why) => self.failures.push((at, why.clone())),
        }
        if matches!(done.state, State::Failed(_)) {
            return;
        }
        self.bytes_in += done.bytes_in;
        self.bytes_out += done.bytes_out;
        // Within this file, so that each rule and category counts it once.
        let mut rules: BTreeMap<(Category, String), Tally> = BTreeMap::new();
        let mut categories: BTreeMap<Category, Tally> = BTreeMap::new();
        for (category, rule, bytes) in &done.cuts {
            let of_rule = rules.entry((*category, rule.clone())).or_default();
            for tally in [of_rule, categories.entry(*category).or_default()] {
                *tally = Tally { cuts: tally.cuts + 1, bytes: tally.bytes + bytes, files: 1 };
            }
        }
        for (key, tally) in rules {
            self.rules.entry(key).or_default().add(tally);
        }
        for (key, tally) in categories {
            self.categories.entry(key).or_default().add(tally);
        }
    }

    /// Whether something has been found to remove.
    pub(crate) fn found(&self) -> bool {
        self.cleaned > 0
    }

    pub(crate) fn failed(&self) -> bool {
        !self.failures.is_empty()
    }

    /// What went wrong, in the order of the inputs.
    pub(crate) fn failures(&mut self) -> impl Iterator<Item = &str> {
        self.failures.sort();
        self.failures.iter().map(|(_, why)| why.as_str())
    }

    /// The summary in a few lines, or in one if it is to be `brief`. `would`: nothing was written.
    pub(crate) fn text(&self, would: bool, brief: bool) -> String {
        let files = self.cleaned + self.unchanged + self.skipped + self.failures.len() as u64;
        let cleaned = if would { "to clean" } else { "cleaned" };
        let mut parts = vec![format!("{} {cleaned}", number(self.cleaned))];
        let rest = [
            (self.unchanged, "with nothing to remove"),
            (self.skipped, "done before"),
            (self.failures.len() as u64, "failed"),
            (self.copied, if would { "others to copy" } else { "others copied" }),
        ];
        parts.extend(
            rest.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", number(*n))),
        );
        let mut out = format!("{}: {}\n", plural(files, "file"), parts.join(", "));
        if self.categories.is_empty() || brief {
            return out;
        }
        let cuts: u64 = self.categories.values().map(|tally| tally.cuts).sum();
        let (less, all) = (size(self.bytes_in - self.bytes_out), size(self.bytes_in));
        let _ = writeln!(out, "{}, together {less} of {all}", plural(cuts, "cut"));
        for (category, tally) in &self.categories {
            let rules: Vec<String> = self
                .rules
                .iter()
                .filter(|((of, _), _)| of == category)
                .map(|((_, rule), tally)| format!("{} {}", printable(rule), number(tally.cuts)))
                .collect();
            let _ = writeln!(out, "  {category} {}: {}", number(tally.cuts), rules.join(", "));
        }
        out
    }

    /// All figures as a table, and the rules that could have fired and did not.
    pub(crate) fn stats(&self, rules: &Rules, categories: &[Category]) -> String {
        let mut out = format!("{:>10} {:>12} {:>8}  rule\n", "cuts", "bytes", "pages");
        let mut line = |tally: Tally, name: &str| {
            let (cuts, bytes) = (number(tally.cuts), number(tally.bytes));
            let _ = writeln!(out, "{cuts:>10} {bytes:>12} {:>8}  {name}", number(tally.files));
        };
        for category in categories {
            line(self.categories.get(category).copied().unwrap_or_default(), category.name());
            for ((_, rule), tally) in self.rules.iter().filter(|((of, _), _)| of == category) {
                line(*tally, &format!("  {}", printable(rule)));
            }
        }
        let never: Vec<String> =
            self.never(rules, categories).into_iter().map(|(rule, _)| printable(rule)).collect();
        if !never.is_empty() {
            let _ = writeln!(out, "never fired: {}", never.join(", "));
        }
        out
    }

    fn never<'a>(&self, rules: &'a Rules, wanted: &[Category]) -> Vec<(&'a str, Category)> {
        rules
            .cutting()
            .filter(|(_, category)| wanted.contains(category))
            .filter(|(rule, category)| !self.rules.contains_key(&(*category, rule.to_string())))
            .collect()
    }

    /// The summary for programs.
    pub(crate) fn json(&mut self, rules: &Rules, categories: &[Category]) -> String {
        self.failures.sort();
        let tally = |tally: &Tally| json!({ "cuts": tally.cuts, "bytes": tally.bytes, "files": tally.files });
        let by_category: serde_json::Map<String, Value> = categories
            .iter()
            .map(|category| {
                let found = self.categories.get(category).copied().unwrap_or_default();
                (category.name().to_string(), tally(&found))
            })
            .collect();
        let by_rule: Vec<Value> = self
            .rules
            .iter()
            .map(|((category, rule), found)| {
                let mut value = tally(found);
                value["rule"] = json!(rule);
                value["category"] = json!(category.name());
                value
            })
            .collect();
        let never: Vec<&str> =
            self.never(rules, categories).into_iter().map(|(rule, _)| rule).collect();
        let value = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "files": {
                "cleaned": self.cleaned,
                "unchanged": self.unchanged,
                "skipped": self.skipped,
                "copied": self.copied,
                "failed": self.failures.len(),
            },
            "bytes": { "in": self.bytes_in, "out": self.bytes_out },
            "categories": by_category,
            "rules": by_rule,
            "never_fired": never,
            "failures": self.failures.iter().map(|(_, why)| why).collect::<Vec<_>>(),
        });
        let mut text = serde_json::to_string_pretty(&value).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Tally {
    fn add(&mut self, other: Tally) {
        self.cuts += other.cuts;
        self.bytes += other.bytes;
        self.files += other.files;
    }
}

/// Whether there is a file that holds something and is no summary.
pub(crate) fn is_something_else(path: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Known {
        #[serde(rename = "never_fired")]
        _never: serde::de::IgnoredAny,
    }
    let is_file = fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0);
    is_file
        && fs::File::open(path).map_or(true, |file| {
            serde_json::from_reader::<_, Known>(std::io::BufReader::new(file)).is_err()
        })
}

/// `1,234,567`
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2 files`
pub(crate) fn plural(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// `1.2 MB`
pub(crate) fn size(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "kB", "MB", "GB"] {
        if size < 1000.0 || unit == "GB" {
            let digits = if unit == "B" { 0 } else { 1 };
            return format!("{size:.digits$} {unit}");
        }
        size /= 1000.0;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1234567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([1, 999, 1000, 3_450_000].map(size), ["1 B", "999 B", "1.0 kB", "3.5 MB"]);
        assert_eq!([0, 1, 2].map(|n| plural(n, "file")), ["0 files", "1 file", "2 files"]);
    }
}
