//! The rust-version that is stated is true of every dependency, as far as the dependencies state theirs.

use std::process::Command;

use serde_json::Value;

#[test]
fn no_dependency_needs_a_younger_compiler() {
    // For this platform alone: the others' packages are not at hand without the network.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--all-features", "--filter-platform", &host()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("metadata is JSON");
    let packages = metadata["packages"].as_array().expect("there are packages");
    let stated = parts(env!("CARGO_PKG_RUST_VERSION"));
    let younger: Vec<String> = packages
        .iter()
        .filter(|package| package["rust_version"].as_str().is_some_and(|version| parts(version) > stated))
        .map(|package| format!("{} {} needs {}", package["name"], package["version"], package["rust_version"]))
        .collect();
    assert!(packages.len() > 50, "the dependencies are listed");
    assert!(younger.is_empty(), "{younger:#?}");
}

/// The platform's name, as rustc says it.
fn host() -> String {
    let output = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}

fn parts(version: &str) -> Vec<u32> {
    let mut parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    parts.resize(3, 0);
    parts
}
