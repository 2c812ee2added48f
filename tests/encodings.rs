//! Pages in every encoding that browsers know: cuts fall on their own bytes, and nothing else of
//! the page is touched, decodable or not.

use dehusk::{Cleaned, Cleaner, From, Rules};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_16BE, UTF_16LE};

use crate::check::{check, everything};

/// The labels of the encodings, each with words in letters that only they have.
const ENCODINGS: [(&str, &str); 39] = [
    ("utf-8", "Мельница é 水車 🌾"),
    ("utf-16le", "Мельница é 水車 🌾"),
    ("utf-16be", "Мельница é 水車 🌾"),
    ("ibm866", "Мельница"),
    ("iso-8859-2", "młyn źródło"),
    ("iso-8859-3", "mitħna ġdida"),
    ("iso-8859-4", "sudmalas ķēde"),
    ("iso-8859-5", "Мельница"),
    ("iso-8859-6", "طاحونة"),
    ("iso-8859-7", "μύλος"),
    ("iso-8859-8", "טחנה"),
    ("iso-8859-8-i", "טחנה"),
    ("iso-8859-10", "mylla ķæða"),
    ("iso-8859-13", "malūnas ąžuolas"),
    ("iso-8859-14", "melin ŵyn"),
    ("iso-8859-15", "œuvre à 5 €"),
    ("iso-8859-16", "moară veche și țară"),
    ("koi8-r", "Мельница"),
    ("koi8-u", "Млин ґанок їжак"),
    ("macintosh", "œuvre naïve"),
    ("windows-874", "โรงสี"),
    ("windows-1250", "młyn „źródło”"),
    ("windows-1251", "Мельница «у реки»"),
    ("windows-1252", "œuvre “naïve” – 5 €"),
    ("windows-1253", "μύλος"),
    ("windows-1254", "değirmen ışık"),
    ("windows-1255", "טחנה"),
    ("windows-1256", "طاحونة"),
    ("windows-1257", "malūnas ąžuolas"),
    ("windows-1258", "đêm ơn ưa"),
    ("x-mac-cyrillic", "Мельница"),
    ("gbk", "水车磨坊 运"),
    ("gb18030", "水车磨坊 🌾 ß"),
    ("big5", "水車磨坊 功許蓋"),
    ("euc-jp", "水車ごや ﾐｽﾞ 能ソ"),
    ("iso-2022-jp", "水車ごや 能ソ"),
    ("shift_jis", "水車ごや ﾐｽﾞ 能ソ表"),
    ("euc-kr", "물레방아 뷁"),
    ("x-user-defined", "\u{f7e9}\u{f7ff}"),
];

/// What no signup is taken to go on with.
const STORY: &str = "The mill was built in 1802 and stood empty for a century, until nobody knew \
                     any more who had the key to its only door, or cared to ask for it.";

/// A page whose signup has letters of the encoding at both edges, within and without.
fn page(words: &str) -> [String; 3] {
    let before = format!("<title>{words}</title><h1>{words}</h1><p>{words}</p>{STORY} {words}");
    let signup = format!(
        "<form class=newsletter>{words}<p>Sign up for our newsletter</p><input type=email>{words}</form>"
    );
    [before, signup, format!("{words} {STORY}<p>{STORY} {words}</p>")]
}

fn encode(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    if encoding == UTF_16LE {
        return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    if encoding == UTF_16BE {
        return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    if encoding.name() == "x-user-defined" {
        let byte = |c: char| if c.is_ascii() { c as u8 } else { (c as u32 - 0xf700) as u8 };
        return text.chars().map(byte).collect();
    }
    // What a form would send for characters that an encoding lacks is no test of it.
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{} cannot write {text}", encoding.name());
    bytes.into_owned()
}

fn cut<'a>(cleaner: &Cleaner, page: &'a [u8], what: &str) -> Cleaned<'a> {
    assert_eq!(check(cleaner, page), Ok(()), "{what}");
    let cleaned = cleaner.clean(page).unwrap();
    assert_eq!(cleaned.cuts.len(), 1, "{what}");
    cleaned
}

