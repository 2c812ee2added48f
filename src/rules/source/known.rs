//! The words that rule files may use: languages, elements, guards, sites.

use serde_saphyr::Spanned;

use super::problem::{Report, nearest};
use super::rule::{Category, GUARDS, Site};

/// Languages by their codes in ISO 639-1.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co \
    cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho \
    hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la \
    lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn nr nv ny oc oj om or os \
    pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th \
    ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// What people write for common languages instead of their codes.
const OTHER_NAMES: [(&str, &str); 44] = [
    ("no", "nb` or `nn"),
    ("nor", "nb` or `nn"),
    ("norwegian", "nb` or `nn"),
    ("jp", "ja"),
    ("cn", "zh"),
    ("kr", "ko"),
    ("cz", "cs"),
    ("dk", "da"),
    ("gr", "el"),
    ("ua", "uk"),
    ("se", "sv"),
    ("gb", "en"),
    ("us", "en"),
    ("at", "de"),
    ("br", "pt"),
    ("eng", "en"),
    ("deu", "de"),
    ("ger", "de"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("spa", "es"),
    ("ita", "it"),
    ("rus", "ru"),
    ("pol", "pl"),
    ("por", "pt"),
    ("jpn", "ja"),
    ("zho", "zh"),
    ("english", "en"),
    ("german", "de"),
    ("deutsch", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("italian", "it"),
    ("russian", "ru"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("japanese", "ja"),
    ("chinese", "zh"),
    ("dutch", "nl"),
    ("swedish", "sv"),
    ("danish", "da"),
    ("all", "any"),
    ("every", "any"),
    ("other", "any"),
];

/// The elements of HTML that a block can be, and their most usual company.
const ELEMENTS: &str = "a abbr address article aside audio b blockquote body br button caption center \
    cite code dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form \
    h1 h2 h3 h4 h5 h6 header hgroup hr html i iframe img input ins kbd label legend li link main mark \
    menu meter nav noscript object ol optgroup option output p picture pre progress q s samp search \
    section select slot small span strong sub summary sup svg table tbody td template textarea tfoot \
    th thead time tr u ul var video";

fn advise(near: Option<&str>, otherwise: &str) -> Option<String> {
    Some(near.map_or_else(|| otherwise.to_string(), |near| format!("did you mean `{near}`?")))
}

/// Reports a language that there is not.
pub(super) fn language(name: &Spanned<String>, report: &mut Report<'_>) {
    let code = name.value.as_str();
    let primary = code.split('-').next().unwrap_or(code);
    let listed = |code: &str| LANGUAGES.split_whitespace().any(|known| known == code);
    let other = OTHER_NAMES.iter().find(|(name, _)| *name == code.to_lowercase());
    let long = primary.len() == 3 && primary.bytes().all(|b| b.is_ascii_lowercase());
    if code == "any" || listed(primary) || (long && other.is_none()) {
        return;
    }
    let help = match other {
        Some((_, code)) => format!("it is `{code}`"),
        None => {
            "two letters by ISO 639-1, such as en, de, ja; `any` for words of all languages".into()
        }
    };
    report.at(name.referenced, format!("`{code}` is not a language"), Some(help));
}

/// Reports words that are truth values by YAML 1.1, unless they are in quotes.
pub(super) fn truth(text: &Spanned<String>, report: &mut Report<'_>) {
    let word = text.value.to_ascii_lowercase();
    if !["yes", "no", "on", "off"].contains(&word.as_str()) || report.is_quoted(text.referenced) {
        return;
    }
    report.at(
        text.referenced,
        format!("`{}` is a truth value to many YAML readers", text.value),
        Some(format!("write it in quotes: '{}'", text.value)),
    );
}

/// Reports the names of elements that there are not.
pub(super) fn elements(names: &[Spanned<String>], report: &mut Report<'_>) {
    for name in names {
        let known = || ELEMENTS.split_whitespace();
        let custom = name.value.contains('-');
        if custom || known().any(|known| known == name.value) {
            continue;
        }
        let lower = name.value.to_lowercase();
        let near = known().find(|known| *known == lower).or_else(|| nearest(&lower, known()));
        let help = advise(near, "the names of HTML elements, in lower case: [section, aside, div]");
        report.at(name.referenced, format!("`{}` is not an element", name.value), help);
    }
}

/// Reports the names of guards that there are not.
pub(super) fn guards(names: &[Spanned<String>], report: &mut Report<'_>) {
    for name in names.iter().filter(|name| !GUARDS.contains(&name.value.as_str())) {
        let help = advise(nearest(&name.value, GUARDS), &format!("one of {}", GUARDS.join(", ")));
        report.at(name.referenced, format!("`{}` is not a guard", name.value), help);
    }
}

pub(super) fn category(name: &Spanned<String>, report: &mut Report<'_>) -> Option<Category> {
    let found = Category::from_name(&name.value);
    if found.is_none() {
        let known = Category::ALL.map(Category::name);
        let help = advise(nearest(&name.value, known), &format!("one of {}", category_names()));
        report.at(name.referenced, format!("`{}` is not a category", name.value), help);
    }
    found
}

pub(super) fn category_names() -> String {
    Category::ALL.map(Category::name).join(", ")
}

/// Whether `id` is in kebab-case.
pub(super) fn is_kebab(id: &str) -> bool {
    !id.is_empty()
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !id.starts_with('-')
        && !id.ends_with('-')
}

/// `name` as an id, if something is left of it.
pub(super) fn to_kebab(name: &str) -> Option<String> {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    (!words.is_empty()).then(|| words.join("-"))
}

/// The most sites of one list, each of which is compared with the others.
pub(crate) const MAX_SITES: usize = 2000;

/// Reads site patterns; those that are none are reported.
pub(super) fn sites(given: &[Spanned<String>], report: &mut Report<'_>) -> Vec<Site> {
    if let Some(first) = given.get(MAX_SITES) {
        let help = "a rule for so many sites is one for all: leave them out";
        let message = format!("a list has at most {MAX_SITES} sites");
        report.at(first.referenced, message, Some(help.into()));
        return Vec::new();
    }
    given.iter().filter_map(|site| self::site(site, report)).collect()
}

/// Reads one site pattern.
pub(crate) fn site(given: &Spanned<String>, report: &mut Report<'_>) -> Option<Site> {
    let text = given.value.trim().to_lowercase();
    let (not, text) = match text.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (only_below, text) = match text.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (host, path) = match text.split_once('/') {
        Some((host, path)) => (host, format!("/{}", path.trim_end_matches('*'))),
        None => (text, String::new()),
    };
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let named = host == "localhost" || host.contains('.');
    if named && host.split('.').all(label) && !path.contains('*') && !text.contains("://") {
        return Some(Site { not, only_below, host: host.to_string(), path });
    }
    let bare = text.split_once("://").map(|(_, rest)| rest.trim_end_matches('/'));
    let help = match bare {
        Some(bare) if !bare.is_empty() => format!("a site has no scheme: `{bare}`"),
        _ if host.starts_with('.') && host.len() > 1 => {
            format!("`{}` means the site and all below it", host.trim_start_matches('.'))
        }
        _ => "`example.com`, `*.example.com`, `!shop.example.com` or `example.com/blog/*`".into(),
    };
    report.at(given.referenced, format!("`{}` is not a site", given.value), Some(help));
    None
}
