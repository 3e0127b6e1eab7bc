//! Measures the cost of storing an event before it is acknowledged: 2,000 events of 4 KiB per second. The sender runs
//! on the same machine. A plain hyper handler that reads the body and answers is the baseline.
//!
//! `cargo bench -p asyncapi-receiver --features hmac,server,sqlite --bench receiver [-- SECONDS [EVENTS A SECOND]]`
//!
//! Each of the three servers runs in a separate process, for 5 seconds by default. The times depend on the machine and
//! its load; the ratios within one run depend on them less. The exit code is 1 if a target is missed.

mod sender;
mod server;
mod summary;

use std::time::Duration;

use asyncapi_runtime::BoxError;
use server::{Kind, Process};
use summary::Summary;

/// The targets.
const P99: Duration = Duration::from_millis(50);
const RESIDENT: u64 = 64 * 1024 * 1024;
/// The largest ratio of the p99 with handlers that take a minute to the p99 with instant handlers.
const RATIO: f64 = 1.2;

fn main() -> Result<(), BoxError> {
    // cargo adds `--bench`.
    let arguments: Vec<_> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    if let [word, kind, directory] = arguments.as_slice()
        && word == server::WORD
    {
        return runtime.block_on(server::serve(kind.parse()?, directory.as_ref()));
    }
    let argument = |number: usize, default: u32| arguments.get(number).map_or(Ok(default), |text| text.parse());
    let (seconds, rate) = (argument(0, 5)?, argument(1, 2_000)?);
    runtime.block_on(compare(seconds, rate))
}

async fn compare(seconds: u32, rate: u32) -> Result<(), BoxError> {
    println!("{rate} events of {} bytes a second, for {seconds} s each", sender::BODY_BYTES);
    println!("{}", summary::HEAD);
    let mut bare: Option<Summary> = None;
    let mut instant: Option<Summary> = None;
    let mut missed = Vec::new();
    for kind in Kind::ALL {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let process = Process::start(kind, directory.path())?;
        let answers = sender::send(process.address, rate, seconds).await?;
        let summary = Summary::of(&answers, process.most_resident());
        println!("{}", summary.line(kind, bare.as_ref()));
        if kind != Kind::Bare {
            missed.extend(summary.missed(P99, RESIDENT).into_iter().map(|what| format!("{}: {what}", kind.as_str())));
        }
        match kind {
            Kind::Bare => bare = Some(summary),
            Kind::Instant => instant = Some(summary),
            Kind::Slow => {
                let instant = instant.as_ref().ok_or("instant handlers come first")?;
                let ratio = summary.p99_to(instant);
                println!("handlers of a minute, to instant ones: p99 × {ratio:.2}");
                if ratio > RATIO {
                    missed.push(format!("p99 with handlers of a minute × {ratio:.2} of that with instant ones"));
                }
            }
        }
    }
    println!(
        "aimed at: p99 within {P99:?}, at most {} MiB resident, slow handlers within × {RATIO:.2}",
        RESIDENT >> 20
    );
    if missed.is_empty() { Ok(()) } else { Err(format!("missed: {}", missed.join("; ")).into()) }
}
