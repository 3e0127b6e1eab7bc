//! Events out of an inbox and into one, as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use kustomer_webhooks::asyncapi_receiver::inbox::{self, Inbox, State, TransferError};
use serde_json::json;

use super::progress_writer::ProgressWriter;
use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::ProgressArg;

/// What is said of the export goes to standard error: standard output may be the export.
pub(super) async fn export(
    from: &dyn Inbox,
    state: State,
    to: Option<&Path>,
    json: bool,
    telling: ProgressArg,
) -> Result<Outcome, Failure> {
    let progress = telling.of("exported", json);
    let mut lines: Box<dyn Write + Send> = match to {
        None => Box::new(ProgressWriter::new(BufWriter::new(io::stdout()), progress)),
        Some(file) => {
            let file = create(file).map_err(|error| unusable(file, &error))?;
            Box::new(ProgressWriter::new(BufWriter::new(file), progress))
        }
    };
    let exported = inbox::export(from, state, lines.as_mut()).await.map_err(|error| failed("the export", &error))?;
    let what = json!({"exported": exported, "state": state.as_str()});
    output::eprint_line(if json { what.to_string() } else { format!("{exported} exported") });
    Ok(Outcome::Yes)
}

pub(super) async fn replay(
    into: &dyn Inbox,
    from: Option<&Path>,
    json: bool,
    telling: ProgressArg,
) -> Result<Outcome, Failure> {
    let progress = telling.of("read", json);
    let mut input: Box<dyn BufRead + Send> = match from {
        None => Box::new(BufReader::new(ProgressWriter::new(io::stdin(), progress))),
        Some(file) => {
            let file = File::open(file).map_err(|error| unusable(file, &error))?;
            Box::new(BufReader::new(ProgressWriter::new(file, progress)))
        }
    };
    let imported = inbox::import(into, input.as_mut()).await.map_err(|error| failed("the replay", &error))?;
    let what = json!({"stored": imported.stored, "duplicates": imported.duplicates});
    let text = format!("{} stored, {} known before", imported.stored, imported.duplicates);
    output::result(json, &what, text).map(|()| Outcome::Yes)
}

/// For its owner only, as the inbox is.
fn create(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

fn unusable(file: &Path, error: &io::Error) -> Failure {
    Failure::environment(file.display(), error, "name a file that can be used")
}

fn failed(what: &str, error: &TransferError) -> Failure {
    Failure::environment(what, error, "mend what is named; the same lines can be replayed again, none is stored twice")
}
