//! An hour of trouble, in the time of a sender that tries for 64 minutes: the webhook stays enabled, nothing is lost.

use std::fs;
use std::process::Child;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use rusqlite::Connection;

#[cfg(feature = "nats")]
use crate::broker::{Broker, LARGE};
use crate::disk::Disk;
use crate::kit::{NOTE, PATIENCE, Place, Serving, report};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Brings it about, lets the hour pass, and ends it.
type Fault = fn(&mut Trial);

const FAULTS: &[(&str, Fault)] = &[
    ("killed", |trial| {
        trial.place.serve(&["--exec", NOTE]).kill();
        trial.pass_an_hour();
        let serving = trial.place.serve(&["--exec", NOTE]);
        trial.conclude(serving);
    }),
    ("hung", |trial| {
        let serving = trial.place.serve(&["--exec", NOTE]);
        serving.signal("STOP");
        trial.pass_an_hour();
        serving.signal("CONT");
        trial.conclude(serving);
    }),
    ("without room on its disk", |trial| {
        let Some(disk) = Disk::mount(&trial.place.file("disk")) else { return };
        let log = fs::File::create(trial.place.file("disk/log")).unwrap();
        let serving = trial.place.serve_logging(&["--exec", NOTE, "--inbox", "disk/inbox.sqlite"], log.into());
        disk.fill();
        trial.pass_an_hour();
        disk.free();
        trial.conclude(serving);
    }),
    ("kept from its inbox by another process", |trial| {
        let serving = trial.place.serve(&["--exec", NOTE]);
        let other = Connection::open(trial.place.file("inbox.sqlite")).unwrap();
        // The worker writes into it now and then.
        other.busy_timeout(PATIENCE).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        trial.pass_an_hour();
        other.execute_batch("ROLLBACK").unwrap();
        trial.conclude(serving);
    }),
    ("given another's token", |trial| {
        fs::write(trial.place.file("wrong"), "another's token").unwrap();
        let serving = trial.place.serve(&["--exec", NOTE, "--token-file", "wrong"]);
        trial.pass_an_hour();
        serving.terminate();
        let serving = trial.place.serve(&["--exec", NOTE]);
        trial.conclude(serving);
    }),
    #[cfg(feature = "nats")]
    ("without the server that keeps its inbox", |trial| {
        let Some(mut broker) = Broker::start(LARGE) else { return };
        let serving = trial.place.serve(&["--exec", NOTE, "--inbox", &broker.url(), "--nats-lease", "3s"]);
        broker.kill();
        trial.pass_an_hour();
        broker.start_again();
        trial.conclude(serving);
    }),
];

struct Trial {
    name: &'static str,
    compress: u32,
    place: Place,
    sim: Option<Child>,
}

impl Trial {
    /// From the first event on.
    fn pass_an_hour(&mut self) {
        let hour = HOUR / self.compress;
        let (some, compress) = (format!("{}ms", (hour / 6).as_millis()), self.compress.to_string());
        let arguments = ["--for", &some, "--rate", "10", "--compress", &compress, "--timeout", "1s"];
        self.sim = Some(self.place.sim(&arguments));
        sleep(hour);
    }

    fn conclude(&mut self, serving: Serving) {
        let name = self.name;
        let (report, code) = report(self.sim.take().expect("an hour has passed"));
        assert_eq!((code, report["disabled_by"].as_str()), (Some(0), None), "{name}: {report}");
        assert_eq!(report["acknowledged"], report["events"], "{name}: {report}");
        assert!(report["retries"].as_u64() > report["events"].as_u64(), "{name}, but not for an hour: {report}");
        let (acknowledged, waiting) = (self.place.acknowledged(), Instant::now());
        while !acknowledged.keys().all(|id| self.place.handled().contains_key(id)) {
            assert!(waiting.elapsed() < PATIENCE, "{name}: {acknowledged:?}, and handled {:?}", self.place.handled());
            sleep(Duration::from_millis(50));
        }
        serving.terminate();
        println!("{name}: {report}");
    }
}

fn an_hour_of_each(compress: u32) {
    thread::scope(|scope| {
        for &(name, fault) in FAULTS {
            scope.spawn(move || fault(&mut Trial { name, compress, place: Place::new(), sim: None }));
        }
    });
}

#[test]
fn an_hour_of_any_fault_does_not_disable_the_webhook() {
    an_hour_of_each(240);
}

#[test]
#[ignore = "long form"]
fn an_hour_of_any_fault_in_a_minute() {
    an_hour_of_each(60);
}
