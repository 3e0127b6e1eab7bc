//! References into other files: as far as the root, and no farther.

use std::fs;

use asyncapi_codegen::{Config, Error};
use tempfile::TempDir;

/// `spec/api.yaml` refers to a file; a few are around it.
fn team(reference: &str) -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    write("secret.yaml", "type: string # not for this team\n");
    write("project/types.yaml", "type: string\n");
    write("project/spec/near.yaml", "type: string\n");
    write(
        "project/spec/api.yaml",
        &format!(
            "asyncapi: 2.6.0\ninfo: {{title: Team, version: '1'}}\nchannels: {{}}\ncomponents:\n  schemas:\n    \
             Name: {{$ref: '{reference}'}}\n"
        ),
    );
    directory
}

fn report(directory: &TempDir, config: &Config) -> Result<(), String> {
    let source = config.read_source(directory.path().join("project/spec/api.yaml")).expect("the document is there");
    match config.generate(&source) {
        Ok(_) => Ok(()),
        Err(Error::Refused(report)) => Err(report.to_string()),
        Err(other) => panic!("{other}"),
    }
}

fn assert_outside(directory: &TempDir, config: &Config) {
    let report = report(directory, config).expect_err("it is outside");
    assert!(report.contains("where references must stay") && report.contains("Config::root"), "{report}");
    assert!(!report.contains("not for this team"), "{report}");
}

#[test]
fn files_below_the_root_are_read() {
    assert_eq!(report(&team("near.yaml"), &Config::new()), Ok(()));
    let directory = team("../types.yaml");
    assert_outside(&directory, &Config::new());
    assert_eq!(report(&directory, &Config::new().root(directory.path().join("project"))), Ok(()));
    assert_eq!(report(&directory, &Config::new().root(directory.path().join("project/spec/.."))), Ok(()));
}

#[test]
fn files_outside_the_root_are_not_read() {
    let directory = team("../../secret.yaml");
    assert_outside(&directory, &Config::new().root(directory.path().join("project")));
    let absolute = directory.path().join("secret.yaml");
    assert_outside(&team(&absolute.display().to_string()), &Config::new());
}

/// As a build script does, whose document has a relative path.
#[test]
fn a_relative_document_reads_nothing_absolute() {
    let directory = tempfile::tempdir_in(".").expect("a directory");
    let here = std::env::current_dir().expect("there is one");
    let path = directory.path().strip_prefix(here).unwrap_or(directory.path());
    let inside = team("near.yaml");
    let absolute = inside.path().join("secret.yaml");
    let text = fs::read_to_string(inside.path().join("project/spec/api.yaml")).expect("the document is there");
    let document = path.join("api.yaml");
    fs::write(&document, text.replace("near.yaml", &absolute.display().to_string())).expect("a file");
    let config = Config::new();
    let report = config.generate(&config.read_source(&document).expect("the document is there")).map(drop);
    let report = report.expect_err("it is outside").to_string();
    assert!(document.is_relative() && report.contains("where references must stay"), "{report}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_do_not_lead_outside_the_root() {
    let directory = team("link.yaml");
    let link = directory.path().join("project/spec/link.yaml");
    std::os::unix::fs::symlink(directory.path().join("secret.yaml"), &link).expect("a link");
    assert_outside(&directory, &Config::new());
    fs::remove_file(&link).expect("it is there");
    std::os::unix::fs::symlink(directory.path().join("project/spec/near.yaml"), &link).expect("a link");
    assert_eq!(report(&directory, &Config::new()), Ok(()));
}

/// A folder of schemas that say by their `$id` where they are from, as registries publish them, and a copy of it.
fn registry() -> TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = directory.path().join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    write("secret.json", r#"{"type": "string", "description": "not for this team"}"#);
    write(
        "project/api.yaml",
        "asyncapi: 2.6.0\ninfo: {title: Team, version: '1'}\nchannels: {}\ncomponents:\n  schemas:\n    \
         Order: {$ref: 'https://schemas.example.com/v1/order.json'}\n    \
         Note:\n      $id: https://schemas.example.com/v1/notes/\n      type: object\n      \
         properties: {text: {$ref: text.json}}\n",
    );
    // Another file of the same name lies where the path alone would lead.
    write("project/address.json", r#"{"type": "integer"}"#);
    write(
        "project/copies/v1/order.json",
        r#"{"$id": "https://schemas.example.com/v1/order.json", "type": "object", "properties": {
            "address": {"$ref": "parts/address.json"},
            "price": {"$id": "/v2/", "properties": {"amount": {"$ref": "amount.json#/definitions/Amount"}}}
        }}"#,
    );
    write(
        "project/copies/v1/parts/address.json",
        r#"{"$id": "https://schemas.example.com/v1/parts/address.json", "properties": {"zip": {"$ref": "../zip.json"}}}"#,
    );
    write("project/copies/v1/zip.json", r#"{"type": "string", "enum": ["8001"]}"#);
    write("project/copies/v1/notes/text.json", r#"{"type": "string", "maxLength": 5}"#);
    write(
        "project/copies/v2/amount.json",
        r#"{"definitions": {"Amount": {"type": "object", "properties": {"cents": {"type": "integer"}}}}}"#,
    );
    directory
}

fn generated(directory: &TempDir, config: &Config) -> Result<String, String> {
    let source = config.read_source(directory.path().join("project/api.yaml")).expect("the document is there");
    config.generate(&source).map(|output| output.code().to_owned()).map_err(|error| error.to_string())
}

#[test]
fn only_referenced_files_of_a_folder_are_loaded() {
    let directory = registry();
    let config = Config::new().map_url("https://schemas.example.com", directory.path().join("project/copies"));
    let code = generated(&directory, &config).expect("every file is there");
    for item in ["pub struct Address {", "pub enum Zip {", "pub cents: Option<i64>", "pub text: Option<String>"] {
        assert!(code.contains(item), "{item}\n{code}");
    }
    let url = "https://schemas.example.com";
    let unmapped = generated(&directory, &Config::new()).expect_err("nothing says where the copies are");
    assert!(unmapped.contains("is a URL, and nothing is downloaded") && unmapped.contains(url), "{unmapped}");
}

#[test]
fn a_copy_that_is_missing_is_named() {
    let directory = registry();
    fs::remove_file(directory.path().join("project/copies/v1/zip.json")).expect("it is there");
    let config = Config::new().map_url("https://schemas.example.com/", directory.path().join("project/copies"));
    let report = generated(&directory, &config).expect_err("a file is missing");
    assert!(report.contains("copies/v1/zip.json` cannot be read") && report.contains("Config::map_url"), "{report}");
}

#[test]
fn copied_names_stay_in_the_root() {
    let directory = registry();
    let order = directory.path().join("project/copies/v1/order.json");
    let text = fs::read_to_string(&order).expect("it is there").replace("parts/address.json", "../secret.json");
    fs::write(&order, text).expect("a file");
    // Mapped so that the folder above the root is the server's.
    let config = Config::new()
        .map_url("https://schemas.example.com/v1/", directory.path().join("project/copies/v1"))
        .map_url("https://schemas.example.com/v2/", directory.path().join("project/copies/v2"))
        .map_url("https://schemas.example.com/", directory.path());
    assert_outside_of(&generated(&directory, &config));
}

fn assert_outside_of(generated: &Result<String, String>) {
    let report = generated.as_ref().expect_err("it is outside");
    assert!(report.contains("where references must stay") && !report.contains("not for this team"), "{report}");
}
