//! The same input gives the same bytes, in every process and every form: hash maps have another
//! seed in each.

use super::Desk;

#[test]
fn every_process_says_the_same() {
    let desk = Desk::new();
    let pages = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let mut names: Vec<_> = std::fs::read_dir(pages)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "html" || e == "md" || e == "txt"))
        .collect();
    names.sort();
    let also = "--also=paywall,consent,share,recirculation,promotion";
    for page in names.iter().step_by(4) {
        let page = page.to_str().unwrap();
        for args in [
            &["--to", "json", also][..],
            &["--to", "text", also],
            &["explain", "--json", also],
            &["explain", also],
            &["explain", "--html", "report.html", also],
        ] {
            let args = [args, &[page]].concat();
            let report = || std::fs::read(desk.path("report.html")).ok();
            let first = desk.run(&args);
            let written = report();
            for _ in 0..2 {
                let again = desk.run(&args);
                assert!((again.code, &again.out) == (first.code, &first.out), "{args:?}");
                assert!(report() == written, "{args:?}");
            }
        }
    }
}
