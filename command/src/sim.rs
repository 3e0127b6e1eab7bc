//! `sim`: sends simulated Kustomer events to a receiver, with faults and retries.

mod events;
mod rng;
mod schedule;
mod sender;
mod stats;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use kustomer_webhooks::asyncapi_receiver::server::terminated;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use crate::client;
use crate::duration;
use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::ProgressArg;
use crate::tokens::Tokens;
use events::{EventKind, Fixtures, TemplateKind};
use rng::Rng;
use schedule::Schedule;
use sender::{Copies, FaultPlan, Webhook};
use stats::SimStats;

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks sim http://127.0.0.1:8080/ --count 20
  kustomer-webhooks sim http://127.0.0.1:8080/ --for 1h --rate 50 --duplicates 0.1 --drop-answers 0.1 --reorder 0.1
  kustomer-webhooks sim http://127.0.0.1:8080/ --malformed 0.2 --unknown 0.2 --look seen --compress 1000

The retries follow Kustomer's documentation: after 1, 1, 2, 5, 10, 15 and 30 minutes (newer), or ten attempts within 80 \
minutes (older). If the last attempt of an event fails, the webhook is disabled, and the simulation ends.

Progress is printed to standard error if it is a terminal, or with --progress.

Exit codes: 0 every event was acknowledged; 1 the webhook is disabled, or the simulation was interrupted (the report \
is printed in both cases); 2 wrong arguments; 3 a file cannot be used.";

#[derive(Args, Debug)]
pub(crate) struct Sim {
    /// The http or https URL of the receiver
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    tokens: Tokens,
    /// How many events to send. The default is 100, or no limit with --for
    #[arg(long, value_name = "N", conflicts_with = "duration")]
    count: Option<u64>,
    /// How long to send new events
    #[arg(long = "for", value_name = "DURATION", value_parser = duration::parse)]
    duration: Option<Duration>,
    /// New events per second
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = parse_rate)]
    rate: f64,
    /// The factor by which retry delays are shortened. With 1000, an hour takes 3.6 seconds
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = parse_rate)]
    compress: f64,
    /// Which documented retry schedule to use
    #[arg(long, value_enum, default_value_t = Schedule::Newer)]
    schedule: Schedule,
    /// The time limit for a response
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = duration::parse)]
    timeout: Duration,
    /// The fraction of events that are sent twice at the same time, from 0 to 1
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = parse_fraction)]
    duplicates: f64,
    /// The fraction of events that are delayed until later events are sent
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = parse_fraction)]
    reorder: f64,
    /// The fraction of events whose first response is dropped
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = parse_fraction)]
    drop_answers: f64,
    /// The fraction of events with a name that is not in the document
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = parse_fraction)]
    unknown: f64,
    /// The fraction of events that are not JSON, or do not match the schema of the document
    #[arg(long, value_name = "FRACTION", default_value_t = 0.0, value_parser = parse_fraction)]
    malformed: f64,
    /// Whether events follow the document or samples of real traffic
    #[arg(long, value_enum, default_value_t = TemplateKind::Document)]
    look: TemplateKind,
    /// The number of resources that the events belong to
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    resources: u64,
    /// The minimum size of a body
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    body_bytes: usize,
    /// The seed of the random numbers and ids. The same seed gives the same events
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A file to write the acknowledged ids to: one line for each id, with its kind after a tab
    #[arg(long, value_name = "FILE")]
    acknowledged: Option<PathBuf>,
    /// The maximum number of open requests
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    #[command(flatten)]
    progress: ProgressArg,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) async fn run(args: Box<Sim>) -> Result<Outcome, Failure> {
    let (url, client) = client::for_url(&args.url)?;
    let token = args.tokens.read()?.swap_remove(0);
    let stats = Arc::new(SimStats::new(args.acknowledged.as_deref())?);
    let delays = args.schedule.delays(args.compress);
    let webhook = Webhook::new((url, client), token, delays, args.timeout, args.connections, Arc::clone(&stats));
    let webhook = Arc::new(webhook);
    let progress = args.progress.is_wanted().then(|| tokio::spawn(report_progress(Arc::clone(&stats), args.json)));
    let mut deliveries = JoinSet::new();
    let simulating = async {
        tokio::select! {
            () = send_events(&args, &webhook, &mut deliveries) => {}
            () = webhook.disabled() => {}
        }
        while deliveries.join_next().await.is_some() {}
    };
    let interrupted = tokio::select! {
        () = simulating => false,
        () = terminated() => true,
    };
    if let Some(progress) = progress {
        progress.abort();
    }
    stats.print_report(args.json)?;
    Ok(if webhook.is_enabled() && !interrupted { Outcome::Yes } else { Outcome::No })
}

/// Starts one delivery after the other, at the requested rate.
async fn send_events(args: &Sim, webhook: &Arc<Webhook>, deliveries: &mut JoinSet<()>) {
    let seed = args.seed.unwrap_or_else(rng::random_seed);
    let mut rng = Rng::new(seed);
    let mut fixtures = Fixtures::new(seed, args.resources, args.look, args.body_bytes);
    let period = Duration::from_secs_f64(1.0 / args.rate);
    let mut due = interval(period);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let end = args.duration.map(|span| Instant::now() + span);
    let count = args.count.unwrap_or(if end.is_some() { u64::MAX } else { 100 });
    for _ in 0..count {
        if let Some(end) = end {
            tokio::select! {
                biased;
                () = sleep_until(end) => return,
                _ = due.tick() => {}
            }
        } else {
            due.tick().await;
        }
        let kind = args.random_kind(&mut rng);
        let event = fixtures.next_event(&mut rng, kind);
        let faults = FaultPlan {
            copies: if rng.chance(args.duplicates) { Copies::Two } else { Copies::One },
            delay: rng.chance(args.reorder).then(|| period.mul_f64(1.0 + 9.0 * rng.fraction())),
            hang_up_after: rng.chance(args.drop_answers).then(|| Duration::from_micros(rng.below(10_000))),
        };
        deliveries.spawn(Arc::clone(webhook).deliver(event, faults));
        while deliveries.try_join_next().is_some() {}
    }
}

async fn report_progress(stats: Arc<SimStats>, json: bool) {
    loop {
        sleep(Duration::from_secs(1)).await;
        if json {
            output::eprint_line(json!({"progress": stats.report()}));
        } else {
            output::eprint_line(stats.progress());
        }
    }
}

impl Sim {
    fn random_kind(&self, rng: &mut Rng) -> EventKind {
        if rng.chance(self.malformed) {
            if rng.chance(0.5) { EventKind::NotJson } else { EventKind::WrongShape }
        } else if rng.chance(self.unknown) {
            EventKind::Unknown
        } else {
            EventKind::Known
        }
    }
}

fn parse_fraction(text: &str) -> Result<f64, String> {
    let fraction: f64 = text.parse().map_err(|_| "write a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&fraction) { Ok(fraction) } else { Err("write a number from 0 to 1".to_owned()) }
}

fn parse_rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "write a number".to_owned())?;
    if (0.001..=1_000_000.0).contains(&rate) {
        Ok(rate)
    } else {
        Err("write a number from 0.001 to 1000000".to_owned())
    }
}
