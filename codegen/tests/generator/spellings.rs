//! One document in many spellings: whatever its lines end with, its first bytes are or its escapes spell, it is the same.

use std::fs;

use asyncapi_codegen::{Config, Diagnostic, Error, Source};

const DOCUMENT: &str = "\
asyncapi: 2.6.0
info: {title: Spellings, version: '1'}
channels:
  faces:
    subscribe:
      operationId: onFace
      message:
        name: face
        payload:
          type: object
          description: |
            Two lines,
            one after the other.
          properties:
            face: {type: string, enum: ['😀', '😇']}
            '😀': {type: string}
            NULL: {type: boolean}
            '': {type: string}
            '\\': {type: string}
";

const JSON: &str = r#"{
"asyncapi": "2.6.0",
"info": {"title": "Spellings", "version": "1"},
"channels": {"faces": {"subscribe": {"operationId": "onFace", "message": {"name": "face", "payload": {
  "type": "object",
  "description": "Two lines,\none after the other.\n",
  "properties": {
    "face": {"type": "string", "enum": ["😀", "😇"]},
    "😀": {"type": "string"},
    "NULL": {"type": "boolean"},
    "": {"type": "string"},
    "\\": {"type": "string"}
  }
}}}}}
}"#;

fn generate(name: &str, text: &str) -> String {
    match Config::new().generate(&Source::new(name, text)) {
        Ok(output) => without_header(output.code()),
        Err(error) => panic!("{name}: {error}"),
    }
}

/// The first line names the file.
fn without_header(code: &str) -> String {
    code.split_once('\n').map_or(code, |(_, rest)| rest).to_owned()
}

#[test]
fn line_ends_and_a_byte_order_mark_change_nothing() {
    let plain = generate("a.yaml", DOCUMENT);
    assert!(plain.contains("/// Two lines,\n"));
    let crlf = DOCUMENT.replace('\n', "\r\n");
    assert_eq!(generate("a.yaml", &crlf), plain);
    assert_eq!(generate("a.yaml", &format!("\u{feff}{DOCUMENT}")), plain);
    assert_eq!(generate("a.yaml", &format!("\u{feff}---\r\n{crlf}")), plain);
    assert_eq!(generate("a.yaml", &format!("---\n{DOCUMENT}...\n")), plain);
}

#[test]
fn json_is_the_same_with_and_without_escapes() {
    let plain = generate("a.yaml", DOCUMENT);
    let ascii: String = JSON.chars().map(escaped).collect();
    assert!(ascii.is_ascii() && ascii.contains(r"\ud83d\ude00"));
    for name in ["a.json", "a.yaml"] {
        assert_eq!(generate(name, JSON), plain);
        assert_eq!(generate(name, &ascii), plain);
        assert_eq!(generate(name, &format!("\u{feff}{ascii}")), plain);
        assert_eq!(generate(name, &ascii.replace('\n', "\r\n")), plain);
    }
}

/// A character beyond ASCII as JSON may escape it.
fn escaped(sign: char) -> String {
    if sign.is_ascii() {
        return sign.to_string();
    }
    let mut units = [0; 2];
    let units = sign.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}"));
    units.collect::<Vec<_>>().concat()
}

#[test]
fn lines_and_columns_are_the_same_whatever_ends_a_line() {
    let place = |text: &str| match Config::new().strict().generate(&Source::new("a.yaml", text)) {
        Err(Error::Refused(report)) => report.iter().next().and_then(Diagnostic::line_and_column),
        _ => None,
    };
    let faulty = DOCUMENT.replace("  faces:\n", "  faces:\n    summery: Faces\n");
    assert_eq!(place(&faulty), Some((5, 5)));
    assert_eq!(place(&faulty.replace('\n', "\r\n")), Some((5, 5)));
    assert_eq!(place(&format!("\u{feff}{faulty}")), Some((5, 5)));
}

#[test]
fn anchors_and_merge_keys_spread_what_they_name() {
    let spread = "\
asyncapi: 2.6.0
info: {title: Anchors, version: '1'}
channels: {}
components:
  schemas:
    Base: &base
      type: object
      properties: &properties
        id: &id {type: string}
    Same: *base
    More:
      <<: *base
      properties:
        <<: [*properties, {id: {type: integer}, late: *id}]
        own: {type: boolean}
";
    let code = generate("a.yaml", spread);
    assert!(code.contains(
        "pub struct Same {\n    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub id: Option<String>"
    ));
    let more = code.split("pub struct More {").nth(1).expect("the schema that spreads");
    for field in ["own: Option<bool>", "id: Option<String>", "late: Option<String>"] {
        assert!(more.contains(field), "{field}: {more}");
    }
}

#[test]
fn a_long_enum_has_a_variant_for_each_value() {
    let values: Vec<String> = (1..=103).map(|index| format!("value.{index}")).collect();
    let text = format!(
        "asyncapi: 2.6.0\ninfo: {{title: Long, version: '1'}}\nchannels: {{}}\ncomponents:\n  schemas:\n    Long: {{enum: [{}]}}\n",
        values.join(", ")
    );
    let code = generate("a.yaml", &text);
    for index in 1..=103 {
        assert!(code.contains(&format!("Self::Value{index} => \"value.{index}\"")), "{index}");
    }
}

/// Files that are read, too.
#[test]
fn files_may_begin_with_a_byte_order_mark() {
    let directory = std::env::temp_dir().join(format!("asyncapi-texts-{}", std::process::id()));
    fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join("faces.yaml");
    fs::write(&path, format!("\u{feff}{DOCUMENT}")).expect("a file");
    let source = Source::read(&path).expect("it can be read");
    let output = Config::new().generate(&source).map_err(|error| error.to_string());
    fs::remove_dir_all(&directory).expect("it was made above");
    assert_eq!(without_header(output.expect("code").code()), generate("a.yaml", DOCUMENT));
}
