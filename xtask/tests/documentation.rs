//! The documentation mentions every option.

use std::fs;
use std::path::{Path, PathBuf};

use asyncapi_codegen::Config;

#[test]
fn the_documentation_mentions_every_option() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let documents = fs::read_dir(root.join("docs")).into_iter().flatten().flatten().map(|entry| entry.path());
    let documents: Vec<PathBuf> = documents.filter(|path| path.is_file()).chain([root.join("README.md")]).collect();
    let text: String = documents.iter().map(|path| fs::read_to_string(path).expect("the document is readable")).collect();
    let missing: Vec<&str> = Config::option_keys().filter(|key| !text.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "neither README.md nor docs mentions {missing:?}");
}
