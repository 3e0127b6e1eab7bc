//! What other people's documents ask of values can be read by the validator, all of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use asyncapi_codegen::{Config, Source, Validation};
use asyncapi_runtime::Schemas;
use serde_json::Value;

#[test]
fn every_schema_of_the_corpus_can_be_read() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(manifest) = fs::read_to_string(corpus.join("manifest.tsv")) else {
        eprintln!("skipped: the corpus is not at {}", corpus.display());
        return;
    };
    let mut faults = String::new();
    let (mut documents, mut schemas) = (0, 0);
    for path in manifest.lines().skip(1).filter_map(|line| line.split('\t').next()) {
        let Ok(source) = Source::read(corpus.join(path)) else { continue };
        let Ok(output) = Config::new().validation(Validation::Full).generate(&source) else { continue };
        documents += 1;
        let Some(text) = text(output.code()) else { continue };
        let text: &'static str = text.to_owned().leak();
        let definitions: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(text).expect("JSON");
        let read = Schemas::new(text);
        for name in definitions["definitions"].keys() {
            schemas += 1;
            let violations = read.check(name, &Value::Null).err();
            for fault in violations.iter().flatten().filter(|violation| violation.keyword() == "$schema") {
                let _ = writeln!(faults, "{path}: {fault}");
            }
        }
    }
    println!("{documents} documents, {schemas} schemas");
    assert!(documents > 500 && schemas > 5000, "most of the corpus is missing");
    assert!(faults.is_empty(), "{faults}");
}

/// The schemas in a generated file.
fn text(code: &str) -> Option<&str> {
    let (_, rest) = code.split_once("Schemas::new(")?;
    let fence = rest.trim_start().strip_prefix('r')?;
    let signs: String = fence.chars().take_while(|sign| *sign == '#').collect();
    let (text, _) = fence[signs.len() + 1..].split_once(&format!("\"{signs},"))?;
    Some(text)
}
