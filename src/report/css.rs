//! Style sheets of pages, without what reaches for the network or for the marks of the report.
//!
//! This is the first of two defences: the frame's policy lets no style load anything either.

/// Functions that name something to load.
#[rustfmt::skip]
const LOADERS: &[&str] = &[
    "url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade",
    "element", "-moz-element", "paint", "expression", "url-prefix",
];

/// At-rules that only choose when or in which order rules apply, or say how something moves.
#[rustfmt::skip]
const AT_RULES: &[&str] = &[
    "media", "supports", "layer", "container", "scope", "starting-style", "keyframes",
    "-webkit-keyframes", "-moz-keyframes",
];

/// What stands for a name that is not let through; it means nothing to a browser.
const BLOCKED: &str = "blocked";

/// Where a style comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Sheet,
    /// A `style` attribute. `!important` there would beat the marks.
    Attribute,
}

/// Appends the harmless part of `css`. Reads it as the CSS tokenizer does, as far as strings,
/// comments, escapes and names go; all else is copied. The result is free of `</` and `<!`.
pub(super) fn clean(out: &mut String, css: &str, origin: Origin) {
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '/' if tail.starts_with('*') => {
                out.push(' ');
                tail.split_once("*/").map_or("", |(_, tail)| tail)
            }
            '"' | '\'' => string(out, c, tail),
            '@' => {
                out.push('@');
                let name = name(tail);
                let known = AT_RULES.contains(&name.folded.as_str());
                out.push_str(if known { name.written } else { BLOCKED });
                name.tail
            }
            // A sheet that is taken apart can compare widths, but not end the element it is in.
            '<' if !tail.starts_with([' ', '=']) => {
                // A space, lest what stands before and after become one name.
                out.push(' ');
                tail
            }
            '\0' => {
                out.push(' ');
                tail
            }
            '!' if origin == Origin::Attribute => {
                out.push(' ');
                let word = name(tail.trim_start());
                if word.folded == "important" { word.tail } else { tail }
            }
            '\\' | '-' | '_' | 'a'..='z' | 'A'..='Z' | '\u{80}'.. => named(out, rest),
            _ => {
                out.push(c);
                tail
            }
        };
    }
}

/// Copies a string up to its end, which is also that of an unclosed one.
fn string<'a>(out: &mut String, quote: char, text: &'a str) -> &'a str {
    out.push(quote);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\n' | '\r' | '\x0C' => {
                // The browser ends the string here; what follows is read as if outside.
                out.push(quote);
                return text.get(at..).unwrap_or_default();
            }
            '\\' => match chars.next() {
                // A string goes on over the end of a line, and ends where the sheet does.
                Some((_, '\n' | '\r' | '\x0C')) | None => {}
                Some((_, '<')) => out.push_str("\\3c "),
                Some((_, next)) => out.extend(['\\', next]),
            },
            '<' => out.push_str("\\3c "),
            '\0' => {}
            c if c == quote => {
                out.push(quote);
                return text.get(at + c.len_utf8()..).unwrap_or_default();
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    ""
}

/// Copies a name, or a word in its place. `text` begins with a character of a name.
fn named<'a>(out: &mut String, text: &'a str) -> &'a str {
    let name = name(text);
    if name.written.is_empty() {
        // A backslash before the end of a line is nothing by itself.
        out.push(' ');
        let mut chars = text.chars();
        chars.next();
        return chars.as_str();
    }
    if let Some(arguments) = name.tail.strip_prefix('(')
        && LOADERS.contains(&name.folded.as_str())
    {
        out.push_str(BLOCKED);
        out.push_str("()");
        return after_parenthesis(arguments);
    }
    // The marks are called so: no style of a page gets hold of them. An escaped letter has no
    // purpose but to hide a word.
    let ours = name.folded.contains("dehusk");
    out.push_str(if ours || name.hides { BLOCKED } else { name.written });
    name.tail
}

/// A name as it stands in the sheet.
struct Name<'a> {
    written: &'a str,
    /// As it is read: escapes resolved, in lower case.
    folded: String,
    /// Whether a letter is written as an escape.
    hides: bool,
    tail: &'a str,
}

fn name(text: &str) -> Name<'_> {
    let (mut folded, mut hides) = (String::new(), false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' | '\u{80}'.. => {
                folded.push(c.to_ascii_lowercase());
                rest = tail;
            }
            '\\' => {
                let Some((c, tail)) = escape(tail) else { break };
                hides |= c.is_ascii_alphabetic() || c == '<';
                folded.push(c.to_ascii_lowercase());
                rest = tail;
            }
            _ => break,
        }
    }
    let written = text.get(..text.len() - rest.len()).unwrap_or_default();
    Name { written, folded, hides, tail: rest }
}

/// The character that an escape stands for, and what follows; `text` begins after the backslash.
fn escape(text: &str) -> Option<(char, &str)> {
    let digits = text.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
    let (code, tail) = text.split_at_checked(digits)?;
    if digits > 0 {
        let c = u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap_or('\u{fffd}');
        let tail = tail.strip_prefix("\r\n").or(tail.strip_prefix([' ', '\t', '\n', '\r', '\x0C']));
        return Some((c, tail.unwrap_or(text.get(digits..)?)));
    }
    let c = text.chars().next().filter(|c| !matches!(c, '\n' | '\r' | '\x0C'))?;
    Some((c, text.get(c.len_utf8()..)?))
}

