//! A rotation of tokens while events arrive.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::kit::{RECORD_ID, Sandbox, report};

/// How long each of the two senders sends.
const DURATION: &str = "4s";

/// Every event was acknowledged in the end. `503` and `no_answer` are allowed, because the receiver restarts.
fn assert_none_rejected(report: &Value, code: Option<i32>) {
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["acknowledged"], report["events"], "{report}");
    let answers = report["answers"].as_object().unwrap();
    let allowed = ["200", "202", "503", "no_answer"];
    assert!(answers.keys().all(|answer| allowed.contains(&answer.as_str())), "{report}");
}

#[test]
fn tokens_are_rotated_under_load_and_no_event_is_rejected() {
    let sandbox = Sandbox::new();
    // The second sender has its own directory, and sends to the same receiver.
    let mut other = Sandbox::new();
    other.port = sandbox.port;
    for (name, tokens) in [("old", "token-a\n"), ("both", "token-a\ntoken-b\n"), ("new", "token-b\n")] {
        fs::write(sandbox.file(name), tokens).unwrap();
        fs::write(other.file(name), tokens).unwrap();
    }
    let serve = |tokens| sandbox.serve(&["--exec", RECORD_ID, "--token-file", tokens]);
    let load = ["--for", DURATION, "--rate", "60", "--compress", "120", "--token-file"];

    let serving = serve("old");
    let signs_with_old = sandbox.sim(&[load.as_slice(), &["old"]].concat());
    // The sender sends for a fixed time, and the rotation must happen in the middle.
    sleep(Duration::from_secs(1));
    serving.terminate();
    let serving = serve("both");
    let signs_with_new = other.sim(&[load.as_slice(), &["new"]].concat());
    let (old_report, old_code) = report(signs_with_old);
    serving.terminate();
    let serving = serve("new");
    let (new_report, new_code) = report(signs_with_new);
    assert_none_rejected(&old_report, old_code);
    assert_none_rejected(&new_report, new_code);

    sandbox.wait_until_settled(&[]);
    serving.terminate();
    let handled = sandbox.handled();
    let lost = |from: &Sandbox| from.acknowledged().keys().filter(|id| !handled.contains_key(*id)).count();
    assert_eq!((lost(&sandbox), lost(&other)), (0, 0));
}
