//! One token takes the place of another while events come in.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::kit::{NOTE, Place, report};

/// How long each of the two senders sends.
const SPAN: &str = "4s";

/// What is not an answer of a receiver that starts anew is one that it gives.
fn assert_none_rejected(report: &Value, code: Option<i32>) {
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["acknowledged"], report["events"], "{report}");
    let answers = report["answers"].as_object().unwrap();
    let allowed = ["200", "202", "503", "no_answer"];
    assert!(answers.keys().all(|answer| allowed.contains(&answer.as_str())), "{report}");
}

#[test]
fn tokens_are_rotated_under_load_without_a_rejected_event() {
    let place = Place::new();
    // Another directory, with a token and a list of its own, and the same receiver.
    let mut other = Place::new();
    other.port = place.port;
    for (name, tokens) in [("old", "token-a\n"), ("both", "token-a\ntoken-b\n"), ("new", "token-b\n")] {
        fs::write(place.file(name), tokens).unwrap();
        fs::write(other.file(name), tokens).unwrap();
    }
    let serve = |tokens| place.serve(&["--exec", NOTE, "--token-file", tokens]);
    let load = ["--for", SPAN, "--rate", "60", "--compress", "120", "--token-file"];

    let serving = serve("old");
    let signs_with_old = place.sim(&[load.as_slice(), &["old"]].concat());
    sleep(Duration::from_secs(1));
    serving.terminate();
    let serving = serve("both");
    let signs_with_new = other.sim(&[load.as_slice(), &["new"]].concat());
    let (report_of_old, code_of_old) = report(signs_with_old);
    serving.terminate();
    let serving = serve("new");
    let (report_of_new, code_of_new) = report(signs_with_new);
    assert_none_rejected(&report_of_old, code_of_old);
    assert_none_rejected(&report_of_new, code_of_new);

    place.settled(&[]);
    serving.terminate();
    let handled = place.handled();
    let lost = |from: &Place| from.acknowledged().keys().filter(|id| !handled.contains_key(*id)).count();
    assert_eq!((lost(&place), lost(&other)), (0, 0));
}
