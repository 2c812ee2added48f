//! The pages that are measured: made here, of several shapes, or those of a folder.

use std::fmt::Write as _;

/// A page under the name by which reports call it.
pub(crate) struct Page {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// What a parser takes that does not decode.
    pub(crate) text: String,
}

impl Page {
    fn new(name: impl Into<String>, bytes: Vec<u8>) -> Page {
        let text = String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_string();
        Page { name: name.into(), bytes, text }
    }
}

impl std::fmt::Display for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

/// The pages in the folder that `DEHUSK_PAGES` names, else those made here.
pub(crate) fn load() -> Vec<Page> {
    match std::env::var_os("DEHUSK_PAGES") {
        Some(folder) => {
            let entries = std::fs::read_dir(folder).expect("DEHUSK_PAGES names a folder");
            let mut pages: Vec<Page> = entries
                .map(|entry| entry.expect("the folder can be listed").path())
                .filter(|path| path.extension().is_some_and(|end| end == "html" || end == "htm"))
                .map(|path| {
                    let bytes = std::fs::read(&path).expect("the page can be read");
                    Page::new(path.display().to_string(), bytes)
                })
                .collect();
            pages.sort_by(|a, b| a.name.cmp(&b.name));
            pages
        }
        None => made(),
    }
}

/// One page of each shape.
pub(crate) fn made() -> Vec<Page> {
    vec![
        Page::new("article", article().into_bytes()),
        Page::new("builder", builder().into_bytes()),
        Page::new("listing", listing().into_bytes()),
        Page::new("table", table().into_bytes()),
        Page::new("discussion", discussion().into_bytes()),
        Page::new("book", book().into_bytes()),
        Page::new("cyrillic", cyrillic().into_bytes()),
        Page::new("small", small().into_bytes()),
    ]
}

const WORDS: [&str; 48] = [
    "the", "harbour", "a", "mill", "of", "stone", "and", "river", "in", "winter", "was", "built",
    "by", "masons", "from", "the", "valley", "to", "carry", "grain", "for", "town", "that",
    "stood", "above", "it", "with", "council", "which", "paid", "half", "price", "at", "market",
    "where", "bridge", "had", "fallen", "twice", "before", "anyone", "thought", "about",
    "lanterns", "or", "letters", "every", "week",
];

const RUSSIAN: [&str; 24] = [
    "мельница",
    "на",
    "реке",
    "была",
    "построена",
    "из",
    "камня",
    "в",
    "долине",
    "зимой",
    "и",
    "стояла",
    "пустой",
    "город",
    "платил",
    "половину",
    "цены",
    "за",
    "зерно",
    "каждую",
    "неделю",
    "мост",
    "упал",
    "дважды",
];

/// Numbers that are the same on every machine and in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % sides
    }

    fn sentence(&mut self, words: &[&str]) -> String {
        let count = 6 + self.roll(16);
        let picked: Vec<&str> = (0..count).map(|_| words[self.roll(words.len())]).collect();
        let text = picked.join(" ");
        let mut letters = text.chars();
        let first = letters.next().map_or(String::new(), |c| c.to_uppercase().to_string());
        format!("{first}{}. ", letters.as_str())
    }

    fn prose(&mut self, words: &[&str], sentences: usize) -> String {
        (0..sentences).map(|_| self.sentence(words)).collect()
    }
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";

const SIGNUP: &str = "<div class=\"newsletter-box\" id=\"nl-1\">\n<h3>Get the harbour letter</h3>\n\
    <p>Sign up for our newsletter, every Friday in your inbox.</p>\n\
    <form action=\"/subscribe\" method=\"post\"><label for=\"em\">Email address</label>\
    <input type=\"email\" id=\"em\" name=\"email\" placeholder=\"you@example.org\">\
    <button type=\"submit\">Subscribe</button></form>\n<p class=\"small\">No spam. Unsubscribe at \
    any time.</p>\n</div>\n";

const APPEAL: &str = "<p>We are three reporters and a dog. If you value what we do, please \
    consider making a donation. Every $5 helps.</p>\n<p><a class=\"btn\" href=\"/donate\">Donate \
    now</a></p>\n";