#[test]
fn a_page_in_every_encoding_loses_its_signup_and_no_other_byte() {
    for (label, words) in ENCODINGS {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let [before, signup, after] = page(words);
        let kept = [&*before, &after].concat();
        let bytes = encode(encoding, &[&*before, &signup, &after].concat());
        let cleaner = everything().from(From::Html).encoding(Some(label)).unwrap();
        let cleaned = cut(&cleaner, &bytes, label);
        assert_eq!(cleaned.encoding, encoding.name());
        let (read, broken) = encoding.decode_without_bom_handling(&cleaned.output);
        assert_eq!((&*read, broken), (&*kept, false), "{label}");
        if encoding != ISO_2022_JP {
            assert_eq!(*cleaned.output, encode(encoding, &kept), "{label}");
        }
    }
}

#[test]
fn the_encoding_is_what_the_page_or_its_mark_says() {
    for (label, words) in ENCODINGS {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let [before, signup, after] = page(words);
        let whole = |head: &str| encode(encoding, &[head, &before, &signup, &after].concat());
        let cleaner = everything().from(From::Html);
        let mut pages = Vec::new();
        if let "utf-8" | "utf-16le" | "utf-16be" = label {
            let mark = encode(encoding, "\u{feff}");
            pages.push([mark, whole("<meta charset=koi8-r>")].concat());
        } else if label != "x-user-defined" {
            // Which browsers take for windows-1252 where a page says it of itself.
            pages.push(whole(&format!("<meta charset='{label}'>")));
            pages.push(whole(&format!(
                "<!-- <meta charset=utf-8> --><meta http-equiv=Content-Type \
                 content='text/html; charset={label}'><meta charset=iso-8859-7>"
            )));
        }
        for page in pages {
            let cleaned = cut(&cleaner, &page, label);
            assert_eq!(cleaned.encoding, encoding.name());
            let read = encoding.decode_with_bom_removal(&cleaned.output).0;
            assert!(read.ends_with(&[&*before, &after].concat()), "{label}: {read}");
        }
    }
}

/// A declaration that lies costs words that are not understood, never bytes.
#[test]
fn a_wrong_declaration_touches_no_byte() {
    for (label, words) in ENCODINGS {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let [before, signup, after] = page(words);
        let bytes = encode(encoding, &[&*before, &signup, &after].concat());
        for (wrong, _) in ENCODINGS {
            let cleaner = everything().from(From::Html).encoding(Some(wrong)).unwrap();
            assert_eq!(check(&cleaner, &bytes), Ok(()), "{label} as {wrong}");
            let declared = [format!("<meta charset={wrong}>").as_bytes(), &bytes].concat();
            let cleaner = everything().from(From::Html);
            assert_eq!(check(&cleaner, &declared), Ok(()), "{label}, declared as {wrong}");
        }
    }
}

