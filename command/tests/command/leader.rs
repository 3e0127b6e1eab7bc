//! The command with its inbox in three servers, of which the one that leads is killed under load.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::kit::{NOTE, PATIENCE, Place, report};

/// The kills, the time before each of them, and the events a second meanwhile.
fn leader_killed(times: u32, every: Duration, rate: &str) {
    let Some(mut cluster) = Cluster::start() else { return };
    let place = Place::new();
    let urls = cluster.urls();
    // Once they have found each other they know that there is no inbox.
    place.until(|| place.inbox(&["ls", "--inbox", &urls]).status.code() == Some(2));
    let inbox = ["--inbox", &urls, "--nats-replicas", "3", "--nats-lease", "3s"];
    // A connection that is closed for its rest just as a retry comes by it would be no answer.
    let patient = ["--header-deadline", "60s", "--exec", NOTE];
    let serving = place.serve(&[inbox.as_slice(), &patient].concat());
    assert_eq!(serving.started["replicas"], 3);
    // Three servers take up to nine seconds to choose another leader.
    let span = format!("{}ms", (every * (2 * times + 1)).as_millis());
    // So the sender's last tries come when no server is killed any more.
    let sim = place.sim(&["--for", &span, "--rate", rate, "--compress", "15"]);
    for _ in 0..times {
        sleep(every);
        cluster.kill_the_leader("webhooks");
    }
    let (report, code) = report(sim);
    assert_eq!((code, report["disabled_by"].as_str()), (Some(0), None), "{report}");
    let answers: BTreeSet<_> = report["answers"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(answers.is_subset(&BTreeSet::from(["200", "202", "503"])), "{report}");

    let acknowledged = place.acknowledged();
    assert!(!acknowledged.is_empty(), "{report}");
    let (waiting, patience) = (Instant::now(), 3 * PATIENCE);
    loop {
        let handled = place.handled();
        let missing: Vec<_> = acknowledged.keys().filter(|id| !handled.contains_key(*id)).collect();
        if missing.is_empty() {
            break;
        }
        let of = acknowledged.len();
        assert!(waiting.elapsed() < patience, "of {of}: {missing:?} {:?}", place.inbox(&["ls", "--inbox", &urls]));
        sleep(Duration::from_millis(500));
    }
    let listed = place.settled(&["--inbox", &urls]);
    serving.terminate();
    assert_eq!(listed["dead"], 0, "{listed}");
    println!("{} acknowledged, {times} leaders killed; {report}", acknowledged.len());
}

#[test]
fn a_leader_that_is_killed_takes_nothing_acknowledged_with_it() {
    leader_killed(1, Duration::from_secs(2), "30");
}

#[test]
#[ignore = "long form"]
fn a_leader_killed_every_five_seconds_for_a_minute() {
    leader_killed(12, Duration::from_secs(5), "40");
}
