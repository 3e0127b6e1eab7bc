//! `inbox`: what is in an inbox, and dead letters handled again.

mod progress_writer;
mod show;
mod transfer;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kustomer_webhooks::asyncapi_receiver::inbox::{EntryId, EventId, Inbox, InboxError, Page, State};
use serde_json::json;

use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::{Progress, ProgressArg};
use crate::store::{self, Address, Store};

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks inbox dead --inbox inbox.sqlite
  kustomer-webhooks inbox retry --all --inbox inbox.sqlite
  kustomer-webhooks inbox export -o dead.jsonl && kustomer-webhooks inbox replay dead.jsonl --inbox other.sqlite
  kustomer-webhooks inbox ls --inbox nats://127.0.0.1:4222

The receiver may go on meanwhile; it notices what is to be handled again within a second or so. In a JetStream what \
waits or is worked on is listed as ready, what is done is gone, and receipts are even for what is to be handled, and \
odd for dead letters.

How far retry --all, discard --all, export and replay are is told on standard error where that is a terminal, or with \
--progress. Standard output has the result alone; with --json it is JSON, and so is all on standard error.

Exit codes: 0 done; 1 there is no event, or no dead letter, of this id; 2 the call is wrong, or there is no such inbox; \
3 the inbox or a file cannot be used.";

const CODES: &str = "Exit codes: 0 done; 2 the call is wrong, or there is no such inbox; 3 the inbox cannot be used.";

const CODES_OF_ONE: &str = "Exit codes: 0 done; 1 there is none of this id; 2 the call is wrong, or there is no such \
inbox; 3 the inbox cannot be used.";

const CODES_WITH_FILE: &str = "What is written or read is JSON lines, and can be replayed again: no event is stored twice.

Exit codes: 0 done; 2 the call is wrong, or there is no such inbox; 3 the inbox or the file cannot be used, or a line is \
not what an export writes.";

