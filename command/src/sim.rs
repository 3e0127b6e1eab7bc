//! `sim`: a fake Kustomer.

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
use crate::error::{Failure, Outcome};
use crate::output;
use crate::progress::ProgressArg;
use crate::span;
use crate::tokens::Tokens;
use events::{Fixtures, Kind, TemplateKind};
use rng::Rng;
use schedule::Schedule;
use sender::{Copies, FaultPlan, Webhook};
use stats::SimStats;

pub(crate) const HELP: &str = "\
Examples:
  kustomer-webhooks sim http://127.0.0.1:8080/ --count 20
  kustomer-webhooks sim http://127.0.0.1:8080/ --for 1h --rate 50 --duplicates 0.1 --drop-answers 0.1 --reorder 0.1
  kustomer-webhooks sim http://127.0.0.1:8080/ --malformed 0.2 --unknown 0.2 --look seen --compress 1000

Retries as Kustomer's documentation has them: after 1, 1, 2, 5, 10, 15 and 30 minutes (newer), or ten over eighty \
minutes (older). An event that fails at its last one disables the webhook, and the simulation ends.

How far it is is told on standard error where that is a terminal, or with --progress.

Exit codes: 0 every event was acknowledged; 1 the webhook is disabled, or the simulation was interrupted (its report \
comes all the same); 2 the call is wrong; 3 a file cannot be used.";

#[derive(Args, Debug)]
pub(crate) struct Sim {
    /// Where the receiver is, by http or https
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    tokens: Tokens,
    /// How many events to send; 100 without this and --for
    #[arg(long, value_name = "N", conflicts_with = "span")]
    count: Option<u64>,
    /// How long to send new events
    #[arg(long = "for", value_name = "SPAN", value_parser = span::parse)]
    span: Option<Duration>,
    /// New events a second
    #[arg(long, value_name = "N", default_value_t = 10.0, value_parser = rate)]
    rate: f64,
    /// How many times as fast as in Kustomer time passes between retries; 1000 makes four seconds of an hour
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = rate)]
    compress: f64,
    /// Which of the documented schedules of retries
    #[arg(long, value_enum, default_value_t = Schedule::Newer)]
    schedule: Schedule,
    /// How long an answer may take
    #[arg(long, value_name = "SPAN", default_value = "5s", value_parser = span::parse)]
    timeout: Duration,
    /// The share of events that are sent twice at once, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    duplicates: f64,
    /// The share that is held back until later ones are sent
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    reorder: f64,
    /// The share whose first answer is not waited for, or not heard
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    drop_answers: f64,
    /// The share with a name that the document does not list
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    unknown: f64,
    /// The share that is not JSON, or not of the document's shape
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, value_parser = share)]
    malformed: f64,
    /// As the document has events, or as real traffic was seen
    #[arg(long, value_enum, default_value_t = TemplateKind::Document)]
    look: TemplateKind,
    /// How many resources the events are about
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..))]
    resources: u64,
    /// The least size of a body
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    body_bytes: usize,
    /// Draw the same lots and make the same ids as another run with this number
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// A file for the ids that were acknowledged, each with its kind after a tab
    #[arg(long, value_name = "FILE")]
    acknowledged: Option<PathBuf>,
    /// How many requests are open at once
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    #[command(flatten)]
    telling: ProgressArg,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) async fn run(call: Box<Sim>) -> Result<Outcome, Failure> {
    let (url, client) = client::for_url(&call.url)?;
    let token = call.tokens.read()?.swap_remove(0);
    let stats = Arc::new(SimStats::new(call.acknowledged.as_deref())?);
    let delays = call.schedule.delays(call.compress);
    let webhook = Webhook::new((url, client), token, delays, call.timeout, call.connections, Arc::clone(&stats));
    let webhook = Arc::new(webhook);
    let progress = call.telling.is_wanted().then(|| tokio::spawn(tell(Arc::clone(&stats), call.json)));
    let mut deliveries = JoinSet::new();
    let simulating = async {
        tokio::select! {
            () = send(&call, &webhook, &mut deliveries) => {}
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
    stats.conclude(call.json)?;
    Ok(if webhook.is_enabled() && !interrupted { Outcome::Yes } else { Outcome::No })
}

/// Begins a delivery at a time, as often as was asked for.
async fn send(call: &Sim, webhook: &Arc<Webhook>, deliveries: &mut JoinSet<()>) {
    let seed = call.seed.unwrap_or_else(rng::any_seed);
    let mut rng = Rng::new(seed);
    let mut fixtures = Fixtures::new(seed, call.resources, call.look, call.body_bytes);
    let period = Duration::from_secs_f64(1.0 / call.rate);
    let mut due = interval(period);
    due.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let end = call.span.map(|span| Instant::now() + span);
    let count = call.count.unwrap_or(if end.is_some() { u64::MAX } else { 100 });
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
        let kind = call.kind(&mut rng);
        let event = fixtures.event(&mut rng, kind);
        let fate = FaultPlan {
            copies: if rng.hits(call.duplicates) { Copies::Two } else { Copies::One },
            held: rng.hits(call.reorder).then(|| period.mul_f64(1.0 + 9.0 * rng.share())),
            hung_up: rng.hits(call.drop_answers).then(|| Duration::from_micros(rng.below(10_000))),
        };
        deliveries.spawn(Arc::clone(webhook).deliver(event, fate));
        while deliveries.try_join_next().is_some() {}
    }
}

async fn tell(stats: Arc<SimStats>, json: bool) {
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
    fn kind(&self, rng: &mut Rng) -> Kind {
        if rng.hits(self.malformed) {
            if rng.hits(0.5) { Kind::NotJson } else { Kind::WrongShape }
        } else if rng.hits(self.unknown) {
            Kind::Unknown
        } else {
            Kind::Known
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share: f64 = text.parse().map_err(|_| "write a number from 0 to 1".to_owned())?;
    if (0.0..=1.0).contains(&share) { Ok(share) } else { Err("a share is from 0 to 1".to_owned()) }
}

fn rate(text: &str) -> Result<f64, String> {
    let rate: f64 = text.parse().map_err(|_| "write a number".to_owned())?;
    if (0.001..=1_000_000.0).contains(&rate) { Ok(rate) } else { Err("from 0.001 to 1000000".to_owned()) }
}
