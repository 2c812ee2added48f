//! Properties of pages as people save them: content in several languages, with appeals between.

use std::fs;
use std::process::Command;

use dehusk::{Category, Cleaner, Format, From, Rules};
use proptest::prelude::*;
use proptest::sample::select;

use crate::check::{check, everything};

/// What a reader came for, in four languages. Each piece gets a number, to be found again.
const CONTENT: [&str; 10] = [
    "<p>The mill was built in 1802 ({n}) and stood empty for a century, until nobody knew who had the key.</p>",
    "<h2>The wheel {n}</h2><p>Its wheel turned twice a minute, and the miller counted the turns by heart.</p>",
    "<p>Die Mühle wurde 1802 gebaut ({n}) und stand hundert Jahre lang leer, bis niemand mehr den Schlüssel hatte.</p>",
    "<p>Le moulin fut construit en 1802 ({n}) et resta vide pendant un siècle, sans que personne ne garde la clé.</p>",
    "<p>El molino se construyó en 1802 ({n}) y estuvo vacío durante un siglo, hasta que nadie guardaba la llave.</p>",
    "<ul><li>Oak for the wheel {n}</li><li>Granite for the stones</li><li>Slate for the roof of the store</li></ul>",
    "<blockquote><p>Nobody asked us for anything ({n}), said the last miller, and nobody got anything.</p></blockquote>",
    "<figure><img src=mill.jpg alt='The mill'><figcaption>The mill from the south {n}.</figcaption></figure>",
    "<table><tr><th>Year</th><th>Sacks</th></tr><tr><td>1803</td><td>{n}</td></tr><tr><td>1804</td><td>412</td></tr></table>",
    "<pre><code>count({n}) {{ return turns * 2; }}</code></pre>",
];

/// What a page says for itself.
const APPEALS: [&str; 10] = [
    "<form class=newsletter-signup><p>Sign up for our newsletter</p><input type=email><button>Subscribe</button></form>",
    "<aside><h3>Unser Newsletter</h3><p>Jetzt Newsletter abonnieren</p><input type=email><button>Anmelden</button></aside>",
    "<div><p>Inscrivez-vous à notre newsletter</p><input type=email name=email><button>S'inscrire</button></div>",
    "<div class=donate><p>Please consider supporting our journalism. <a href='/donate'>Donate now</a></p></div>",
    "<aside><p>Bitte unterstützen Sie unsere Arbeit mit einer Spende.</p><a href='/spenden'>Jetzt spenden</a></aside>",
    "<p>Advertisement</p>",
    "<p><em>Anzeige</em></p>",
    "<p><i>We may earn a commission if you buy through links on this page.</i></p>",
    "<div class='cookie-banner'><p>We use cookies to improve your experience.</p><button>Accept all</button></div>",
    "<div class=share><a href='https://facebook.com/sharer?u=x'>Share on Facebook</a></div>",
];

/// Pieces of a page: content with its number, and perhaps an appeal after it.
#[derive(Clone, Debug)]
struct Page {
    content: Vec<String>,
    appeals: Vec<Option<&'static str>>,
}

impl Page {
    fn html(&self) -> String {
        let mut html = String::from(
            "<!DOCTYPE html>\n<html><head><meta charset=utf-8><title>The mill</title></head>\n<body>\n\
             <nav><ul><li><a href=/>Home</a><li><a href=/a>About</a><li><a href=/donate>Donate</a></ul></nav>\n\
             <main><article>\n<h1>The mill</h1>\n",
        );
        for (content, appeal) in self.content.iter().zip(&self.appeals) {
            html.push_str(content);
            html.push('\n');
            html.push_str(appeal.unwrap_or_default());
            html.push('\n');
        }
        html + "<p>This is where the story of the mill comes to its end, as far as it is known today.</p>\n\
                </article></main>\n<footer><p>Mill Valley Historical Society</p></footer></body></html>\n"
    }
}

prop_compose! {
    fn page()(
        pieces in prop::collection::vec((select(&CONTENT[..]), prop::option::of(select(&APPEALS[..]))), 12..50)
    ) -> Page {
        let number = |(n, (text, _)): (usize, &(&str, _))| text.replace("{n}", &format!("no-{n}-")).replace("{{", "{").replace("}}", "}");
        Page {
            content: pieces.iter().enumerate().map(number).collect(),
            appeals: pieces.iter().map(|(_, appeal)| *appeal).collect(),
        }
    }
}