#[derive(Args, Debug)]
pub(crate) struct InboxArgs {
    #[command(subcommand)]
    what: Action,
    /// The inbox that serve was given
    #[arg(long, value_name = "FILE|URL", global = true, default_value = "inbox.sqlite")]
    inbox: Address,
    #[command(flatten)]
    telling: ProgressArg,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(flatten)]
    nats: store::Options,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List events in the order they arrived
    #[command(after_help = CODES)]
    Ls {
        /// Only those that stand so
        #[arg(long, value_enum)]
        state: Option<StateArg>,
        #[command(flatten)]
        part: PageArgs,
    },
    /// List dead letters with their reasons
    #[command(after_help = CODES)]
    Dead {
        #[command(flatten)]
        part: PageArgs,
    },
    /// Show one event, with its body as long as that is kept
    #[command(after_help = CODES_OF_ONE)]
    Show {
        /// The event's id
        id: String,
    },
    /// Have a dead letter handled again, or all of them
    #[command(after_help = CODES_OF_ONE)]
    Retry {
        /// The event's id
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every dead letter there is now
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Throw a dead letter away, or all of them, for good
    #[command(after_help = CODES_OF_ONE)]
    Discard {
        /// The event's id
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every dead letter there is now
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Write events as JSON lines, payloads and all
    #[command(after_help = CODES_WITH_FILE)]
    Export {
        /// Those that stand so
        #[arg(long, value_enum, default_value_t = StateArg::Dead)]
        state: StateArg,
        /// The file to write; standard output without it
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Put what an export wrote, into this or another inbox: dead letters as dead letters, others to be handled
    #[command(after_help = CODES_WITH_FILE)]
    Replay {
        /// The JSON lines; standard input without it
        lines: Option<PathBuf>,
    },
}

/// Some of many events.
#[derive(Args, Clone, Copy, Debug)]
struct PageArgs {
    /// Only those after this receipt
    #[arg(long, value_name = "RECEIPT", default_value_t = 0)]
    after: u64,
    /// How many at most
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
    fn from(standing: StateArg) -> Self {
        match standing {
            StateArg::Ready => Self::Ready,
            StateArg::Held => Self::Held,
            StateArg::Waiting => Self::Waiting,
            StateArg::Leased => Self::Leased,
            StateArg::Done => Self::Done,
            StateArg::Dead => Self::Dead,
        }
    }
}

pub(crate) async fn run(call: InboxArgs) -> Result<Outcome, Failure> {
    // Only what is replayed may be put into a new one.
    let store = match call.what {
        Action::Replay { .. } => call.inbox.open(&call.nats).await?,
        _ => call.inbox.open_existing(&call.nats).await?,
    };
    let (inbox, json, telling) = (&*store.inbox, call.json, call.telling);
    let of_inbox = |error| store.unusable(&error);
    let changes = matches!(call.what, Action::Retry { .. } | Action::Discard { .. } | Action::Replay { .. });
    let answer = match call.what {
        Action::Ls { state, part } => list(inbox, part.page(state.map(State::from)), json).await.map_err(of_inbox)?,
        Action::Dead { part } => list(inbox, part.page(Some(State::Dead)), json).await.map_err(of_inbox)?,
        Action::Show { id } => match inbox.find(EventId::new(&id)).await.map_err(of_inbox)? {
            Some(stored) => show::one(&stored, json),
            None => absent(&id, "no event", json),
        },
        Action::Retry { id, .. } => retry(&store, id, json, telling).await,
        Action::Discard { id, .. } => discard(&store, id, json, telling).await,
        Action::Export { state, output } => {
            if let Some(file) = output.as_deref().filter(|file| call.inbox.is_kept_in(file)) {
                let what = format!("{}: the inbox itself, which the export would overwrite", file.display());
                return Err(Failure::call(what, "name another file to write"));
            }
            transfer::export(inbox, state.into(), output.as_deref(), json, telling).await
        }
        Action::Replay { lines } => transfer::replay(inbox, lines.as_deref(), json, telling).await,
    };
    if changes {
        // Whatever it comes to: what is stored is stored.
        let _whole_or_not = inbox.checkpoint().await;
    }
    answer
}

/// The counts first: when nothing is pending by them, the events are listed as they ended.
async fn list(inbox: &dyn Inbox, page: Page, json: bool) -> Result<Result<Outcome, Failure>, InboxError> {
    let stats = inbox.stats().await?;
    Ok(show::list(&inbox.list(page).await?, stats, json))
}

async fn retry(store: &Store, id: Option<String>, json: bool, telling: ProgressArg) -> Result<Outcome, Failure> {
    let (inbox, of_inbox) = (&store.inbox, |error| store.unusable(&error));
    let requeued = match id {
        None => {
            let progress = telling.of("requeued", json);
            inbox.requeue_all_with_progress(&|count| progress.tell(count)).await.map_err(of_inbox)?
        }
        Some(id) if inbox.requeue(EventId::new(&id)).await.map_err(of_inbox)? => 1,
        Some(id) => return absent(&id, "no dead letter", json),
    };
    let text = format!("{requeued} to be handled again");
    output::result(json, &json!({"requeued": requeued}), text).map(|()| Outcome::Yes)
}

async fn discard(store: &Store, id: Option<String>, json: bool, telling: ProgressArg) -> Result<Outcome, Failure> {
    let (inbox, of_inbox) = (&*store.inbox, |error| store.unusable(&error));
    let discarded = match id {
        None => discard_all(inbox, &telling.of("discarded", json)).await.map_err(of_inbox)?,
        Some(id) if inbox.discard(EventId::new(&id)).await.map_err(of_inbox)? => 1,
        Some(id) => return absent(&id, "no dead letter", json),
    };
    let text = format!("{discarded} thrown away");
    output::result(json, &json!({"discarded": discarded}), text).map(|()| Outcome::Yes)
}

async fn discard_all(inbox: &dyn Inbox, progress: &Progress) -> Result<u64, InboxError> {
    let (mut page, mut discarded) = (Page::of(State::Dead), 0);
    loop {
        let letters = inbox.list(page).await?;
        let Some(last) = letters.last().map(|letter| letter.entry_id) else {
            return Ok(discarded);
        };
        for letter in letters {
            // It may have been retried since it was listed.
            discarded += u64::from(inbox.discard(letter.id).await?);
            progress.tell(discarded);
        }
        page = page.after(last);
    }
}

fn absent(id: &str, what: &str, json: bool) -> Result<Outcome, Failure> {
    let text = format!("{what} of the id {id}; `inbox ls` and `inbox dead` show the ids");
    output::result(json, &json!({"id": id, "found": false}), text).map(|()| Outcome::No)
}

impl PageArgs {
    fn page(self, state: Option<State>) -> Page {
        Page { state, most: self.most, ..Page::first() }.after(EntryId(self.after))
    }
}
