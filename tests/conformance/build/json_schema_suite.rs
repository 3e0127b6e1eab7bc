//! Types of the JSON Schema test suite, draft 7, and of a small sample in its format, for `src/json_schema_suite.rs`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use asyncapi_codegen::{Config, UntypedSchemas, Validation};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::program::{self, Check, Module, Position};
use super::write_cases;

/// The URL of the remote schemas of the suite. A team keeps copies of such schemas as files.
const SERVER: &str = "http://localhost:1234/";

/// Schemas with values, and the directory with remote schemas.
#[derive(Default)]
pub(crate) struct Suite {
    groups: Vec<Group>,
    /// The groups that the suite lists as optional: formats, and what not every language can do.
    optional: Vec<Group>,
    remotes: Option<PathBuf>,
}

/// A schema of the suite with its values.
#[derive(Clone, Serialize)]
struct Group {
    /// The name of the file and the description.
    name: String,
    #[serde(flatten)]
    group: Value,
}

/// What the tests need to know.
#[derive(Serialize)]
struct Cases<'a> {
    groups: &'a [Group],
    optional: &'a [Group],
    /// The optional groups and the groups with full validation that the generator refuses.
    refused: Vec<usize>,
}

impl Suite {
    /// The sample in this crate.
    pub(crate) fn sample() -> Self {
        Self { groups: groups(&manifest_directory().join("sample")), ..Self::default() }
    }

    /// The suite in a directory, which contains `draft7` and `remotes`.
    pub(crate) fn read(directory: &Path) -> Self {
        let draft = directory.join("draft7");
        let optional = ["optional", "optional/format"].map(|name| groups(&draft.join(name))).concat();
        Self { groups: groups(&draft), optional, remotes: Some(directory.join("remotes")) }
    }
}

/// Writes the types of every schema, once for each set of options: `src/json_schema_suite.rs` has the same order.
pub(crate) fn generate(name: &str, suite: &Suite) {
    let directory = copy_remotes(suite.remotes.as_deref());
    let default = Config::new().types_only();
    let exact = default.clone().untyped_schemas(UntypedSchemas::AnyValue).keep_additional_properties("/**");
    let full = default.clone().validation(Validation::Full);
    let runs = [
        (&suite.groups, default, Check::Nothing),
        (&suite.groups, exact, Check::Nothing),
        (&suite.groups, full.clone(), Check::Validity),
        (&suite.optional, full, Check::Validity),
    ];
    let mut modules = Vec::new();
    for (groups, config, check) in runs {
        modules.extend(groups.iter().map(|group| Module {
            code: code(&group.group["schema"], &config, &directory),
            position: Position::Property,
            check,
        }));
    }
    program::write(name, &modules);
    let refused = modules.iter().enumerate().filter(|(_, module)| module.code.is_err());
    let refused = refused.map(|(index, _)| index).collect();
    write_cases(name, &Cases { groups: &suite.groups, optional: &suite.optional, refused });
}

fn manifest_directory() -> PathBuf {
    PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"))
}

/// The schemas of the JSON files in a directory.
fn groups(directory: &Path) -> Vec<Group> {
    let entries = fs::read_dir(directory).expect("the directory of the suite is readable").flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    let mut groups = Vec::new();
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "json")) {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("file names are Unicode");
        let text = fs::read_to_string(file).expect("the files of the suite are readable");
        let listed: Vec<Value> = serde_json::from_str(&text).expect("the files of the suite are lists");
        groups.extend(listed.into_iter().map(|group| {
            let description = group["description"].as_str().expect("every group has a description");
            Group { name: format!("{name}: {description}"), group }
        }));
    }
    groups
}

/// A directory with copies of the remote schemas of draft 7, under their paths on the server.
fn copy_remotes(remotes: Option<&Path>) -> TempDir {
    let copies = tempfile::tempdir().expect("a temporary directory");
    let mut pending: Vec<PathBuf> = remotes.map(Path::to_owned).into_iter().collect();
    while let (Some(root), Some(directory)) = (remotes, pending.pop()) {
        for path in fs::read_dir(&directory).into_iter().flatten().flatten().map(|entry| entry.path()) {
            let name = path.strip_prefix(root).expect("the path is below the root");
            let copy = copies.path().join("remotes").join(name);
            if path.is_dir() {
                let name = name.to_string_lossy();
                let is_other_draft = name != "draft7" && (name.starts_with("draft") || name.starts_with('v'));
                pending.extend((!is_other_draft).then_some(path));
            } else if path.extension().is_some_and(|extension| extension == "json") {
                fs::create_dir_all(copy.parent().expect("a file has a directory")).expect("the directory is writable");
                fs::copy(&path, &copy).expect("the file is readable");
            }
        }
    }
    copies
}

/// The types of a schema as a component. The schema and the document are files, so references work as in a repository.
fn code(schema: &Value, config: &Config, copies: &TempDir) -> Result<String, String> {
    let document = json!({
        "asyncapi": "2.6.0",
        "info": {"title": "Suite", "version": "1"},
        "channels": {},
        "components": {"schemas": program::components("schema.json")},
    });
    let directory = tempfile::tempdir_in(copies).expect("a temporary directory");
    let write = |name: &str, value: &Value| {
        let path = directory.path().join(name);
        fs::write(&path, value.to_string()).expect("the directory is writable");
        path
    };
    write("schema.json", schema);
    let path = write("suite.json", &document);
    let config = config.clone().root(copies.path()).map_url(SERVER, copies.path().join("remotes"));
    let output =
        config.read_source(path).and_then(|source| config.generate(&source)).map_err(|error| error.to_string())?;
    Ok(output.code().to_owned())
}