/// The cuts of all categories but one: what, and where.
fn cuts_beside(
    cleaner: &Cleaner,
    html: &str,
    category: Category,
) -> Vec<(Category, std::ops::Range<usize>)> {
    let cleaned = cleaner.clean(html.as_bytes()).expect("within the limits");
    let others = cleaned.cuts.iter().filter(|cut| cut.category != category);
    others.map(|cut| (cut.category, cut.place.range.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn pages_keep_the_promises(page in page()) {
        prop_assert_eq!(check(&everything().from(From::Html), page.html().as_bytes()), Ok(()));
    }

    #[test]
    fn content_stays_and_keeps_its_order(page in page()) {
        let html = page.html();
        let cleaned = everything().from(From::Html).clean(html.as_bytes()).unwrap();
        let output = std::str::from_utf8(&cleaned.output).unwrap();
        let mut at = 0;
        for content in &page.content {
            let found = output[at..].find(content.as_str());
            prop_assert!(found.is_some(), "{} is gone or out of order in\n{}", content, output);
            at += found.unwrap_or(0) + content.len();
        }
    }

    /// The same of the paragraphs of what was extracted from the page. Captions, code and lists may
    /// stand in one paragraph with the button before them there.
    #[test]
    fn content_stays_in_text(page in page(), format in select(&[Format::Text, Format::Markdown][..])) {
        let mut page = page;
        page.content.iter_mut().filter(|content| !content.starts_with("<p>")).for_each(String::clear);
        let extracted = |html: &str| {
            let nothing = everything().categories([]).from(From::Html);
            nothing.clean(html.as_bytes()).unwrap().render(format).unwrap()
        };
        let text = extracted(&page.html());
        let from = if format == Format::Text { From::Text } else { From::Markdown };
        let cleaned = everything().from(from).clean(text.as_bytes()).unwrap();
        let output = std::str::from_utf8(&cleaned.output).unwrap();
        let mut at = 0;
        for content in &page.content {
            for line in extracted(content).lines().filter(|line| line.contains(char::is_alphanumeric)) {
                let found = output[at..].find(line);
                prop_assert!(found.is_some(), "{} is gone or out of order in\n{}\nof\n{}", line, output, text);
                at += found.unwrap_or(0) + line.len();
            }
        }
    }

    /// No text comes into the output that the input lacks, in any form.
    #[test]
    fn no_word_is_made_up(page in page()) {
        let html = page.html();
        let cleaned = everything().from(From::Html).clean(html.as_bytes()).unwrap();
        let words = |text: &str| -> std::collections::BTreeSet<String> {
            text.split(|c: char| !c.is_alphanumeric()).map(str::to_string).collect()
        };
        let known = words(&html);
        let text = cleaned.render(Format::Text).unwrap();
        let new: Vec<String> = words(&text).difference(&known).cloned().collect();
        prop_assert!(new.is_empty(), "{new:?}");
    }

    #[test]
    fn a_category_switched_off_changes_nothing_of_the_others(page in page(), off in select(&Category::ALL[..])) {
        let html = page.html();
        let all = everything().from(From::Html);
        let less = all.clone().categories(Category::ALL.into_iter().filter(|c| *c != off));
        prop_assert_eq!(cuts_beside(&all, &html, off), cuts_beside(&less, &html, off));
    }

    #[test]
    fn rule_files_at_random_are_errors_or_rules(lines in prop::collection::vec(rule_line(), 0..25)) {
        let yaml = lines.concat();
        if let Ok(rules) = Rules::builder().use_builtin(false).text("random.yaml", yaml).build() {
            let cleaner = Cleaner::new(rules).categories(Category::ALL).from(From::Html);
            let html = format!("{}{}{}", CONTENT.concat(), APPEALS.concat(), CONTENT.concat());
            prop_assert_eq!(check(&cleaner.url(Some("https://example.org/".into())), html.as_bytes()), Ok(()));
        }
    }
}

fn rule_line() -> impl Strategy<Value = String> {
    let rules = "rules:\n|  - id: a\n|  - id: b\n|    category: donation\n|    category: newsletter\n|    evidence:\n|\
        |      - points: 100\n|      - points: -50\n|        phrases: { en: [support, sign up ... newsletter] }\n|\
        |        links: [/donate]\n|        class_words: [newsletter]\n|        has: 'p, a[href]'\n|\
        |    where: { words: { max: 80 } }\n|    where: { is: 'div:not(.x)' }\n|    remove: ['p', 'div > p']\n|\
        |    remove: ['* ~ *']\n|    up_to: [div, body]\n|    lift: [share, main, title, everything]\n|\
        |    shields: [donation]\n|sites: [example.org]\n|    sites: ['!example.org']\n|lists: { x: { en: [a b] } }\n|\
        |disable: [a]\n|    extend: a\n|    opens: [ask]\n|  - |: |'|[|{|\n|&a |*a";
    select(rules.split('|').filter(|line| !line.is_empty()).map(str::to_string).collect::<Vec<_>>())
}

/// The number of threads decides nothing but the time.
#[test]
fn one_thread_or_four_write_the_same() {
    let desk = tempfile::tempdir().unwrap();
    let pages = desk.path().join("pages");
    fs::create_dir(&pages).unwrap();
    for n in 0..24 {
        let pick = |i: usize| APPEALS[(n * 7 + i * 3) % APPEALS.len()];
        let content = (0..10).map(|i| CONTENT[(n + i) % CONTENT.len()].to_string()).collect();
        let appeals = (0..10).map(|i| ((n + i) % 3 == 0).then(|| pick(i))).collect();
        fs::write(pages.join(format!("{n}.html")), Page { content, appeals }.html()).unwrap();
    }
    let written = |jobs: &str| -> Vec<(String, Vec<u8>)> {
        let out = desk.path().join(jobs);
        let status = Command::new(env!("CARGO_BIN_EXE_dehusk"))
            .arg(&pages)
            .args(["--jobs", jobs, "--output-dir"])
            .arg(&out)
            .output()
            .unwrap();
        assert!(status.status.success(), "{status:?}");
        let files = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = files
            .filter(|path| path.extension().is_some_and(|name| name == "html"))
            .map(|path| {
                (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let one = written("1");
    assert_eq!(one.len(), 24);
    assert!(one == written("4"));
}
