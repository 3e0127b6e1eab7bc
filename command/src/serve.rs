//! `serve`: a receiver that is useful before any Rust is written.

mod exec;
mod forwarder;
mod limits;
#[cfg(unix)]
pub(crate) mod orphan_reaper;
mod url;

use std::io::{self, IsTerminal};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use kustomer_webhooks::asyncapi_receiver::inbox::Inbox;
use kustomer_webhooks::asyncapi_receiver::server::terminated;
use kustomer_webhooks::asyncapi_receiver::worker::{ShutdownOutcome, WorkerHealth};
use kustomer_webhooks::{DurableReceiver, MonitorPlacement, verifier};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};

use crate::error::{Failure, Outcome};
use crate::output;
use crate::store::{self, Address};
use crate::tokens::Tokens;
use exec::Exec;
use forwarder::{Forwarder, PayloadCheck, Target, UnknownEventArg};
use limits::{Handling, Receiving, Running};
use tracing_subscriber::filter::LevelFilter;

/// For how long an address that another listens at is waited for, and how often it is tried.
const HANDOVER: Duration = Duration::from_secs(2);
const BIND_AGAIN: Duration = Duration::from_millis(50);

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks serve --inbox inbox.sqlite --exec 'jq .data.id'
  kustomer-webhooks serve --inbox inbox.sqlite --forward https://crm.example/events \\
      --listen 0.0.0.0:8080 --monitor 127.0.0.1:9090

  kustomer-webhooks serve --inbox nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-replicas 3 --exec 'jq .data.id'

Promised: no event is acknowledged before it is in the inbox; every stored event is passed on at least once, or is \
kept as a dead letter with its reason; those of one resource in the order they arrived. Not promised: exactly once.

--exec runs CMD with sh, the body on its standard input, and KUSTOMER_EVENT_NAME, KUSTOMER_EVENT_ID and \
KUSTOMER_EVENT_ATTEMPT in its environment; what it prints goes to standard error. Exit code 0: done; 75: try again \
later, as when it or what it runs is killed (129 to 192, as shells say) or, 126 and 127, cannot be run; any other: \
rejected, so kept as a dead letter. If serve itself is killed (kill -9), so is what its commands run, by a process \
that it starts beside itself, and the next serve passes their events on again.
--forward posts the body, with X-Kustomer-Webhook-Event, X-Event-Id and X-Event-Attempt. 2xx: done; 4xx other than \
408 and 429: rejected; anything else, or no answer: try again later.

In a JetStream of NATS several of these share an inbox, and each event is passed on by one of them. How durable it is, \
JetStream says: a server acknowledges what it has written, and by default syncs its disk every 2 minutes, so that a \
single one which loses its power loses what it acknowledged since. Run three servers and give --nats-replicas 3, or set \
sync_interval: always in their configuration. Also less than with a file: duplicates are known for 2 hours whatever \
--horizon is, order is kept in 32 partitions, so at most 32 events are passed on at once, and bodies have to fit into \
the servers' max_payload, which is 1 MB unless it is set: the call is refused where --body-limit does not.

Exit codes: 0 told to stop (SIGTERM, Ctrl-C), and drained; 1 another process has taken over the inbox; 2 the call is \
wrong, or its --body-limit is above what NATS servers take; 3 the inbox or the address cannot be used.";

#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// Where to receive; port 0 for any that is free
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where to answer /livez, /readyz and /metrics; on the receiver's own address without it
    #[arg(long, value_name = "ADDR")]
    monitor: Option<SocketAddr>,
    #[command(flatten)]
    tokens: Tokens,
    /// The inbox, made if it is not there: a file on a local disk, or a JetStream by its servers, `nats://HOST:4222,…`
    #[arg(long, value_name = "FILE|URL")]
    inbox: Address,
    #[command(flatten)]
    to: To,
    /// Keep events that are not as the document has them as dead letters, with the place of the fault, and do not pass
    /// them on. Real traffic is not always as the document has it
    #[arg(long)]
    strict: bool,
    /// What becomes of events whose names the document does not list
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = UnknownEventArg::Pass)]
    unknown: UnknownEventArg,
    // From here on each has a heading, which stays for whatever comes after it.
    #[command(flatten)]
    nats: store::Options,
    #[command(flatten)]
    receiving: Receiving,
    #[command(flatten)]
    handling: Handling,
    #[command(flatten)]
    running: Running,
    /// How much is told on standard error
    #[arg(long, value_enum, default_value_t = Log::Info)]
    log: Log,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Nothing that is told quotes a body.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Log {
    /// What a person has to see to
    Error,
    /// And what went wrong with single events and requests
    Warn,
    /// And what it does by itself
    Info,
    /// And every event
    Debug,
}

impl From<Log> for LevelFilter {
    fn from(log: Log) -> Self {
        match log {
            Log::Error => Self::ERROR,
            Log::Warn => Self::WARN,
            Log::Info => Self::INFO,
            Log::Debug => Self::DEBUG,
        }
    }
}

