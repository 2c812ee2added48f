use std::ops::Range;

use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, GB18030, GBK, ISO_2022_JP, ISO_8859_2, KOI8_R, SHIFT_JIS, UTF_8,
    UTF_16BE, UTF_16LE, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252,
};
use proptest::prelude::*;

use super::*;

const LATIN: &str = "<p>Café – naïve “façade”</p>\n";
const POLISH: &str = "<p>Zażółć gęślą jaźń</p>\r\n";
const CYRILLIC: &str = "<p>Подпишитесь на рассылку</p>\n";
const JAPANESE: &str = "<p>無料メルマガ、ﾄｳﾛｸ表示\\~ はこちら</p>\n<b>能ソ</b>";
const CHINESE: &str = "<p>订阅我们的简报 abc 运</p>\n";
const TRADITIONAL: &str = "<p>訂閱電子報 功許蓋 abc</p>\n";
const KOREAN: &str = "<p>뉴스레터 구독하기 abc</p>\n";

fn samples() -> Vec<(&'static Encoding, String)> {
    vec![
        (WINDOWS_1252, LATIN.into()),
        (WINDOWS_1250, POLISH.into()),
        (ISO_8859_2, POLISH.into()),
        (WINDOWS_1251, CYRILLIC.into()),
        (KOI8_R, CYRILLIC.into()),
        (SHIFT_JIS, JAPANESE.into()),
        (EUC_JP, JAPANESE.into()),
        (GBK, CHINESE.into()),
        (GB18030, format!("{CHINESE}ß\u{1f600}x")),
        (BIG5, TRADITIONAL.into()),
        (EUC_KR, KOREAN.into()),
    ]
}

fn encode(encoding: &'static Encoding, text: &str) -> Vec<u8> {
    if encoding == UTF_16LE {
        return text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    }
    if encoding == UTF_16BE {
        return text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    }
    let (bytes, _, unmappable) = encoding.encode(text);
    assert!(!unmappable, "{}", encoding.name());
    bytes.into_owned()
}

fn without(bytes: &[u8], range: &Range<usize>) -> Vec<u8> {
    [&bytes[..range.start], &bytes[range.end..]].concat()
}

/// Takes out every range of whole characters, and counts the ranges that were refused.
fn remove_every_range(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let decoded = decode(bytes, Some(encoding), Kind::Text);
    assert_eq!(decoded.encoding, encoding);
    let text = decoded.text.as_ref();
    assert_eq!(text, encoding.decode_without_bom_handling(decoded.body).0);
    let bounds: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
    let mut refused = 0;
    for (i, &start) in bounds.iter().enumerate() {
        for &end in &bounds[i..] {
            let Some(source) = decoded.to_source(start..end) else {
                refused += 1;
                continue;
            };
            let left = without(bytes, &source);
            let read = encoding.decode_without_bom_handling(&left[decoded.mark..]).0;
            let wanted = [&text[..start], &text[end..]].concat();
            assert_eq!(read, wanted, "{} {start}..{end} as {source:?}", encoding.name());
            assert!(decoded.holds(&[(start..end, source)]));
        }
    }
    refused
}

#[test]
fn every_range_of_stateless_text_can_go() {
    for (encoding, text) in samples() {
        let bytes = encode(encoding, &text);
        assert_eq!(remove_every_range(&bytes, encoding), 0, "{}", encoding.name());
    }
    for encoding in [UTF_16LE, UTF_16BE] {
        for text in [LATIN, JAPANESE, "a\u{1f600}b\u{10ffff}"] {
            assert_eq!(remove_every_range(&encode(encoding, text), encoding), 0);
        }
    }
    assert_eq!(remove_every_range(JAPANESE.as_bytes(), UTF_8), 0);
}

