//! Where links lead.

use super::names::Found;
use crate::rules::source::rule::{Ruleset, Sign, SignId};

/// The entries of all `links` signs.
///
/// An entry that begins with `/` is the start of a segment of the path (`/donate` fits
/// `/en/donate-now`); any other is a host and all below it, with or without the start of a path
/// (`paypal.com/donate`).
#[derive(Debug, Default)]
pub(crate) struct Links {
    paths: Vec<(String, Found)>,
    hosts: Vec<(String, String, Found)>,
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
                    links.paths.push((entry, found));
                } else {
                    let (host, path) = entry.split_once('/').unwrap_or((&entry, ""));
                    let path = if path.is_empty() { String::new() } else { format!("/{path}") };
                    links.hosts.push((host.to_string(), path, found));
                }
            }
        }
        links
    }

    pub(crate) fn find(&self, target: &str, mut found: impl FnMut(Found)) {
        let target = target.trim().to_ascii_lowercase();
        let (host, path) = split(&target);
        let path = path.split(['?', '#']).next().unwrap_or("");
        for (entry, at) in &self.paths {
            if path.contains(entry.as_str()) {
                found(*at);
            }
        }
        if host.is_empty() {
            return;
        }
        for (entry, start, at) in &self.hosts {
            let below = host.strip_suffix(entry.as_str());
            if below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
                && path.starts_with(start.as_str())
            {
                found(*at);
            }
        }
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
        Links::new(&set).find(target, |_| hit = true);
        hit
    }

    #[test]
    fn places() {
        assert!(fits("/donate", "https://example.org/en/donate-now?x=1"));
        assert!(fits("/donate", "/Donate/"));
        assert!(!fits("/donate", "/about?next=/donate"));
        assert!(!fits("/donate", "https://example.org/blood-donate"));
        assert!(fits("patreon.com", "https://www.patreon.com/someone"));
        assert!(!fits("patreon.com", "https://notpatreon.com/someone"));
        assert!(fits("paypal.com/donate", "https://www.paypal.com/donate?id=1"));
        assert!(!fits("paypal.com/donate", "https://www.paypal.com/signin"));
    }
}
