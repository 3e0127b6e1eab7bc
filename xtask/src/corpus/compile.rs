//! Compiles the modules and collects the messages of rustc and clippy about each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::Failure;
use super::cargo::{self, ClippyOutput, Finding, FindingKind};
use super::crates::Crates;
use super::modules::Modules;

/// The result by the index of the module.
pub(crate) struct Compiled {
    /// The first error of each module that does not compile.
    pub(crate) failing: BTreeMap<usize, String>,
    pub(crate) rustc_warnings: Vec<(usize, String)>,
    pub(crate) clippy_warnings: Vec<(usize, String)>,
    pub(crate) time: Duration,
}

/// Compiles until no further module fails.
///
/// rustc stops after a phase with errors, so an unknown name in one module hides a type error in another. Therefore the next
/// round leaves out the modules that failed. The last round, without failures, gives the warnings of all other modules.
pub(crate) fn compile(crates: &Crates, modules: &Modules<'_>, jobs: usize) -> Result<Compiled, Failure> {
    let started = Instant::now();
    let mut failing: BTreeMap<usize, String> = BTreeMap::new();
    loop {
        eprintln!("compiling {} of {} modules", modules.all.len() - failing.len(), modules.all.len());
        let output = cargo::clippy(&crates.root, jobs)?;
        let by_module = by_module(&output, modules);
        let known = failing.len();
        for (module, finding) in by_module.iter().filter(|(_, finding)| finding.kind == FindingKind::Error) {
            failing.entry(*module).or_insert_with(|| finding.text.clone());
        }
        if failing.len() == known {
            if !output.success {
                return Err(Failure::Broken(format!(
                    "cargo clippy fails outside of the modules:\n{}",
                    output.other_errors
                )));
            }
            let with_kind = |kind| by_module.iter().filter(move |(_, finding)| finding.kind == kind);
            let texts = |kind| with_kind(kind).map(|(module, finding)| (*module, finding.text.clone())).collect();
            let (rustc_warnings, clippy_warnings) =
                (texts(FindingKind::RustcWarning), texts(FindingKind::ClippyWarning));
            return Ok(Compiled { failing, rustc_warnings, clippy_warnings, time: started.elapsed() });
        }
        crates.write_roots(modules, &failing.keys().copied().collect::<BTreeSet<_>>())?;
    }
}

/// The messages about modules, with the indices of the modules.
fn by_module<'a>(output: &'a ClippyOutput, modules: &Modules<'_>) -> Vec<(usize, &'a Finding)> {
    let files: BTreeMap<String, usize> =
        modules.all.iter().enumerate().map(|(index, module)| (module.path(), index)).collect();
    output.findings.iter().filter_map(|finding| Some((*files.get(&finding.file)?, finding))).collect()
}
