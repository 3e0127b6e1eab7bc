//! Tests of the generator as a library: documents in, Rust or diagnostics out.

mod deep;
mod determinism;
mod file_references;
mod fixtures;
mod mistakes;
mod names;
mod options;
mod random_documents;
mod spellings;
mod versions;

use std::path::{Path, PathBuf};
use std::{env, fs};

/// The directories of the fixtures, in the order of their names.
fn fixture_directories() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let entries = fs::read_dir(all).expect("the directory of the fixtures is readable").flatten();
    let mut directories: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    assert!(directories.len() > 20, "some fixtures are missing");
    directories.sort();
    directories
}

/// How many cases a test of random cases tries: `PROPTEST_CASES`, or this many.
fn case_count(default: u32) -> u32 {
    env::var("PROPTEST_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(default)
}
