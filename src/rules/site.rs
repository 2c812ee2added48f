//! Which sites a rule is for.

use super::source::rule::{Rule, Site};

/// A page's address, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    host: String,
    path: String,
}

impl Address {
    /// Reads an address, with or without a scheme.
    pub(crate) fn parse(url: &str) -> Address {
        let url = url.trim().to_lowercase();
        let rest = url.split_once("://").map_or(url.as_str(), |(_, rest)| rest);
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        let host = host.split(':').next().unwrap_or(host).trim_end_matches('.');
        let path = path.split(['?', '#']).next().unwrap_or("");
        let path = if path.is_empty() { "/" } else { path };
        Address { host: host.to_string(), path: path.to_string() }
    }

    /// The host, in lower case.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }
}

/// Whether `rule` is for the page at `address`. A rule without sites is for every page; one with
/// sites needs an address.
pub(crate) fn applies(rule: &Rule, address: Option<&Address>) -> bool {
    if rule.sites.is_empty() {
        return true;
    }
    let Some(address) = address else { return false };
    let fits = |site: &&Site| fits(site, address);
    let asked = rule.sites.iter().filter(|site| !site.not);
    let barred = rule.sites.iter().filter(|site| site.not);
    let only_barred = rule.sites.iter().all(|site| site.not);
    (only_barred || asked.clone().any(|site| fits(&site)))
        && !barred.clone().any(|site| fits(&site))
}

fn fits(site: &Site, address: &Address) -> bool {
    let host = match address.host.strip_suffix(site.host.as_str()) {
        Some("") => !site.only_below,
        Some(rest) => rest.ends_with('.'),
        None => false,
    };
    host && address.path.starts_with(&site.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::source::resolve::{Text, resolve};

    fn fits(sites: &str, url: &str) -> bool {
        let text = format!(
            "rules: [{{id: a, category: share, sites: [{sites}], evidence: [{{points: 100, links: [b]}}]}}]"
        );
        let (set, problems) = resolve(
            Default::default(),
            &[Text { name: "a.yaml".into(), text, ..Default::default() }],
        );
        assert_eq!(problems, []);
        applies(&set.rules[0], Some(&Address::parse(url)))
    }

    #[test]
    fn sites() {
        assert!(fits("example.com", "https://www.example.com/a?b"));
        assert!(fits("example.com", "example.com"));
        assert!(!fits("example.com", "https://notexample.com/"));
        assert!(!fits("'*.example.com'", "https://example.com/"));
        assert!(fits("'*.example.com'", "https://a.example.com:8080/"));
        assert!(!fits("example.com, '!shop.example.com'", "https://shop.example.com/"));
        assert!(fits("example.com/blog/*", "https://example.com/blog/1"));
        assert!(!fits("example.com/blog/*", "https://example.com/shop/1"));
        assert!(fits("'!example.com'", "https://example.org/"));
    }
}
