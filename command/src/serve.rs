//! `serve`: a receiver that stores events, and forwards them to a command or a URL.

mod exec;
mod forward_options;
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
use crate::log_writer::LogWriter;
use crate::output;
use crate::store::{self, Address};
use crate::tokens::Tokens;
use exec::Exec;
use forward_options::RequestOptions;
use forwarder::{Forwarder, PayloadCheck, Target, UnknownEventArg};
use limits::{ForwardingOptions, LifecycleOptions, RequestLimits};
use tracing_subscriber::filter::LevelFilter;

/// How long to wait for a listen address that is in use.
const BIND_TIMEOUT: Duration = Duration::from_secs(2);
/// The time between two attempts to bind the address.
const BIND_RETRY_DELAY: Duration = Duration::from_millis(50);

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks serve --inbox inbox.sqlite --exec 'jq .data.id'
  kustomer-webhooks serve --inbox inbox.sqlite --forward https://crm.example/events \\
      --listen 0.0.0.0:8080 --monitor 127.0.0.1:9090

  kustomer-webhooks serve --inbox nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-replicas 3 --exec 'jq .data.id'

Guaranteed: no event is acknowledged before it is in the inbox; every stored event is forwarded at least once, or is \
kept as a dead letter with its reason; events of one resource are forwarded in order of arrival. Not guaranteed: exactly once.

--exec runs CMD with sh. The body is its standard input. KUSTOMER_EVENT_NAME, KUSTOMER_EVENT_ID and \
KUSTOMER_EVENT_ATTEMPT are in its environment; the tokens and passwords of serve are not. Its output goes to standard \
error, and the end of it is kept with a failure. Exit code 0: done. 65 (EX_DATAERR), or those of --reject-exit: \
rejected, and kept as a dead letter. Any other, also of a traceback, or CMD was killed: retried later. If serve itself is \
killed (kill -9), a helper process kills its running commands, and the next serve forwards their events again.
--forward posts the body, with X-Kustomer-Webhook-Event, X-Event-Id and X-Event-Attempt, and signs it by Standard \
Webhooks with --forward-secret-env. 2xx: done. 400, 413, 415 and \
422, or those of --reject-status: rejected, and kept as a dead letter. Any other status, such as 401, 404 and 410, or no \
response: retried later, not before Retry-After.
Retries go on for at least a day. A target of which 20 attempts in a row fail is asked by one event at a time, every 1 to \
30 seconds, until it answers.

Several receivers can share an inbox in a JetStream of NATS. Each event is forwarded by one of them. The durability is \
that of JetStream: by default a server syncs its disk every 2 minutes, so a single server that loses power loses the \
events that it acknowledged since the last sync, and serve says so when it starts. Run three servers with --nats-replicas 3, or set sync_interval: always \
in their configuration. Other limits compared with a file: duplicates are detected for 2 hours, whatever --horizon is; \
order is kept in 32 partitions, so at most 32 events are forwarded at once; and --body-limit must fit into max_payload \
of the servers, which is 1 MB by default. Otherwise serve does not start.

Exit codes: 0 stopped by SIGTERM or Ctrl-C; 1 another process has taken over the inbox; 2 wrong arguments, or \
--body-limit is too large for the NATS servers; 3 the inbox or the address cannot be used.";

