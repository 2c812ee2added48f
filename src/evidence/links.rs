//! Where links lead.

use super::names::Found;
use crate::hash::RuleMap;
use crate::rules::source::rule::{Ruleset, Sign, SignId};

/// The entries of all `links` signs.
///
/// An entry that begins with `/` is the start of a segment of the path (`/donate` fits
/// `/en/donate-now`); any other is a host and all below it, with or without the start of a path
/// (`paypal.com/donate`), or with a point at its end the first name of a host (`donate.` fits
/// `donate.example.org`).
#[derive(Debug, Default)]
pub(crate) struct Links {
    paths: Vec<(String, Found)>,
    /// The indexes of the paths that have this byte behind their `/`.
    paths_by_byte: RuleMap<u8, Vec<usize>>,
    hosts: Vec<(String, Found)>,
    /// The indexes of what is asked of the path below a host.
    hosts_by_name: RuleMap<String, Vec<usize>>,
}

impl Links {
    pub(crate) fn new(set: &Ruleset) -> Links {
        let mut links = Links::default();
        for (sign, known) in set.signs.iter().enumerate() {
            let Sign::Links(entries) = known else { continue };
            for (number, entry) in entries.iter().enumerate() {
                let found = (SignId(sign as u16), number as u32);
                let entry = entry.to_lowercase();
                if entry.starts_with('/') {
                    // One that is all of `/` fits what begins with it.
                    let byte = entry.as_bytes().get(1).copied().unwrap_or(b'/');
                    links.paths_by_byte.entry(byte).or_default().push(links.paths.len());
                    links.paths.push((entry, found));
                } else {
                    let (host, path) = entry.split_once('/').unwrap_or((&entry, ""));
                    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
                    let known = links.hosts_by_name.entry(host.to_string()).or_default();
                    known.push(links.hosts.len());
                    links.hosts.push((path, found));
                }
            }
        }
        links
    }

    /// What the place that a link leads to says. `scratch` is for nothing but to be used again.
    pub(crate) fn find(&self, target: &str, scratch: &mut String, mut found: impl FnMut(Found)) {
        scratch.clear();
        scratch.push_str(target.trim());
        scratch.make_ascii_lowercase();
        let (host, path) = split(scratch);
        let path = path.split(['?', '#']).next().unwrap_or("");
        let mut hits: Vec<usize> = Vec::new();
        for (at, _) in path.bytes().enumerate().filter(|(_, byte)| *byte == b'/') {
            let next = path.as_bytes().get(at + 1).unwrap_or(&b'/');
            for entry in self.paths_by_byte.get(next).into_iter().flatten() {
                if path.as_bytes()[at..].starts_with(self.paths[*entry].0.as_bytes()) {
                    hits.push(*entry);
                }
            }
        }
        hits.sort_unstable();
        hits.dedup();
        hits.iter().for_each(|hit| found(self.paths[*hit].1));
        if host.is_empty() {
            return;
        }
        hits.clear();
        let mut look_up = |name: &str| {
            for entry in self.hosts_by_name.get(name).into_iter().flatten() {
                if path.starts_with(&self.hosts[*entry].0) {
                    hits.push(*entry);
                }
            }
        };
        if let Some(end) = host.find('.') {
            look_up(&host[..=end]);
        }
        let mut rest = Some(host);
        while let Some(name) = rest {
            look_up(name);
            rest = name.split_once('.').map(|(_, rest)| rest);
        }
        hits.sort_unstable();
        hits.iter().for_each(|hit| found(self.hosts[*hit].1));
    }
}

/// The host and the path of a link; no host for one within the site.
fn split(target: &str) -> (&str, &str) {
    let rest = match target.split_once("://") {
        Some((_, rest)) => rest,
        None => match target.strip_prefix("//") {
            Some(rest) => rest,
            None => return ("", target),
        },
    };
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    (host.split(':').next().unwrap_or(host), path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(entry: &str, target: &str) -> bool {
        let set = Ruleset { signs: vec![Sign::Links(vec![entry.into()])], ..Default::default() };
        let mut hit = false;
        Links::new(&set).find(target, &mut String::new(), |_| hit = true);
        hit
    }

    #[test]
    fn places() {
        assert!(fits("/donate", "https://example.org/en/donate-now?x=1"));
        assert!(fits("/donate", "/Donate/"));
        assert!(fits("/a/b", "https://example.org/x/a/b/c"));
        assert!(!fits("/donate", "/about?next=/donate"));
        assert!(!fits("/donate", "https://example.org/blood-donate"));
        assert!(fits("patreon.com", "https://www.patreon.com/someone"));
        assert!(!fits("patreon.com", "https://notpatreon.com/someone"));
        assert!(fits("paypal.com/donate", "https://www.paypal.com/donate?id=1"));
        assert!(!fits("paypal.com/donate", "https://www.paypal.com/signin"));
        assert!(fits("donate.", "https://donate.example.org/15"));
        assert!(!fits("donate.", "https://www.donate.example.org/15"));
        assert!(!fits("donate.", "https://donated.example.org/"));
    }
}
