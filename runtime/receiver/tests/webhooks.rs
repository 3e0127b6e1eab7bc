//! Signatures of well-known senders, by their own published examples where there are some.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use asyncapi_receiver::verify::VerifyError::{Malformed, Mismatch, Missing, WrongTime};
use asyncapi_receiver::verify::{
    HmacFormat, Secret, SecretError, SignatureEncoding, SignedPart, Verify, WebhookSignature,
};
use asyncapi_runtime::{FieldPath, Headers};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

fn headers<const N: usize>(headers: [(&str, &str); N]) -> Headers {
    headers.into_iter().collect()
}

/// The example of the reference libraries of Standard Webhooks.
const STANDARD_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const STANDARD_ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const STANDARD_TIME: u64 = 1_614_265_330;
const STANDARD_BODY: &[u8] = br#"{"test": 2432232314}"#;
const STANDARD_SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn standard(secrets: &[&str]) -> WebhookSignature {
    WebhookSignature::standard_webhooks(secrets).unwrap().with_now(|| at(STANDARD_TIME))
}

fn standard_headers(signature: &str) -> Headers {
    let time = STANDARD_TIME.to_string();
    headers([("webhook-id", STANDARD_ID), ("webhook-timestamp", &time), ("webhook-signature", signature)])
}

#[test]
fn the_example_of_standard_webhooks_verifies() {
    let signature = standard(&[STANDARD_SECRET]);
    assert_eq!(signature.verify(&standard_headers(STANDARD_SIGNATURE), STANDARD_BODY), Ok(()));
    assert_eq!(signature.verify(&standard_headers(STANDARD_SIGNATURE), b"{}"), Err(Mismatch));
    // Several signatures, and versions that are not known.
    let several = format!("v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x {STANDARD_SIGNATURE}");
    assert_eq!(signature.verify(&standard_headers(&several), STANDARD_BODY), Ok(()));
    assert_eq!(signature.verify(&standard_headers("v2,x"), STANDARD_BODY), Err(Malformed));
    let without_prefix = standard(&[STANDARD_SECRET.strip_prefix("whsec_").unwrap()]);
    assert_eq!(without_prefix.verify(&standard_headers(STANDARD_SIGNATURE), STANDARD_BODY), Ok(()));
}

#[test]
fn standard_webhooks_are_signed_as_in_the_example() {
    let signed = standard(&[STANDARD_SECRET]).sign(STANDARD_ID, at(STANDARD_TIME), STANDARD_BODY).unwrap();
    assert_eq!(signed.get_str("webhook-id"), Some(STANDARD_ID));
    assert_eq!(signed.get_str("webhook-timestamp"), Some("1614265330"));
    assert_eq!(signed.get_str("webhook-signature"), Some(STANDARD_SIGNATURE));
}

#[test]
fn several_secrets_are_valid_while_one_replaces_another() {
    let (old, new) = (STANDARD_SECRET, "whsec_bmV3LXNlY3JldA==");
    let both = standard(&[old, new]);
    let signed = both.sign(STANDARD_ID, at(STANDARD_TIME), STANDARD_BODY).unwrap();
    for receiver in [standard(&[old]), standard(&[new]), both] {
        assert_eq!(receiver.verify(&signed, STANDARD_BODY), Ok(()));
    }
    assert_eq!(standard(&["b3RoZXI="]).verify(&signed, STANDARD_BODY), Err(Mismatch));
}

#[test]
fn a_recorded_delivery_is_refused_after_the_tolerance() {
    let signed = standard_headers(STANDARD_SIGNATURE);
    for (now, tolerance, outcome) in [
        (STANDARD_TIME + 300, None, Ok(())),
        (STANDARD_TIME - 300, None, Ok(())),
        (STANDARD_TIME + 301, None, Err(WrongTime)),
        (STANDARD_TIME - 301, None, Err(WrongTime)),
        (STANDARD_TIME + 301, Some(3_600), Ok(())),
    ] {
        let mut signature = standard(&[STANDARD_SECRET]).with_now(move || at(now));
        if let Some(seconds) = tolerance {
            signature = signature.with_tolerance(Duration::from_secs(seconds));
        }
        assert_eq!(signature.verify(&signed, STANDARD_BODY), outcome, "{now}");
        assert_eq!(signature.verify_head(&signed), outcome, "before the body is read");
    }
}

