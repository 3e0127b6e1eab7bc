//! `verify`: checks the signature of a body.

use std::fs;
use std::process::Output;

use serde_json::json;

use crate::kit::{Sandbox, TOKEN, command, json as parsed};

const BODY: &str = r#"{"name": "kustomer.team.create"}"#;

fn verify(sandbox: &Sandbox, signature: &str, more: &[&str]) -> Output {
    command(sandbox.path(), &["verify", "body", "--signature", signature]).args(more).output().unwrap()
}

#[test]
fn a_signature_is_genuine_with_any_of_the_tokens() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.file("body"), BODY).unwrap();
    let genuine = kustomer_webhooks::sign(TOKEN, BODY.as_bytes()).unwrap();

    let output = verify(&sandbox, &genuine, &["--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(parsed(&output), json!({"genuine": true, "reason": null, "body_bytes": BODY.len()}));

    fs::write(sandbox.file("tokens"), format!("another\n{TOKEN}\n")).unwrap();
    assert_eq!(verify(&sandbox, &genuine, &["--token-file", "tokens"]).status.code(), Some(0));
    fs::write(sandbox.file("tokens"), "another\n").unwrap();
    let output = verify(&sandbox, &genuine, &["--token-file", "tokens"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("not genuine: a signature that does not match"));

    fs::write(sandbox.file("body"), format!("{BODY}\n")).unwrap();
    assert_eq!(verify(&sandbox, &genuine, &[]).status.code(), Some(1), "one byte more");
    assert_eq!(verify(&sandbox, "no hex", &[]).status.code(), Some(1));
    fs::write(sandbox.file("tokens"), "\n").unwrap();
    assert_eq!(verify(&sandbox, &genuine, &["--token-file", "tokens"]).status.code(), Some(2), "no token");
}
