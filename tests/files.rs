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
    let source = config.read(directory.path().join("project/spec/api.yaml")).expect("the document is there");
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
fn files_elsewhere_are_not_read_however_they_are_named() {
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
    let report = config.generate(&config.read(&document).expect("the document is there")).map(drop);
    let report = report.expect_err("it is outside").to_string();
    assert!(document.is_relative() && report.contains("where references must stay"), "{report}");
}

#[cfg(unix)]
#[test]
fn links_lead_no_farther() {
    let directory = team("link.yaml");
    let link = directory.path().join("project/spec/link.yaml");
    std::os::unix::fs::symlink(directory.path().join("secret.yaml"), &link).expect("a link");
    assert_outside(&directory, &Config::new());
    fs::remove_file(&link).expect("it is there");
    std::os::unix::fs::symlink(directory.path().join("project/spec/near.yaml"), &link).expect("a link");
    assert_eq!(report(&directory, &Config::new()), Ok(()));
}
