//! An outage of one hour, in compressed time. The sender retries for 64 minutes, so the webhook stays enabled and no event
//! is lost.

use std::fs;
use std::process::Child;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rusqlite::Connection;

#[cfg(feature = "nats")]
use crate::broker::{Broker, LARGE};
use crate::disk::Disk;
use crate::kit::{RECORD_ID, Sandbox, Serving, TIMEOUT, report};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Starts the outage, lets the hour pass, and ends the outage.
type Fault = fn(&mut Trial);

const FAULTS: &[(&str, Fault)] = &[
    ("killed", |trial| {
        trial.sandbox.serve(&["--exec", RECORD_ID]).kill();
        trial.pass_an_hour();
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID]);
        trial.conclude(serving);
    }),
    ("hung", |trial| {
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID]);
        serving.signal("STOP");
        trial.pass_an_hour();
        serving.signal("CONT");
        trial.conclude(serving);
    }),
    ("disk full", |trial| {
        let Some(disk) = Disk::mount(&trial.sandbox.file("disk")) else { return };
        let log = fs::File::create(trial.sandbox.file("disk/log")).unwrap();
        let serving = trial.sandbox.serve_logging(&["--exec", RECORD_ID, "--inbox", "disk/inbox.sqlite"], log.into());
        disk.fill();
        trial.pass_an_hour();
        disk.free();
        trial.conclude(serving);
    }),
    ("inbox locked by another process", |trial| {
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID]);
        let other = Connection::open(trial.sandbox.file("inbox.sqlite")).unwrap();
        // The worker sometimes writes to the inbox.
        other.busy_timeout(TIMEOUT).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        trial.pass_an_hour();
        other.execute_batch("ROLLBACK").unwrap();
        trial.conclude(serving);
    }),
    ("wrong token", |trial| {
        fs::write(trial.sandbox.file("wrong"), "the token of another webhook").unwrap();
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID, "--token-file", "wrong"]);
        trial.pass_an_hour();
        serving.terminate();
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID]);
        trial.conclude(serving);
    }),
    #[cfg(feature = "nats")]
    ("NATS server down", |trial| {
        let Some(mut broker) = Broker::start(LARGE) else { return };
        let serving = trial.sandbox.serve(&["--exec", RECORD_ID, "--inbox", &broker.url(), "--nats-lease", "3s"]);
        broker.kill();
        trial.pass_an_hour();
        broker.restart();
        trial.conclude(serving);
    }),
];

struct Trial {
    name: &'static str,
    compress: u32,
    sandbox: Sandbox,
    sim: Option<Child>,
}

impl Trial {
    /// Starts to send events, and waits for an hour of compressed time.
    fn pass_an_hour(&mut self) {
        let hour = HOUR / self.compress;
        let (sending, compress) = (format!("{}ms", (hour / 6).as_millis()), self.compress.to_string());
        let arguments = ["--for", &sending, "--rate", "10", "--compress", &compress, "--timeout", "1s"];
        self.sim = Some(self.sandbox.sim(&arguments));
        // The outage has a fixed length.
        sleep(hour);
    }

    fn conclude(&mut self, serving: Serving) {
        let name = self.name;
        let (report, code) = report(self.sim.take().expect("pass_an_hour was called"));
        assert_eq!((code, report["disabled_by"].as_str()), (Some(0), None), "{name}: {report}");
        assert_eq!(report["acknowledged"], report["events"], "{name}: {report}");
        assert!(report["retries"].as_u64() > report["events"].as_u64(), "{name}: the outage was too short: {report}");
        let (acknowledged, waiting) = (self.sandbox.acknowledged(), Instant::now());
        while !acknowledged.keys().all(|id| self.sandbox.handled().contains_key(id)) {
            assert!(waiting.elapsed() < TIMEOUT, "{name}: {acknowledged:?}, and handled {:?}", self.sandbox.handled());
            sleep(Duration::from_millis(50));
        }
        serving.terminate();
        println!("{name}: {report}");
    }
}

fn an_hour_of_each(compress: u32) {
    thread::scope(|scope| {
        for &(name, fault) in FAULTS {
            scope.spawn(move || fault(&mut Trial { name, compress, sandbox: Sandbox::new(), sim: None }));
        }
    });
}

#[test]
#[ignore = "long form"]
fn an_hour_of_each_fault_does_not_disable_the_webhook() {
    an_hour_of_each(240);
}

#[test]
#[ignore = "long form"]
fn an_hour_of_each_fault_in_a_minute() {
    an_hour_of_each(60);
}
