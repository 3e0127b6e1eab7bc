//! `inbox`: lists events, and retries, discards, exports and replays them.

mod progress_writer;
mod show;
mod transfer;

use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use kustomer_webhooks::asyncapi_receiver::inbox::{EntryId, EventId, Page, State};
use serde_json::json;
use tokio::time::timeout;

use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::ProgressArg;
use crate::store::{self, Address, Store};

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks inbox dead --inbox inbox.sqlite
  kustomer-webhooks inbox retry --all --inbox inbox.sqlite
  kustomer-webhooks inbox export -o dead.jsonl && kustomer-webhooks inbox replay dead.jsonl --inbox other.sqlite
  kustomer-webhooks inbox ls --inbox nats://127.0.0.1:4222

The receiver may run at the same time. It finds retried events within about a second. In a JetStream, waiting and \
leased events are listed as ready, and done events are deleted. There, receipts of dead letters are odd numbers, and \
receipts of other events are even numbers.

retry --all, discard --all, export and replay print progress to standard error if it is a terminal, or with \
--progress. Standard output contains only the result. With --json, both are JSON.

Exit codes: 0 done; 1 no event, or no dead letter, has this id; 2 wrong arguments, or the inbox does not exist; \
3 the inbox or a file cannot be used.";

/// The number of events that are listed at once.
const PART: usize = 500;

/// A command that writes for longer than this says so.
const NOTICE_AFTER: Duration = Duration::from_secs(3);

const CODES: &str = "Exit codes: 0 done; 2 wrong arguments, or the inbox does not exist; 3 the inbox cannot be used.";

const CODES_WITH_ID: &str = "Exit codes: 0 done; 1 no event, or no dead letter, has this id; 2 wrong arguments, or the inbox \
does not exist; 3 the inbox cannot be used.";

const CODES_WITH_FILE: &str =
    "The format is JSON lines. The same lines can be replayed again: no event is stored twice.

Exit codes: 0 done; 2 wrong arguments, or the inbox does not exist; 3 the inbox or the file cannot be used, or a line \
is not in the format of an export.";