/// What follows the parenthesis that closes the one before `text`. Parentheses in strings do not
/// count, and an address without quotes ends at the first.
fn after_parenthesis(text: &str) -> &str {
    let (mut depth, mut quote) = (1usize, None);
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (_, '\\') => drop(chars.next()),
            (Some(open), c) if c == open || matches!(c, '\n' | '\r' | '\x0C') => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth -= 1;
                if depth == 0 {
                    return text.get(at + 1..).unwrap_or_default();
                }
            }
            // Whatever this is, the rule it stands in is over.
            (None, '}') => return text.get(at..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use cssparser::{Parser, Token};
    use proptest::prelude::*;

    use super::{LOADERS, Origin, clean};

    fn sheet(css: &str) -> String {
        let mut out = String::new();
        clean(&mut out, css, Origin::Sheet);
        out
    }

    #[test]
    fn harmless_styles_stay() {
        for css in [
            "@media (width >= 40em) and (height < 3em){.a>b~c+d::before{content:\"\\201C\";color:rgb(1 2 3 / 40%)}}",
            ".md\\:flex,.w-1\\/2,.\\31 0{width:calc(100% - var(--gap, 2px))!important}",
            "@keyframes spin{to{transform:rotate(1turn)}}",
            "a[href^='http://x']{font:1.2em/1.5 'Gill Sans',serif}",
        ] {
            assert_eq!(sheet(css), css);
        }
    }

    #[test]
    fn nothing_is_loaded() {
        for css in [
            "a{background:url(http://h/1)}",
            "a{background:URL( 'http://h/1' )}",
            "a{background:u\\72l(http://h/1)}",
            "a{background:\\u\\r\\l(http://h/1)}",
            "a{background:\\000075 rl(http://h/1)}",
            "a{background:-webkit-image-set('http://h/1' 1x)}",
            "a{--x:image-set(\"http://h/1\" 1x, url(http://h/2) 2x)}",
            "a{background:url(http://h/1",
            "a{background:url('http://h/\n1')}",
            "a{src:src(\"http://h/1\")}",
            "a{content:cross-fade(url(http://h/1), red)}",
        ] {
            let out = sheet(css);
            assert!(!out.contains("http") && !out.to_lowercase().contains("url"), "{css}: {out}");
        }
        for css in ["@import 'http://h/1';", "@IMPORT url(http://h/1);", "@\\69mport 'http://h'"] {
            assert!(sheet(css).starts_with("@blocked"), "{}", sheet(css));
        }
        assert!(sheet("@font-face{font-family:a;src:url(x)}").starts_with("@blocked{"));
        assert!(sheet("a/*@import*/b") == "a b");
    }

    #[test]
    fn no_sheet_ends_its_element_or_reaches_the_marks() {
        for css in
            ["</style><script>", "a{content:'</style>'}", "\"</sty\\\nle>", "\\</style", "<!--"]
        {
            let out = sheet(css);
            assert!(!out.contains("</") && !out.contains("<!") && !out.contains("<s"), "{out}");
        }
        for css in ["[data-dehusk]{x:y}", "[data\\-dehusk]", "@layer dehusk{}", "d\\65husk-mark{}"]
        {
            assert!(!sheet(css).contains("husk"), "{}", sheet(css));
        }
        let mut own = String::new();
        clean(&mut own, "outline:0 !IMPORTANT;color:red ! important", Origin::Attribute);
        assert_eq!(own, "outline:0  ;color:red  ");
    }

    /// What a sheet would load, read by another tokenizer.
    fn loads(input: &mut Parser<'_>, found: &mut Vec<String>) {
        while let Ok(token) = input.next().cloned() {
            match &token {
                Token::UnquotedUrl(url) | Token::BadUrl(url) => found.push(url.to_string()),
                Token::AtKeyword(name) if name.eq_ignore_ascii_case("import") => {
                    found.push(name.to_string());
                }
                Token::Function(name) if LOADERS.contains(&&*name.to_ascii_lowercase()) => {
                    found.push(name.to_string());
                }
                _ => {}
            }
            if matches!(
                token,
                Token::Function(_)
                    | Token::ParenthesisBlock
                    | Token::SquareBracketBlock
                    | Token::CurlyBracketBlock
            ) {
                let _: Result<(), cssparser::ParseError<()>> = input.parse_nested_block(|inner| {
                    loads(inner, found);
                    Ok(())
                });
            }
        }
    }

    proptest! {
        #[test]
        fn whatever_the_sheet(pieces in prop::collection::vec(prop::sample::select(&[
            "url(", "@import", "\\", "u", "\\75", "72", " ", "rl", "(", ")", "\"", "'", "\n", "/*",
            "*/", "{", "}", "<", "/", "</style>", "http://h", "é", "\0", "!important", "@", "-",
            "src", "import", "\\\n", "=",
        ][..]), 0..24)) {
            for origin in [Origin::Sheet, Origin::Attribute] {
                let mut out = String::new();
                clean(&mut out, &pieces.concat(), origin);
                prop_assert!(!out.contains("</") && !out.contains("<!"), "{}", out);
                let mut found = Vec::new();
                loads(&mut Parser::new(&out), &mut found);
                prop_assert!(found.is_empty(), "{:?} in {}", found, out);
            }
        }
    }
}
