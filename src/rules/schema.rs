//! The JSON Schema of rule files and the reference of their keys, both made from the types and
//! their doc comments. What is checked in is compared; `INSTA_UPDATE=always cargo test` writes it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::source::format::{File, List, Named, OneOrMany, Phrases};
use super::source::rule::{Category, GUARDS, Status};

/// Declares a type that stands for one of a few words.
macro_rules! words {
    ($name:ident, $words:expr) => {
        pub(crate) struct $name;

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }
            fn inline_schema() -> bool {
                true
            }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let words: Vec<&str> = $words.into_iter().collect();
                json_schema!({ "enum": words })
            }
        }
    };
}

words!(CategoryName, Category::ALL.map(Category::name));
words!(StatusName, Status::ALL.map(Status::name));
words!(GuardName, GUARDS);
words!(FormName, ["html", "text", "markdown"]);

/// One category or several.
pub(crate) struct CategoryNames;

impl JsonSchema for CategoryNames {
    fn schema_name() -> Cow<'static, str> {
        "CategoryNames".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<CategoryName>();
        json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// The points of a line.
pub(crate) struct Points;

impl JsonSchema for Points {
    fn schema_name() -> Cow<'static, str> {
        "Points".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": -1000, "maximum": 1000 })
    }
}

impl JsonSchema for OneOrMany {
    fn schema_name() -> Cow<'static, str> {
        "Texts".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })
    }
}

impl JsonSchema for List {
    fn schema_name() -> Cow<'static, str> {
        "List".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Phrases by language. `*` at a word lets it go on, `...` stands for up to six words.",
            "properties": {
                "whole": {
                    "type": "boolean",
                    "description": "Whether a phrase must be the whole text of a block: a button, a label."
                }
            },
            "patternProperties": {
                "^(any|[a-z]{2,3}(-[A-Za-z0-9]+)*)$": { "type": "array", "items": { "type": "string" } }
            },
            "additionalProperties": false
        })
    }
}

impl JsonSchema for Phrases {
    fn schema_name() -> Cow<'static, str> {
        "Phrases".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let list = generator.subschema_for::<List>();
        json_schema!({ "anyOf": [{ "type": "string", "description": "The name of a list." }, list] })
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("NamedOf{}", T::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<T>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

fn schema() -> Value {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<File>();
    let mut schema = schema.to_value();
    tidy(&mut schema);
    schema["title"] = "A dehusk rule file".into();
    schema
}

/// Takes out what serde would accept and nobody should write: nothing for a value.
fn tidy(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(tidy),
        Value::Object(map) => {
            map.remove("default");
            // The word of the schema, not the key of rule files.
            if map.get("format").is_some_and(Value::is_string) {
                map.remove("format");
            }
            if let Some(Value::Array(types)) = map.get("type") {
                let mut types: Vec<Value> =
                    types.iter().filter(|t| *t != "null").cloned().collect();
                if types.len() == 1 {
                    map.insert("type".into(), types.remove(0));
                }
            }
            if let Some(Value::Array(choices)) = map.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if choices.len() == 1
                    && let Some(Value::Object(only)) =
                        map.remove("anyOf").and_then(|mut v| v.get_mut(0).map(Value::take))
                {
                    // Beside a reference, draft 7 ignores everything else.
                    if only.contains_key("$ref") && !map.is_empty() {
                        map.insert("allOf".into(), Value::Array(vec![Value::Object(only)]));
                    } else {
                        map.extend(only);
                    }
                }
            }
            if let Some(Value::Array(words)) = map.get_mut("enum") {
                words.retain(|word| !word.is_null());
            }
            if let Some(Value::String(text)) = map.get_mut("description") {
                *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            map.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

/// The reference of all keys, as tables.
fn reference(schema: &Value) -> String {
    let mut out = String::new();
    let types: [(&str, &str, &Value); 6] = [
        ("A file", "", schema),
        (
            "A rule",
            "Under `rules:`. Exactly one of `remove`, `evidence`, `shields` and `extend` says what kind it is.",
            &schema["definitions"]["Rule"],
        ),
        (
            "A line of evidence",
            "Under `evidence:`: its points, and one or more conditions, all of which must hold.",
            &schema["definitions"]["Evidence"],
        ),
        (
            "Conditions",
            "Under `where:`, and in lines of evidence. A count is bounded by `{ min: 2, max: 80 }`, with one of them or both.",
            &schema["definitions"]["Conditions"],
        ),
        (
            "A test",
            "Under `tests:`, with exactly one of `remove`, `keep` and `page`.",
            &schema["definitions"]["Test"],
        ),
        ("A sighting", "Under `seen:`.", &schema["definitions"]["Seen"]),
    ];
    let none = Map::new();
    let conditions = schema["definitions"]["Conditions"]["properties"].as_object().unwrap_or(&none);
    for (title, text, schema) in types {
        let _ = writeln!(out, "### {title}\n");
        if !text.is_empty() {
            let _ = writeln!(out, "{text}\n");
        }
        let _ = writeln!(out, "| key | meaning |\n|---|---|");
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (key, property) in schema["properties"].as_object().expect("a type with keys") {
            if title == "A line of evidence" && conditions.contains_key(key) {
                continue;
            }
            let description = property["description"].as_str().unwrap_or_default();
            assert!(!description.is_empty(), "the key `{key}` is not described");
            let needed = if required.iter().any(|name| name == key) { " Needed." } else { "" };
            let _ = writeln!(out, "| `{key}` | {}{needed} |", description.replace('|', "\\|"));
        }
        out.push('\n');
    }
    out
}

/// Compares a checked-in file with what it should be, or writes it when that is asked for.
#[track_caller]
fn compare(name: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        fs::write(&path, wanted).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == wanted,
        "{name} is not up to date: INSTA_UPDATE=always cargo test --lib schema"
    );
}

#[test]
fn the_schema_is_that_of_the_types() {
    compare("rules/schema.json", &format!("{:#}\n", schema()));
}

#[test]
fn the_reference_is_that_of_the_types() {
    const BEGIN: &str =
        "<!-- Made from the types by `INSTA_UPDATE=always cargo test --lib schema`. -->\n";
    const END: &str = "<!-- End of what is made. -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}\n{}{END}{after}", reference(&schema()));
    compare("rules/README.md", &wanted);
}

/// Every type of rule file has its keys in the reference.
#[test]
fn no_key_is_left_out() {
    let schema = schema();
    let reference = reference(&schema);
    let definitions = schema["definitions"].as_object().unwrap().values();
    let mut keys = 0;
    for definition in definitions.chain([&schema]) {
        let Some(properties) = definition["properties"].as_object() else { continue };
        for key in properties.keys().filter(|key| !["whole", "min", "max"].contains(&key.as_str()))
        {
            assert!(reference.contains(&format!("| `{key}` |")), "{key}");
            keys += 1;
        }
    }
    assert!(keys > 60, "{keys}");
}
