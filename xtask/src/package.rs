//! Packages the crates that can be published, and runs the tests of each package outside of the workspace.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

use crate::process::{cargo, run, target_directory};

/// The files that each package needs.
const FILES: [&str; 3] = ["README.md", "LICENSE-APACHE", "LICENSE-MIT"];

/// A crate of the workspace.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// An empty list means that the crate must not be published.
    publish: Option<Vec<String>>,
    description: Option<String>,
    repository: Option<String>,
    keywords: Vec<String>,
    categories: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// Packages, unpacks and tests every crate that can be published.
pub(crate) fn run_package_tests() -> Result<(), String> {
    let packages = publishable()?;
    let incomplete: Vec<&str> =
        packages.iter().filter(|package| !package.is_described()).map(|package| package.name.as_str()).collect();
    if !incomplete.is_empty() {
        return Err(format!("without description, repository, keywords or categories: {incomplete:?}"));
    }
    let mut command = cargo(&["package", "--no-verify", "--allow-dirty"]);
    for package in &packages {
        command.args(["-p", &package.name]);
    }
    run(&mut command)?;
    let directory = env::temp_dir().join(format!("packages-{}", std::process::id()));
    let outcome = unpack(&packages, &directory).and_then(|()| test(&packages, &directory));
    fs::remove_dir_all(&directory).map_err(|cause| format!("cannot remove {}: {cause}", directory.display()))?;
    outcome
}

fn publishable() -> Result<Vec<Package>, String> {
    let output = cargo(&["metadata", "--no-deps", "--format-version", "1"]).output();
    let output = output.map_err(|cause| format!("cannot run cargo metadata: {cause}"))?;
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).map_err(|cause| format!("cargo metadata: {cause}"))?;
    let packages = metadata.packages.into_iter();
    Ok(packages.filter(|package| package.publish.as_ref().is_none_or(|registries| !registries.is_empty())).collect())
}

impl Package {
    fn is_described(&self) -> bool {
        self.description.is_some()
            && self.repository.is_some()
            && !self.keywords.is_empty()
            && !self.categories.is_empty()
    }

    /// The directory in its archive.
    fn directory(&self, parent: &Path) -> PathBuf {
        parent.join(format!("{}-{}", self.name, self.version))
    }
}

/// Unpacks the archives, and has cargo take each crate from them instead of from the registry.
fn unpack(packages: &[Package], directory: &Path) -> Result<(), String> {
    let failed = |cause| format!("cannot write to {}: {cause}", directory.display());
    fs::create_dir_all(directory.join(".cargo")).map_err(failed)?;
    let mut config = String::from("[patch.crates-io]\n");
    for package in packages {
        let archive = target_directory().join(format!("package/{}-{}.crate", package.name, package.version));
        run(Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(directory))?;
        let unpacked = package.directory(directory);
        if let Some(missing) = FILES.iter().find(|file| !unpacked.join(file).is_file()) {
            return Err(format!("the package of {} has no {missing}", package.name));
        }
        writeln!(config, "{} = {{ path = '{}' }}", package.name, unpacked.display())
            .map_err(|cause| cause.to_string())?;
    }
    fs::write(directory.join(".cargo/config.toml"), config).map_err(failed)
}

fn test(packages: &[Package], directory: &Path) -> Result<(), String> {
    for package in packages {
        let mut command = cargo(&["test", "--all-features"]);
        run(command
            .current_dir(package.directory(directory))
            .env("CARGO_TARGET_DIR", target_directory().join("packages")))?;
    }
    Ok(())
}