#[derive(Args, Debug)]
pub(crate) struct InboxArgs {
    #[command(subcommand)]
    action: Action,
    /// The inbox of serve
    #[arg(long, value_name = "FILE|URL", global = true, default_value = "inbox.sqlite")]
    inbox: Address,
    #[command(flatten)]
    progress: ProgressArg,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    nats: store::Options,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List events in order of arrival
    #[command(after_help = CODES)]
    Ls {
        /// List only events in this state
        #[arg(long, value_enum)]
        state: Option<StateArg>,
        #[command(flatten)]
        page: PageArgs,
    },
    /// List dead letters with their reasons
    #[command(after_help = CODES)]
    Dead {
        #[command(flatten)]
        page: PageArgs,
    },
    /// Show one event. The body is shown until the event is done
    #[command(after_help = CODES_WITH_ID)]
    Show {
        /// The id of the event
        #[arg(required_unless_present = "receipt")]
        id: Option<String>,
        /// The receipt of the event, as in the log
        #[arg(long, value_name = "RECEIPT", conflicts_with = "id")]
        receipt: Option<u64>,
    },
    /// Retry one dead letter, or all of them
    #[command(after_help = CODES_WITH_ID)]
    Retry {
        /// The id of the event
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// All current dead letters
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Delete one dead letter, or all of them, permanently
    #[command(after_help = CODES_WITH_ID)]
    Discard {
        /// The id of the event
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// All current dead letters
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Write events with their payloads as JSON lines
    #[command(after_help = CODES_WITH_FILE)]
    Export {
        /// Export the events in this state
        #[arg(long, value_enum, default_value_t = StateArg::Dead)]
        state: StateArg,
        /// The file to write. The default is standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Store exported events in an inbox. Dead letters stay dead letters; other events are handled
    #[command(after_help = CODES_WITH_FILE)]
    Replay {
        /// The file of JSON lines. The default is standard input
        lines: Option<PathBuf>,
    },
}

/// One page of a list.
#[derive(Args, Clone, Copy, Debug)]
struct PageArgs {
    /// List only events after this receipt
    #[arg(long, value_name = "RECEIPT", default_value_t = 0)]
    after: u64,
    /// The maximum number of events
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StateArg {
    Ready,
    Held,
    Waiting,
    Leased,
    Done,
    Dead,
}

impl From<StateArg> for State {
    fn from(state: StateArg) -> Self {
        match state {
            StateArg::Ready => Self::Ready,
            StateArg::Held => Self::Held,
            StateArg::Waiting => Self::Waiting,
            StateArg::Leased => Self::Leased,
            StateArg::Done => Self::Done,
            StateArg::Dead => Self::Dead,
        }
    }
}

pub(crate) async fn run(args: InboxArgs) -> Result<Outcome, Failure> {
    // Only replay may create an inbox.
    let store = match args.action {
        Action::Replay { .. } => args.inbox.open_for_operator(&args.nats).await?,
        _ => args.inbox.open_existing(&args.nats).await?,
    };
    let (inbox, json, progress) = (&*store.inbox, args.json, args.progress);
    let to_failure = |error| store.unusable(&error);
    let changes = matches!(args.action, Action::Retry { .. } | Action::Discard { .. } | Action::Replay { .. });
    let outcome = match args.action {
        Action::Ls { state, page } => list(&store, page.page(state.map(State::from)), json).await,
        Action::Dead { page } => list(&store, page.page(Some(State::Dead)), json).await,
        Action::Show { id, receipt } => {
            let id = id.unwrap_or_default();
            let (found, shown) = match receipt {
                Some(receipt) => (inbox.get(EntryId(receipt)).await, format!("receipt {receipt}")),
                None => (inbox.find(EventId::new(&id)).await, id),
            };
            match found.map_err(to_failure)? {
                Some(stored) => show::print_event(&stored, json),
                None => print_not_found(&shown, "no event", json),
            }
        }
        Action::Retry { id, .. } => with_notice(json, retry(&store, id, json, progress)).await,
        Action::Discard { id, .. } => with_notice(json, discard(&store, id, json, progress)).await,
        Action::Export { state, output } => {
            if let Some(file) = output.as_deref().filter(|file| args.inbox.is_stored_in(file)) {
                let message = format!("{}: the export would overwrite the inbox", file.display());
                return Err(Failure::usage(message, "give another file to write"));
            }
            transfer::export(inbox, state.into(), output.as_deref(), json, progress).await
        }
        Action::Replay { lines } => with_notice(json, transfer::replay(inbox, lines.as_deref(), json, progress)).await,
    };
    if changes {
        // A failed checkpoint loses nothing: the events are stored already.
        let _ignored = inbox.checkpoint().await;
    }
    outcome
}

/// Reads the counts before the list. If the counts say that nothing is pending, the list shows final states. Prints one
/// part of the list after the other, so that a long list needs little memory.
async fn list(store: &Store, page: Page, json: bool) -> Result<Outcome, Failure> {
    let stats = store.inbox.stats().await.map_err(|error| store.unusable(&error))?;
    let mut printer = show::List::new(stats, json);
    let (mut part, mut left) = (page, page.most);
    while left > 0 {
        part.most = left.min(PART);
        let entries = store.inbox.list(part).await.map_err(|error| store.unusable(&error))?;
        printer.print(&entries)?;
        left -= entries.len().min(left);
        match entries.last() {
            Some(last) if entries.len() == part.most => part.after = last.entry_id,
            _ => break,
        }
    }
    printer.finish()
}

/// Runs a command that writes. If that takes long, it says that it waits for its turn.
async fn with_notice(json: bool, work: impl Future<Output = Result<Outcome, Failure>>) -> Result<Outcome, Failure> {
    let mut work = pin!(work);
    if let Ok(outcome) = timeout(NOTICE_AFTER, work.as_mut()).await {
        return outcome;
    }
    let notice = "still working; a receiver may write to the inbox at the same time, and has precedence";
    output::eprint_line(if json { json!({"waiting": notice}).to_string() } else { notice.to_owned() });
    work.await
}

async fn retry(store: &Store, id: Option<String>, json: bool, progress: ProgressArg) -> Result<Outcome, Failure> {
    let (inbox, to_failure) = (&store.inbox, |error| store.unusable(&error));
    let requeued = match id {
        None => {
            let progress = progress.start("requeued", json);
            inbox.requeue_all_with_progress(&|count| progress.report(count)).await.map_err(to_failure)?
        }
        Some(id) if inbox.requeue(EventId::new(&id)).await.map_err(to_failure)? => 1,
        Some(id) => return print_not_found(&id, "no dead letter", json),
    };
    let text = format!("{requeued} requeued");
    output::print_result(json, &json!({"requeued": requeued}), text).map(|()| Outcome::Yes)
}

async fn discard(store: &Store, id: Option<String>, json: bool, progress: ProgressArg) -> Result<Outcome, Failure> {
    let (inbox, to_failure) = (&*store.inbox, |error| store.unusable(&error));
    let discarded = match id {
        None => {
            let progress = progress.start("discarded", json);
            inbox.discard_all_with_progress(&|count| progress.report(count)).await.map_err(to_failure)?
        }
        Some(id) if inbox.discard(EventId::new(&id)).await.map_err(to_failure)? => 1,
        Some(id) => return print_not_found(&id, "no dead letter", json),
    };
    let text = format!("{discarded} discarded");
    output::print_result(json, &json!({"discarded": discarded}), text).map(|()| Outcome::Yes)
}

fn print_not_found(id: &str, subject: &str, json: bool) -> Result<Outcome, Failure> {
    let text = format!("{subject} has the id {id}; `inbox ls` and `inbox dead` show the ids");
    output::print_result(json, &json!({"id": id, "found": false}), text).map(|()| Outcome::No)
}

impl PageArgs {
    fn page(self, state: Option<State>) -> Page {
        Page { state, most: self.most, ..Page::first() }.after(EntryId(self.after))
    }
}
