//! An inbox in a cluster of three servers, whose leader is killed under load.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::kit::{RECORD_ID, Sandbox, TIMEOUT, report};

/// Kills the leader `times` times, with the time `every` before each kill, at `rate` events per second.
fn test_killed_leader(times: u32, every: Duration, rate: &str) {
    let Some(mut cluster) = Cluster::start() else { return };
    let sandbox = Sandbox::new();
    let urls = cluster.urls();
    // The exit code is 2 when the cluster is formed and reports that the inbox does not exist.
    sandbox.wait_until(|| sandbox.inbox(&["ls", "--inbox", &urls]).status.code() == Some(2));
    let inbox = ["--inbox", &urls, "--nats-replicas", "3", "--nats-lease", "3s"];
    // Without a long header deadline, a retry could meet a connection that is just being closed.
    let options = ["--header-deadline", "60s", "--exec", RECORD_ID];
    let serving = sandbox.serve(&[inbox.as_slice(), &options].concat());
    assert_eq!(serving.started["replicas"], 3);
    // Three servers need up to nine seconds to elect a new leader.
    let span = format!("{}ms", (every * (2 * times + 1)).as_millis());
    // The last retries of the sender happen when all servers run again.
    let sim = sandbox.sim(&["--for", &span, "--rate", rate, "--compress", "15"]);
    for _ in 0..times {
        sleep(every);
        cluster.kill_the_leader("webhooks");
    }
    let (report, code) = report(sim);
    assert_eq!((code, report["disabled_by"].as_str()), (Some(0), None), "{report}");
    let answers: BTreeSet<_> = report["answers"].as_object().unwrap().keys().map(String::as_str).collect();
    assert!(answers.is_subset(&BTreeSet::from(["200", "202", "503"])), "{report}");

    let acknowledged = sandbox.acknowledged();
    assert!(!acknowledged.is_empty(), "{report}");
    let (waiting, patience) = (Instant::now(), 3 * TIMEOUT);
    loop {
        let handled = sandbox.handled();
        let missing: Vec<_> = acknowledged.keys().filter(|id| !handled.contains_key(*id)).collect();
        if missing.is_empty() {
            break;
        }
        let total = acknowledged.len();
        assert!(
            waiting.elapsed() < patience,
            "missing of {total}: {missing:?} {:?}",
            sandbox.inbox(&["ls", "--inbox", &urls])
        );
        sleep(Duration::from_millis(500));
    }
    let listed = sandbox.wait_until_settled(&["--inbox", &urls]);
    serving.terminate();
    assert_eq!(listed["dead"], 0, "{listed}");
    println!("{} acknowledged, {times} leaders killed; {report}", acknowledged.len());
}

#[test]
fn no_acknowledged_event_is_lost_when_the_leader_is_killed() {
    test_killed_leader(1, Duration::from_secs(2), "30");
}

#[test]
#[ignore = "long form"]
fn no_acknowledged_event_is_lost_when_leaders_are_killed_for_a_minute() {
    test_killed_leader(12, Duration::from_secs(5), "40");
}
