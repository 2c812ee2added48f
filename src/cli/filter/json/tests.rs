use proptest::prelude::*;
use serde_json::Value;

use super as json;

#[test]
fn the_objects_of_serde_json_and_no_others() {
    for good in [
        "{}",
        " { } ",
        r#"{"a":{}}"#,
        r#"{"a":[]}"#,
        r#"{"a":[[],{"b":[1,2,{"c":"d"}]}],"e":1E+5}"#,
        r#"{"":""}"#,
        r#"{"a":-0}"#,
        r#"{"a":0.10e0, "b" :true,"c":false , "d":null}"#,
        r#"{"\"\\\/\b\f\n\r\t\u00E9":"\uDEAD"}"#,
    ] {
        assert!(json::object(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "{",
        "}",
        "[]",
        "1",
        "{}{}",
        "{} x",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{,}"#,
        r#"{"a":[1,]}"#,
        r#"{"a":[1}"#,
        r#"{"a":{"b":1]}"#,
        r#"{"a":01}"#,
        r#"{"a":1.}"#,
        r#"{"a":.1}"#,
        r#"{"a":+1}"#,
        r#"{"a":-}"#,
        r#"{"a":1e}"#,
        r#"{"a":tru}"#,
        r#"{"a":nul"#,
        r#"{"a":"\x"}"#,
        r#"{"a":"\u12g4"}"#,
        r#"{"a":"\u123"}"#,
        "{\"a\":\"\t\"}",
        r#"{"a":"\"}"#,
        r#"{a:1}"#,
        r#"{'a':1}"#,
        "{\"a\":NaN}",
        r#"{"a":1 "b":2}"#,
        r#"{"a" 1}"#,
        r#"{"a":[1 2]}"#,
    ] {
        assert!(json::object(bad).is_err(), "{bad}");
        assert!(serde_json::from_str::<Value>(bad).map_or(true, |v| !v.is_object()), "{bad}");
    }
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert_eq!(json::object(&deep).unwrap().members.len(), 1);
}

/// JSON that is near enough to right to be interesting.
fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"html\"",
        "\"\\u00e9\"",
        "\"\\ud800\"",
        "1",
        "-2.5e3",
        "true",
        "null",
        " ",
        "\"",
        "\\",
    ]);
    prop::collection::vec(token, 0..24).prop_map(|tokens| format!("{{{}}}", tokens.concat()))
}

/// Any value.
pub(in crate::cli::filter) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(".*", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A string of JSON for `text`, with each character escaped or not as `how` says.
pub(in crate::cli::filter) fn escaped(text: &str, how: &[bool]) -> String {
    let mut out = String::new();
    for (char, yes) in text.chars().zip(how.iter().cycle()) {
        if *yes || char < ' ' || "\"\\".contains(char) {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                out += &format!("\\u{unit:04x}");
            }
        } else {
            out.push(char);
        }
    }
    out
}

proptest! {
    #[test]
    fn what_serde_json_reads_is_read(text in soup()) {
        // Keys with halves of surrogate pairs are read here, and not there.
        let ours = json::object(&text).is_ok();
        let theirs = serde_json::from_str::<Value>(&text.replace("\\ud800", "\\u00e9"));
        prop_assert_eq!(ours, theirs.is_ok_and(|value| value.is_object()), "{}", text);
    }

    #[test]
    fn members_stand_where_they_are_said_to(
        members in prop::collection::vec((".*", value()), 0..6),
        space in "[ \t]{0,2}",
    ) {
        let written: Vec<String> = members
            .iter()
            .map(|(key, value)| format!("{space}{}{space}:{space}{value}{space}", json::string(key)))
            .collect();
        let line = format!("{space}{{{}}}{space}", written.join(","));
        let object = json::object(&line).unwrap();
        let found: Vec<(String, Value)> = object
            .members
            .iter()
            .map(|member| {
                let key = json::decode(&line[member.key.clone()]).text.into_owned();
                (key, serde_json::from_str(&line[member.value.clone()]).unwrap())
            })
            .collect();
        let expected: Vec<(String, Value)> = members
            .iter()
            .map(|(key, value)| (key.clone(), serde_json::from_str(&value.to_string()).unwrap()))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn strings_say_what_they_say(text in ".*", how in prop::collection::vec(any::<bool>(), 1..9)) {
        let raw = escaped(&text, &how);
        let said = json::decode(&raw);
        prop_assert_eq!(&said.text, &text);
        prop_assert!(!said.lone);
    }

    #[test]
    fn what_is_taken_out_of_a_string_is_gone_and_nothing_else(
        parts in prop::collection::vec(("[a-z\n\"\\\\é🌾]{1,6}", any::<bool>()), 0..9),
        how in prop::collection::vec(any::<bool>(), 1..9),
    ) {
        let (mut text, mut raw, mut ranges) = (String::new(), String::new(), Vec::new());
        let (mut kept, mut kept_raw) = (String::new(), String::new());
        for (part, gone) in &parts {
            let start = text.len();
            text += part;
            raw += &escaped(part, &how);
            if *gone {
                ranges.push(start..text.len());
            } else {
                kept += part;
                kept_raw += &escaped(part, &how);
            }
        }
        let left = json::without(&raw, &ranges);
        prop_assert_eq!(&left, &kept_raw);
        prop_assert_eq!(json::decode(&left).text, kept);
    }
}