#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The address to receive at. Port 0 selects a free port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The address of /livez, /readyz and /metrics. The default is the address of --listen
    #[arg(long, value_name = "ADDR")]
    monitor: Option<SocketAddr>,
    #[command(flatten)]
    tokens: Tokens,
    /// The inbox: a file on a local disk, or the servers of a JetStream, `nats://HOST:4222,…`. It is created if it does not
    /// exist
    #[arg(long, value_name = "FILE|URL")]
    inbox: Address,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    forward_requests: RequestOptions,
    #[command(flatten)]
    rejection: RejectionArgs,
    /// Decode events by the schema of the document. Keep events that do not match as dead letters, with the location of
    /// the error. Real traffic does not always match the document
    #[arg(long)]
    strict: bool,
    /// What to do with events whose name is not in the document
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = UnknownEventArg::Pass)]
    unknown: UnknownEventArg,
    // Each of the following groups has a help heading. A heading also applies to all later options.
    #[command(flatten)]
    nats: store::Options,
    #[command(flatten)]
    requests: RequestLimits,
    #[command(flatten)]
    forwarding: ForwardingOptions,
    #[command(flatten)]
    lifecycle: LifecycleOptions,
    /// The level of the log on standard error
    #[arg(long, value_enum, default_value_t = LogLevel::Info)]
    log: LogLevel,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// The level of the log. The log never contains a body.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum LogLevel {
    /// Problems that need an operator
    Error,
    /// Also errors of single events and requests
    Warn,
    /// Also regular activity
    Info,
    /// Also every event
    Debug,
}

impl From<LogLevel> for LevelFilter {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::ERROR,
            LogLevel::Warn => Self::WARN,
            LogLevel::Info => Self::INFO,
            LogLevel::Debug => Self::DEBUG,
        }
    }
}

/// Where to forward events: exactly one of the two.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct TargetArgs {
    /// Run this command for each event
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,
    /// Post each event to this http or https URL
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
}

impl TargetArgs {
    fn target(
        &self,
        requests: &RequestOptions,
        rejection: RejectionArgs,
        secret_variables: Vec<String>,
    ) -> Result<Target, Failure> {
        match (&self.exec, &self.forward) {
            (Some(command), _) => Ok(Target::Exec(Exec::new(command, rejection.exit_codes, secret_variables))),
            (None, Some(url)) => url::Poster::new(url, requests, rejection.statuses).map(Box::new).map(Target::Url),
            (None, None) => Err(Failure::usage("there is no target for events", "give --exec or --forward")),
        }
    }
}

/// Which answers of the target are final.
#[derive(Args, Clone, Debug)]
struct RejectionArgs {
    /// The exit codes of --exec that reject an event: it is kept as a dead letter, and not retried
    #[arg(long = "reject-exit", value_name = "CODES", value_delimiter = ',', default_value = exec::REJECTING)]
    exit_codes: Vec<i32>,
    /// The status codes of --forward that reject an event: it is kept as a dead letter, and not retried
    #[arg(long = "reject-status", value_name = "CODES", value_delimiter = ',', default_value = url::REJECTING)]
    statuses: Vec<u16>,
}

pub(crate) async fn run(mut args: Box<Serve>) -> Result<Outcome, Failure> {
    // The signal handler is installed first: a signal may arrive as soon as the address is printed.
    let stop = terminated();
    let log = LogWriter::start(io::stderr())
        .map_err(|error| Failure::environment("the thread of the log", &error, "allow the process more threads"))?;
    let outcome = serve(&mut args, &log, stop).await;
    log.flush();
    outcome
}

