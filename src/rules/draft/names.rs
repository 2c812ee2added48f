//! Names in a page that somebody chose, told from those that a build made.

/// What tools that hash class names put before them.
const HASHED: [&str; 7] = ["css-", "sc-", "jsx-", "emotion-", "jss", "svelte-", "astro-"];

/// Words of names that say what a block is: the ones that last.
const TELLING: [&str; 30] = [
    "newsletter",
    "mailing",
    "signup",
    "sign-up",
    "subscri",
    "optin",
    "letter",
    "donat",
    "support",
    "appeal",
    "contribut",
    "member",
    "spenden",
    "don",
    "ad-",
    "advert",
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
    "abo",
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

/// Whether a name says what the block is.
pub(super) fn is_telling(name: &str) -> bool {
    let name = name.to_lowercase();
    TELLING.iter().any(|word| {
        let at = name.find(word);
        // Short words only where a word begins: `don` is not in `abandon`.
        at.is_some_and(|at| word.len() > 4 || at == 0 || name[..at].ends_with(['-', '_', '/']))
    })
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
    fn telling_names() {
        assert!(is_telling("c-Newsletter"));
        assert!(is_telling("/donate"));
        assert!(is_telling("don-box"));
        assert!(!is_telling("abandoned"));
        assert!(!is_telling("content"));
    }
}
