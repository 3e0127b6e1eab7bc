//! `inbox export` and `inbox replay`: copies events between an inbox and JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

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
    let mut lines: Box<dyn Write + Send> = match to {
        None => Box::new(ProgressWriter::new(BufWriter::new(io::stdout()), progress)),
        Some(file) => {
            let file = create(file).map_err(|error| unusable(file, &error))?;
            Box::new(ProgressWriter::new(BufWriter::new(file), progress))
        }
    };
    let exported =
        inbox::export(from, state, lines.as_mut()).await.map_err(|error| transfer_failure("the export", &error))?;
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
    let imported = inbox::import(into, input.as_mut()).await.map_err(|error| transfer_failure("the replay", &error))?;
    let summary = json!({"stored": imported.stored, "duplicates": imported.duplicates});
    let text = format!("{} stored, {} duplicates", imported.stored, imported.duplicates);
    output::print_result(json, &summary, text).map(|()| Outcome::Yes)
}

/// Creates the file with mode 0600, like the inbox: it contains payloads.
fn create(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn unusable(file: &Path, error: &io::Error) -> Failure {
    Failure::environment(file.display(), error, "give a file that can be read or written")
}

fn transfer_failure(subject: &str, error: &TransferError) -> Failure {
    Failure::environment(
        subject,
        error,
        "correct the named problem, then replay the same lines again: no event is stored twice",
    )
}
