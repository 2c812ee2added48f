//! Looks over CSS selectors: what is wrong with one, and where in it.
//!
//! What runs is parsed by the `selectors` crate, whose errors are few words without a place and
//! which forgives what is not closed. This is the grammar of what it takes here, without building
//! anything, so that the build script can look over the shipped rules too.

/// The longest selector. The longest shipped one has under 300 bytes.
const MAX_BYTES: usize = 4096;
/// How deep brackets may nest. Parser and matcher recurse, and the stack must bear it.
const MAX_DEPTH: usize = 6;
/// The steps in a row, such as three in `a > b c`.
const MAX_STEPS: usize = 12;
/// How many `:has()` a selector list may have: each looks through all that an element holds.
const MAX_HAS: usize = 24;

/// What is wrong with a selector, and at which byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadSelector {
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// Looks over a selector list.
pub(crate) fn check(text: &str) -> Result<(), BadSelector> {
    let mut reader = Reader { text, at: 0, depth: 0, has: 0, within_has: false };
    if text.len() > MAX_BYTES {
        return Err(reader.bad(0, format!("a selector has at most {MAX_BYTES} bytes"), None));
    }
    if let Some((at, open)) = unclosed(text) {
        let close = match open {
            '(' => ')',
            '[' => ']',
            quote => quote,
        };
        return Err(reader.bad(
            at,
            format!("`{open}` is not closed"),
            Some(&format!("it ends with `{close}`")),
        ));
    }
    if text.trim_start().starts_with('/') {
        let help = "//div[@class=\"box\"] is div[class=\"box\"] in CSS, and ./ancestor::section is `up_to: section`";
        return Err(reader.bad(0, "this is XPath, and selectors here are CSS", Some(help)));
    }
    reader.list(false)?;
    match reader.peek() {
        None => Ok(()),
        Some(c) => Err(reader.bad(
            reader.at,
            format!("`{c}` closes what was not opened"),
            Some("take it out"),
        )),
    }
}

/// The first bracket or quote that is opened and not closed.
fn unclosed(text: &str) -> Option<(usize, char)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let quoted = open.last().map(|(_, open)| *open).filter(|open| matches!(open, '"' | '\''));
        match (quoted, c) {
            (_, '\\') => drop(chars.next()),
            (Some(quote), c) if c == quote => drop(open.pop()),
            (Some(_), _) => {}
            (None, '(' | '[' | '"' | '\'') => open.push((at, c)),
            (None, ')' | ']') => {
                let pair = if c == ')' { '(' } else { '[' };
                if open.last().is_some_and(|(_, open)| *open == pair) {
                    open.pop();
                } else if let Some(last) = open.last() {
                    return Some(*last);
                }
            }
            _ => {}
        }
    }
    open.last().copied()
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    has: usize,
    within_has: bool,
}