#[test]
fn broken_bytes_stay_and_never_join() {
    let utf_8: &[&[u8]] = &[
        b"a\xe2\x82b\xacc",
        b"\xff<p>x</p>\xc3",
        b"x\xf0\x9f\x98y\x80z\xe2\x82\xac",
        b"\xed\xa0\x80a\xc0\xafb",
    ];
    for bytes in utf_8 {
        remove_every_range(bytes, UTF_8);
    }
    // Taking the `b` out would make the euro sign.
    let decoded = decode(utf_8[0], Some(UTF_8), Kind::Text);
    assert_eq!(decoded.text, "a\u{fffd}b\u{fffd}c");
    assert_eq!(decoded.to_source(4..5), None);
    assert_eq!(decoded.to_source(0..1), Some(0..1));
    assert_eq!(decoded.to_source(1..4), Some(1..3));

    remove_every_range(b"a\x81\x0ab\x81", SHIFT_JIS);
    remove_every_range(b"\x81\x30\x0a\x81\x30\xff\x81\x30\x81", GB18030);
    remove_every_range(b"\xa1\x8fa\x8f\xa1b\xa1", EUC_JP);
    remove_every_range(b"\x88\xa4\x88a\x88", BIG5);
    remove_every_range(b"\x81\x0a\x81\xff\xfe", EUC_KR);
    remove_every_range(b"\xb1\xff\xa1a", GBK);
    // Lone surrogates and an odd byte at the end.
    remove_every_range(b"\x00\xd8a\x00\x00\xdc\x00\xd8\x00\xd8b", UTF_16LE);
    remove_every_range(b"\xd8\x00\x00a\xdc\x00\xd8\x00\x00", UTF_16BE);
}

#[test]
fn one_big5_pair_is_two_characters_that_go_together() {
    let decoded = decode(b"a\x88\x62b", Some(BIG5), Kind::Text);
    assert_eq!(decoded.text, "a\u{ca}\u{304}b");
    assert_eq!(decoded.to_source(1..3), None);
    assert_eq!(decoded.to_source(1..5), Some(1..3));
}

#[test]
fn shift_states_survive() {
    let text = "<p>無料</p>\n<b>登録abc録音</b>\\~";
    let bytes = encode(ISO_2022_JP, text);
    let refused = remove_every_range(&bytes, ISO_2022_JP);
    assert!(refused > 0);
    // Whatever begins and ends in ASCII can go: every element, every line.
    let decoded = decode(&bytes, Some(ISO_2022_JP), Kind::Text);
    for gone in ["<p>無料</p>\n", "<p>無料</p>", "無料", "登録abc録音", "abc", "無", "<b>"]
    {
        let start = text.find(gone).unwrap();
        assert!(decoded.to_source(start..start + gone.len()).is_some(), "{gone}");
    }
    // From ASCII into the middle of a two-byte run cannot.
    let start = text.find("<p>").unwrap();
    assert_eq!(decoded.to_source(start..start + "<p>無".len()), None);
}

#[test]
fn roman_and_ascii_are_told_apart() {
    // JIS X 0201 Roman to the end, far beyond what is compared.
    let bytes = [b"ab\x1b(Jcd".as_slice(), &b"e ".repeat(2000), b"\x5c"].concat();
    let decoded = decode(&bytes, Some(ISO_2022_JP), Kind::Text);
    assert!(decoded.text.ends_with('¥'));
    // The text nearby would be right, and the last character wrong.
    assert_eq!(decoded.to_source(1..3), None);
    let cut = decoded.to_source(1..2).unwrap();
    let left = without(&bytes, &cut);
    assert!(ISO_2022_JP.decode_without_bom_handling(&left).0.ends_with('¥'));
}

#[test]
fn broken_escapes() {
    for bytes in [
        b"a\x1b$B\x1b(Bb\x1b".as_slice(),
        b"a\x1b(Xb\x1b$B\x24\x1b(Bc",
        b"\x1b$B\x24\x22\x0a\x24\x24\x1b",
        b"\x1b(I1\x1b\x1b(J\x5c\x7e\x1b(",
        b"\x1b(B\x1b(B\xff\x0e",
    ] {
        remove_every_range(bytes, ISO_2022_JP);
    }
}