/// One of the two.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct To {
    /// Pass each event to this command
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// Pass each event to this URL, by http or https
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
}

impl To {
    fn target(&self) -> Result<Target, Failure> {
        match (&self.exec, &self.forward) {
            (Some(command), _) => Ok(Target::Exec(Exec::new(command))),
            (None, Some(url)) => url::Poster::new(url).map(Box::new).map(Target::Url),
            (None, None) => Err(Failure::call("nowhere to pass events on to", "give --exec or --forward")),
        }
    }
}

pub(crate) async fn run(call: Box<Serve>) -> Result<Outcome, Failure> {
    // From here on: whoever reads that it listens may ask it to end.
    let stop = terminated();
    call.receiving.check()?;
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    // Otherwise a line that cannot be written, as on a full disk, is told of by a panic.
    log.log_internal_errors(false).with_max_level(LevelFilter::from(call.log)).init();
    let tokens = call.tokens.read()?;
    let verifier = verifier(tokens).map_err(|error| Failure::call(error, "give a token that is not empty"))?;
    let shape = if call.strict { PayloadCheck::AsTheDocumentHasIt } else { PayloadCheck::Any };
    let forward = Forwarder { target: call.to.target()?, shape, unlisted: call.unknown };
    call.receiving.make_room();
    let store = call.inbox.open(&call.nats).await?;
    store.check_body_limit(call.receiving.body_limit())?;
    if store.replicas == Some(1) {
        tracing::warn!("one NATS server keeps the inbox, which is lost with its disk; see --nats-replicas");
    }
    let inbox = Arc::clone(&store.inbox);
    let listener = bind(call.listen).await?;
    let address = listener.local_addr().map_err(|error| Failure::environment(call.listen, &error, "try again"))?;

    let receiver = DurableReceiver::new(forward, verifier, Arc::clone(&inbox));
    let receiver = call.running.apply(call.handling.apply(call.receiving.apply(receiver)));
    let mut pulse = None;
    let mut receiver = receiver.with_worker(|worker| {
        pulse = Some(worker.health());
        worker
    });
    let mut watched = None;
    if let Some(elsewhere) = call.monitor {
        let listener = bind(elsewhere).await?;
        watched = listener.local_addr().ok();
        tokio::spawn(receiver.monitor().serve(listener, std::future::pending()));
        receiver = receiver.monitored(MonitorPlacement::Elsewhere);
    }
    let started = json!({
        "listening": address.to_string(), "monitor": watched.unwrap_or(address).to_string(), "inbox": store.shown,
        "replicas": store.replicas,
    });
    say(call.json, &started, || {
        let watched = watched.unwrap_or(address);
        format!(
            "receiving at http://{address}/, inbox {}\nwatched at http://{watched}/livez, /readyz and /metrics",
            store.shown
        )
    });
    let ended = receiver.run(listener, stop).await;
    exit_status(&call, ended, pulse.as_ref(), inbox.as_ref()).await
}

/// A process that is killed just as it starts a command leaves its sockets to that, until the command itself begins.
async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let started = Instant::now();
    let bound = loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && started.elapsed() < HANDOVER => {
                sleep(BIND_AGAIN).await;
            }
            bound => break bound,
        }
    };
    bound.map_err(|error| {
        Failure::environment(address, &error, "choose an address of this machine with a port that is free")
    })
}

async fn exit_status(
    call: &Serve,
    ended: ShutdownOutcome,
    pulse: Option<&WorkerHealth>,
    inbox: &dyn Inbox,
) -> Result<Outcome, Failure> {
    let counts = pulse.map(WorkerHealth::counts).unwrap_or_default();
    let stats = timeout(limits::LAST_LOOK, inbox.stats()).await.ok().and_then(Result::ok);
    let (word, answer) = match ended {
        ShutdownOutcome::Drained => ("drained", Outcome::Yes),
        ShutdownOutcome::CutShort(_) => ("cut short; what was not done will be, at the next start", Outcome::Yes),
        ShutdownOutcome::Superseded => ("another process has taken over the inbox", Outcome::No),
    };
    let (dead, pending) = (stats.map(|stats| stats.dead), stats.map(|stats| stats.pending));
    let summary = json!({
        "ended": word, "done": counts.done, "retried": counts.retried, "dead": dead, "pending": pending,
    });
    let text = || match stats {
        Some(stats) => format!("{word}: {} done, {} dead, {} pending", counts.done, stats.dead, stats.pending),
        None => format!("{word}: {} done; the inbox does not say what is pending", counts.done),
    };
    say(call.json, &summary, text);
    Ok(answer)
}

/// Events are received whether anybody reads this or not.
fn say(json: bool, value: &Value, text: impl Fn() -> String) {
    if let Err(failure) = output::result(json, value, text()) {
        tracing::warn!(%failure, "not said");
    }
}
