//! A document ten times as large is to take at most eleven times as long, and as much memory: prints how much it takes.
//!
//! `cargo bench -p asyncapi-codegen [-- SHAPE…]`. Each run is a process of its own, as a build script is: it begins
//! with no memory, and its peak is its own. Of several runs the best counts. Nothing is asserted: a busy machine is no
//! fault of the generator.

mod shapes;

use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use asyncapi_codegen::{Config, Error, Source};

use crate::shapes::{SHAPES, Shape};

/// The variable that tells a process to measure one shape, at one size.
const MEASURE: &str = "FLATNESS_MEASURE";

/// How long the smaller document is, in bytes: as long as the longest ones that teams have.
const LONG: usize = 400_000;

/// How often a document is generated; the best time is its time.
const RUNS: usize = 5;

fn main() {
    if let Ok(order) = env::var(MEASURE) {
        measure(&order);
        return;
    }
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    println!("{:<22} {:>10} {:>10} {:>7} {:>10} {:>10} {:>7}", "shape", "n", "10 n", "time", "n", "10 n", "memory");
    for shape in SHAPES.iter().filter(|shape| wanted.is_empty() || wanted.iter().any(|name| name == shape.name)) {
        let (Some(small), Some(large)) = (best(shape, LONG), best(shape, LONG * 10)) else {
            println!("{:<22} could not be measured", shape.name);
            continue;
        };
        println!(
            "{:<22} {:>7.1} ms {:>7.1} ms {:>6.1}x {:>7.1} MB {:>7.1} MB {:>6.1}x",
            shape.name,
            small.milliseconds,
            large.milliseconds,
            large.milliseconds / small.milliseconds,
            small.megabytes,
            large.megabytes,
            large.megabytes / small.megabytes,
        );
    }
}

/// What one process found.
struct Measured {
    milliseconds: f64,
    megabytes: f64,
}

fn best(shape: &Shape, bytes: usize) -> Option<Measured> {
    let runs = (0..RUNS).filter_map(|_| child(shape, bytes));
    runs.min_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds))
}

fn child(shape: &Shape, bytes: usize) -> Option<Measured> {
    let program = env::current_exe().ok()?;
    let output = Command::new(program).env(MEASURE, format!("{} {bytes}", shape.name)).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    Some(Measured { milliseconds: numbers.next()?.ok()?, megabytes: numbers.next()?.ok()? })
}

/// Prints the milliseconds and megabytes that a document takes; the process itself and the text are not counted.
fn measure(order: &str) {
    let Some((name, bytes)) = order.split_once(' ') else { return };
    let (Some(shape), Ok(bytes)) = (SHAPES.iter().find(|shape| shape.name == name), bytes.parse()) else { return };
    let source = Source::new("document.yaml", shape.text(bytes));
    let before = peak_kilobytes();
    let milliseconds = generate(&source, shape);
    println!("{milliseconds} {}", (peak_kilobytes() - before) / 1e3);
}

/// How many milliseconds code and report take; a document that is not what it was meant to be is a fault of the measurement.
fn generate(source: &Source, shape: &Shape) -> f64 {
    let start = Clock::start();
    let report = match Config::new().generate(source) {
        Ok(output) => output.report().to_string(),
        Err(Error::Refused(report)) => panic!("{} is refused:\n{report}", shape.name),
        Err(other) => panic!("{}: {other}", shape.name),
    };
    let time = start.milliseconds();
    assert_eq!(report.is_empty(), shape.faults == shapes::Faults::None, "{}: {report}", shape.name);
    time
}

/// The time that this process computed, where the system tells (Linux does): what others do at the same time is not
/// the generator's. Else the time that passed.
struct Clock {
    computed: Option<f64>,
    passed: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { computed: computed_nanoseconds(), passed: Instant::now() }
    }

    fn milliseconds(&self) -> f64 {
        let passed = self.passed.elapsed().as_secs_f64() * 1e3;
        match (self.computed, computed_nanoseconds()) {
            (Some(before), Some(now)) => (now - before) / 1e6,
            _ => passed,
        }
    }
}

fn computed_nanoseconds() -> Option<f64> {
    fs::read_to_string("/proc/self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

/// The most memory that this process had so far, where the system tells (Linux does).
fn peak_kilobytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}
