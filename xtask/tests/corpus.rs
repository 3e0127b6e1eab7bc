//! Calls `cargo xtask corpus` on documents that these tests write.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

const DOCUMENTS: &[(&str, &str)] = &[
    (
        "fine.yaml",
        "asyncapi: 2.6.0
info: {title: Fine, version: '1'}
channels:
  a: {subscribe: {operationId: onA, message: {name: a, payload: {type: object, properties: {
    id: {type: string, format: uuid}, on: {type: string, format: date}, at: {type: string, format: date-time}}}}}}
",
    ),
    (
        "deeper/same-for-both.json",
        r#"{"info": {"title": "Types", "version": "1"}, "asyncapi": "2.6.0", "channels": {},
            "components": {"schemas": {"Lamp": {"type": "object", "properties": {"lit": {"type": "boolean"}}}}}}"#,
    ),
    (
        "deeper/refused.yml",
        "asyncapi: 2.6.0
info: {title: Refused, version: '1'}
channels:
  a: {subscribe: {operationId: onA, message: {$ref: '#/components/messages/gone'}}}
",
    ),
    (
        "invalid.yaml",
        "asyncapi: 2.6.0
info: {title: Invalid, version: '1', externalDocs: {}}
channels:
  b: {subscribe: {operationId: onB, message: {name: b}}}
",
    ),
    ("unlisted.yaml", "info: {}\n'asyncapi': 4.0.0\n"),
    ("only-the-manifest-knows.yaml", "- asyncapi\n"),
    ("openapi.yaml", "openapi: 3.0.0\nx: {asyncapi: 2.6.0}\n"),
    ("notes.txt", "asyncapi: 2.6.0\n"),
    (
        "manifest.tsv",
        "path\ttitle\tvalidity
fine.yaml\t\tvalid
deeper/same-for-both.json\t\tvalid
deeper/refused.yml\t\tvalid
invalid.yaml\t\tinvalid
only-the-manifest-knows.yaml\t\tinvalid
",
    ),
];

