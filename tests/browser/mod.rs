//! Reports in a real browser: what is shown, clicked and typed, and that nothing of a page runs.
//!
//! They need Debian's chromium and chromedriver; `tests/browser/run` installs both and runs these.
//! With `DEHUSK_PICTURES=DIR` it leaves pictures of reports there, to look at.

mod driver;
mod hostile;

use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Category, Cleaner, Rules};
use driver::{Browser, DOWN, ENTER, ESCAPE, Listener, RIGHT, SPACE, TAB, UP};
use serde_json::json;

const PAGE: &str = include_str!("page.html");
const RULES: &str = include_str!("rules.yaml");

/// The items of the report on [`PAGE`]: category, and what became of it.
const ITEMS: &[(&str, &str)] = &[
    ("consent", "cut"),
    ("newsletter", "cut"),
    ("share", "near miss"),
    ("donation", "cut"),
    ("newsletter", "shielded"),
    ("ad-notice", "cut"),
    ("promotion", "cut"),
];

/// A browser with a report in it.
struct Table {
    browser: Browser,
    dir: tempfile::TempDir,
}

impl Table {
    fn new() -> Table {
        let table = Table {
            browser: Browser::start(),
            dir: tempfile::tempdir().expect("a directory for the test"),
        };
        table.browser.look(1280, 800, false);
        table
    }

    /// A browser with the report on [`PAGE`].
    fn with_report() -> Table {
        let table = Table::new();
        table.open(&table.cleaner(RULES).name(Some("page.html".into())), PAGE);
        table
    }

    fn cleaner(&self, rules: &str) -> Cleaner {
        let path = self.dir.path().join("rules.yaml");
        fs::write(&path, rules).expect("the test's own file");
        let rules = Rules::builder().use_builtin(false).path(path).build().expect("rules");
        Cleaner::new(rules).categories(Category::ALL)
    }

    fn open(&self, cleaner: &Cleaner, input: impl AsRef<[u8]>) {
        let report = cleaner.report(input.as_ref()).expect("within the limits");
        self.open_html(&report);
    }

    fn open_html(&self, html: &str) {
        let path = self.dir.path().join("report.html");
        fs::write(&path, html).expect("the test's own file");
        self.browser.open(&path);
        self.wait("!frame || page.readyState === 'complete' && page.body !== null");
    }

    /// Whether a script gives `true`; `page` in it is the document in the frame.
    #[track_caller]
    fn holds(&self, script: &str) {
        let result = self.eval(script);
        assert_eq!(result, true, "{script}");
    }

    fn eval(&self, script: &str) -> serde_json::Value {
        self.browser.run(&format!("{HELP}; return ({script})"))
    }

    #[track_caller]
    fn wait(&self, script: &str) {
        self.browser.wait(&format!("{HELP}; return ({script})"));
    }

    /// The numbers of the items in the list that are shown.
    fn listed(&self) -> Vec<u64> {
        let numbers = self
            .eval("[...document.querySelectorAll('.item')].filter(seen).map(i => +i.dataset.item)");
        numbers.as_array().expect("a list").iter().filter_map(|n| n.as_u64()).collect()
    }
}

