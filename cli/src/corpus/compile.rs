//! What rustc and clippy say about each module.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Failure;
use super::cargo::{self, Finding, Kind, Said};
use super::crates::Crates;
use super::modules::Modules;

/// The result, by index of the module.
pub(crate) struct Compiled {
    /// The modules that do not compile, each with the first error.
    pub(crate) failing: BTreeMap<usize, String>,
    pub(crate) rustc_warnings: Vec<(usize, String)>,
    pub(crate) clippy_warnings: Vec<(usize, String)>,
    pub(crate) time: Duration,
}

/// Compiles until nothing new fails.
///
/// rustc stops between its phases, so that a name that is not found in one module hides the wrong types of another.
/// Modules that fail are therefore left out of the next round; the last round, in which nothing fails, has the warnings
/// of all others.
pub(crate) fn compile(crates: &Crates, modules: &Modules<'_>, jobs: usize) -> Result<Compiled, Failure> {
    let started = Instant::now();
    let mut failing: BTreeMap<usize, String> = BTreeMap::new();
    loop {
        eprintln!("compiling {} of {} modules", modules.all.len() - failing.len(), modules.all.len());
        let said = cargo::clippy(&crates.root, jobs)?;
        let by_module = by_module(&said, modules);
        let known = failing.len();
        for (module, finding) in by_module.iter().filter(|(_, finding)| finding.kind == Kind::Error) {
            failing.entry(*module).or_insert_with(|| finding.text.clone());
        }
        if failing.len() == known {
            if !said.success {
                return Err(Failure::Broken(format!("cargo clippy fails, by no module's fault:\n{}", said.elsewhere)));
            }
            let of = |kind| by_module.iter().filter(move |(_, finding)| finding.kind == kind);
            let texts = |kind| of(kind).map(|(module, finding)| (*module, finding.text.clone())).collect();
            let (rustc_warnings, clippy_warnings) = (texts(Kind::RustcWarning), texts(Kind::ClippyWarning));
            return Ok(Compiled { failing, rustc_warnings, clippy_warnings, time: started.elapsed() });
        }
        crates.roots(modules, &failing.keys().copied().collect::<BTreeSet<_>>())?;
    }
}

/// What is said about modules, with the index of each.
fn by_module<'a>(said: &'a Said, modules: &Modules<'_>) -> Vec<(usize, &'a Finding)> {
    let files: BTreeMap<String, usize> =
        modules.all.iter().enumerate().map(|(index, module)| (module.path(), index)).collect();
    said.findings.iter().filter_map(|finding| Some((*files.get(&finding.file)?, finding))).collect()
}
