//! The options: those of a file, which arguments override.

use std::path::{Path, PathBuf};

use asyncapi_codegen::{Config, Error, Perspective};

use crate::arguments::{DocumentCall, Side};

/// The default name of the file with the options.
const FILE: &str = "asyncapi.toml";

/// The options of a call.
pub(crate) fn read(call: &DocumentCall) -> Result<Config, Error> {
    let file = call.config.clone().or_else(|| found(&call.path));
    if call.verbose {
        match &file {
            Some(path) => eprintln!("options from {}", path.display()),
            None => eprintln!("no {FILE} in the directory of the document or here: default options"),
        }
    }
    // Without a file, diagnostics must mention its keys, too: the user does not call methods of `Config`.
    let config = file.map_or_else(|| Config::from_toml(FILE, ""), Config::from_file)?;
    let config = match call.perspective {
        Some(Side::Client) => config.perspective(Perspective::Client),
        Some(Side::Application) => config.perspective(Perspective::Application),
        None => config,
    };
    let config = call.overlay.iter().fold(config, Config::overlay);
    Ok(if call.strict { config.strict() } else { config })
}

/// The file in the directory of the document, or else the one in the current directory.
fn found(document: &Path) -> Option<PathBuf> {
    let beside = document.parent().map(|directory| directory.join(FILE));
    beside.into_iter().chain([PathBuf::from(FILE)]).find(|path| path.is_file())
}