fn style(dice: &mut Dice, rules: usize) -> String {
    let mut out = "<style>\n".to_string();
    for rule in 0..rules {
        let (margin, shade) = (dice.roll(40), dice.roll(900) + 100);
        let _ = writeln!(
            out,
            ".c{rule}-{shade} > .item:nth-child({margin}) {{ margin: {margin}px 0; color: #{shade}; \
             background: url(\"/i/{shade}.png\") no-repeat }}"
        );
    }
    out + "</style>\n"
}

fn script(dice: &mut Dice, lines: usize) -> String {
    let mut out = "<script>\n".to_string();
    for line in 0..lines {
        let (a, b) = (dice.roll(1000), dice.roll(1000));
        let _ = writeln!(
            out,
            "window.q{line}=function(a,b){{if(a<{a}&&b>{b}){{return a*{b}+\"<b>\"+b}}return \
             [a,b,{{k:\"v{a}\",n:null}}]}};"
        );
    }
    out + "</script>\n"
}

fn menu(dice: &mut Dice, links: usize) -> String {
    let mut out = "<nav class=\"site-nav\"><ul class=\"menu\">\n".to_string();
    for link in 0..links {
        let word = WORDS[dice.roll(WORDS.len())];
        let _ = writeln!(
            out,
            "<li class=\"menu-item menu-item-{link}\"><a href=\"https://example.org/{word}/{link}\" \
             data-track=\"nav_{link}\">{word} {link}</a></li>"
        );
    }
    out + "</ul></nav>\n"
}

/// A news article as sites write it: scripts, styles, a menu, paragraphs, teasers, appeals.
fn article() -> String {
    let dice = &mut Dice(1);
    let mut out = HEAD.to_string() + "<title>The mill above the harbour</title>\n";
    out += &style(dice, 300);
    out += &script(dice, 400);
    out += "</head>\n<body class=\"single post-1802\">\n";
    out += &menu(dice, 60);
    out += "<main id=\"main\"><article class=\"post entry\"><h1>The mill above the harbour</h1>\n";
    for paragraph in 0..40 {
        let (one, two) = (dice.prose(&WORDS, 3), dice.prose(&WORDS, 2));
        let _ = writeln!(
            out,
            "<p class=\"p{paragraph}\">{one}<a href=\"/topic/{paragraph}\">{}</a> &amp; {two}</p>",
            WORDS[dice.roll(WORDS.len())]
        );
        match paragraph {
            12 => out += SIGNUP,
            20 => out += "<p class=\"ad-label\"><em>Advertisement</em></p>\n",
            _ => {}
        }
    }
    out += APPEAL;
    out += "</article></main>\n<aside class=\"related\"><h2>More from the valley</h2>\n";
    for teaser in 0..30 {
        let text = dice.sentence(&WORDS);
        let _ = writeln!(
            out,
            "<div class=\"card card--{teaser}\"><a href=\"/2024/05/{teaser}\"><img alt=\"\" \
             src=\"/i/{teaser}.jpg\" srcset=\"/i/{teaser}-2.jpg 2x\"></a><h3><a \
             href=\"/2024/05/{teaser}\">{text}</a></h3><time>3 May</time></div>"
        );
    }
    out += "</aside>\n<footer>";
    out += &menu(dice, 40);
    out + "</footer>\n" + &script(dice, 300) + "</body>\n</html>\n"
}

/// What page builders write: little text in many wrappers with long classes and data attributes.
fn builder() -> String {
    let dice = &mut Dice(2);
    let mut out = HEAD.to_string() + "<title>Harbour tours</title></head><body>\n";
    for section in 0..120 {
        let id = dice.roll(1_000_000);
        let text = dice.sentence(&WORDS);
        let _ = writeln!(
            out,
            "<section class=\"elem-section elem-top-section elem-element-{id} elem-boxed\" \
             data-id=\"{id}\" data-element_type=\"section\" data-settings=\"{{&quot;bg&quot;:\
             &quot;classic&quot;,&quot;n&quot;:{section}}}\"><div class=\"elem-container \
             elem-column-gap-default\"><div class=\"elem-column elem-col-50\" data-id=\"c{id}\"><div \
             class=\"elem-widget-wrap\"><div class=\"elem-widget elem-widget-text-editor\"><span \
             style=\"color: #{section:03}\"><b>{text}</b></span></div></div></div></div></section>"
        );
        if section == 60 {
            out += SIGNUP;
        }
    }
    out + "</body></html>\n"
}