#[test]
fn checkpoints_lead_to_the_right_place() {
    let mut all = samples();
    all.push((UTF_16LE, format!("{JAPANESE}\u{1f600}")));
    all.push((UTF_16BE, format!("\u{1f600}\u{1f600}{LATIN}")));
    all.push((ISO_2022_JP, "<p>無料</p>\n登録".into()));
    // No byte below 0x30 anywhere.
    all.push((GBK, "运".into()));
    all.push((UTF_16LE, "\u{1f600}".into()));
    for (encoding, sample) in all {
        let text = sample.repeat(6000 / sample.len());
        let bytes = encode(encoding, &text);
        let decoded = decode(&bytes, Some(encoding), Kind::Text);
        assert_eq!(decoded.text, text, "{}", encoding.name());
        let mut expected = 0;
        for (at, c) in text.char_indices() {
            if encoding == ISO_2022_JP {
                continue;
            }
            assert_eq!(decoded.source_offset(at), expected, "{} {at}", encoding.name());
            expected += encode(encoding, c.encode_utf8(&mut [0; 4])).len();
        }
        for at in (0..text.len()).step_by(sample.len()) {
            let range = at..at + sample.len();
            let source = decoded.to_source(range.clone()).unwrap();
            let left = without(&bytes, &source);
            let left = encoding.decode_without_bom_handling(&left).0;
            assert_eq!(left, [&text[..at], &text[range.end..]].concat());
        }
    }
}

#[test]
fn marks() {
    let cases: &[(&[u8], &Encoding, &str)] = &[
        (b"\xef\xbb\xbfab", UTF_8, "ab"),
        (b"\xff\xfea\0b\0", UTF_16LE, "ab"),
        (b"\xfe\xff\0a\0b", UTF_16BE, "ab"),
        (b"\xef\xbb\xbf", UTF_8, ""),
        (b"\xff\xfe", UTF_16LE, ""),
        // Only the first is a mark.
        (b"\xef\xbb\xbf\xef\xbb\xbfab", UTF_8, "\u{feff}ab"),
    ];
    for (bytes, encoding, text) in cases {
        // A mark outweighs a hint.
        let decoded = decode(bytes, Some(KOI8_R), Kind::Html);
        assert_eq!((decoded.encoding, decoded.text.as_ref()), (*encoding, *text));
        let all = decoded.to_source(0..text.len());
        assert_eq!(all, Some(decoded.mark..bytes.len()));
        assert_eq!(decoded.source_offset(0), decoded.mark);
    }
}

#[test]
fn valid_text_is_borrowed() {
    for (bytes, hint) in [
        ("Größe".as_bytes(), None),
        (b"plain".as_slice(), Some(WINDOWS_1251)),
        (b"plain".as_slice(), Some(GB18030)),
        (b"".as_slice(), None),
    ] {
        assert!(matches!(decode(bytes, hint, Kind::Text).text, Cow::Borrowed(_)));
    }
}

fn chosen(bytes: &[u8], kind: Kind) -> &'static str {
    decode(bytes, None, kind).encoding.name()
}

