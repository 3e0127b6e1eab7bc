//! Stage eight: the file, written only where it differs, and what cargo is told.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use crate::config::Config;
use crate::error::Error;

/// The shell around [`Config::generate`] for a build script.
pub(crate) fn compile(config: &Config, document: &Path, output: Option<&Path>) -> Result<(), Error> {
    let generated_path = match output {
        Some(path) => path.to_owned(),
        None => default_output(document).ok_or(Error::NoOutput)?,
    };
    let source = config.read(document)?;
    if let Some(path) = &config.options_path {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    for file in source.files() {
        println!("cargo::rerun-if-changed={}", source.name_of(file));
    }
    if output.is_some() {
        println!("cargo::rerun-if-changed={}", generated_path.display());
    }
    let generated = config.generate(&source)?;
    for line in generated.report().lines() {
        println!("cargo::warning={line}");
    }
    if output.is_some() && is_unpacked_package() {
        return Ok(());
    }
    write_if_changed(&generated_path, generated.code(), modified(document))
}

/// `$OUT_DIR/<name of the document>.rs`.
fn default_output(document: &Path) -> Option<PathBuf> {
    let directory = env::var_os("OUT_DIR")?;
    let mut path = PathBuf::from(directory).join(document.file_stem()?);
    path.set_extension("rs");
    Some(path)
}

/// A package from a registry carries this file, and its own copy of the output; its sources are not ours to change.
fn is_unpacked_package() -> bool {
    let directory = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    directory.is_some_and(|directory| directory.join(".cargo_vcs_info.json").exists())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Writes the text, unless the file holds it already.
///
/// The file gets the document's time: cargo watches both, and takes a file that is younger than the start of the build
/// script for a change, so that the next build would run once more for nothing.
pub(crate) fn write_if_changed(path: &Path, text: &str, time: Option<SystemTime>) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|held| held == text.as_bytes()) {
        return Ok(());
    }
    let refused = |cause| Error::Write { path: path.to_owned(), cause };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(refused)?;
    }
    fs::write(path, text).map_err(refused)?;
    if let Some(time) = time {
        let file = fs::File::options().write(true).open(path).map_err(refused)?;
        file.set_modified(time).map_err(refused)?;
    }
    Ok(())
}
