//! Names in a page that somebody chose, told from those that a build made.

/// What tools that hash class names put before them.
const HASHED: [&str; 7] = ["css-", "sc-", "jsx-", "emotion-", "jss", "svelte-", "astro-"];

/// Beginnings of words in names that say what a block is: the names that last. Those of three
/// letters or fewer are whole words.
const TELLING: [&str; 65] = [
    "newsletter",
    "nieuwsbrief",
    "rundbrief",
    "infolettre",
    "nyhetsbrev",
    "boletin",
    "mailing",
    "mailchimp",
    "mailpoet",
    "klaviyo",
    "signup",
    "sign-up",
    "subscri",
    "abonn",
    "abo",
    "inscri",
    "iscri",
    "suscri",
    "optin",
    "opt-in",
    "nl",
    "letter",
    "inbox",
    "donat",
    "donaci",
    "doneren",
    "doar",
    "don",
    "spende",
    "support",
    "unterstuetz",
    "appeal",
    "contribut",
    "crowdfund",
    "fundrais",
    "funding",
    "pledge",
    "patreon",
    "patron",
    "kofi",
    "ko-fi",
    "paypal",
    "steady",
    "tip",
    "member",
    "friends",
    "advert",
    "ad",
    "ads",
    "anzeige",
    "werbung",
    "sponsor",
    "promo",
    "paywall",
    "regwall",
    "consent",
    "cookie",
    "share",
    "social",
    "related",
    "recommend",
    "teaser",
    "banner",
    "callout",
    "cta",
];

/// Whether a class or an id will most likely be there tomorrow, and on the next page: it has no
/// digits, is not made of mixed letters, and is no instruction for the layout.
pub(super) fn is_stable(name: &str) -> bool {
    let plain = |c: char| c.is_alphabetic() || matches!(c, '-' | '_');
    name.chars().count() >= 3
        && name.chars().all(plain)
        && !HASHED.iter().any(|prefix| name.starts_with(prefix))
        && name.split(['-', '_']).all(is_word)
}

/// Whether a part of a name can be read. `kRmdLP` and `xkcdqz` cannot.
fn is_word(part: &str) -> bool {
    let letters: Vec<char> = part.chars().collect();
    // Camel case goes up once a word; mixed letters go up and down.
    let turns = letters.windows(2).filter(|pair| pair[0].is_lowercase() && pair[1].is_uppercase());
    let turns = turns.count();
    let ascii = letters.iter().all(char::is_ascii_alphabetic);
    let spoken = letters.iter().any(|c| "aeiouyAEIOUY".contains(*c));
    letters.len() < 5 || (turns <= letters.len() / 4 && (!ascii || spoken))
}

/// Whether a name is one that somebody chose, with a number behind it that a program counted:
/// `text-27`. What numbers an article is other on the next page.
pub(super) fn is_numbered(name: &str) -> bool {
    const OF_ARTICLES: [&str; 9] =
        ["post", "comment", "entry", "node", "article", "page", "item", "story", "product"];
    let word = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - word.len();
    let word = word.trim_end_matches(['-', '_']);
    let of_article = word.split(['-', '_']).any(|part| OF_ARTICLES.contains(&part));
    let hashed = HASHED.iter().any(|prefix| name.starts_with(prefix));
    (1..=3).contains(&digits) && is_stable(word) && !of_article && !hashed
}

/// Whether a name says what the block is.
pub(super) fn is_telling(name: &str) -> bool {
    let words = words(name);
    TELLING.iter().any(|telling| {
        words.match_indices(telling).any(|(at, _)| {
            let ends = words[at + telling.len()..].starts_with('-');
            words[..at].ends_with('-') && (telling.len() > 3 || ends)
                // A compound: `sitenewsletter`.
                || telling.len() > 6
        })
    })
}

/// What stays of a name when its end is made by a build, if that is telling: `Newsletter_box__` of
/// `Newsletter_box__x7Fq2`.
pub(super) fn telling_start(name: &str) -> Option<&str> {
    let end = name.rfind(['-', '_'])? + 1;
    let start = name.get(..end)?;
    let word = start.trim_end_matches(['-', '_']);
    (!is_stable(name) && is_stable(word) && is_telling(word)).then_some(start)
}

/// The words of a name in lower case, each with a hyphen before and after it.
fn words(name: &str) -> String {
    let mut out = String::from("-");
    let mut before = '-';
    for c in name.chars() {
        if !c.is_alphanumeric() || before.is_lowercase() && c.is_uppercase() {
            out.push('-');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out.push('-');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashed_names() {
        for name in [
            "css-1x2y3z",
            "sc-abcDef",
            "styles__Foo--3x",
            "kRmdLP",
            "xkcdqz",
            "post-1234",
            "mt-4",
            "md:flex",
            "Header_nav__JkLmNo",
            "jsx-a",
            "w-1/2",
            "a",
            "svelte-abc",
        ] {
            assert!(!is_stable(name), "{name}");
        }
        for name in [
            "newsletter",
            "c-inline-promo__text",
            "newsletterBox",
            "site_footer",
            "nl-box",
            "SupportBanner",
            "werbung",
            "подписка",
        ] {
            assert!(is_stable(name), "{name}");
        }
    }

    #[test]
    fn starts_of_names_that_a_build_ends() {
        assert_eq!(telling_start("Newsletter_box__x7Fq2"), Some("Newsletter_box__"));
        assert_eq!(telling_start("support-banner--9xk"), Some("support-banner--"));
        assert_eq!(telling_start("Header_nav__x7Fq2"), None);
        assert_eq!(telling_start("css-newsletter-1x2"), None);
        assert_eq!(telling_start("newsletter-box"), None);
    }

    #[test]
    fn names_with_numbers() {
        assert!(is_numbered("text-27") && is_numbered("custom_html-3") && is_numbered("block4"));
        for name in ["text", "post-27", "text-12345", "t-1x", "css-12", "node_7", "12"] {
            assert!(!is_numbered(name), "{name}");
        }
    }

    #[test]
    fn telling_names() {
        assert!(is_telling("c-Newsletter"));
        assert!(is_telling("/donate"));
        assert!(is_telling("don-box"));
        assert!(is_telling("nl-box") && is_telling("siteNlBox") && is_telling("DonateButton"));
        assert!(is_telling("mainnewsletter"));
        assert!(!is_telling("abandoned") && !is_telling("done") && !is_telling("header-load"));
        assert!(!is_telling("content"));
    }
}