#[test]
fn choice_of_encoding() {
    let html = |charset: &str, encoding, text: &str| {
        [format!("<meta charset={charset}>").into_bytes(), encode(encoding, text)].concat()
    };
    // As declared.
    assert_eq!(chosen(&html("koi8-r", KOI8_R, CYRILLIC), Kind::Html), "KOI8-R");
    assert_eq!(chosen(&html("gbk", GBK, CHINESE), Kind::Html), "GBK");
    assert_eq!(chosen(&html("shift_jis", SHIFT_JIS, "x"), Kind::Html), "Shift_JIS");
    let jis = html("iso-2022-jp", ISO_2022_JP, "無料");
    assert_eq!(chosen(&jis, Kind::Html), "ISO-2022-JP");
    // Saved as UTF-8 by a tool that left the declaration alone.
    assert_eq!(chosen(&html("windows-1251", UTF_8, CYRILLIC), Kind::Html), "UTF-8");
    assert_eq!(chosen(&html("iso-8859-1", UTF_8, "é"), Kind::Html), "UTF-8");
    assert_eq!(chosen(&html("gbk", UTF_8, CHINESE), Kind::Html), "UTF-8");
    // Two letters of Korean may look like UTF-8; that is too little.
    assert_eq!(chosen(&html("gbk", UTF_8, "é"), Kind::Html), "GBK");
    // A false declaration of UTF-8.
    let text = CYRILLIC.repeat(4);
    assert_eq!(chosen(&html("utf-8", WINDOWS_1251, &text), Kind::Html), "windows-1251");
    // Markup counts only in HTML.
    assert_eq!(chosen(b"<meta charset=koi8-r>", Kind::Text), "UTF-8");
    // Undeclared.
    assert_eq!(chosen(&encode(WINDOWS_1251, &text), Kind::Text), "windows-1251");
    assert_eq!(chosen(&encode(SHIFT_JIS, &JAPANESE.repeat(4)), Kind::Text), "Shift_JIS");
    assert_eq!(chosen(&encode(ISO_2022_JP, "無料"), Kind::Text), "ISO-2022-JP");
    assert_eq!(chosen(b"", Kind::Text), "UTF-8");
    assert_eq!(chosen(b"\x1b[1mbold\x1b[0m", Kind::Text), "windows-1252");
    // Cut off within a character, or with a single broken byte.
    let utf_8 = CYRILLIC.as_bytes();
    assert_eq!(chosen(&utf_8[..9], Kind::Text), "UTF-8");
    assert_eq!(chosen(&[utf_8, b"\xff"].concat(), Kind::Text), "UTF-8");
    // UTF-16 without a mark.
    for text in [LATIN, &format!("{} {}", CYRILLIC, CYRILLIC)] {
        assert_eq!(chosen(&encode(UTF_16LE, text), Kind::Html), "UTF-16LE");
        assert_eq!(chosen(&encode(UTF_16BE, text), Kind::Html), "UTF-16BE");
    }
    // A hint is obeyed, unless it would read nothing at all.
    let hint = |label: &str| decode(b"\xe9", Encoding::for_label(label.as_bytes()), Kind::Html);
    assert_eq!(hint("koi8-r").encoding, KOI8_R);
    assert_ne!(hint("hz-gb-2312").encoding.name(), "replacement");
}

/// Every encoding there is, with bytes that mean something in it.
fn any_encoding() -> impl Strategy<Value = &'static Encoding> {
    prop::sample::select(vec![
        UTF_8,
        UTF_16LE,
        UTF_16BE,
        WINDOWS_1252,
        KOI8_R,
        SHIFT_JIS,
        EUC_JP,
        ISO_2022_JP,
        GBK,
        GB18030,
        BIG5,
        EUC_KR,
    ])
}

/// Failures become tests by hand, not by a file of seeds.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        any::<u8>().prop_map(|byte| vec![byte]),
        prop::sample::select(vec![
            b"\x1b$B".to_vec(),
            b"\x1b(B".to_vec(),
            b"\x1b(J".to_vec(),
            b"\x1b(I".to_vec(),
            b"\x81\x30\x81\x30".to_vec(),
            b"\x88\x62".to_vec(),
            b"<p>".to_vec(),
            b"\xe2\x82\xac".to_vec(),
            b"\x00\xd8".to_vec(),
            b"\x00\xdc".to_vec(),
        ]),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_decode_and_lose_ranges(encoding in any_encoding(), bytes in any_bytes()) {
        remove_every_range(&bytes, encoding);
    }

    #[test]
    fn the_map_agrees_with_the_decoder(
        encoding in any_encoding(), bytes in any_bytes(), times in 1usize..200,
    ) {
        let bytes = bytes.repeat(times);
        let decoded = decode(&bytes, Some(encoding), Kind::Text);
        let whole = encoding.decode_without_bom_handling(decoded.body).0;
        prop_assert_eq!(decoded.text.as_ref(), whole.as_ref());
    }

    #[test]
    fn no_bytes_panic(bytes in any_bytes()) {
        let decoded = decode(&bytes, None, Kind::Html);
        prop_assert!(decoded.source_offset(decoded.text.len()) <= bytes.len());
    }
}
