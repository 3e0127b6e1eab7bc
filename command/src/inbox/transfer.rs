//! `inbox export` and `inbox replay`: copies events between an inbox and JSON lines.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use kustomer_webhooks::asyncapi_receiver::inbox::{self, Inbox, State, TransferError};
use serde_json::json;

use super::progress_writer::ProgressWriter;
use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::ProgressArg;

/// Exports the events of a state. The summary goes to standard error, because standard output may be the export.
pub(super) async fn export(
    from: &dyn Inbox,
    state: State,
    to: Option<&Path>,
    json: bool,
    progress: ProgressArg,
) -> Result<Outcome, Failure> {
    let progress = progress.start("exported", json);
    let exported = match to {
        None => {
            let mut lines = ProgressWriter::new(BufWriter::new(io::stdout()), progress);
            inbox::export(from, state, &mut lines).await.map_err(|error| export_failure(&error))?
        }
        Some(file) => {
            let unusable = |error: io::Error| unusable(file, &error);
            let part = ExportFile::create(file).map_err(unusable)?;
            let mut lines = ProgressWriter::new(BufWriter::new(part.file.try_clone().map_err(unusable)?), progress);
            let exported = inbox::export(from, state, &mut lines).await.map_err(|error| export_failure(&error))?;
            part.finish().map_err(unusable)?;
            exported
        }
    };
    let summary = json!({"exported": exported, "state": state.as_str()});
    output::eprint_line(if json { summary.to_string() } else { format!("{exported} exported") });
    Ok(Outcome::Yes)
}

/// Stores exported events in an inbox.
pub(super) async fn replay(
    into: &dyn Inbox,
    from: Option<&Path>,
    json: bool,
    progress: ProgressArg,
) -> Result<Outcome, Failure> {
    let progress = progress.start("read", json);
    let mut input: Box<dyn BufRead + Send> = match from {
        None => Box::new(BufReader::new(ProgressWriter::new(io::stdin(), progress))),
        Some(file) => {
            let file = File::open(file).map_err(|error| unusable(file, &error))?;
            Box::new(BufReader::new(ProgressWriter::new(file, progress)))
        }
    };
    let imported = inbox::import(into, input.as_mut()).await.map_err(|error| replay_failure(&error))?;
    let summary = json!({"stored": imported.stored, "duplicates": imported.duplicates});
    let text = format!("{} stored, {} duplicates", imported.stored, imported.duplicates);
    output::print_result(json, &summary, text).map(|()| Outcome::Yes)
}

/// A file that an export writes. A regular file gets its name when the export is complete: a failed export leaves no
/// half of a file, and keeps the file of an earlier export.
struct ExportFile {
    file: File,
    /// The path of the part, and the path of the complete file. `None` for a device or a pipe.
    paths: Option<(PathBuf, PathBuf)>,
}

impl ExportFile {
    fn create(path: &Path) -> io::Result<Self> {
        // The target of a symbolic link is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_missing| path.to_owned());
        if fs::metadata(&path).is_ok_and(|metadata| !metadata.is_file()) {
            return Ok(Self { file: open(&path)?, paths: None });
        }
        let mut name = path.clone().into_os_string();
        name.push(".part");
        let part = PathBuf::from(name);
        Ok(Self { file: open(&part)?, paths: Some((part, path)) })
    }

    fn finish(mut self) -> io::Result<()> {
        if let Some((part, path)) = self.paths.take() {
            self.file.sync_all()?;
            fs::rename(part, path)?;
        }
        Ok(())
    }
}

impl Drop for ExportFile {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.paths {
            // It is useless, and the error of the export is reported.
            let _ignored = fs::remove_file(part);
        }
    }
}

/// Opens the file with mode 0600, like the inbox: it contains payloads.
fn open(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn export_failure(error: &TransferError) -> Failure {
    Failure::environment("the export", error, "correct the named problem, then export again")
}

fn unusable(file: &Path, error: &io::Error) -> Failure {
    Failure::environment(file.display(), error, "give a file that can be read or written")
}

fn replay_failure(error: &TransferError) -> Failure {
    Failure::environment(
        "the replay",
        error,
        "correct the named problem, then replay the same lines again: no event is stored twice",
    )
}
