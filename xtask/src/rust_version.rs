//! Checks that no dependency needs a newer compiler than the `rust-version` of this workspace, as far as dependencies declare
//! theirs.

use std::process::Command;

use serde::Deserialize;

use crate::process::cargo;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    rust_version: Option<String>,
}

/// Lists the dependencies that need a newer compiler.
pub(crate) fn check() -> Result<(), String> {
    // Only for this platform: packages of other platforms are not downloaded.
    let output =
        cargo(&["metadata", "--format-version", "1", "--all-features", "--filter-platform", &host()?]).output();
    let output = output.map_err(|cause| format!("cannot run cargo metadata: {cause}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|cause| format!("cargo metadata: {cause}"))?;
    let declared = parse(env!("CARGO_PKG_RUST_VERSION"));
    let is_newer =
        |package: &&Package| package.rust_version.as_deref().is_some_and(|version| parse(version) > declared);
    let newer: Vec<String> = (metadata.packages.iter().filter(is_newer))
        .map(|package| format!("{} {} needs {:?}", package.name, package.version, package.rust_version))
        .collect();
    if newer.is_empty() { Ok(()) } else { Err(newer.join("\n")) }
}

/// The target triple of this machine.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|cause| format!("cannot run rustc: {cause}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV prints no host".to_owned())
}

fn parse(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or_default());
    [(); 3].map(|()| parts.next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_dependency_needs_a_newer_compiler() {
        assert_eq!(super::check(), Ok(()));
    }
}