/// What the scripts of these tests are written with.
const HELP: &str = "\
    const frame = document.querySelector('#frame'), page = frame && frame.contentDocument;\
    const seen = (e) => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0 };\
    const all = (s, d = document) => [...d.querySelectorAll(s)];\
    const marks = (n, d = page) => all(`[data-dehusk~=\"${n}\"]`, d).filter(seen);\
    const inView = (e, h) => { const b = e.getBoundingClientRect(); return b.bottom > 0 && b.top < h };\
    const style = (e) => e.ownerDocument.defaultView.getComputedStyle(e);\
    const current = () => { const i = document.querySelector('[aria-current]'); return i && +i.dataset.item }";

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn every_block_is_marked_and_listed() {
    let table = Table::with_report();
    let listed = table.eval(
        "all('.item').map(i => [i.querySelector('.cat').textContent, i.querySelector('.state').textContent])",
    );
    assert_eq!(listed, json!(ITEMS));
    for (index, (category, word)) in ITEMS.iter().enumerate() {
        let number = index + 1;
        let state = if *word == "cut" { "cut" } else { "kept" };
        table.holds(&format!(
            "all('[data-dehusk~=\"{number}\"]', page).length > 0 && \
             all('[data-dehusk~=\"{number}\"]', page).every(m => \
             m.dataset.dehuskCat === '{category}' && m.dataset.dehuskState === '{state}')"
        ));
    }
    // What is marked is what goes, and no more.
    table.holds("marks(2)[0].localName === 'form'");
    table.holds("marks(4).map(m => m.localName).join() === 'p,p'");
    table.holds("marks(6)[0].localName === 'dehusk-mark' && marks(6)[0].textContent.trim() === 'Advertisement'");
    table.holds(
        "all('h1, article > p:first-of-type', page).every(e => !e.closest('[data-dehusk]'))",
    );
    table.holds("style(marks(2)[0]).outlineStyle === 'solid' && style(marks(3)[0]).outlineStyle === 'dashed'");
    // The page's own style is there, and does not get rid of the marks.
    table.holds("style(page.querySelector('h1')).color === 'rgb(20, 60, 50)'");
    table.holds("style(marks(2)[0]).outlineWidth === '2px'");
    // A picture that is not in the file has its place all the same.
    table.holds("page.images[0].offsetWidth === 600 && page.images[0].offsetHeight === 220");
    table.holds("style(marks(2)[0], '::before').length > 0 && marks(2)[0].dataset.dehuskTag === '2 newsletter'");
    let bar = table.eval("document.querySelector('.title p').textContent");
    assert!(bar.as_str().unwrap().contains("5 cuts"), "{bar}");
    assert!(bar.as_str().unwrap().contains("2 near misses"), "{bar}");
    table.holds("document.querySelector('#status').textContent === '7 blocks'");
    // The sum, line by line.
    table.browser.click("#item-2 summary");
    let sum = table.eval("all('#item-2 tbody tr').map(r => r.innerText.replace(/\\s+/g, ' '))");
    assert_eq!(sum, json!(["+60 email_input line 8", "+50 phrases ask our weekly line 10"]));
    table.holds("document.querySelector('#item-2 tfoot').innerText.replace(/\\s+/g, ' ').trim() === '110 100 are enough: cut'");
    table.holds("document.querySelector('#item-2 caption').textContent.includes('rules.yaml:5')");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn list_and_page_know_of_each_other() {
    let table = Table::with_report();
    let browser = &table.browser;
    table.holds("!inView(marks(6)[0], frame.clientHeight)");
    browser.click("#item-6 summary");
    table.holds("current() === 6 && document.querySelector('#item-6 details').open");
    table.wait("inView(marks(6)[0], frame.clientHeight)");
    table.holds(
        "style(marks(6)[0]).outlineWidth === '4px' && style(marks(2)[0]).outlineWidth === '2px'",
    );
    // The next one closes it, and takes its place.
    browser.click("#item-2 summary");
    table.wait("inView(marks(2)[0], frame.clientHeight)");
    table.holds("current() === 2 && !document.querySelector('#item-6 details').open");
    table.holds("style(marks(6)[0]).outlineWidth === '2px'");
    // A click on the one that is open closes it.
    browser.click("#item-2 summary");
    table.holds("!document.querySelector('#item-2 details').open");

    browser.in_frame(|frame| frame.click("#appeal"));
    table.holds("current() === 4 && document.querySelector('#item-4 details').open");
    table.holds("inView(document.querySelector('#item-4'), innerHeight)");
    browser.in_frame(|frame| frame.click("h1"));
    table.holds("current() === 4");

    // What cannot be seen on the page is shown in the source.
    browser.click("#item-7 summary");
    table.wait("document.documentElement.dataset.view === 'source' && marks(7, document)[0] && inView(marks(7, document)[0], innerHeight)");
    table.holds("document.querySelector('#status').textContent.startsWith('Not visible')");
    // And from the source to the list.
    browser.click("#source mark[data-dehusk='2']");
    table.holds("current() === 2");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn before_after_and_source() {
    let table = Table::with_report();
    let browser = &table.browser;
    let text = "page.body.innerText.includes('our weekly letter')";
    table.holds(text);
    browser.click("[value=after]");
    table.holds(&format!("!{text} && page.body.innerText.includes('built in 1802')"));
    table.holds("[1, 2, 4, 6].every(n => marks(n).length === 0) && marks(3).length === 1");
    table.holds(
        "style(marks(3)[0]).outlineStyle === 'none' || style(marks(3)[0]).outlineWidth === '0px'",
    );
    // A category that is off is not cut.
    browser.click(".show [value=newsletter]");
    table.holds(text);
    browser.click(".show [value=newsletter]");
    table.holds(&format!("!{text}"));
    // To look at a cut is to look at the page before.
    browser.click("#item-2 summary");
    table.holds(&format!("document.documentElement.dataset.view === 'before' && {text}"));
    table.holds("document.querySelector('[value=before]').checked");

    browser.click("[value=source]");
    table.holds("!seen(frame) && seen(document.querySelector('#source'))");
    // The marks of the source are its bytes.
    let cut =
        table.eval("all('#source mark[data-dehusk=\"2\"]').map(m => m.textContent).join('\\n')");
    let cut = cut.as_str().unwrap().to_string();
    assert!(PAGE.contains(&cut) && cut.starts_with("<form") && cut.ends_with("</form>"), "{cut}");
    let whole = table.eval("all('#source .line').map(l => l.textContent).join('\\n')");
    assert_eq!(whole.as_str().unwrap().trim_end(), PAGE.trim_end());
    table.holds("all('#source .line').every((l, i) => +l.dataset.n === i + 1)");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn categories_and_the_filter_choose() {
    let table = Table::with_report();
    let browser = &table.browser;
    assert_eq!(table.listed(), [1, 2, 3, 4, 5, 6, 7]);
    browser.click(".show [value=newsletter]");
    assert_eq!(table.listed(), [1, 3, 4, 6, 7]);
    table.holds(
        "style(marks(2)[0]).outlineWidth === '0px' && style(marks(4)[0]).outlineWidth === '2px'",
    );
    table.holds("document.querySelector('#status').textContent === '5 of 7 blocks'");
    browser.click(".show [value=kept]");
    assert_eq!(table.listed(), [1, 4, 6, 7]);
    table.holds("style(marks(3)[0]).outlineWidth === '0px'");
    // A mark whose item is not listed leads nowhere.
    browser.in_frame(|frame| frame.click("form p"));
    table.holds("current() === null");
    browser.click(".show [value=newsletter]");
    browser.click(".show [value=kept]");

    browser.click("#filter");
    browser.keys("KETTLE");
    assert_eq!(table.listed(), [4]);
    browser.keys(ESCAPE);
    assert_eq!(table.listed(), [1, 2, 3, 4, 5, 6, 7]);
    table.holds("document.querySelector('#filter').value === ''");
    browser.click("#all");
    table.holds("all('details').every(d => d.open)");
    browser.click("#all");
    table.holds("all('details').every(d => !d.open)");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn all_of_it_by_keyboard() {
    let table = Table::with_report();
    let browser = &table.browser;
    let focus = "document.activeElement.closest('.item')?.dataset.item";
    browser.keys("j");
    table.holds(&format!("current() === 1 && {focus} === '1'"));
    browser.keys("jj");
    table.holds("current() === 3");
    browser.keys("k");
    table.holds(&format!("current() === 2 && {focus} === '2'"));
    browser.keys(&format!("{DOWN}{DOWN}{DOWN}"));
    table.holds("current() === 5");
    browser.keys(UP);
    table.holds("current() === 4");
    table.wait("inView(marks(4)[0], frame.clientHeight)");
    table.holds("style(document.activeElement).outlineStyle === 'solid'");
    // Into the page, and back.
    browser.keys(ENTER);
    table.holds("document.activeElement === frame && page.activeElement === marks(4)[0]");
    table.holds("style(page.activeElement).outlineWidth === '4px'");
    browser.keys("j");
    table.holds(&format!("current() === 5 && {focus} === '5'"));
    browser.keys(ENTER);
    browser.keys(ESCAPE);
    table.holds(&format!("{focus} === '5'"));
    browser.keys(ESCAPE);
    table.holds("current() === null");
    // Views and the filter.
    browser.keys("a");
    table.holds("document.documentElement.dataset.view === 'after'");
    browser.keys("s");
    table.holds("document.documentElement.dataset.view === 'source'");
    browser.keys("b/");
    table.holds("document.documentElement.dataset.view === 'before' && document.activeElement.id === 'filter'");
    browser.keys("jack");
    table.holds("document.querySelector('#filter').value === 'jack'");
    browser.keys(ESCAPE);

    // With the Tab key everything is reached in the order in which it stands.
    browser.run("document.activeElement.blur(); window.getSelection().removeAllRanges()");
    browser.open(&table.dir.path().join("report.html"));
    let mut order = Vec::new();
    for _ in 0..9 {
        browser.keys(TAB);
        let at = table.eval("document.activeElement.className || document.activeElement.value || document.activeElement.id");
        order.push(at.as_str().unwrap_or_default().to_string());
    }
    assert_eq!(
        order,
        [
            "skip",
            "before",
            "newsletter",
            "donation",
            "ad-notice",
            "consent",
            "share",
            "promotion",
            "kept"
        ]
    );
    browser.keys(SPACE);
    table.holds("!document.querySelector('.show [value=kept]').checked");
    browser.keys(TAB);
    table.holds("document.activeElement === frame");
    table.holds("page.activeElement.hasAttribute('data-dehusk') && page.activeElement.getAttribute('aria-label').startsWith('Block ')");
    // The page's own fields and links are not on the way.
    browser.keys(&TAB.repeat(12));
    table.holds("document.activeElement !== frame");
    browser.open(&table.dir.path().join("report.html"));
    browser.keys(&format!("{TAB}{TAB}{RIGHT}"));
    table.holds("document.documentElement.dataset.view === 'after'");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn everything_has_a_name_and_can_be_read() {
    let table = Table::with_report();
    for (width, dark) in [(1280, false), (1280, true), (390, false), (390, true)] {
        table.browser.look(width, 800, dark);
        table.browser.open(&table.dir.path().join("report.html"));
        table.holds("(document.querySelector('#all').click(), true)");
        table.holds(&format!("matchMedia('(prefers-color-scheme: dark)').matches === {dark}"));
        for view in ["before", "source"] {
            table.browser.click(&format!("[value={view}]"));
            let faint = table.eval(CONTRAST);
            assert_eq!(faint, json!([]), "{width} {dark} {view}");
        }
        let nameless = table.eval(
            "all('button, input, select, textarea, iframe, summary, [tabindex], section').filter(e => \
             !(e.getAttribute('aria-label') || e.title || (e.labels && e.labels[0]?.textContent.trim()) || e.textContent.trim()))\
             .map(e => e.outerHTML.slice(0, 80))",
        );
        assert_eq!(nameless, json!([]));
        // Nothing sticks out of the window.
        table.holds("document.documentElement.scrollWidth <= innerWidth");
        let out = table.eval("all('body *').filter(e => seen(e) && !e.closest('.skip') && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))");
        assert_eq!(out, json!([]), "{width}");
        // What is to be hit with a finger is large enough for one.
        let small = table.eval("all('button, summary, .show label, .views label').filter(e => seen(e) && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 80))");
        assert_eq!(small, json!([]));
    }
    table.holds("document.documentElement.lang === 'en' && all('h1').length === 1 && all('main').length === 1");
    table.holds("new Set(all('[id]').map(e => e.id)).size === all('[id]').length");
}

/// The texts with a contrast of less than 4.5 to 1, by the formulas of WCAG 2.
const CONTRAST: &str = "(() => {\
    const parse = (c) => { const n = c.match(/[\\d.]+/g).map(Number); \
        const srgb = c.startsWith('color('); \
        return [...n.slice(0, 3).map(v => srgb ? v * 255 : v), n[3] ?? 1] }; \
    const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1); \
    const ground = (e) => { const stack = []; \
        for (let at = e; at; at = at.parentElement) { stack.push(parse(style(at).backgroundColor)); \
            if (stack.at(-1)[3] === 1) break } \
        return stack.reverse().reduce((below, c) => over(c, below), [255, 255, 255, 1]) }; \
    const light = (c) => { const [r, g, b] = c.map(v => { v /= 255; \
        return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 }); \
        return 0.2126 * r + 0.7152 * g + 0.0722 * b }; \
    const faint = []; \
    for (const e of all('body *')) { \
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !seen(e) || e.closest('script, iframe, legend')) continue; \
        const back = ground(e), ink = over(parse(style(e).color), back); \
        const [a, b] = [light(ink), light(back)].sort((x, y) => y - x); \
        const ratio = (a + 0.05) / (b + 0.05); \
        if (ratio < 4.5) faint.push([e.outerHTML.slice(0, 60), ratio]) } \
    return faint })()";

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn a_phone_shows_page_and_list() {
    let table = Table::with_report();
    table.browser.look(390, 800, false);
    table.browser.open(&table.dir.path().join("report.html"));
    table.browser.click("#item-6 summary");
    // The page is still in sight above the list, with the mark in it.
    table.wait("inView(marks(6)[0], frame.clientHeight)");
    table.holds(
        "inView(frame, innerHeight) && frame.getBoundingClientRect().bottom < innerHeight * 0.75",
    );
    table.holds("document.querySelector('#item-6').getBoundingClientRect().top >= frame.getBoundingClientRect().bottom");
    table.holds("document.querySelector('#item-6').getBoundingClientRect().bottom <= innerHeight");
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn text_is_its_own_page() {
    let table = Table::new();
    let text = "The mill was built in 1802.\n\nGet our weekly letter by signing up.\n\nIt <b>stood</b> empty for a century, and the wheel fell into the race when the weir gave way in the flood of 1911.\n\nNobody came to look until the spring.\n";
    let cleaner = table.cleaner(
        "lists: { ask: { any: [signing up] } }\nrules:\n  - id: letter\n    category: newsletter\n    evidence:\n      - points: 100\n        phrases: ask\n",
    );
    table.open(&cleaner.from(dehusk::From::Text), text);
    table.holds("frame === null && seen(document.querySelector('#source'))");
    table.holds("all('[name=view]').map(v => v.value).join() === 'before,after'");
    table
        .holds("document.querySelector('#source').innerText.includes('It <b>stood</b> empty for')");
    table.browser.click("#source mark");
    table.holds("current() === 1");
    table.browser.click("[value=after]");
    table.holds("!document.querySelector('#source').innerText.includes('weekly') && document.querySelector('#source').innerText.includes('stood')");

    // A page without anything to say of it.
    table.open(&Cleaner::new(Rules::none()), "<h1>The mill</h1><p>It was built in 1802.</p>");
    table.holds("document.querySelector('.empty').textContent.startsWith('Nothing was cut')");
    table.holds("page.querySelector('h1').textContent === 'The mill'");
    table.browser.keys("jjk");
    table.browser.click("[value=after]");
    table.holds("seen(frame)");
}

/// What a page did that ran, or loaded something: nothing. What the policy stops has been tried,
/// but not sent.
#[track_caller]
fn assert_nothing_ran(table: &Table, listener: &Listener, title: &str, may_try: bool) {
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(!table.browser.has_dialog());
    assert_eq!(table.eval("document.title"), title);
    assert_eq!(listener.heard(), Vec::<String>::new());
    let mut requests = table.browser.requests();
    requests.retain(|(url, blocked)| {
        let local = ["file:", "data:", "about:"].iter().any(|scheme| url.starts_with(scheme));
        !(local || may_try && *blocked)
    });
    assert_eq!(requests, []);
    table.holds("location.protocol === 'file:' && page.location.href === 'about:srcdoc'");
    assert_eq!(table.browser.windows(), 1);
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn a_hostile_page_is_only_looked_at() {
    let listener = Listener::start();
    let hostile = hostile::page(listener.port);
    let table = Table::new();
    let cleaner = Cleaner::new(Rules::builtin()).name(Some("hostile\u{202e}<script>.html".into()));

    // What it tries does work where nothing keeps it from it; else this test would show nothing.
    table.open_html(&hostile);
    std::thread::sleep(std::time::Duration::from_secs(2));
    let worked = listener.heard().len();
    assert!(worked >= 25, "{worked} of {}: {:?}", hostile::WAYS_IN, listener.heard());
    assert_eq!(table.browser.run("return document.title"), "ran");

    table.browser.run("location.href = 'about:blank'");
    listener.forget();
    table.browser.requests();
    let report = cleaner.report(hostile.as_bytes()).unwrap();
    table.open_html(&report);
    let title = "hostile\u{fffd}<script>.html - dehusk";
    assert_nothing_ran(&table, &listener, title, false);
    // It is shown, and what was cut is marked in spite of what it tries against that.
    table.holds("page.body.innerText.includes('It stood empty for a century')");
    table.holds("all('[data-dehusk]', page).length > 0 && marks(1)[0].localName === 'form'");
    table.holds("style(marks(1)[0]).outlineWidth === '2px'");
    table.holds("all('[data-dehusk-cat=donation]', page).length === 0");
    table.holds("all('script, link, base, iframe, object, embed, [onerror], [onload], [href], [action], body [name], [formaction]', page).length === 0");
    // What is said of it in the list shows what it hides.
    table.holds("document.querySelector('#item-1 .text').textContent.includes('RLO')");
    table.holds("!document.querySelector('.list').textContent.match(/[\\u202e\\u001b]/)");
    table.holds("!document.querySelector('#source').textContent.match(/[\\u202e\\u001b]/)");

    for way in 1..=hostile::WAYS_OUT {
        table.browser.in_frame(|frame| frame.click(&format!("#leave{way}")));
    }
    table.browser.click("#item-1 summary");
    table.browser.keys("jk");
    table.browser.keys(ENTER);
    table.browser.keys(ENTER);
    table.browser.click("[value=after]");
    table.browser.click("[value=before]");
    table.browser.in_frame(|frame| frame.click("[data-dehusk] p"));
    table.holds("current() === 1");
    assert_nothing_ran(&table, &listener, title, false);

    // The second defence by itself: the page's own markup in the same frame.
    let (before, rest) = report.split_once("srcdoc=\"").unwrap();
    let (frame, after) = rest.split_once("\"></iframe>").unwrap();
    let policy = frame.split_once("<style>").unwrap().0;
    let raw = hostile.replace('&', "&amp;").replace('"', "&quot;");
    table.open_html(&format!("{before}srcdoc=\"{policy}{raw}\"></iframe>{after}"));
    table.holds("Document.prototype.querySelectorAll.call(page, 'script').length > 5");
    assert_nothing_ran(&table, &listener, title, true);
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn a_page_of_ten_megabytes_opens() {
    let table = Table::new();
    let article: String = (0..46_000)
        .map(|n| format!("<div class=entry><h3>Entry {n}</h3><p>The mill stood empty in year {n}, and the <a href=/{n}>wheel</a> fell into the race below the weir with all of its buckets, one by one, until none was left. Nobody came to look.</p></div>\n"))
        .collect();
    let page = PAGE.replace("</article>", &format!("{article}<form class=late><p>Get our weekly letter</p><input type=email></form></article>"));
    assert!(page.len() > 10_000_000, "{}", page.len());
    let start = std::time::Instant::now();
    let report = table.cleaner(RULES).from(dehusk::From::Html).report(page.as_bytes()).unwrap();
    assert!(report.len() < page.len() * 3 / 2, "{}", report.len());
    table.open_html(&report);
    table.wait("page.readyState === 'complete' && page.querySelectorAll('h3').length === 46000");
    table.browser.click("#item-8 summary");
    table.wait("inView(marks(8)[0], frame.clientHeight)");
    table.browser.click("[value=source]");
    table.wait("inView(marks(8, document)[0], innerHeight)");
    // A machine with nothing else to do needs five seconds.
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}

/// Leaves pictures, for those who want to look.
#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn pictures() {
    let Some(dir) = std::env::var_os("DEHUSK_PICTURES").map(PathBuf::from) else { return };
    fs::create_dir_all(&dir).expect("a directory for the pictures");
    let table = Table::new();
    let fixture = |name: &str| {
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages").join(name))
            .expect("a fixture")
    };
    let hostile = hostile::page(9);
    let inputs: Vec<(&str, Vec<u8>)> = vec![
        ("own.html", PAGE.into()),
        ("news-inline-signup.html", fixture("news-inline-signup.html")),
        ("arabic-rtl.html", fixture("arabic-rtl.html")),
        ("docs-mailing-list-api.html", fixture("docs-mailing-list-api.html")),
        ("exile-paper-markdown.md", fixture("exile-paper-markdown.md")),
        ("nothing.html", b"<h1>The mill</h1><p>It was built in 1802.</p>".to_vec()),
        ("hostile.html", hostile.into()),
    ];
    for (name, input) in inputs {
        let cleaner = if name == "own.html" {
            table.cleaner(RULES)
        } else {
            Cleaner::new(Rules::builtin()).categories(Category::ALL)
        };
        let report = cleaner.name(Some(name.into())).report(&input).expect("within the limits");
        println!("{name}: {} bytes, report {} bytes", input.len(), report.len());
        for (width, height) in [(1280, 800), (390, 844)] {
            for dark in [false, true] {
                table.browser.look(width, height, dark);
                table.open_html(&report);
                let scheme = if dark { "dark" } else { "light" };
                let shot = |what: &str| {
                    std::thread::sleep(std::time::Duration::from_millis(300));
                    let file = dir.join(format!("{name}-{width}-{scheme}-{what}.png"));
                    fs::write(file, table.browser.picture()).expect("a picture");
                };
                shot("open");
                if table.listed().len() > 1 {
                    table.browser.click("#item-2 summary");
                    shot("selected");
                }
                if !dark && name != "nothing.html" {
                    table.browser.keys("s");
                    shot("source");
                }
            }
        }
    }
}

#[test]
#[ignore = "needs a browser: tests/browser/run"]
fn icons_without_their_style_sheet_are_small() {
    let table = Table::new();
    let shape = "<circle cx=5 cy=5 r=4 /></svg>";
    let page = format!(
        "<link rel=stylesheet href=mill.css><p>One <svg viewBox='0 0 10 10'>{shape} two \
         <svg viewBox='0 0 20 10' width='100%'>{shape} three \
         <svg viewBox='0 0 10 10' width=90 height=90>{shape}</p>"
    );
    table.open(&table.cleaner(RULES), page);
    let sizes = "all('svg', page).map(e => e.getBoundingClientRect()).map(b => \
                 [Math.round(b.width), Math.round(b.height)])";
    let sizes = table.eval(sizes);
    let size = |icon: usize, side: usize| sizes[icon][side].as_u64().unwrap_or_default();
    assert!((16..40).contains(&size(0, 0)) && size(0, 0) == size(0, 1), "{sizes}");
    assert!((32..80).contains(&size(1, 0)) && size(1, 1) == size(0, 1), "{sizes}");
    assert_eq!((size(2, 0), size(2, 1)), (90, 90));
    // A style of the page has the last word.
    let styled =
        "<style>svg { width: 70px; height: 60px }</style><p>A <svg viewBox='0 0 10 10'></svg></p>";
    table.open(&table.cleaner(RULES), styled);
    table.holds("page.querySelector('svg').getBoundingClientRect().width === 70");
    table.holds("page.querySelector('svg').getBoundingClientRect().height === 60");
}
