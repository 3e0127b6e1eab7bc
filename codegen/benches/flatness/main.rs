//! A document ten times as large is to take at most eleven times as long, and as much memory: prints how much it takes.
//!
//! `cargo bench -p asyncapi-codegen --bench flatness [-- SHAPE or PATH…]`; a path is that of a document, which is
//! measured as it is, and ten times over in one. Each run is a process of its own, as a build script is: it begins
//! with no memory, and its peak is its own. Of several runs the best counts. Nothing is asserted: a busy machine is no
//! fault of the generator.

mod repeated;
mod shapes;

use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs, thread};

use asyncapi_codegen::{Config, Error, Source};

use crate::shapes::{Faults, SHAPES, Shape};

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
    let (documents, shapes): (Vec<&String>, Vec<&String>) = wanted.iter().partition(|name| Path::new(name).is_file());
    println!("{:<22} {:>10} {:>10} {:>7} {:>10} {:>10} {:>7}", "shape", "n", "10 n", "time", "n", "10 n", "memory");
    let is_wanted = |shape: &&Shape| wanted.is_empty() || shapes.iter().any(|name| *name == shape.name);
    let shapes = SHAPES.iter().filter(is_wanted).map(|shape| (shape.name, LONG));
    for (name, size) in shapes.chain(documents.into_iter().map(|path| (path.as_str(), 1))) {
        // The end of a path is what tells.
        let shown = name.char_indices().rev().nth(21).map_or(name, |(start, _)| &name[start..]);
        let (Some(small), Some(large)) = (best(name, size), best(name, size * 10)) else {
            println!("{shown:<22} could not be measured");
            continue;
        };
        println!(
            "{shown:<22} {:>7.1} ms {:>7.1} ms {:>6.1}x {:>7.1} MB {:>7.1} MB {:>6.1}x",
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

fn best(name: &str, size: usize) -> Option<Measured> {
    let runs = (0..RUNS).filter_map(|_| child(name, size));
    runs.min_by(|one, other| one.milliseconds.total_cmp(&other.milliseconds))
}

fn child(name: &str, size: usize) -> Option<Measured> {
    let program = env::current_exe().ok()?;
    let output = Command::new(program).env(MEASURE, format!("{size} {name}")).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    Some(Measured { milliseconds: numbers.next()?.ok()?, megabytes: numbers.next()?.ok()? })
}

/// Prints the milliseconds and megabytes that a document takes; the process itself and the text are not counted.
fn measure(order: &str) {
    let Some((size, name)) = order.split_once(' ') else { return };
    let Ok(size) = size.parse() else { return };
    let shape = SHAPES.iter().find(|shape| shape.name == name);
    let text = match shape {
        Some(shape) => Some(shape.text(size)),
        None => fs::read_to_string(name).ok().and_then(|text| repeated::repeated(&text, size)),
    };
    let Some(text) = text else { return };
    let source = Source::new("document.yaml", text);
    let before = peak_kilobytes();
    let milliseconds = generate(&source, name, shape.map(|shape| shape.faults));
    println!("{milliseconds} {}", (peak_kilobytes() - before) / 1e3);
}

/// How many milliseconds code and report take; a document that is not what it was meant to be is a fault of the measurement.
fn generate(source: &Source, name: &str, faults: Option<Faults>) -> f64 {
    let start = Clock::start();
    let report = match Config::new().generate(source) {
        Ok(output) => output.report().to_string(),
        Err(Error::Refused(report)) => panic!("{name} is refused:\n{report}"),
        Err(other) => panic!("{name}: {other}"),
    };
    let time = start.milliseconds();
    assert!(faults.is_none_or(|faults| report.is_empty() == (faults == Faults::None)), "{name}: {report}");
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
    // Between two of its own ticks the system counts when somebody else may have the processor, and not before.
    thread::yield_now();
    fs::read_to_string("/proc/self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

/// The most memory that this process had so far, where the system tells (Linux does).
fn peak_kilobytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(f64::NAN)
}