async fn serve(args: &mut Serve, log: &LogWriter, stop: impl Future<Output = ()> + Send) -> Result<Outcome, Failure> {
    args.requests.check()?;
    let log = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(io::stderr().is_terminal());
    log.log_internal_errors(false).with_max_level(LevelFilter::from(args.log)).init();
    let tokens = args.tokens.read()?;
    let verifier = verifier(tokens).map_err(|error| Failure::usage(error, "give a token that is not empty"))?;
    let payload_check = if args.strict { PayloadCheck::Decode } else { PayloadCheck::Skip };
    let secret_variables = args.tokens.variables().chain(args.nats.secret_variables()).collect();
    let target = args.target.target(&args.forward_requests, args.rejection.clone(), secret_variables)?;
    let forwarder = Forwarder { target, payload_check, unknown: args.unknown };
    args.requests.fit_descriptor_limit();
    let store = args.inbox.open(&args.nats).await?;
    store.check_body_limit(args.requests.body_limit())?;
    if store.replicas == Some(1) {
        tracing::warn!(
            "only one NATS server stores the inbox: if it loses power, the events of the last 2 minutes are lost, unless its \
             configuration has `sync_interval: always`; if its disk is lost, the inbox is lost; see --nats-replicas"
        );
    }
    let inbox = Arc::clone(&store.inbox);
    let listener = bind(args.listen).await?;
    let address = listener.local_addr().map_err(|error| Failure::environment(args.listen, &error, "try again"))?;

    let receiver = DurableReceiver::new(forwarder, verifier, Arc::clone(&inbox));
    let receiver = args.lifecycle.apply(args.forwarding.apply(args.requests.apply(receiver)));
    let mut health = None;
    let mut receiver = receiver.with_worker(|worker| {
        health = Some(worker.health());
        worker
    });
    let mut monitor_address = None;
    if let Some(monitor) = args.monitor {
        let listener = bind(monitor).await?;
        monitor_address = listener.local_addr().ok();
        tokio::spawn(receiver.monitor().serve(listener, std::future::pending()));
        receiver = receiver.with_monitor_placement(MonitorPlacement::Separate);
    }
    let started = json!({
        "listening": address.to_string(), "monitor": monitor_address.unwrap_or(address).to_string(), "inbox": store.display_name,
        "replicas": store.replicas,
    });
    print_or_warn(args.json, &started, || {
        let monitor = monitor_address.unwrap_or(address);
        format!(
            "receiving at http://{address}/, inbox {}\nmonitor at http://{monitor}/livez, /readyz and /metrics",
            store.display_name
        )
    });
    let outcome = receiver.run(listener, stop).await;
    exit_status(args, outcome, health.as_ref(), inbox.as_ref()).await
}

/// Listens at the address. It waits for up to two seconds while the address is in use: a killed `serve` may have started
/// a child process, which keeps the sockets open until it calls `exec`.
async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let started = Instant::now();
    let bound = loop {
        match TcpListener::bind(address).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && started.elapsed() < BIND_TIMEOUT => {
                sleep(BIND_RETRY_DELAY).await;
            }
            bound => break bound,
        }
    };
    bound.map_err(|error| Failure::environment(address, &error, "choose an address of this machine with a free port"))
}

/// Prints the summary, and chooses the exit code.
async fn exit_status(
    args: &Serve,
    outcome: ShutdownOutcome,
    health: Option<&WorkerHealth>,
    inbox: &dyn Inbox,
) -> Result<Outcome, Failure> {
    let counts = health.map(WorkerHealth::counts).unwrap_or_default();
    let stats = timeout(limits::FINAL_STATS_TIMEOUT, inbox.stats()).await.ok().and_then(Result::ok);
    let (description, exit) = match outcome {
        ShutdownOutcome::Drained => ("drained", Outcome::Yes),
        ShutdownOutcome::CutShort(_) => {
            ("drain timed out; the remaining events are handled after the next start", Outcome::Yes)
        }
        ShutdownOutcome::Superseded => ("another process has taken over the inbox", Outcome::No),
    };
    let (dead, pending) = (stats.map(|stats| stats.dead), stats.map(|stats| stats.pending));
    let summary = json!({
        "ended": description, "done": counts.done, "retried": counts.retried, "dead": dead, "pending": pending,
    });
    let text = || match stats {
        Some(stats) => format!("{description}: {} done, {} dead, {} pending", counts.done, stats.dead, stats.pending),
        None => format!("{description}: {} done; the number of pending events is unknown", counts.done),
    };
    print_or_warn(args.json, &summary, text);
    Ok(exit)
}

/// Prints the result, or logs why it cannot be printed. Receiving goes on without standard output.
fn print_or_warn(json: bool, value: &Value, text: impl Fn() -> String) {
    if let Err(failure) = output::print_result(json, value, text()) {
        tracing::warn!(%failure, "standard output cannot be written");
    }
}
