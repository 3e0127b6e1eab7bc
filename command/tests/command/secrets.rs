//! Secrets of `serve` stay in `serve`, and requests of `--forward` are signed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::time::{Duration, SystemTime};

use kustomer_webhooks::asyncapi_receiver::verify::{Verify, WebhookSignature};
use kustomer_webhooks::runtime::Headers;

use crate::kit::{Sandbox, TIMEOUT, command};

const EVENT: &str = r#"{"id": "e1", "name": "kustomer.team.create", "data": {"id": "t1"}}"#;

#[test]
fn commands_do_not_inherit_the_secrets_of_serve() {
    let sandbox = Sandbox::new();
    fs::write(sandbox.file("tokens"), crate::kit::TOKEN).unwrap();
    // The token is in the environment of every command of these tests; see `kit::command`.
    let serving =
        sandbox.serve(&["--token-file", "tokens", "--exec", "env > environment.new; mv environment.new environment"]);
    assert_eq!(sandbox.post(EVENT), "202");
    sandbox.wait_until(|| sandbox.file("environment").exists());
    serving.terminate();
    let environment = fs::read_to_string(sandbox.file("environment")).unwrap();
    assert!(environment.contains("KUSTOMER_EVENT_ID=e1") && environment.contains("PATH="), "{environment}");
    assert!(!environment.contains("KUSTOMER_WEBHOOK_TOKEN"), "{environment}");
}

/// Receives one request, answers 200, and returns its headers and its body.
fn receive(listener: &TcpListener) -> (Headers, Vec<u8>) {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(TIMEOUT)).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut headers, mut line) = (Headers::new(), String::new());
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => headers.append(name, value),
            None if line == "\r\n" => break,
            None => {}
        }
    }
    let length = headers.get_str("content-length").unwrap().parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    (headers, body)
}

#[test]
fn forwarded_events_are_signed_and_have_the_headers_of_the_user() {
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let sandbox = Sandbox::new();
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/events", listener.local_addr().unwrap());
    fs::write(sandbox.file("headers"), "Authorization: Basic dTpw\n").unwrap();
    let call = ["serve", "--inbox", "i", "--forward", &url, "--forward-secret-env", "PATH"];
    let refused = command(sandbox.path(), &call).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "not a secret of Standard Webhooks: {refused:?}");
    let options = ["--forward", &url, "--forward-header", "X-Team: crm", "--forward-header-file", "headers"];
    let secret = [("FORWARD_SECRET", SECRET)];
    let serving =
        sandbox.serve_with(&secret, &[options.as_slice(), &["--forward-secret-env", "FORWARD_SECRET"]].concat());
    assert_eq!(sandbox.post(EVENT), "202");
    let (headers, body) = receive(&listener);
    serving.terminate();
    assert_eq!(body, EVENT.as_bytes());
    assert_eq!(headers.get_str("x-team"), Some("crm"));
    assert_eq!(headers.get_str("authorization"), Some("Basic dTpw"));
    assert_eq!(headers.get_str("webhook-id"), Some("e1"));
    let signature = WebhookSignature::standard_webhooks([SECRET]).unwrap();
    assert_eq!(signature.verify(&headers, &body), Ok(()));
    let later = signature.with_now(|| SystemTime::now() + Duration::from_secs(600));
    assert!(later.verify(&headers, &body).is_err());
}

#[test]
fn a_password_in_the_url_is_refused_and_not_repeated() {
    let sandbox = Sandbox::new();
    let call = ["serve", "--inbox", "i", "--forward", "http://user:hunter2@127.0.0.1:1/"];
    let output = command(sandbox.path(), &call).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("--forward-header-file") && !text.contains("hunter2"), "{text}");
}
