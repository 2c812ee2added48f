//! local tool
use crate::evidence::Evidence;
#[test]
#[ignore]
fn dump() {
    use std::io::Write;
    let dir = std::env::var("DEHUSK_DUMP").unwrap();
    let mut out = std::io::BufWriter::new(std::fs::File::create("/tmp/dump.tsv").unwrap());
    let rules = crate::Rules::builtin();
    let c = &rules.0;
    let name: std::collections::HashMap<u16, &str> = c.set.lists.iter().map(|(n, s)| (s.0, n.as_str())).collect();
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    for f in files {
        let src = std::fs::read_to_string(&f).unwrap();
        let Ok(doc) = crate::dom::parse::parse(&src, &Default::default()) else { continue };
        let outline = crate::evidence::block::Outline::read(&doc);
        let leaves: Vec<_> = outline.blocks.iter().filter(|b| b.leaf).collect();
        let mut at = 0;
        let mut hits: Vec<Vec<(u16, u32)>> = vec![vec![]; leaves.len()];
        c.phrases.find(&outline.folded, |h| {
            while at < leaves.len() && leaves[at].folded.1 < h.end { at += 1; }
            hits[at].push((h.sign.0, h.phrase));
        });
        for (l, h) in leaves.iter().zip(hits) {
            let text = crate::explain::text_of(&doc, l.first, l.last);
            let hs: Vec<String> = h.iter().map(|(s, p)| format!("{}={}", name.get(s).unwrap_or(&"?"), c.phrases.written(*p as usize).unwrap())).collect();
            writeln!(out, "{}\t{}\t{}\t{}", f.file_stem().unwrap().to_string_lossy(), l.measures.words, text.replace('\t', " "), hs.join("|")).unwrap();
        }
        let _ = Evidence::read;
    }
}