/// A runtime without the types that handlers need and without the methods that publishers need. rustc reports missing methods
/// only if no type is missing.
const INCOMPLETE_RUNTIME: &[(&str, &str)] = &[
    (
        "incomplete-runtime/Cargo.toml",
        "[package]\nname = \"asyncapi-runtime\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    ),
    (
        "incomplete-runtime/src/lib.rs",
        "pub struct DateTime;\npub struct Outbound;\npub struct PublishError<E>(E);\npub trait Transport { type Error; }\n",
    ),
];

/// A directory for one test. Compiled crates remain for the next run.
struct Directory(PathBuf);

impl Directory {
    fn new(test: &str) -> Self {
        let directory = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(test));
        let _ = fs::remove_dir_all(directory.0.join("documents"));
        let _ = fs::remove_file(directory.0.join("figures.json"));
        directory
    }

    fn write(&self, files: &[(&str, &str)], below: &str) {
        for (name, text) in files {
            let path = self.0.join(below).join(name);
            fs::create_dir_all(path.parent().expect("it is in a directory")).expect("a directory can be made");
            fs::write(path, text).expect("a file can be written");
        }
    }

    fn figures(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.0.join("figures.json")).expect("they are there")).expect("JSON")
    }

    fn set_figure(&self, name: &str, figure: u64) {
        let mut figures = self.figures();
        figures[name] = figure.into();
        fs::write(self.0.join("figures.json"), figures.to_string()).expect("the file can be written");
    }

    fn corpus(&self, arguments: &[&str]) -> Output {
        fs::create_dir_all(&self.0).expect("a directory can be made");
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("corpus").args(arguments).args(["--out", "out"]).current_dir(&self.0);
        if !arguments.contains(&"--runtime") {
            command.arg("--runtime").arg(runtime);
        }
        command.env("CARGO_NET_OFFLINE", "true").env("RUSTFLAGS", "-D warnings").output().expect("the command runs")
    }

    fn measure(&self, arguments: &[&str]) -> Value {
        let output = self.corpus(&[&["documents", "--json"], arguments].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("it is JSON")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn documents_are_generated_and_compared_with_figures() {
    let directory = Directory::new("corpus");
    directory.write(DOCUMENTS, "documents");
    directory.write(INCOMPLETE_RUNTIME, "");

    let result = directory.measure(&["--figures", "figures.json", "--update", "--no-compile"]);
    let counts = |name: &str| ["all", "valid", "invalid", "unknown"].map(|column| result[name][column].as_u64());
    assert_eq!(counts("documents"), [6, 3, 2, 1].map(Some));
    assert_eq!(counts("generated"), [3, 2, 1, 0].map(Some));
    assert_eq!(counts("refused"), [3, 1, 1, 1].map(Some));
    assert_eq!(counts("panicked"), [0; 4].map(Some));
    assert_eq!(result["modules"], 5, "equal types of both perspectives are one module");
    let refusals = result["refusals"].as_array().expect("it is a list");
    let missing = refusals.iter().find(|group| group["text"] == "`…` does not exist in this document");
    assert_eq!(missing.expect("the group is there")["paths"][0], "deeper/refused.yml");
    assert_eq!(directory.figures()["valid_refused"], 1);

    check_comparison_with_figures(&directory);
    check_seeds(&directory);
    check_options(&directory);
}

#[test]
#[ignore = "compiles the runtime and its dependencies; .ci/run"]
fn generated_modules_are_compiled() {
    let directory = Directory::new("corpus-compiled");
    directory.write(DOCUMENTS, "documents");
    directory.write(INCOMPLETE_RUNTIME, "");
    let result = directory.measure(&["--figures", "figures.json", "--update"]);
    assert_eq!(result["compiled"]["failing_modules"], 0);
    assert_eq!(result["compiled"]["rustc_warnings"].as_array().map(Vec::len), Some(0));
    assert_eq!(directory.figures()["failing_modules"], 0);
    check_failing_modules(&directory);
}

fn check_options(directory: &Directory) {
    directory.write(&[("options.toml", "types-only = true\n")], "");
    let result = directory.measure(&["--config", "options.toml", "--every", "5", "--no-compile"]);
    // The first and the sixth document: the generator refuses one, and gives equal types of both perspectives for the other.
    let documents = [&result["documents"]["all"], &result["generated"]["all"], &result["modules"]];
    assert_eq!(documents, [2, 0, 0]);
}

/// The same seed gives the same documents.
fn check_seeds(directory: &Directory) {
    let mutated = |seed: &str| {
        let result = directory.corpus(&["documents", "--no-compile", "--mutate", "3", "--seed", seed]);
        assert_eq!(result.status.code(), Some(0), "{}", text(&result.stderr));
        let mutants = directory.0.join("out/mutants");
        ["7", "8", "9", "10"].map(|seed| {
            let documents = ["fine.yaml", "deeper/same-for-both.json", "invalid.yaml"];
            let path = |document| mutants.join(format!("seed-{seed}")).join(document);
            documents.into_iter().find_map(|document| fs::read_to_string(path(document)).ok())
        })
    };
    let first = mutated("7");
    assert!(first[..3].iter().all(Option::is_some) && first[3].is_none());
    assert_eq!(first, mutated("7"));
    assert_eq!(first[1..3], mutated("8")[1..3], "each document has its own seed");
    assert_ne!(first[0], first[1]);
}

fn check_comparison_with_figures(directory: &Directory) {
    let call = ["documents", "--figures", "figures.json", "--no-compile"];
    let same = directory.corpus(&call);
    assert_eq!(same.status.code(), Some(0));
    assert!(text(&same.stdout).lines().any(|line| line.split_whitespace().eq(["documents", "6", "3", "2", "1"])));
    assert!(!text(&same.stderr).contains("than figures.json"));

    directory.set_figure("valid_refused", 0);
    let worse = directory.corpus(&[&call[..], &["--update"]].concat());
    assert_eq!(worse.status.code(), Some(1));
    assert!(text(&worse.stderr).contains("  valid_refused: 1, and it was 0\n"), "{}", text(&worse.stderr));
    assert_eq!(directory.figures()["valid_refused"], 0, "a worse figure is written");

    directory.set_figure("valid_refused", 2);
    let better = directory.corpus(&call);
    assert_eq!(better.status.code(), Some(0));
    assert!(text(&better.stderr).contains("better than figures.json"), "{}", text(&better.stderr));
    assert_eq!(directory.figures()["valid_refused"], 2, "a better figure is written without --update");
    assert_eq!(directory.corpus(&[&call[..], &["--update"]].concat()).status.code(), Some(0));
    assert_eq!(directory.figures()["valid_refused"], 1);
}

/// An error in one module hides no error in another.
fn check_failing_modules(directory: &Directory) {
    let failing = directory.corpus(&["documents", "--json", "--runtime", "incomplete-runtime"]);
    assert_eq!(failing.status.code(), Some(1), "without figures, every module must compile");
    let result: Value = serde_json::from_slice(&failing.stdout).expect("it is JSON");
    let failures = result["compiled"]["failures"].as_array().expect("it is a list");
    let mut paths: Vec<&str> =
        failures.iter().filter_map(|group| group["paths"].as_array()).flatten().filter_map(Value::as_str).collect();
    paths.sort_unstable();
    let sides =
        ["fine.yaml (application)", "fine.yaml (client)", "invalid.yaml (application)", "invalid.yaml (client)"];
    assert_eq!(paths, sides);
    assert!(failures.iter().all(|group| group["text"].as_str().is_some_and(|text| text.starts_with('E'))));

    let worse = directory.corpus(&["documents", "--runtime", "incomplete-runtime", "--figures", "figures.json"]);
    assert_eq!(worse.status.code(), Some(1));
    assert!(text(&worse.stderr).contains("  failing_modules: 4, and it was 0\n"), "{}", text(&worse.stderr));
}

#[test]
fn a_wrong_call_has_its_own_exit_code() {
    let directory = Directory::new("corpus-calls");
    directory.write(&DOCUMENTS[..1], "documents");
    directory.write(&[("a.txt", "asyncapi: 2.6.0")], "no-documents");
    directory.write(&[("odd.json", "{\"speed\": 1}"), ("odd.toml", "type-only = true\n")], "");
    for (arguments, words) in [
        (&[][..], "DIR"),
        (&["nowhere"], "nowhere is not a directory"),
        (&["no-documents"], "there is no AsyncAPI document below no-documents"),
        (&["documents", "--update"], "--figures"),
        (&["documents", "--jobs", "0"], "--jobs"),
        (&["documents", "--seed", "1"], "--mutate"),
        (&["documents", "--mutate", "1", "--figures", "figures.json"], "--figures"),
        (&["documents", "--every", "2", "--figures", "figures.json"], "--figures"),
        (&["documents", "--config", "absent.toml"], "absent.toml"),
        (&["documents", "--config", "odd.toml"], "did you mean `types-only`?"),
        (&["documents", "--figures", "absent.json"], "cannot read absent.json"),
        (&["documents", "--figures", "odd.json"], "odd.json contains `speed`"),
        (&["documents", "--runtime", "no-documents"], "no-documents is not the runtime's crate"),
    ] {
        let output = directory.corpus(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
    directory.write(&[("Cargo.toml", "[workspace]\n")], "out");
    assert_eq!(
        directory.corpus(&["documents", "--no-compile"]).status.code(),
        Some(2),
        "the directory contains another workspace"
    );
    fs::remove_file(directory.0.join("out/Cargo.toml")).expect("it can be removed");
    let output = directory.corpus(&["documents", "--no-compile"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(directory.0.join("out/corpus-00/src/fine.yaml.client.rs").exists());
}
