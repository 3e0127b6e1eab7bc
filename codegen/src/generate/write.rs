//! Writes the output if it differs, and prints the instructions for cargo.

use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs};

use crate::config::Config;
use crate::error::Error;

/// [`Config::generate`] with files, for a build script.
pub(crate) fn compile(config: &Config, document: &Path, output: Option<&Path>) -> Result<(), Error> {
    let generated_path = match output {
        Some(path) => path.to_owned(),
        None => default_output(document).ok_or(Error::NoOutput)?,
    };
    let source = config.read_source(document)?;
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

/// Whether the package was downloaded from a registry. Such a package contains its output, and build scripts must not
/// change its sources.
fn is_unpacked_package() -> bool {
    let directory = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    directory.is_some_and(|directory| directory.join(".cargo_vcs_info.json").exists())
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

/// Writes the text, unless the file already contains it.
///
/// The file gets the modification time of the document. Cargo watches both files, and a file that is newer than the
/// start of the build script would make the next build run it again.
pub(crate) fn write_if_changed(path: &Path, text: &str, time: Option<SystemTime>) -> Result<(), Error> {
    if fs::read(path).is_ok_and(|content| content == text.as_bytes()) {
        return Ok(());
    }
    let error = |cause| Error::Write { path: path.to_owned(), cause };
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory).map_err(error)?;
    }
    fs::write(path, text).map_err(error)?;
    if let Some(time) = time {
        let file = fs::File::options().write(true).open(path).map_err(error)?;
        file.set_modified(time).map_err(error)?;
    }
    Ok(())
}
