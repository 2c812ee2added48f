//! YAML as people write it, for the few forms that drafts need.

/// A text on one line: as it is if that is safe, else in single quotes.
pub(crate) fn scalar(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text: String = text.chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let safe =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | '/' | '_' | '-' | '\'');
    let starts = text.starts_with(|c: char| c.is_alphabetic());
    let word = text.to_lowercase();
    let other = ["yes", "no", "on", "off", "true", "false", "null", "y", "n"];
    if starts && text.chars().all(safe) && !other.contains(&word.as_str()) {
        text
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// A text in single quotes: how selectors and addresses are written.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A text in a list in brackets, where commas have a meaning.
pub(super) fn flow(text: &str) -> String {
    let plain = scalar(text);
    if plain.contains(',') && !plain.starts_with('\'') { quoted(text) } else { plain }
}

/// Whether what follows is shown in another order than it stands: a rule file has to say what it
/// seems to.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Lines behind a key, as a literal block: `key: |`.
pub(crate) fn block(key: &str, lines: &str, indent: usize) -> String {
    let margin = " ".repeat(indent);
    let mut out = format!("{margin}{key}: |\n");
    for line in lines.lines() {
        if !line.trim().is_empty() {
            out.push_str(&margin);
            out.push_str("  ");
            out.extend(line.chars().filter(|c| !turns(*c)));
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_stands_in_another_order_than_it_is_shown() {
        let page = "a\u{202e}b\u{2066}\u{2069}\u{202a}c\u{200f}";
        assert_eq!(scalar(page), "'abc\u{200f}'");
        assert_eq!(block("keep", page, 2), "  keep: |\n    abc\u{200f}\n");
    }

    #[test]
    fn what_is_written_is_read() {
        for text in [
            "plain words",
            "no",
            "12",
            "a: b",
            "it's",
            "# x",
            "*x",
            "- a",
            "x #y",
            "é",
            "[a]",
            "",
            "a\u{7}b\nc",
            "null",
            "'",
            "@x",
            "don't",
        ] {
            let wanted: String = text.replace('\n', " ").replace('\u{7}', "");
            let read: String = serde_yaml::from_str(&scalar(text)).unwrap();
            assert_eq!(read, wanted, "{text:?}");
            let ours: String = serde_saphyr::from_str(&scalar(text)).unwrap();
            assert_eq!(ours, wanted, "{text:?}");
        }
    }
}