type Checked<T = ()> = Result<T, BadSelector>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        let here = self.peek() == Some(c);
        if here {
            self.at += c.len_utf8();
        }
        here
    }

    fn space(&mut self) -> bool {
        let rest = self.rest();
        let inner = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        self.at += rest.len() - inner.len();
        inner.len() < rest.len()
    }

    fn bad(&self, at: usize, message: impl Into<String>, help: Option<&str>) -> BadSelector {
        BadSelector { at, message: message.into(), help: help.map(str::to_string) }
    }

    /// Selectors divided by commas. Stops at what cannot go on, which is for the caller.
    fn list(&mut self, relative: bool) -> Checked {
        loop {
            self.complex(relative)?;
            self.space();
            if !self.take(',') {
                return Ok(());
            }
        }
    }

    /// Steps divided by combinators.
    fn complex(&mut self, relative: bool) -> Checked {
        self.space();
        let start = self.at;
        if relative && self.peek() == Some('~') {
            // For each element, all behind it would be looked through.
            let help = "`:has(+ .a)` looks at the next element; `.a ~ .b` finds what comes after";
            return Err(self.bad(self.at, "`:has(~ …)` is not known here", Some(help)));
        }
        let next = relative && self.peek() == Some('+');
        if relative && matches!(self.peek(), Some('>' | '+')) {
            self.at += 1;
            self.space();
        }
        for step in 0.. {
            if step == MAX_STEPS {
                let message = format!("a selector has at most {MAX_STEPS} steps in a row");
                return Err(self.bad(
                    self.at,
                    message,
                    Some("fewer say as much: name the last two or three"),
                ));
            }
            self.compound(step > 0)?;
            let spaced = self.space();
            match self.peek() {
                Some('+' | '~') if next => {
                    let help = "within `:has()` one step to the side is enough: :has(+ .a .b)";
                    return Err(self.bad(self.at, "this looks too far to the side", Some(help)));
                }
                Some('>' | '+' | '~') => {
                    let at = self.at;
                    self.at += 1;
                    self.space();
                    if matches!(self.peek(), None | Some(',' | ')' | '>' | '+' | '~')) {
                        let c = &self.text[at..=at];
                        return Err(self.bad(at, format!("`{c}` has nothing behind it"), None));
                    }
                }
                None | Some(',' | ')' | ']') => return Ok(()),
                _ if spaced => {}
                Some(c) => return Err(self.odd(c)),
            }
        }
        Err(self.bad(start, "this is not a selector", None))
    }

    /// A character that has no business in a selector.
    fn odd(&self, c: char) -> BadSelector {
        let help = match c {
            '/' => Some("a path or an address goes in quotes: [href*=\"/donate\"]"),
            '|' => Some("namespaces are not used in pages"),
            '{' | ';' => Some("only the selector, not what follows it in a style sheet"),
            '!' | '$' | '@' | '%' => Some("in a name this character takes a `\\` before it"),
            '"' | '\'' => Some("texts stand only within `[…]`; for words use `phrases`"),
            '0'..='9' => {
                Some("a name cannot begin with a digit; write [class~=\"5col\"] or [id=\"5col\"]")
            }
            _ => None,
        };
        self.bad(self.at, format!("`{c}` does not belong in a selector here"), help)
    }

    /// An element with its classes, ids, attributes and pseudo-classes.
    fn compound(&mut self, behind: bool) -> Checked {
        let start = self.at;
        if !self.take('*') && self.name_starts() {
            self.name()?;
        }
        loop {
            let at = self.at;
            match self.peek() {
                Some('.' | '#') => {
                    let mark = if self.take('.') {
                        '.'
                    } else {
                        self.take('#');
                        '#'
                    };
                    if !self.name_starts() {
                        return Err(match self.peek() {
                            Some(c @ '0'..='9') => BadSelector { at, ..self.odd(c) },
                            _ => self.bad(at, format!("`{mark}` has no name behind it"), None),
                        });
                    }
                    self.name()?;
                }
                Some('[') => self.attribute()?,
                Some(':') => self.pseudo()?,
                Some(c) if self.at == start => {
                    return Err(match c {
                        '>' | '+' | '~' => self.bad(
                            at,
                            format!("`{c}` has nothing before it"),
                            (c == '>').then_some("begin with an element, or with `*`"),
                        ),
                        ',' => self.bad(at, "there is no selector before this comma", None),
                        ')' => self.bad(at, "there is no selector before this bracket", None),
                        '&' => self.bad(at, "`&` is for nested style sheets", None),
                        c => self.odd(c),
                    });
                }
                None if self.at == start => {
                    let empty = self.text.trim().is_empty();
                    let message = if empty {
                        "the selector is empty"
                    } else {
                        "there is no selector at the end"
                    };
                    let help =
                        (!behind && !empty).then_some("take out the comma, or add a selector");
                    return Err(self.bad(at, message, help));
                }
                _ => return Ok(()),
            }
        }
    }

    fn attribute(&mut self) -> Checked {
        self.take('[');
        self.space();
        if !self.name_starts() {
            return Err(self.bad(
                self.at,
                "`[` wants the name of an attribute",
                Some("[href*=\"/donate\"]"),
            ));
        }
        self.name()?;
        self.space();
        if self.take(']') {
            return Ok(());
        }
        let at = self.at;
        if matches!(self.peek(), Some('~' | '|' | '^' | '$' | '*')) {
            self.at += 1;
        }
        if !self.take('=') {
            let help = "one of = ~= ^= $= *= |=";
            return Err(self.bad(at, "this is not a comparison of an attribute", Some(help)));
        }
        self.space();
        match self.peek() {
            Some(quote @ ('"' | '\'')) => {
                self.at += 1;
                let mut chars = self.rest().char_indices();
                let end = loop {
                    match chars.next() {
                        Some((_, '\\')) => drop(chars.next()),
                        Some((end, c)) if c == quote => break end,
                        Some((end, '\n')) => {
                            return Err(self.bad(self.at + end, "a text ends on its line", None));
                        }
                        Some(_) => {}
                        None => {
                            return Err(self.bad(
                                self.at,
                                format!("`{quote}` is not closed"),
                                None,
                            ));
                        }
                    }
                };
                self.at += end + 1;
            }
            _ if self.name_starts() => {
                self.name()?;
            }
            _ => return Err(self.unquoted()),
        }
        let spaced = self.space();
        if spaced && matches!(self.peek(), Some('i' | 'I' | 's' | 'S')) {
            self.at += 1;
            self.space();
        }
        if self.take(']') { Ok(()) } else { Err(self.unquoted()) }
    }

    fn unquoted(&self) -> BadSelector {
        let help = "what is compared with goes in quotes: [href*=\"/donate\"]";
        self.bad(self.at, "this value has to be in quotes", Some(help))
    }

    fn pseudo(&mut self) -> Checked {
        let at = self.at;
        self.take(':');
        if self.peek() == Some(':') {
            return Err(self.bad(at, "a pseudo-element is no element of a page", None));
        }
        if !self.name_starts() {
            return Err(self.bad(
                at,
                "`:` has no name behind it",
                Some("in a class or id write `\\:`"),
            ));
        }
        let name = self.name()?.to_ascii_lowercase();
        let call = self.take('(');
        match (name.as_str(), call) {
            (
                "first-child" | "last-child" | "only-child" | "first-of-type" | "last-of-type"
                | "only-of-type" | "root" | "empty" | "scope",
                false,
            ) => Ok(()),
            ("is" | "where" | "not" | "has", true) => self.nested(&name, at),
            ("nth-child" | "nth-last-child" | "nth-of-type" | "nth-last-of-type", true) => {
                self.nth(&name, at)
            }
            ("is" | "where" | "not" | "has", false) => Err(self.bad(
                at,
                format!("`:{name}` wants a selector in brackets"),
                Some(&format!(":{name}(.box)")),
            )),
            ("nth-child" | "nth-last-child" | "nth-of-type" | "nth-last-of-type", false) => {
                Err(self.bad(
                    at,
                    format!("`:{name}` wants a number in brackets"),
                    Some(&format!(":{name}(2)")),
                ))
            }
            _ => {
                Err(self.bad(at, format!("`:{name}` is not known of a saved page"), foreign(&name)))
            }
        }
    }

    /// The selectors in the brackets of `:not(…)` and its like.
    fn nested(&mut self, name: &str, at: usize) -> Checked {
        let relative = name == "has";
        if relative {
            self.has += 1;
            if self.within_has {
                return Err(self.bad(
                    at,
                    "`:has()` cannot stand within `:has()`",
                    Some("write a longer selector: :has(section > .box)"),
                ));
            }
            if self.has > MAX_HAS {
                return Err(self.bad(
                    at,
                    format!("a selector has at most {MAX_HAS} `:has()`"),
                    None,
                ));
            }
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.bad(at, format!("brackets nest at most {MAX_DEPTH} deep"), None));
        }
        let outer = self.within_has;
        self.within_has |= relative;
        self.list(relative)?;
        self.within_has = outer;
        self.depth -= 1;
        self.close()
    }

    fn close(&mut self) -> Checked {
        self.space();
        match self.peek() {
            Some(')') => {
                self.at += 1;
                Ok(())
            }
            Some(c) => Err(self.odd(c)),
            None => Err(self.bad(self.at, "`(` is not closed", None)),
        }
    }

    fn nth(&mut self, name: &str, at: usize) -> Checked {
        let rest = self.rest();
        let end = rest.find([')', 'o']).unwrap_or(rest.len());
        // `odd` and `of` both begin with an o.
        let end =
            if rest.trim_start().starts_with("odd") { rest.find(')').unwrap_or(end) } else { end };
        let (formula, of) = match rest[..end].split_once(" of ") {
            Some((formula, _)) => (formula, true),
            None => (&rest[..end], rest[end..].starts_with("of ")),
        };
        if !is_formula(formula.trim()) {
            let help = format!(":{name}(2), :{name}(odd), :{name}(3n+1)");
            return Err(self.bad(self.at, "this is not a number or formula", Some(&help)));
        }
        self.at += formula.len();
        self.space();
        if of {
            if !matches!(name, "nth-child" | "nth-last-child") {
                return Err(self.bad(self.at, format!("`of` does not go with `:{name}`"), None));
            }
            self.at += "of ".len();
            return self.nested("is", at);
        }
        self.close()
    }

    fn name_starts(&self) -> bool {
        let mut chars = self.rest().chars();
        let starts = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
        match chars.next() {
            Some('-') => matches!(chars.next(), Some(c) if starts(c) || c == '-' || c == '\\'),
            Some('\\') => matches!(chars.next(), Some(c) if c != '\n'),
            Some(c) => starts(c),
            None => false,
        }
    }

    fn name(&mut self) -> Checked<&'a str> {
        let start = self.at;
        let mut chars = self.rest().char_indices();
        let mut length = self.rest().len();
        while let Some((at, c)) = chars.next() {
            let escaped = c == '\\' && chars.next().is_some_and(|(_, c)| c != '\n');
            if !(escaped || c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || !c.is_ascii()) {
                length = at;
                break;
            }
        }
        self.at += length;
        Ok(&self.text[start..self.at])
    }
}

