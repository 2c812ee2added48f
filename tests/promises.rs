//! What dehusk promises, on every fixture, on generated soup, and on any folder of pages:
//!
//! ```sh
//! DEHUSK_PAGES=saved/ cargo test --release -- --ignored promises
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use dehusk::{Category, Cleaner, Rules};
use proptest::prelude::*;

use crate::check::{check, everything};

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(dir)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| {
            let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
            ["html", "htm", "txt", "md"].contains(&extension)
        })
        .collect();
    files.sort();
    files
}

fn check_folder(dir: &Path) {
    let files = files(dir);
    assert!(!files.is_empty());
    let mut broken = Vec::new();
    for path in files {
        let input = fs::read(&path).unwrap();
        let nothing = Cleaner::new(Rules::none()).categories(Category::ALL);
        assert_eq!(*nothing.clean(&input).unwrap().output, *input, "{}", path.display());
        for cleaner in [Cleaner::new(Rules::builtin()), everything()] {
            if let Err(error) = check(&cleaner.name(Some(path.clone())), &input) {
                broken.push(format!("{}: {error}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn promises_on_fixtures() {
    check_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages"));
}

#[test]
#[ignore = "needs a folder of pages in DEHUSK_PAGES"]
fn promises_on_a_folder() {
    check_folder(Path::new(&std::env::var_os("DEHUSK_PAGES").expect("DEHUSK_PAGES is set")));
}

/// A cut that is not safe may become so by another cut, which only the result shows.
#[test]
fn cuts_that_make_others_safe() {
    let notice = "We may earn a commission from links on this page.";
    let text = format!(
        "<p>\n<p>\n{notice}\n{notice}\n</a>\n<p>\n</pre>\n<p>\nA message from the editor\n<p>\n\
         Donate now\n\r\n\n{notice}\n<p>\n</pre>\n<p>\n<p>\nA message from the editor\n<p>"
    );
    assert_eq!(check(&everything().from(dehusk::From::Text), text.as_bytes()), Ok(()));
}

/// What the first cut lays bare in Markdown is only found when the result is read.
#[test]
fn a_cut_that_lays_an_appeal_bare_in_markdown() {
    let notice = "We may earn a commission from links on this page.";
    let ask = "Please consider supporting our journalism.";
    let text = format!(
        "<a href='/donate'>\n{notice}\nA message from the editor\n{notice}\nThe mill was built in \
         1802 and stood empty for a century.\n{ask}\n<p>\n<p>\n<pre>\n\n<script>x</script>\n{ask}\n\
         <h1>\n<input type=email>"
    );
    assert_eq!(check(&everything().from(dehusk::From::Markdown), text.as_bytes()), Ok(()));
}

/// Pieces of pages that are awkward beside each other, and appeals among them.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href='/donate'>", "</a>",
            "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<ul>", "<li>", "</ul>", "<form>",
            "</form>", "<select><option>", "</select>", "<pre>\n", "</pre>", "<br>", "<hr>", "\r\n", "&am",
            "p;", "<", "<!-- c -->", "<template>", "</template>", "<svg><title>", "</svg>", "<h1>", "</h1>",
            "<section class=newsletter>", "</section>", "<aside>", "</aside>", "<noscript>", "</noscript>",
            "<script>x</script>", "<nobr>", "<button>", "</button>", "</body>", "</html>", "×", "\u{feff}",
        ])
        .prop_map(str::to_string),
        prop::sample::select(vec![
            "Sign up for our newsletter", "<input type=email>", "Unsubscribe at any time.", "Donate now",
            "Please consider supporting our journalism.", "Advertisement", "Story continues below",
            "We may earn a commission from links on this page.", "Once", "Monthly", "A message from the editor",
            "Thank you for your support.", "$5", "The mill was built in 1802 and stood empty for a century.",
            "It was sold, and sold again, until nobody remembered who had the key to its only door, or cared \
             to ask the neighbours for it.",
        ])
        .prop_map(str::to_string),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn promises_on_soup(pieces in prop::collection::vec(piece(), 0..60)) {
        let page = pieces.concat();
        let cleaner = everything().from(dehusk::From::Html);
        prop_assert_eq!(check(&cleaner, page.as_bytes()), Ok(()));
    }

    #[test]
    fn promises_on_text(lines in prop::collection::vec(piece(), 0..40), markdown: bool) {
        let text = lines.join("\n");
        let from = if markdown { dehusk::From::Markdown } else { dehusk::From::Text };
        prop_assert_eq!(check(&everything().from(from), text.as_bytes()), Ok(()));
    }
}
