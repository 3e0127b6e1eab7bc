//! The runtime's validator can read every schema that generated code for a corpus contains.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, Source, Validation};
use asyncapi_runtime::Schemas;
use serde_json::Value;

#[test]
fn the_validator_reads_every_schema_of_the_fixtures() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codegen/tests/fixtures");
    let directories = fs::read_dir(fixtures).expect("the fixtures are readable").flatten();
    let schemas = check(directories.map(|directory| directory.path().join("input.yaml")));
    assert!(schemas > 500, "only {schemas} schemas");
}

#[test]
#[ignore = "needs documents of other authors; cargo xtask examples"]
fn the_validator_reads_every_schema_of_a_corpus() {
    let corpus = PathBuf::from(env::var_os("ASYNCAPI_CORPUS").expect("ASYNCAPI_CORPUS is set"));
    let manifest = fs::read_to_string(corpus.join("manifest.tsv")).expect("the corpus has a manifest");
    let paths = manifest.lines().skip(1).filter_map(|line| line.split('\t').next());
    let schemas = check(paths.map(|path| corpus.join(path)));
    assert!(schemas > 5000, "only {schemas} schemas");
}

/// Generates each document with full validation and reads its schemas. The number of the schemas.
fn check(documents: impl Iterator<Item = PathBuf>) -> usize {
    let mut errors = String::new();
    let mut count = 0;
    for path in documents {
        let Ok(source) = Source::read(&path) else { continue };
        let Ok(output) = Config::new().validation(Validation::Full).generate(&source) else { continue };
        let Some(text) = embedded_schemas(output.code()) else { continue };
        let text: &'static str = text.to_owned().leak();
        let definitions: BTreeMap<String, BTreeMap<String, Value>> = serde_json::from_str(text).expect("JSON");
        let schemas = Schemas::new(text);
        // Generated code validates with definitions that are called as their types. Other definitions have pointers as their
        // names, and are reached through references.
        for name in definitions["definitions"].keys().filter(|name| !name.contains('/')) {
            count += 1;
            let violations = schemas.check(name, &Value::Null).err();
            for violation in violations.iter().flatten().filter(|violation| violation.keyword() == "$schema") {
                let _ = writeln!(errors, "{}: {violation}", path.display());
            }
        }
    }
    assert!(errors.is_empty(), "{errors}");
    count
}

/// The raw string with the schemas in generated code.
fn embedded_schemas(code: &str) -> Option<&str> {
    let (_, rest) = code.split_once("Schemas::new(")?;
    let raw_string = rest.trim_start().strip_prefix('r')?;
    let signs: String = raw_string.chars().take_while(|sign| *sign == '#').collect();
    let (text, _) = raw_string[signs.len() + 1..].split_once(&format!("\"{signs},"))?;
    Some(text)
}