/// A front page: links and little else.
fn listing() -> String {
    let dice = &mut Dice(3);
    let mut out = HEAD.to_string() + "<title>All letters</title></head><body>\n";
    out += &menu(dice, 200);
    out += "<ul class=\"posts\">\n";
    for post in 0..500 {
        let text = dice.sentence(&WORDS);
        let _ = writeln!(
            out,
            "<li><a href=\"https://www.example.org/letters/{post}?from=list#top\" title=\"{text}\">\
             {text}</a> <span class=\"meta\">by <a rel=\"author\" href=\"/by/{}\">A. Miller</a>, \
             {post} words</span></li>",
            post % 7
        );
    }
    out + "</ul></body></html>\n"
}

/// A table of figures, as old pages and authorities have them.
fn table() -> String {
    let dice = &mut Dice(4);
    let mut out =
        HEAD.to_string() + "<title>Grain</title></head><body><table border=1>\n<thead><tr>";
    out += "<th>Year<th>Mill<th>Sacks<th>Price</thead>\n<tbody>\n";
    for row in 0..1200 {
        let _ = writeln!(
            out,
            "<tr><td align=right>{}<td>{} {}<td>{}<td><font size=2>&pound;{}.{:02}</font>",
            1700 + row / 4,
            WORDS[dice.roll(WORDS.len())],
            WORDS[dice.roll(WORDS.len())],
            dice.roll(90_000),
            dice.roll(300),
            dice.roll(100)
        );
    }
    out + "</table></body></html>\n"
}

/// Comments in comments.
fn discussion() -> String {
    let dice = &mut Dice(5);
    let mut out = HEAD.to_string() + "<title>What fell</title></head><body><div id=\"thread\">\n";
    let mut depth = 0;
    for comment in 0..600 {
        let text = dice.prose(&WORDS, 2);
        let _ = writeln!(
            out,
            "<div class=\"comment depth-{depth}\" id=\"c{comment}\"><span class=\"who\">reader \
             {comment}</span><div class=\"text\"><p>{text}</p></div>\
             <a href=\"#c{comment}\">reply</a>"
        );
        let close = dice.roll(3);
        depth += 1;
        while depth > 0 && (close > 0 && dice.roll(3) > 0 || depth > 20) {
            out += "</div>\n";
            depth -= 1;
        }
    }
    out += &"</div>\n".repeat(depth);
    out + "</div></body></html>\n"
}

/// Long text with hardly any markup.
fn book() -> String {
    let dice = &mut Dice(6);
    let mut out = HEAD.to_string() + "<title>The valley, a history</title></head><body>\n";
    for chapter in 0..12 {
        let _ = writeln!(out, "<h2>Chapter {chapter}</h2>");
        for _ in 0..25 {
            let _ = writeln!(out, "<p>{}", dice.prose(&WORDS, 8));
        }
    }
    out + "</body></html>\n"
}

/// A page of another script, which folds the long way.
fn cyrillic() -> String {
    let dice = &mut Dice(7);
    let mut out = HEAD.to_string() + "<title>Мельница</title></head><body>\n";
    out += &menu(dice, 40);
    for paragraph in 0..80 {
        let _ = writeln!(out, "<p>{}</p>", dice.prose(&RUSSIAN, 5));
        if paragraph == 40 {
            out += "<form action=\"/rss\"><p>Подпишитесь на нашу рассылку</p><input type=\"email\" \
                    name=\"email\"><button>Подписаться</button></form>\n";
        }
    }
    out + "</body></html>\n"
}

/// About a kilobyte.
fn small() -> String {
    let dice = &mut Dice(8);
    let text = dice.prose(&WORDS, 6);
    format!("{HEAD}<title>A note</title></head><body><h1>A note</h1><p>{text}</p></body></html>\n")
}