#[test]
fn what_cannot_be_decoded_stays_as_its_bytes() {
    let broken: [(&str, &[u8]); 12] = [
        ("utf-8", b"\xff\xc3(\xed\xa0\x80\xf0\x9f"),
        ("utf-16le", b"\x00\xd8x\x00\x00\xdc"),
        ("utf-16be", b"\xd8\x00\x00x\xdc\x00"),
        ("windows-1252", b"\x81\x8d\x9d"),
        ("windows-1255", b"\xd9\xff"),
        ("shift_jis", b"\x80\x81\x0a\xfd\xff"),
        ("euc-jp", b"\x8f\xa1x\xff"),
        ("iso-2022-jp", b"\x1b$Bx\xff\x1b(B\xfe"),
        ("gbk", b"\x80\xff\x81\x20"),
        ("gb18030", b"\x81\x30\xff\x84\x31"),
        ("big5", b"\x80\xff\x81\x20"),
        ("euc-kr", b"\x80\xff\x81\x20"),
    ];
    for (label, bad) in broken {
        let encoding = Encoding::for_label(label.as_bytes()).unwrap();
        let words = ENCODINGS.iter().find(|(name, _)| *name == label).unwrap().1;
        let [before, signup, after] = page(words).map(|part| encode(encoding, &part));
        // Nothing of the page is taken into what is broken.
        let line = encode(encoding, "\n");
        let bad = [&line, bad, &line].concat();
        let kept = [&*before, &bad, &bad, &after].concat();
        let bytes = [&*before, &bad, &signup, &bad, &after].concat();
        let cleaner = everything().from(From::Html).encoding(Some(label)).unwrap();
        let cleaned = cut(&cleaner, &bytes, label);
        if encoding != ISO_2022_JP {
            assert_eq!(*cleaned.output, kept, "{label}");
        }
        assert!(cleaned.output.windows(bad.len()).any(|part| part == bad), "{label}");
    }
}

/// Whoever stops writing in a two-byte state would turn all that follows into other signs.
#[test]
fn no_cut_leaves_a_shift_state_behind() {
    let signup = "<form class=newsletter><p>メルマガ登録 Sign up for our newsletter</p><input type=email></form>";
    for (before, after) in [
        (format!("<div>{STORY} 水車ごや"), format!("水車 {STORY}</div>")),
        (format!("<p>{STORY} 水車ごや</p>"), format!("<p>水車 {STORY}</p>")),
        (format!("{STORY} 水車"), format!("<p>{STORY}</p>")),
        (format!("<p>{STORY}</p>"), String::new()),
    ] {
        let kept = [&*before, &after].concat();
        let page = ISO_2022_JP.encode(&[&*before, signup, &after].concat()).0.into_owned();
        let cleaner = Cleaner::new(Rules::builtin()).from(From::Html).encoding(Some("iso-2022-jp"));
        let cleaned = cut(&cleaner.unwrap(), &page, &before);
        // What is written behind it is still read as it was written.
        let more = [&*cleaned.output, b"<p>end</p>"].concat();
        let (read, broken) = ISO_2022_JP.decode_without_bom_handling(&more);
        assert_eq!((&*read, broken), (&*(kept + "<p>end</p>"), false));
    }
}

/// Without the signup, a guess at the encoding could turn out otherwise.
#[test]
fn no_cut_changes_how_the_rest_is_read() {
    let signup = |words: &str| {
        format!(
            "<form class=newsletter><p>Sign up for our newsletter</p>{words}<input type=email></form>"
        )
    };
    let page = |rest: &str, words: &str| {
        format!("<meta charset=gbk><p>{rest} {STORY}</p>{}<p>{STORY}</p>", signup(words))
    };
    let cleaner = everything().from(From::Html);
    let cuts = |page: &str| {
        assert_eq!(check(&cleaner, page.as_bytes()), Ok(()), "{page:?}");
        let cleaned = cleaner.clean(page.as_bytes()).unwrap();
        assert_eq!(cleaned.encoding, "UTF-8");
        cleaned.cuts.len()
    };
    // UTF-8 in spite of what is declared, for its many letters: with few, it would be believed.
    assert_eq!(cuts(&page("水車ごや 水車ごや 水車ごや", "水車ごや")), 1);
    assert_eq!(cuts(&page("水", "水車ごや 水車ごや 水車ごや")), 0);
    // Where none are left, the bytes read the same whatever they are taken for.
    assert_eq!(cuts(&page("", "水車ごや 水車ごや 水車ごや")), 1);
    // Zeros come to look like UTF-16 when they come to be among the first 4,096 bytes.
    let zeros = "\0a".repeat(4000);
    let late = format!("<p>{STORY}</p>{}<pre>{zeros}</pre>", signup(&"<b></b>".repeat(540)));
    assert_eq!(cuts(&late), 0);
}
