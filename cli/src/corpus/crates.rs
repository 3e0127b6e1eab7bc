//! The crates that are compiled, as files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::Failure;
use super::modules::Modules;

/// What generated code may name.
#[derive(Clone, Copy)]
pub(crate) enum Dependencies {
    /// With the default options.
    Usual,
    /// With all others, too.
    OfOptions,
}

/// What generated code may name, beside the runtime.
const DEPENDENCIES: &str = r#"jiff = { version = "1", default-features = false, features = ["serde", "std"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
uuid = { version = "1", features = ["serde"] }
"#;

/// What options make it name.
const OF_OPTIONS: &str = r#"indexmap = { version = "2", features = ["serde"] }
url = { version = "2", features = ["serde"] }
"#;

/// The first line of the workspace's manifest; nothing is written into a directory that holds another workspace.
const MARK: &str = "# Written by cargo asyncapi corpus.";

/// How the root of a crate begins. Types of some documents hold each other deeper than rustc follows by itself, and a
/// warning of the generator tells the team to write this.
const ROOT: &str = "//! Generated code, a module for each document and perspective.

#![recursion_limit = \"4096\"]
";

/// A workspace of its own, with a crate for each shard.
pub(crate) struct Crates {
    pub(crate) root: PathBuf,
}

impl Crates {
    /// Writes them, only where they differ: what is left alone is not compiled again.
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
            crates.file(&format!("{}/Cargo.toml", name(shard)), &manifest(shard, &dependencies))?;
        }
        for module in &modules.all {
            crates.file(&module.path(), module.text)?;
        }
        crates.roots(modules, &BTreeSet::new())?;
        crates.forget_others(modules)?;
        Ok(crates)
    }

    /// The roots of the crates, without the modules that are known to fail: one of them hides what is wrong with others.
    pub(crate) fn roots(&self, modules: &Modules<'_>, without: &BTreeSet<usize>) -> Result<(), Failure> {
        let mut roots = vec![ROOT.to_owned(); modules.shards];
        for (index, module) in modules.all.iter().enumerate() {
            if !without.contains(&index) {
                let _ = write!(roots[module.shard], "\n#[path = {:?}]\npub mod {};\n", module.file, module.name);
            }
        }
        roots.iter().enumerate().try_for_each(|(shard, root)| self.file(&format!("{}/src/lib.rs", name(shard)), root))
    }

    fn workspace(&self, runtime: &Path, shards: usize) -> Result<(), Failure> {
        let held = fs::read_to_string(self.root.join("Cargo.toml"));
        if held.is_ok_and(|held| !held.starts_with(MARK)) {
            return Err(Failure::Call(format!("{} holds a workspace of somebody else's", self.root.display())));
        }
        let members: Vec<String> = (0..shards).map(|shard| format!("{:?}", name(shard))).collect();
        let members = members.join(", ");
        self.file("Cargo.toml", &format!("{MARK}\n[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"))?;
        // Clippy looks for its configuration upwards, and that of this repository is not a team's.
        self.file("clippy.toml", "")?;
        // The versions that the runtime is tested with, where it says them; they are at hand without a network.
        match runtime.ancestors().map(|directory| directory.join("Cargo.lock")).find(|lock| lock.exists()) {
            Some(lock) => self.file("Cargo.lock", &fs::read_to_string(&lock).map_err(Failure::at("read", &lock))?),
            None => Ok(()),
        }
    }

    fn file(&self, path: &str, text: &str) -> Result<(), Failure> {
        let path = self.root.join(path);
        if fs::read(&path).is_ok_and(|held| held == text.as_bytes()) {
            return Ok(());
        }
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        written.map_err(Failure::at("write", &path))
    }

    /// Removes the modules of earlier runs, so that what lies there is what was looked at.
    fn forget_others(&self, modules: &Modules<'_>) -> Result<(), Failure> {
        let source = |shard: usize| self.root.join(name(shard)).join("src");
        let mut kept: BTreeSet<PathBuf> = (0..modules.shards).map(|shard| source(shard).join("lib.rs")).collect();
        kept.extend(modules.all.iter().map(|module| self.root.join(module.path())));
        let forgotten = |cause| Failure::at("clean", &self.root)(cause);
        for entry in fs::read_dir(&self.root).map_err(Failure::at("read", &self.root))?.flatten() {
            if entry.file_name().to_string_lossy().starts_with(SHARD) {
                remove_others(&entry.path().join("src"), &kept).map_err(forgotten)?;
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

/// What the names of the shards begin with.
pub(crate) const SHARD: &str = "corpus-";

/// The name of a shard's crate and of its directory.
pub(crate) fn name(shard: usize) -> String {
    format!("{SHARD}{shard:02}")
}

impl Dependencies {
    /// As they stand in a manifest.
    fn lines(self, runtime: &str) -> String {
        match self {
            Self::Usual => format!("asyncapi-runtime = {{ path = {runtime:?} }}\n{DEPENDENCIES}"),
            Self::OfOptions => format!(
                "asyncapi-runtime = {{ path = {runtime:?}, features = [\"base64\", \"validation\"] }}\n\
                 {DEPENDENCIES}{OF_OPTIONS}"
            ),
        }
    }
}

/// A lint that clippy denies is a warning here: it must not keep the rest of the crate from being looked at.
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