#[test]
fn each_header_of_a_signature_occurs_once_and_is_well_formed() {
    let signature = standard(&[STANDARD_SECRET]);
    let good = standard_headers(STANDARD_SIGNATURE);
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let without: Headers = good.iter().filter(|(known, _)| *known != name).collect();
        assert_eq!(signature.verify(&without, STANDARD_BODY), Err(Missing), "{name}");
        let mut twice = good.clone();
        twice.append(name, good.get(name).unwrap());
        assert_eq!(signature.verify(&twice, STANDARD_BODY), Err(Malformed), "{name}");
    }
    for (name, value) in [
        ("webhook-timestamp", "+1614265330"),
        ("webhook-timestamp", "1614265330.5"),
        ("webhook-timestamp", ""),
        ("webhook-timestamp", "99999999999999999999"),
        ("webhook-id", ""),
        // It could move the border between the id and the timestamp.
        ("webhook-id", "msg.1614265330"),
        ("webhook-signature", "v1,not base64"),
    ] {
        let mut changed = good.clone();
        changed.insert(name, value);
        assert_eq!(signature.verify(&changed, STANDARD_BODY), Err(Malformed), "{name}: {value}");
    }
}

/// The signature was made with the first key of RFC 8032, section 7.1, by the Python package `cryptography`.
#[cfg(feature = "ed25519")]
#[test]
fn ed25519_signatures_of_standard_webhooks_verify() {
    let key = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let made = "v1a,//eaJKtnMV+usFgciXzBMCP6SbWzd+7h1Mlelf2rfvpfn6wDeBL0QcvSjECv+yet1miky+RleiKxE4zmhMhhDg==";
    let time = STANDARD_TIME.to_string();
    let signed = headers([("webhook-id", "msg_1"), ("webhook-timestamp", &time), ("webhook-signature", made)]);
    let signature = standard(&[key]);
    assert_eq!(signature.verify(&signed, br#"{"test": 1}"#), Ok(()));
    assert_eq!(signature.verify(&signed, br#"{"test": 2}"#), Err(Mismatch));
    // A key does not verify the other kind of signature.
    assert_eq!(standard(&[STANDARD_SECRET]).verify(&signed, br#"{"test": 1}"#), Err(Mismatch));
    assert_eq!(signature.verify(&standard_headers(STANDARD_SIGNATURE), STANDARD_BODY), Err(Mismatch));
    assert!(signature.sign("msg_1", at(STANDARD_TIME), b"{}").is_none(), "a public key cannot sign");
    assert_eq!(WebhookSignature::standard_webhooks(["whpk_AAAA"]).unwrap_err(), SecretError::NotValid);
}

/// GitHub, "Validating webhook deliveries": the values for a test of an implementation.
#[test]
fn the_example_of_github_verifies() {
    let signature = WebhookSignature::github([secret("It's a Secret to Everybody")]).unwrap();
    let value = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    assert_eq!(signature.verify(&headers([("X-Hub-Signature-256", value)]), b"Hello, World!"), Ok(()));
    assert_eq!(signature.verify(&headers([("X-Hub-Signature-256", value)]), b"Hello, World"), Err(Mismatch));
    assert_eq!(signature.verify(&headers([("X-Hub-Signature-256", &value[7..])]), b"Hello, World!"), Err(Malformed));
    assert_eq!(signature.verify(&headers([("X-Hub-Signature", value)]), b"Hello, World!"), Err(Missing));
    let signed = signature.sign("", at(0), b"Hello, World!").unwrap();
    assert_eq!(signed.get_str("x-hub-signature-256"), Some(value));
    assert_eq!(signature.event_name(), Some(&FieldPath::header("X-GitHub-Event")));
}

/// Slack, "Verifying requests from Slack": the worked example.
#[test]
fn the_example_of_slack_verifies() {
    const TIME: u64 = 1_531_420_618;
    let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&\
                 channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&\
                 response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
                 96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let signature = WebhookSignature::slack([secret("8f742231b10e8888abcd99yyyzzz85a5")]).unwrap();
    let signed = |time: &str| {
        let value = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        headers([("X-Slack-Signature", value), ("X-Slack-Request-Timestamp", time)])
    };
    let then = signature.clone().with_now(|| at(TIME + 1));
    assert_eq!(then.verify(&signed("1531420618"), body), Ok(()));
    assert_eq!(then.verify(&signed("1531420619"), body), Err(Mismatch), "the time is signed");
    assert_eq!(signature.verify(&signed("1531420618"), body), Err(WrongTime));
}

/// Stripe publishes no complete example: the signature was made by Python's `hmac`, as "Verify webhook signatures
/// manually" says.
#[test]
fn signatures_of_stripe_verify() {
    const TIME: u64 = 1_492_774_577;
    let body = br#"{"id": "evt_1", "type": "charge.succeeded"}"#;
    let good = "12cea1ad4dde2d676d739aed43ede63cd96be52d04d4a59d60d2ae581fc968d0";
    let signature = WebhookSignature::stripe([secret("whsec_test")]).unwrap().with_now(|| at(TIME));
    for (value, outcome) in [
        (format!("t={TIME},v1={good}"), Ok(())),
        (format!("t={TIME},v1={},v1={good},v0=6ffbb59b", "0".repeat(64)), Ok(())),
        (format!("t={TIME}, v1={good}"), Ok(())),
        (format!("t={TIME},v0={good}"), Err(Malformed)),
        (format!("v1={good}"), Err(Malformed)),
        (format!("t={TIME},t={TIME},v1={good}"), Err(Malformed)),
        (format!("t={},v1={good}", TIME + 1), Err(Mismatch)),
        (format!("t={},v1={good}", TIME + 301), Err(WrongTime)),
    ] {
        assert_eq!(signature.verify(&headers([("Stripe-Signature", &value)]), body), outcome, "{value}");
    }
    let signed = signature.sign("evt_1", at(TIME), body).unwrap();
    assert_eq!(signed.get_str("stripe-signature"), Some(format!("t={TIME},v1={good}").as_str()));
}

/// Shopify publishes no complete example either.
#[test]
fn signatures_of_shopify_verify() {
    let signature = WebhookSignature::shopify([secret("hush")]).unwrap();
    let signed = headers([("X-Shopify-Hmac-SHA256", "E9XxLgppVNX12rqWuu0/CN/43MeuZC0xdhRuMq1MPWg=")]);
    assert_eq!(signature.verify(&signed, br#"{"id": 1}"#), Ok(()));
    assert_eq!(signature.verify(&signed, br#"{"id": 2}"#), Err(Mismatch));
}

#[test]
fn a_format_of_ones_own_is_verified_and_signed() {
    let format = HmacFormat::new("X-Sign")
        .with_prefix("v9 ")
        .with_encoding(SignatureEncoding::Base64)
        .with_timestamp_header("X-Time")
        .with_signed([SignedPart::Body, SignedPart::Text("/".into()), SignedPart::Timestamp]);
    let signature = WebhookSignature::hmac_sha256(format, [secret("a")]).unwrap().with_now(|| at(7));
    let signed = signature.sign("", at(7), b"{}").unwrap();
    assert!(signed.get_str("x-sign").unwrap().starts_with("v9 "));
    assert_eq!(signature.signature_headers(), Some(vec!["X-Sign", "X-Time"]));
    assert_eq!(signature.verify(&signed, b"{}"), Ok(()));
    assert_eq!(signature.verify(&signed, b"[]"), Err(Mismatch));
}

#[test]
fn a_verifier_needs_valid_secrets_and_does_not_show_them() {
    assert_eq!(WebhookSignature::github(Vec::<Secret>::new()).unwrap_err(), SecretError::NoneGiven);
    assert_eq!(WebhookSignature::standard_webhooks(Vec::<&str>::new()).unwrap_err(), SecretError::NoneGiven);
    assert_eq!(WebhookSignature::standard_webhooks(["whsec_"]).unwrap_err(), SecretError::Empty);
    assert_eq!(WebhookSignature::standard_webhooks(["whsec_?"]).unwrap_err(), SecretError::NotValid);
    let shown = format!("{:?}", WebhookSignature::stripe([secret("hunter2")]).unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}
