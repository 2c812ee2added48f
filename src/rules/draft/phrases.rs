//! Rules written from phrases.

use std::fmt::Write;

use super::sketch;
use super::yaml::{block, flow, scalar};
use super::{Draft, is_sound, kebab, keep_passing};
use crate::rules::source::phrase::Phrase;
use crate::{Category, Error};

/// Writes a rule that finds phrases, each with its language, on all sites; and tests for it.
///
/// ```
/// use dehusk::{Category, draft_phrases};
///
/// let phrases = [("de".to_string(), "unterstütze die Mühle".to_string())];
/// let draft = draft_phrases(&phrases, Category::Donation, None)?;
/// assert!(draft.yaml.contains("de: [unterstütze die Mühle]"));
/// # Ok::<(), dehusk::Error>(())
/// ```
///
/// # Errors
///
/// A text is not a phrase ([`Error::is_request`]).
pub fn draft_phrases(
    phrases: &[(String, String)],
    category: Category,
    id: Option<&str>,
) -> Result<Draft, Error> {
    for (_, text) in phrases {
        Phrase::parse(text)
            .map_err(|bad| Error::request(format!("\"{text}\": {}", bad.message())))?;
    }
    let first = phrases.first().ok_or_else(|| Error::request("there is no phrase"))?;
    let id = match id {
        Some(id) => id.to_string(),
        None => {
            let words: Vec<String> =
                first.1.split_whitespace().take(3).map(kebab).filter(|w| !w.is_empty()).collect();
            let words = if words.is_empty() { "phrase".to_string() } else { words.join("-") };
            format!("{words}-{category}")
        }
    };
    let mut out = format!(
        "format: 1\nsummary: Phrases of my own.\nrules:\n  - id: {id}\n    category: {category}\n    \
         summary: {}\n    because: The words ask, and a short block has nothing else to say.\n    \
         evidence:\n      - points: 70\n        phrases:\n",
        scalar(&format!("A block that says \"{}\".", first.1)),
    );
    let mut languages: Vec<&str> = Vec::new();
    for (language, _) in phrases {
        if !languages.contains(&language.as_str()) {
            languages.push(language);
        }
    }
    for language in &languages {
        let own = phrases.iter().filter(|(name, _)| name == language);
        let own: Vec<String> = own.map(|(_, text)| flow(text)).collect();
        let _ = writeln!(out, "          {language}: [{}]", own.join(", "));
    }
    out.push_str("      - points: 40\n        words: { max: 40 }\n");
    is_sound(&out)?;
    let plain =
        |text: &str| text.replace('*', "").replace(" ... ", " one ").replace(" … ", " one ");
    let mut tests = Vec::new();
    for language in &languages {
        let Some((_, text)) = phrases.iter().find(|(name, _)| name == language) else { continue };
        let snippet = format!("<p>{}</p>", sketch::escaped(&plain(text)));
        let name = format!("      - name: {}\n", scalar(&format!("says it in {language}")));
        tests.push(format!("{name}{}", block("remove", &snippet, 8)));
    }
    let text = sketch::escaped(&plain(&first.1));
    let snippet = format!("<p>[[prose 50]] {text} [[prose 50]]</p>");
    let name = "      - name: a long paragraph mentions it\n";
    tests.push(format!("{name}{}", block("keep", &snippet, 8)));
    let mut notes = Vec::new();
    let yaml = keep_passing(out, &id, tests, &mut notes);
    Ok(Draft { yaml, id, category, url: None, notes })
}
