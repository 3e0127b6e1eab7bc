//! `corpus` as it is called, on documents that this test writes, compiled without a network.

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

/// A runtime that lacks what generated code needs: names for handlers, which rustc misses at once, and methods for
/// publishers, which it misses only when all names are found.
const POOR_RUNTIME: &[(&str, &str)] = &[
    (
        "poor-runtime/Cargo.toml",
        "[package]\nname = \"asyncapi-runtime\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n",
    ),
    (
        "poor-runtime/src/lib.rs",
        "pub struct DateTime;\npub struct Outbound;\npub struct PublishError<E>(E);\npub trait Transport { type Error; }\n",
    ),
];

/// A directory of this test's own; what was compiled in it stays for the next run.
struct Place(PathBuf);

impl Place {
    fn new(test: &str) -> Self {
        let place = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(test));
        let _ = fs::remove_dir_all(place.0.join("documents"));
        let _ = fs::remove_file(place.0.join("figures.json"));
        place
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-asyncapi"));
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

/// One test, because what it compiles first serves the rest.
#[test]
fn a_corpus_is_generated_compiled_and_held_against_its_figures() {
    let place = Place::new("corpus");
    place.write(DOCUMENTS, "documents");
    place.write(POOR_RUNTIME, "");

    let result = place.measure(&["--figures", "figures.json", "--update"]);
    let counts = |name: &str| ["all", "valid", "invalid", "unknown"].map(|column| result[name][column].as_u64());
    assert_eq!(counts("documents"), [6, 3, 2, 1].map(Some));
    assert_eq!(counts("generated"), [3, 2, 1, 0].map(Some));
    assert_eq!(counts("refused"), [3, 1, 1, 1].map(Some));
    assert_eq!(counts("panicked"), [0; 4].map(Some));
    assert_eq!(result["modules"], 5, "the types are the same on both sides, and compiled once");
    assert_eq!(result["compiled"]["failing_modules"], 0);
    assert_eq!(result["compiled"]["rustc_warnings"].as_array().map(Vec::len), Some(0));
    let refusals = result["refusals"].as_array().expect("it is a list");
    let missing = refusals.iter().find(|group| group["text"] == "`…` does not exist in this document");
    assert_eq!(missing.expect("the group is there")["paths"][0], "deeper/refused.yml");
    assert_eq!(place.figures()["valid_refused"], 1);

    same_figures_worse_ones_and_better_ones(&place);
    failing_modules_are_found_behind_one_another(&place);
    a_seed_makes_the_same_documents_again(&place);
    options_are_those_of_every_document(&place);
}

fn options_are_those_of_every_document(place: &Place) {
    place.write(&[("options.toml", "types-only = true\n")], "");
    let result = place.measure(&["--config", "options.toml", "--every", "5"]);
    // The first and the sixth: one refused, and one with types that are the same on both sides.
    let documents = [&result["documents"]["all"], &result["generated"]["all"], &result["modules"]];
    assert_eq!(documents, [2, 0, 0]);
}

fn a_seed_makes_the_same_documents_again(place: &Place) {
    let made = |seed: &str| {
        let result = place.corpus(&["documents", "--no-compile", "--mutate", "3", "--seed", seed]);
        assert_eq!(result.status.code(), Some(0), "{}", text(&result.stderr));
        let mutants = place.0.join("out/mutants");
        ["7", "8", "9", "10"].map(|seed| {
            let documents = ["fine.yaml", "deeper/same-for-both.json", "invalid.yaml"];
            let path = |document| mutants.join(format!("seed-{seed}")).join(document);
            documents.into_iter().find_map(|document| fs::read_to_string(path(document)).ok())
        })
    };
    let first = made("7");
    assert!(first[..3].iter().all(Option::is_some) && first[3].is_none());
    assert_eq!(first, made("7"));
    assert_eq!(first[1..3], made("8")[1..3], "each has a seed of its own");
    assert_ne!(first[0], first[1]);
}

fn same_figures_worse_ones_and_better_ones(place: &Place) {
    let call = ["documents", "--figures", "figures.json", "--no-compile"];
    let same = place.corpus(&call);
    assert_eq!(same.status.code(), Some(0));
    assert!(text(&same.stdout).lines().any(|line| line.split_whitespace().eq(["documents", "6", "3", "2", "1"])));
    assert!(!text(&same.stderr).contains("than figures.json"));

    place.set_figure("valid_refused", 0);
    let worse = place.corpus(&[&call[..], &["--update"]].concat());
    assert_eq!(worse.status.code(), Some(1));
    assert!(text(&worse.stderr).contains("  valid_refused: 1, and it was 0\n"), "{}", text(&worse.stderr));
    assert_eq!(place.figures()["valid_refused"], 0, "what is worse is not written");

    place.set_figure("valid_refused", 2);
    let better = place.corpus(&call);
    assert_eq!(better.status.code(), Some(0));
    assert!(text(&better.stderr).contains("better than figures.json"), "{}", text(&better.stderr));
    assert_eq!(place.figures()["valid_refused"], 2, "nobody asked for it to be written");
    assert_eq!(place.corpus(&[&call[..], &["--update"]].concat()).status.code(), Some(0));
    assert_eq!(place.figures()["valid_refused"], 1);
    assert_eq!(place.figures()["failing_modules"], 0, "what is not measured stays");
}

fn failing_modules_are_found_behind_one_another(place: &Place) {
    let failing = place.corpus(&["documents", "--json", "--runtime", "poor-runtime"]);
    assert_eq!(failing.status.code(), Some(1), "without figures everything has to compile");
    let result: Value = serde_json::from_slice(&failing.stdout).expect("it is JSON");
    let failures = result["compiled"]["failures"].as_array().expect("it is a list");
    let mut paths: Vec<&str> =
        failures.iter().filter_map(|group| group["paths"].as_array()).flatten().filter_map(Value::as_str).collect();
    paths.sort_unstable();
    let sides =
        ["fine.yaml (application)", "fine.yaml (client)", "invalid.yaml (application)", "invalid.yaml (client)"];
    assert_eq!(paths, sides);
    assert!(failures.iter().all(|group| group["text"].as_str().is_some_and(|text| text.starts_with('E'))));

    let worse = place.corpus(&["documents", "--runtime", "poor-runtime", "--figures", "figures.json"]);
    assert_eq!(worse.status.code(), Some(1));
    assert!(text(&worse.stderr).contains("  failing_modules: 4, and it was 0\n"), "{}", text(&worse.stderr));
}

#[test]
fn a_wrong_call_is_told_apart() {
    let place = Place::new("corpus-calls");
    place.write(&DOCUMENTS[..1], "documents");
    place.write(&[("a.txt", "asyncapi: 2.6.0")], "no-documents");
    place.write(&[("odd.json", "{\"speed\": 1}"), ("odd.toml", "type-only = true\n")], "");
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
        (&["documents", "--figures", "odd.json"], "odd.json holds `speed`"),
        (&["documents", "--runtime", "no-documents"], "no-documents is not the runtime's crate"),
    ] {
        let output = place.corpus(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(words), "{arguments:?}: {}", text(&output.stderr));
    }
    place.write(&[("Cargo.toml", "[workspace]\n")], "out");
    assert_eq!(place.corpus(&["documents", "--no-compile"]).status.code(), Some(2), "the workspace is not its own");
    fs::remove_file(place.0.join("out/Cargo.toml")).expect("it can be removed");
    let output = place.corpus(&["documents", "--no-compile"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(place.0.join("out/corpus-00/src/fine.yaml.client.rs").exists());
}
