//! Types of many schemas compiled into one program, which reads and writes values by them.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;
use serde_json::{Value, json};

/// What became of a value.
#[derive(Debug, Deserialize, PartialEq)]
pub(crate) enum Outcome {
    /// It was read, and this was written.
    Back(Value),
    /// It was refused, and why.
    Refused(String),
    /// It was read, and is not valid.
    Invalid(String),
}

/// What is asked of a value that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub(crate) enum Check {
    Nothing,
    /// By its `validate`, in code that was generated with full validation.
    Validity,
}

/// Where the values stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code)]
pub(crate) enum Stands {
    /// Each is a `Root`.
    Alone,
    /// Each is the property of a `Holder`, as [`held`] describes it: where a schema is an alias, what it asks for is seen to
    /// where it is used.
    Held,
}

/// The components of a document whose one schema is in a file of its own, so that its references mean what they say.
#[allow(dead_code)]
pub(crate) fn held(file: &str) -> Value {
    json!({
        "Root": {"$ref": file},
        "Holder": {
            "type": "object",
            "required": ["root"],
            // Whether it may be `null` is said where it is used.
            "properties": {"root": {"$ref": "#/components/schemas/Root"}},
        },
    })
}

/// A schema's code and the values to read with its type `Root`; without code every value is refused.
#[derive(Debug)]
pub(crate) struct Module<'a> {
    pub(crate) code: Result<String, String>,
    pub(crate) values: Vec<&'a Value>,
    pub(crate) stands: Stands,
    pub(crate) check: Check,
}

impl Module<'_> {
    /// What reads a value.
    fn reader(&self, index: usize) -> String {
        let validator = self.validator(index);
        match self.stands {
            Stands::Alone => format!("through::<m{index}::Root>(value, {validator})"),
            Stands::Held => format!("held::<m{index}::Holder>(value, {validator})"),
        }
    }

    /// What finds violations. An alias has no methods; what it stands for may have.
    fn validator(&self, index: usize) -> String {
        let (Ok(code), Check::Validity) = (&self.code, self.check) else { return "|_| Ok(())".to_owned() };
        let validate = "validate().map_err(|found| found.to_string())";
        if self.stands == Stands::Held {
            format!("|holder: &m{index}::Holder| holder.{validate}")
        } else if code.contains("pub type Root = Value;") || !code.contains("SCHEMAS.check(") {
            "|_| Ok(())".to_owned()
        } else if code.contains("pub type Root = Option<") {
            format!("|root: &m{index}::Root| root.as_ref().map_or(Ok(()), |root| root.{validate})")
        } else {
            format!("|root: &m{index}::Root| root.{validate}")
        }
    }
}

/// Compiles the modules into the program of this name and sends each value through.
pub(crate) fn run(name: &str, modules: &[Module<'_>]) -> Vec<Vec<Outcome>> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(directory.join("src")).expect("a directory can be made");
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime").display().to_string();
    let validates = modules.iter().any(|module| module.check == Check::Validity);
    let features = if validates { "\"validation\"" } else { "" };
    let runtime = format!("asyncapi-runtime = {{ path = {runtime:?}, features = [{features}] }}");
    let manifest = MANIFEST.replace("NAME", name).replace("RUNTIME", &runtime);
    fs::write(directory.join("Cargo.toml"), manifest).expect("the program can be written");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), directory.join("Cargo.lock")).expect("copied");
    let mut main = String::from(MAIN);
    let mut arms = String::new();
    for (index, module) in modules.iter().enumerate() {
        if let Ok(code) = &module.code {
            fs::write(directory.join(format!("src/m{index}.rs")), code).expect("the program can be written");
            let _ = writeln!(main, "#[allow(warnings)]\nmod m{index};");
            let _ = writeln!(arms, "        {index} => {},", module.reader(index));
        }
    }
    let _ = writeln!(
        main,
        "fn one(module: usize, value: &str) -> Outcome {{\n    match module {{\n{arms}        \
         _ => Outcome::Refused(\"no code\".to_owned()),\n    }}\n}}"
    );
    fs::write(directory.join("src/main.rs"), main).expect("the program can be written");
    let cases: Vec<Value> = modules.iter().map(|module| json!(module.values)).collect();
    fs::write(directory.join("values.json"), serde_json::to_vec(&cases).expect("JSON")).expect("written");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--", "values.json"])
        .current_dir(&directory)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("programs"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut outcomes: Vec<Vec<Outcome>> = serde_json::from_slice(&output.stdout).expect("the outcomes are JSON");
    for (outcomes, module) in outcomes.iter_mut().zip(modules) {
        if let Err(why) = &module.code {
            outcomes.fill_with(|| Outcome::Refused(why.clone()));
        }
    }
    outcomes
}

/// Equality of JSON, numbers by value.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

const MANIFEST: &str = r#"[package]
name = "NAME"
version = "0.0.0"
edition = "2024"

[dependencies]
serde = { version = "1", features = ["derive"] }
serde_json = "1"
RUNTIME

[profile.dev]
debug = 0

[workspace]
"#;

/// Values are read from text, as they arrive.
const MAIN: &str = r#"
use serde_json::Value;

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let modules: Vec<Vec<Value>> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let outcomes: Vec<Vec<Outcome>> = modules
        .iter()
        .enumerate()
        .map(|(module, values)| values.iter().map(|value| one(module, &value.to_string())).collect())
        .collect();
    println!("{}", serde_json::to_string(&outcomes).unwrap());
}

#[derive(serde::Serialize)]
enum Outcome {
    Back(Value),
    Refused(String),
    Invalid(String),
}

#[allow(dead_code)]
fn held<T: serde::de::DeserializeOwned + serde::Serialize>(
    value: &str,
    validate: fn(&T) -> Result<(), String>,
) -> Outcome {
    match through(&format!("{{\"root\":{value}}}"), validate) {
        Outcome::Back(mut holder) => Outcome::Back(holder["root"].take()),
        other => other,
    }
}

fn through<T: serde::de::DeserializeOwned + serde::Serialize>(
    value: &str,
    validate: fn(&T) -> Result<(), String>,
) -> Outcome {
    match serde_json::from_str::<T>(value) {
        Ok(value) => match validate(&value) {
            Ok(()) => Outcome::Back(serde_json::to_value(value).unwrap()),
            Err(found) => Outcome::Invalid(found),
        },
        Err(why) => Outcome::Refused(why.to_string()),
    }
}

"#;
