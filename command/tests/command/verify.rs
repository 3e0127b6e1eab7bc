//! `verify`: a body and a header.

use std::fs;
use std::process::Output;

use serde_json::json;

use crate::kit::{Place, TOKEN, command, json as parsed};

const BODY: &str = r#"{"name": "kustomer.team.create"}"#;

fn verify(place: &Place, signature: &str, more: &[&str]) -> Output {
    command(place.path(), &["verify", "body", "--signature", signature]).args(more).output().unwrap()
}

#[test]
fn a_signature_is_genuine_under_any_of_the_tokens() {
    let place = Place::new();
    fs::write(place.file("body"), BODY).unwrap();
    let genuine = kustomer_webhooks::sign(TOKEN, BODY.as_bytes()).unwrap();

    let output = verify(&place, &genuine, &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(parsed(&output), json!({"genuine": true, "reason": null, "body_bytes": BODY.len()}));

    fs::write(place.file("tokens"), format!("another\n{TOKEN}\n")).unwrap();
    assert_eq!(verify(&place, &genuine, &["--token-file", "tokens"]).status.code(), Some(0));
    fs::write(place.file("tokens"), "another\n").unwrap();
    let output = verify(&place, &genuine, &["--token-file", "tokens"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("not genuine: a signature that does not match"));

    fs::write(place.file("body"), format!("{BODY}\n")).unwrap();
    assert_eq!(verify(&place, &genuine, &[]).status.code(), Some(1), "one byte more");
    assert_eq!(verify(&place, "no hex", &[]).status.code(), Some(1));
    fs::write(place.file("tokens"), "\n").unwrap();
    assert_eq!(verify(&place, &genuine, &["--token-file", "tokens"]).status.code(), Some(2), "no token");
}
