//! What typify makes of the JSON Schema test suite, counted as `tests/conformance` counts this project's types.
//!
//! `cargo run --manifest-path benches/peers/typify/Cargo.toml -- SUITE`, where SUITE holds the files of draft 7.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;
use serde_json::{Value, json};

type Fault = Box<dyn std::error::Error>;

/// One schema of the suite, and what it says of instances.
#[derive(Deserialize)]
struct Group {
    schema: Value,
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    data: Value,
    valid: bool,
}

/// What became of a value: what was written after it was read, or `None` where it was refused.
type Outcome = Option<Value>;

fn main() -> Result<(), Fault> {
    let suite = env::args().nth(1).ok_or("the directory of the suite's files is wanted")?;
    let groups = groups(Path::new(&suite))?;
    let directory = env::temp_dir().join("typify-peer");
    fs::create_dir_all(directory.join("src"))?;
    fs::write(directory.join("Cargo.toml"), MANIFEST)?;
    // typify panics on some schemas, and says so on standard error.
    panic::set_hook(Box::new(|_| ()));
    let made: Vec<Option<String>> = groups
        .iter()
        .map(|group| panic::catch_unwind(AssertUnwindSafe(|| code(&group.schema))).ok().flatten())
        .collect();
    let _ = panic::take_hook();
    let generated = made.iter().flatten().count();
    let mut modules: BTreeSet<usize> = (0..made.len()).filter(|index| made[*index].is_some()).collect();
    for index in &modules {
        fs::write(directory.join(format!("src/m{index}.rs")), made[*index].as_deref().unwrap_or_default())?;
    }
    // rustc stops between its phases, so what does not compile is taken out until everything does.
    loop {
        fs::write(directory.join("src/main.rs"), program(&modules))?;
        let failing = failing(&directory)?;
        if failing.is_empty() {
            break;
        }
        modules.retain(|index| !failing.contains(index));
    }
    let outcomes = outcomes(&directory, &groups)?;
    let (mut valid, mut accepted, mut same, mut invalid, mut rejected) = (0, 0, 0, 0, 0);
    for (index, (group, outcomes)) in groups.iter().zip(outcomes).enumerate() {
        for (case, outcome) in group.tests.iter().zip(outcomes) {
            if case.valid {
                valid += 1;
                accepted += usize::from(outcome.is_some());
                same += usize::from(outcome.is_some_and(|back| is_same(&case.data, &back)));
            } else {
                invalid += 1;
                // Without a type nothing is rejected: there is no program that could.
                rejected += usize::from(modules.contains(&index) && outcome.is_none());
            }
        }
    }
    println!("schemas {}, generated {generated}, compiling {}", groups.len(), modules.len());
    println!("valid {valid}: accepted {accepted}, equal afterwards {same}");
    println!("invalid {invalid}: rejected {rejected}");
    Ok(())
}

fn groups(suite: &Path) -> Result<Vec<Group>, Fault> {
    let mut files: Vec<PathBuf> = fs::read_dir(suite)?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut groups = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "json")) {
        groups.extend(serde_json::from_str::<Vec<Group>>(&fs::read_to_string(file)?)?);
    }
    Ok(groups)
}

/// The types of a schema, with `Root` for its own; `None` where typify refuses it.
fn code(schema: &Value) -> Option<String> {
    let mut schema: schemars::schema::RootSchema = serde_json::from_value(schema.clone()).ok()?;
    schema.schema.metadata().title.get_or_insert_with(|| "Suite".to_owned());
    let mut space = typify::TypeSpace::new(&typify::TypeSpaceSettings::default());
    let id = space.add_root_schema(schema).ok()??;
    let root = space.get_type(&id).ok()?.ident();
    let tokens = space.to_stream();
    let file = syn::parse2(quote::quote!(#tokens pub type Root = #root;)).ok()?;
    Some(prettyplease::unparse(&file))
}

fn program(modules: &BTreeSet<usize>) -> String {
    let mut text = String::from(MAIN);
    for index in modules {
        let _ = writeln!(text, "#[allow(warnings)]\nmod m{index};");
    }
    text.push_str("fn one(module: usize, value: &str) -> Option<Value> {\n    match module {\n");
    for index in modules {
        let _ = writeln!(text, "        {index} => through::<m{index}::Root>(value),");
    }
    text.push_str("        _ => None,\n    }\n}\n");
    text
}

/// The modules that rustc has something against.
fn failing(directory: &Path) -> Result<BTreeSet<usize>, Fault> {
    let output = Command::new("cargo").args(["check", "--message-format=json"]).current_dir(directory).output()?;
    let mut failing = BTreeSet::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: Value = serde_json::from_str(line)?;
        let spans = message["message"]["spans"].as_array().into_iter().flatten();
        if message["message"]["level"] == "error" {
            let files = spans.filter_map(|span| span["file_name"].as_str()?.strip_prefix("src/m")?.strip_suffix(".rs"));
            failing.extend(files.filter_map(|index| index.parse::<usize>().ok()));
        }
    }
    if failing.is_empty() && !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(failing)
}

fn outcomes(directory: &Path, groups: &[Group]) -> Result<Vec<Vec<Outcome>>, Fault> {
    let values: Vec<Value> =
        groups.iter().map(|group| json!(group.tests.iter().map(|case| &case.data).collect::<Vec<_>>())).collect();
    fs::write(directory.join("values.json"), serde_json::to_vec(&values)?)?;
    let output = Command::new("cargo").args(["run", "--quiet", "--", "values.json"]).current_dir(directory).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    // A value that is `null` afterwards is told from one that was refused by the list around it.
    let listed: Vec<Vec<Vec<Value>>> = serde_json::from_slice(&output.stdout)?;
    Ok(listed.into_iter().map(|module| module.into_iter().map(|mut back| back.pop()).collect()).collect())
}

/// Equality of JSON, numbers by value.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let is_there = |(key, value)| right.get(key).is_some_and(|other| is_same(value, other));
            left.len() == right.len() && left.iter().all(is_there)
        }
        _ => left == right,
    }
}

const MANIFEST: &str = r#"[package]
name = "typify-peer-program"
version = "0.0.0"
edition = "2021"

[dependencies]
chrono = { version = "0.4", features = ["serde"] }
regress = "0.10"
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }

[profile.dev]
debug = 0

[workspace]
"#;

const MAIN: &str = r#"
use serde_json::Value;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let modules: Vec<Vec<Value>> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let outcomes: Vec<Vec<Vec<Value>>> = modules
        .iter()
        .enumerate()
        .map(|(module, values)| values.iter().map(|value| one(module, &value.to_string()).into_iter().collect()).collect())
        .collect();
    println!("{}", serde_json::to_string(&outcomes).unwrap());
}

#[allow(dead_code)]
fn through<T: serde::de::DeserializeOwned + serde::Serialize>(value: &str) -> Option<Value> {
    serde_json::from_str::<T>(value).and_then(|value| serde_json::to_value(value)).ok()
}

"#;