/// Whether `text` is an `an+b`.
fn is_formula(text: &str) -> bool {
    let text: String = text.to_ascii_lowercase().split_whitespace().collect();
    let digits =
        |text: &str| !text.is_empty() && text.len() < 7 && text.bytes().all(|b| b.is_ascii_digit());
    let signed = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    match text.split_once('n') {
        _ if text == "odd" || text == "even" => true,
        None => signed(&text),
        Some((a, b)) => {
            (a.is_empty() || a == "+" || a == "-" || signed(a))
                && (b.is_empty() || (b.starts_with(['+', '-']) && digits(&b[1..])))
        }
    }
}

/// Advice for pseudo-classes of other rule formats, and of pages that are alive.
fn foreign(name: &str) -> Option<&'static str> {
    Some(match name {
        "contains" | "has-text" | "-abp-contains" | "icontains" | "matches" => {
            "for words use `phrases`"
        }
        "upward" | "nth-ancestor" | "parents" | "closest" => "for what is around it use `up_to`",
        "-abp-has" => "it is `:has(…)`",
        "first" => "it is `:first-child` or `:first-of-type`",
        "last" => "it is `:last-child` or `:last-of-type`",
        "eq" | "nth" => "it is `:nth-child(…)`, counted from 1",
        "matches-css" | "matches-attr" | "matches-path" | "min-text-length" | "xpath"
        | "remove" | "style" | "others" | "watch-attr" => {
            "this is a word of ad blockers; here are only selectors of CSS"
        }
        "hover" | "focus" | "active" | "visited" | "target" | "focus-within" | "focus-visible" => {
            "nobody points at a saved page"
        }
        "checked" => "it is `[checked]`",
        "disabled" => "it is `[disabled]`",
        "required" => "it is `[required]`",
        "link" | "any-link" => "it is `a[href]`",
        "before" | "after" | "first-line" | "first-letter" => {
            "a pseudo-element is no element of a page"
        }
        "lang" => "it is `[lang|=\"en\"]`",
        _ => "in the name of a class or an id a colon is written `\\:`",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (usize, String) {
        let bad = check(text).expect_err(text);
        (bad.at, bad.message)
    }

    #[test]
    fn places() {
        assert_eq!(at("p:hover"), (1, "`:hover` is not known of a saved page".into()));
        assert_eq!(at("a[href*=/x]"), (8, "this value has to be in quotes".into()));
        assert_eq!(at("div:has(> p"), (7, "`(` is not closed".into()));
        assert_eq!(at("a > , b"), (2, "`>` has nothing behind it".into()));
        assert_eq!(at("é.b, .5col"), (6, "`5` does not belong in a selector here".into()));
        assert_eq!(at("a)"), (1, "`)` closes what was not opened".into()));
        assert_eq!(at("a[b='c]"), (4, "`'` is not closed".into()));
        assert_eq!(
            at("div:has(:not(p:has(q)))"),
            (14, "`:has()` cannot stand within `:has()`".into())
        );
    }

    #[test]
    fn bounds() {
        assert!(check(&"a ".repeat(MAX_STEPS)).is_ok());
        assert!(check(&"a ".repeat(MAX_STEPS + 1)).is_err());
        let deep = |n| format!("{}a{}", ":not(".repeat(n), ")".repeat(n));
        assert!(check(&deep(MAX_DEPTH)).is_ok());
        assert!(check(&deep(MAX_DEPTH + 1)).is_err());
        assert!(check(&":not(".repeat(100_000)).is_err());
    }
}
