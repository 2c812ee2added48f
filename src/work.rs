//! Counted work, for tests that it grows no faster than its input: time depends on the machine.

use std::cell::Cell;

thread_local! {
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts steps of work of this thread.
pub(crate) fn count(steps: usize) {
    STEPS.with(|all| all.set(all.get() + steps as u64));
}

mod tests {
    use super::STEPS;
    use crate::{Category, Cleaner, From, Rules};

    const APPEAL: &str = "<form><p>Sign up for our newsletter</p><input type=email></form>";
    const ASK: &str =
        "<p>Please consider supporting our journalism. <a href='/donate'>Donate now</a></p>";
    const LABEL: &str = "<p>Advertisement</p>";
    const CONTENT: &str = "<p>The mill was built in 1802 and stood empty for a century, until \
                           nobody knew who had the key to it or cared to ask.</p>";

    /// A shape: what it is, and such a page of size `n`.
    type Shape = (&'static str, fn(usize) -> String);

    const PAGES: &[Shape] = &[
        ("appeals", |n| APPEAL.repeat(n)),
        ("appeals and content", |n| [APPEAL, CONTENT].concat().repeat(n)),
        ("appeals behind content", |n| {
            format!("<div>{}{}</div>", CONTENT.repeat(3), APPEAL.repeat(n))
        }),
        ("labels", |n| LABEL.repeat(n)),
        ("labels and content", |n| [LABEL, CONTENT].concat().repeat(n)),
        ("labels behind content", |n| {
            format!("<div>{}{}</div>{}", CONTENT.repeat(3), LABEL.repeat(n), CONTENT.repeat(n))
        }),
        ("labelled cards", |n| format!("<div>{LABEL}<p>x y z</p></div>").repeat(n)),
        ("asks", |n| ASK.repeat(n)),
        ("asks and content", |n| [ASK, CONTENT].concat().repeat(n)),
        ("companions", |n| ASK.to_string() + &"<p>Once</p><p>Monthly</p><p>$5</p>".repeat(n)),
        ("small print", |n| APPEAL.to_string() + &"<p>Unsubscribe at any time.</p>".repeat(n)),
        ("headings", |n| "<h2>Sign up for our newsletter</h2><p>Mill</p>".repeat(n)),
        ("lines between asks", |n| format!("{ASK}{}", "<hr>".repeat(10)).repeat(n)),
        ("lines of one paragraph", |n| {
            format!("<p>{}", "<b>Advertisement</b><br>Mill<br>".repeat(n))
        }),
        ("unclosed items", |n| {
            format!("<ul>{}", format!("<li>Advertisement<li>{CONTENT}").repeat(n))
        }),
        ("entangled", |n| format!("<b><p>Advertisement</b>{CONTENT}").repeat(n)),
        ("fostered", |n| format!("<table>{APPEAL}<tr><td>z</table>{CONTENT}").repeat(n)),
        ("one nested in another", |n| {
            format!("{}{}", format!("<div>{ASK}").repeat(100), CONTENT.repeat(n))
        }),
        ("unclosed paragraphs", |n| "<p>Advertisement".repeat(n)),
        ("unclosed links", |n| "<a href='/donate'>Donate now".repeat(n)),
        ("unclosed bold, reopened", |n| format!("<b>{}", "<p>Donate now".repeat(n))),
        ("bold in each paragraph", |n| {
            "<p><b>Donate now</p>".repeat(n.min(400)) + &CONTENT.repeat(n)
        }),
        ("table soup", |n| "<table>x<p>Donate now<tr>y".repeat(n)),
        ("rows", |n| format!("<table>{}", format!("<tr><td>Advertisement<td>{CONTENT}").repeat(n))),
        ("forms", |n| "<form><input type=email></form>".repeat(n)),
        ("selects", |n| "<select><option>Donate now</select>".repeat(n)),
        ("one long text", |n| format!("<p>{}", "The mill stood empty. ".repeat(n))),
        ("one text of phrases", |n| format!("<p>{}", "sign up for our newsletter ".repeat(n))),
        ("one class of many words", |n| {
            let words: Vec<String> = (0..n).map(|i| format!("newsletter-{i}")).collect();
            format!("{CONTENT}<p class='{}'>x", words.join(" "))
        }),
        ("one long class word", |n| format!("{CONTENT}<p class='{}'>x", "newsletter-".repeat(n))),
        ("one long link", |n| format!("{CONTENT}<a href='{}'>x", "/donate".repeat(n))),
        ("attributes", |n| {
            let one = |i: usize| format!("<p a{i}=newsletter b{i}=x>Donate now</p>");
            (0..n).map(one).collect()
        }),
        ("templates", |n| "<template><p>Donate now</template>x".repeat(n)),
        ("drawings", |n| "<svg><title>Donate now</title></svg>".repeat(n)),
        ("scripts", |n| "<script>Donate now</script>".repeat(n)),
        ("comments", |n| "<!-- Donate now -->x".repeat(n)),
        ("menus", |n| {
            let menu = "<li><a href='/donate'>Donate</a></li>".repeat(5);
            format!("<ul>{menu}</ul>").repeat(n)
        }),
    ];

    /// Shapes whose appeals only stop growing at the caps.
    const LARGE: &[Shape] = &[
        ("appeals in one wrapper", |n| {
            format!("<div>{}{}</div>", APPEAL.repeat(n), CONTENT.repeat(3))
        }),
        ("labels in one wrapper", |n| {
            format!("<div>{}{}</div>{}", LABEL.repeat(n), CONTENT.repeat(3), CONTENT.repeat(n))
        }),
        ("letters", |n| format!("<p>A message from the editor</p>{ASK}{CONTENT}").repeat(n)),
    ];

    const TEXTS: &[Shape] = &[
        ("labels", |n| {
            "Advertisement\n\nThe mill was built in 1802 and stood empty for a century.\n\n"
                .repeat(n)
        }),
        ("options", |n| {
            let lines: Vec<String> = (0..n).map(|i| format!("a{i:07}\nDonate now\n")).collect();
            format!("Please support our journalism. Donate now.\n{}", lines.concat())
        }),
        ("asks", |n| "Please consider supporting our journalism. Donate now.\n\n".repeat(n)),
        ("short lines", |n| "Mill\n\n".repeat(n)),
        ("one line", |n| "Please consider supporting our journalism. Donate now. ".repeat(n)),
        ("one line without end", |n| "donate ".repeat(n)),
        ("empty lines", |n| format!("Donate now\n{}x", "\n".repeat(n))),
        ("quotes", |n| "> Donate now\n\nMill\n\n".repeat(n)),
        ("brackets", |n| "[".repeat(n) + "Donate now" + &"](/donate)".repeat(n)),
        ("stars", |n| "*Donate **now ".repeat(n)),
        ("lists", |n| "- [Donate now](/donate)\n- The mill was built in 1802.\n".repeat(n)),
    ];

    const LARGE_TEXTS: &[Shape] = &[("deep lists", |n| {
        let mill = "The mill was built in 1802 and stood empty.";
        let item = |i: usize| if i.is_multiple_of(7) { "Donate now" } else { mill };
        let items = (0..n).map(|i| format!("{}- {}\n", "  ".repeat(i % 100), item(i)));
        items.collect()
    })];

    /// The steps of cleaning `input`.
    fn steps(cleaner: &Cleaner, input: &str) -> u64 {
        STEPS.with(|all| all.set(0));
        assert!(cleaner.clean(input.as_bytes()).is_ok(), "{:.80}", input);
        STEPS.with(|all| all.get())
    }

    /// Sizes at which the caps on single appeals are met, but by the large shapes.
    const SIZE: usize = 800;

    /// Double the size may be double the work, and a little for what happens to fall otherwise.
    fn check(cleaner: &Cleaner, shapes: &[Shape], size: usize) {
        for (name, shape) in shapes {
            let (half, whole) = (steps(cleaner, &shape(size)), steps(cleaner, &shape(2 * size)));
            assert!(
                whole <= half * 5 / 2 + 1000,
                "{name}: {half} steps, of twice the size {whole}"
            );
            assert!(whole > 0, "{name}: nothing is counted");
        }
    }

    #[test]
    fn pages_take_work_in_proportion_to_their_size() {
        let cleaner = Cleaner::new(Rules::builtin()).categories(Category::ALL).from(From::Html);
        check(&cleaner, PAGES, SIZE);
    }

    #[test]
    #[ignore = "takes a minute"]
    fn large_pages_too() {
        let cleaner = Cleaner::new(Rules::builtin()).categories(Category::ALL).from(From::Html);
        check(&cleaner, LARGE, 8000);
        check(&cleaner, PAGES, 8000);
        check(&cleaner.from(From::Markdown), LARGE_TEXTS, 3200);
    }

    #[test]
    fn texts_take_work_in_proportion_to_their_size() {
        let cleaner = Cleaner::new(Rules::builtin()).categories(Category::ALL);
        check(&cleaner.clone().from(From::Text), TEXTS, SIZE);
        check(&cleaner.from(From::Markdown), TEXTS, SIZE);
    }

    fn site(remove: &str) -> Cleaner {
        let yaml = format!(
            "sites: [example.org]\nrules:\n  - id: site\n    category: promotion\n    {remove}\n"
        );
        let rules = Rules::builder().use_builtin(false).text("site.yaml", yaml).build().unwrap();
        let address = Some("https://example.org/".to_string());
        Cleaner::new(rules).categories(Category::ALL).url(address).from(From::Html)
    }

    fn check_selectors(remove: &str, size: usize) {
        let shapes: &[Shape] = &[
            ("paragraphs", |n| CONTENT.repeat(n)),
            ("headed", |n| format!("<h2>a</h2>{CONTENT}").repeat(n)),
            ("marked", |n| format!("<article>{}</article>{CONTENT}", "<b>x</b>".repeat(n))),
            ("open", |n| format!("<div>{}<i>y</i></div>{CONTENT}", "<li>x".repeat(n))),
        ];
        check(&site(remove), shapes, size);
    }

    #[test]
    fn selectors_take_work_in_proportion_to_the_page() {
        for remove in [
            "remove: ['p']",
            "remove: ['b']\n    up_to: [article]",
            "remove: ['div:has(> p > b)', 'b + p', 'li']",
        ] {
            check_selectors(remove, SIZE);
        }
    }

    #[test]
    fn numbered_selectors_take_work_in_proportion_to_the_page() {
        let remove = "remove: ['p:nth-child(3n)', 'p:nth-of-type(5n)', 'p:nth-last-child(7n)']";
        check_selectors(remove, SIZE);
    }

    #[test]
    fn selectors_that_look_too_far_are_an_error() {
        let page = "<p>x</p>".repeat(3000);
        let error = site("remove: ['h1 ~ p']").clean(page.as_bytes()).unwrap_err();
        assert!(error.is_limit() && error.to_string().contains("selectors"), "{error}");
    }

    #[test]
    fn phrases_that_look_at_too_many_places_are_an_error() {
        let phrases: Vec<String> = (0..500).map(|n| format!("'a ... a ... a ... b{n}'")).collect();
        let yaml = format!(
            "rules:\n  - id: many\n    category: donation\n    evidence:\n      - points: 100\n        \
             phrases: {{ en: [{}] }}\n",
            phrases.join(", ")
        );
        let rules = Rules::builder().use_builtin(false).text("many.yaml", yaml).build().unwrap();
        let cleaner = Cleaner::new(rules).from(From::Html);
        assert!(cleaner.clean(format!("<p>a{CONTENT}").as_bytes()).is_ok());
        let error = cleaner.clean(format!("<p>{}", "a ".repeat(9000)).as_bytes()).unwrap_err();
        assert!(error.is_limit() && error.to_string().contains("phrases"), "{error}");
    }

    #[test]
    fn too_many_selectors_are_an_error() {
        let selectors: Vec<String> = (0..1000).map(|n| format!("'div.x{n} > p'")).collect();
        let cleaner = site(&format!("remove: [{}]", selectors.join(", ")));
        assert!(cleaner.clean(CONTENT.repeat(20).as_bytes()).is_ok());
        let error = cleaner.clean(CONTENT.repeat(2000).as_bytes()).unwrap_err();
        assert!(error.is_limit() && error.to_string().contains("selectors"), "{error}");
    }
}
