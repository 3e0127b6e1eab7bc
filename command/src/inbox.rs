//! `inbox`: what is in an inbox, and dead letters handled again.

mod progress;
mod show;
mod transfer;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use kustomer_webhooks::runtime::inbox::{EventId, Inbox, InboxError, Page, Receipt, Sqlite, State};
use serde_json::json;

use crate::failure::{Answer, Failure};

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks inbox dead --inbox inbox.sqlite
  kustomer-webhooks inbox retry --all --inbox inbox.sqlite
  kustomer-webhooks inbox export -o dead.jsonl && kustomer-webhooks inbox replay dead.jsonl --inbox other.sqlite

The receiver may go on meanwhile; it notices what is to be handled again within a second or so.

Exit codes: 0 done; 1 there is no event, or no dead letter, of this id; 2 the call is wrong; 3 the inbox or a file \
cannot be used.";

#[derive(Args, Debug)]
pub(crate) struct Call {
    #[command(subcommand)]
    what: What,
    /// The inbox that serve was given
    #[arg(long, value_name = "FILE", global = true, default_value = "inbox.sqlite")]
    inbox: PathBuf,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
enum What {
    /// List events in the order they arrived
    Ls {
        /// Only those that stand so
        #[arg(long, value_enum)]
        state: Option<Standing>,
        #[command(flatten)]
        part: Part,
    },
    /// List dead letters with their reasons
    Dead {
        #[command(flatten)]
        part: Part,
    },
    /// Show one event, with its body as long as that is kept
    Show {
        /// The event's id
        id: String,
    },
    /// Have a dead letter handled again, or all of them
    Retry {
        /// The event's id
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every dead letter there is now
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Throw a dead letter away, or all of them, for good
    Discard {
        /// The event's id
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Every dead letter there is now
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
    /// Write events as JSON lines, payloads and all
    Export {
        /// Those that stand so
        #[arg(long, value_enum, default_value_t = Standing::Dead)]
        state: Standing,
        /// The file to write; standard output without it
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Put what an export wrote, into this or another inbox: dead letters as dead letters, others to be handled
    Replay {
        /// The JSON lines; standard input without it
        lines: Option<PathBuf>,
    },
}

/// Some of many events.
#[derive(Args, Clone, Copy, Debug)]
struct Part {
    /// Only those after this receipt
    #[arg(long, value_name = "RECEIPT", default_value_t = 0)]
    after: u64,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    most: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Standing {
    Ready,
    Held,
    Waiting,
    Leased,
    Done,
    Dead,
}

impl From<Standing> for State {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Ready => Self::Ready,
            Standing::Held => Self::Held,
            Standing::Waiting => Self::Waiting,
            Standing::Leased => Self::Leased,
            Standing::Done => Self::Done,
            Standing::Dead => Self::Dead,
        }
    }
}

pub(crate) async fn run(call: Call) -> Result<Answer, Failure> {
    let file = call.inbox.as_path();
    // Only what is replayed may be put into a new one: elsewhere a wrong path would look like an empty inbox.
    if !file.exists() && !matches!(call.what, What::Replay { .. }) {
        return Err(Failure::call(format!("{}: there is no such file", file.display()), "name the inbox of serve"));
    }
    let inbox = Sqlite::open(file).map_err(|error| unusable(file, &error))?;
    let of_inbox = |error| unusable(file, &error);
    match call.what {
        What::Ls { state, part } => {
            list(&inbox, part.page(state.map(State::from)), call.json).await.map_err(of_inbox)?
        }
        What::Dead { part } => list(&inbox, part.page(Some(State::Dead)), call.json).await.map_err(of_inbox)?,
        What::Show { id } => match inbox.show(EventId::new(&id)).await.map_err(of_inbox)? {
            Some(stored) => show::one(&stored, call.json),
            None => Ok(absent(&id, "no event", call.json)),
        },
        What::Retry { id, .. } => retry(&inbox, id, call.json).await.map_err(of_inbox),
        What::Discard { id, .. } => discard(&inbox, id, call.json).await.map_err(of_inbox),
        What::Export { state, output } => transfer::export(&inbox, state.into(), output.as_deref(), call.json).await,
        What::Replay { lines } => transfer::replay(&inbox, lines.as_deref(), call.json).await,
    }
}

/// The counts first: when nothing is pending by them, the events are listed as they ended.
async fn list(inbox: &Sqlite, page: Page, json: bool) -> Result<Result<Answer, Failure>, InboxError> {
    let stats = inbox.stats().await?;
    Ok(show::list(&inbox.list(page).await?, stats, json))
}

async fn retry(inbox: &Sqlite, id: Option<String>, json: bool) -> Result<Answer, InboxError> {
    let requeued = match id {
        None => inbox.requeue_all().await?,
        Some(id) if inbox.requeue(EventId::new(&id)).await? => 1,
        Some(id) => return Ok(absent(&id, "no dead letter", json)),
    };
    if json {
        println!("{}", json!({"requeued": requeued}));
    } else {
        println!("{requeued} to be handled again");
    }
    Ok(Answer::Yes)
}

async fn discard(inbox: &Sqlite, id: Option<String>, json: bool) -> Result<Answer, InboxError> {
    let discarded = match id {
        None => discard_all(inbox).await?,
        Some(id) if inbox.discard(EventId::new(&id)).await? => 1,
        Some(id) => return Ok(absent(&id, "no dead letter", json)),
    };
    if json {
        println!("{}", json!({"discarded": discarded}));
    } else {
        println!("{discarded} thrown away");
    }
    Ok(Answer::Yes)
}

async fn discard_all(inbox: &Sqlite) -> Result<u64, InboxError> {
    let (mut page, mut discarded) = (Page::of(State::Dead), 0);
    loop {
        let letters = inbox.list(page).await?;
        let Some(last) = letters.last().map(|letter| letter.receipt) else {
            return Ok(discarded);
        };
        for letter in letters {
            // It may have been retried since it was listed.
            discarded += u64::from(inbox.discard(letter.id).await?);
        }
        page = page.after(last);
    }
}

fn absent(id: &str, what: &str, json: bool) -> Answer {
    if json {
        println!("{}", json!({"id": id, "found": false}));
    } else {
        println!("{what} of the id {id}");
    }
    Answer::No
}

fn unusable(file: &Path, error: &InboxError) -> Failure {
    Failure::world(file.display(), error, "name an inbox of this version, on a disk with space, that may be written")
}

impl Part {
    fn page(self, state: Option<State>) -> Page {
        Page { state, most: self.most, ..Page::first() }.after(Receipt(self.after))
    }
}
