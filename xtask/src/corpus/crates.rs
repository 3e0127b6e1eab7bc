//! Writes the generated modules as crates.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::Failure;
use super::modules::Modules;

/// The crates that generated code may use.
#[derive(Clone, Copy)]
pub(crate) enum Dependencies {
    /// Those of the default options.
    Default,
    /// Those of all options.
    AllOptions,
}

/// The crates that generated code uses with the default options, apart from the runtime.
const DEPENDENCIES: &str = r#"jiff = { version = "1", default-features = false, features = ["serde", "std"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;

/// Further crates that generated code uses with other options.
const OPTION_DEPENDENCIES: &str = r#"indexmap = { version = "2", features = ["serde"] }
url = { version = "2", features = ["serde"] }
"#;

/// The first line of the manifest. Nothing is written into a directory with another workspace.
const HEADER: &str = "# Written by cargo xtask corpus.";

/// The beginning of each crate. Types of some documents are nested more deeply than rustc's default limit; the generator warns
/// about that and recommends this attribute.
const ROOT: &str = "//! Generated code, a module for each document and perspective.

#![recursion_limit = \"4096\"]
";

/// A workspace with a crate for each shard.
pub(crate) struct Crates {
    pub(crate) root: PathBuf,
}

impl Crates {
    /// Writes the files that differ, so cargo compiles only what changed.
    pub(crate) fn write(
        out: &Path,
        runtime: &Path,
        dependencies: Dependencies,
        modules: &Modules<'_>,
    ) -> Result<Self, Failure> {
        fs::create_dir_all(out).map_err(Failure::at("make", out))?;
        let root = out.canonicalize().map_err(Failure::at("find", out))?;
        let lacking = |_| Failure::Call(format!("{} is not the runtime's crate; see --runtime", runtime.display()));
        let runtime = runtime.join("Cargo.toml").canonicalize().map_err(lacking)?;
        let runtime = runtime.parent().unwrap_or(&runtime);
        let crates = Self { root };
        crates.workspace(runtime, modules.shards)?;
        let dependencies = dependencies.lines(&runtime.to_string_lossy());
        for shard in 0..modules.shards {
            crates.write_file(&format!("{}/Cargo.toml", name(shard)), &manifest(shard, &dependencies))?;
        }
        for module in &modules.all {
            crates.write_file(&module.path(), module.text)?;
        }
        crates.write_roots(modules, &BTreeSet::new())?;
        crates.remove_old_modules(modules)?;
        Ok(crates)
    }

    /// Writes the roots of the crates, without the modules that are known to fail, because their errors hide those of others.
    pub(crate) fn write_roots(&self, modules: &Modules<'_>, without: &BTreeSet<usize>) -> Result<(), Failure> {
        let mut roots = vec![ROOT.to_owned(); modules.shards];
        for (index, module) in modules.all.iter().enumerate() {
            if !without.contains(&index) {
                let _ = write!(roots[module.shard], "\n#[path = {:?}]\npub mod {};\n", module.file, module.name);
            }
        }
        roots
            .iter()
            .enumerate()
            .try_for_each(|(shard, root)| self.write_file(&format!("{}/src/lib.rs", name(shard)), root))
    }

    fn workspace(&self, runtime: &Path, shards: usize) -> Result<(), Failure> {
        let manifest = fs::read_to_string(self.root.join("Cargo.toml"));
        if manifest.is_ok_and(|manifest| !manifest.starts_with(HEADER)) {
            return Err(Failure::Call(format!("{} contains another workspace", self.root.display())));
        }
        let members: Vec<String> = (0..shards).map(|shard| format!("{:?}", name(shard))).collect();
        let members = members.join(", ");
        self.write_file("Cargo.toml", &format!("{HEADER}\n[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"))?;
        // Clippy searches the parent directories for its configuration, and would find that of this repository.
        self.write_file("clippy.toml", "")?;
        // The versions that the runtime is tested with. They are already downloaded.
        match runtime.ancestors().map(|directory| directory.join("Cargo.lock")).find(|lock| lock.exists()) {
            Some(lock) => {
                self.write_file("Cargo.lock", &fs::read_to_string(&lock).map_err(Failure::at("read", &lock))?)
            }
            None => Ok(()),
        }
    }

    fn write_file(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|existing| existing == text.as_bytes()) {
            return Ok(());
        }
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(Failure::at("write", &path))
    }

    /// Removes the modules of earlier runs.
    fn remove_old_modules(&self, modules: &Modules<'_>) -> Result<(), Failure> {
        let source = |shard: usize| self.root.join(name(shard)).join("src");
        let mut kept: BTreeSet<PathBuf> = (0..modules.shards).map(|shard| source(shard).join("lib.rs")).collect();
        kept.extend(modules.all.iter().map(|module| self.root.join(module.path())));
        let failed = |cause| Failure::at("clean", &self.root)(cause);
        for entry in fs::read_dir(&self.root).map_err(Failure::at("read", &self.root))?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(SHARD) {
                remove_others(&entry.path().join("src"), &kept).map_err(failed)?;
            }
        }
        Ok(())
    }
}

fn remove_others(directory: &Path, kept: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_others(&entry.path(), kept)?;
        } else if !kept.contains(&entry.path()) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// The prefix of the names of the shards.
pub(crate) const SHARD: &str = "corpus-";

/// The name of a shard's crate and of its directory.
pub(crate) fn name(shard: usize) -> String {
    format!("{SHARD}{shard:02}")
}

impl Dependencies {
    /// The lines of the manifest.
    fn lines(self, runtime: &str) -> String {
        match self {
            Self::Default => format!("asyncapi-runtime = {{ path = {runtime:?} }}\n{DEPENDENCIES}"),
            Self::AllOptions => format!(
                "asyncapi-runtime = {{ path = {runtime:?}, features = [\"base64\", \"validation\"] }}\n\
                 {DEPENDENCIES}{OPTION_DEPENDENCIES}"
            ),
        }
    }
}

/// Lints that clippy denies are warnings here, so they do not end the check of the crate.
fn manifest(shard: usize, dependencies: &str) -> String {
    format!(
        "[package]
name = {:?}
version = \"0.0.0\"
edition = \"2024\"
publish = false

[dependencies]
{dependencies}
[lints.clippy]
correctness = {{ level = \"warn\", priority = -1 }}
",
        name(shard)
    )
}
