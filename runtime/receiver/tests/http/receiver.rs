//! The responses of the receiver to each kind of request.

use std::sync::Arc;
use std::time::Duration;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::verify::{HmacSha256Hex, Secret, sign};
use asyncapi_receiver::{Accept, Accepted, Inline, NotAccepted};
use asyncapi_runtime::{BoxFuture, Inbound};

use crate::client::{Reply, head, post, send};
use crate::script::{Fate, HANDLED, NOT_JSON, PANICKING, REJECTED, RETRIED, SLOW, Script, Sink, UNKNOWN, WRONG_SHAPE};
use crate::server::Server;

const HEADER: &str = "x-signature";
const TOKEN: &str = "token-a";
/// A well-formed signature that matches no body.
const MADE_UP: &str = "00000000000000000000000000000000000000000000000000000000000000ff";
/// A deadline that is exceeded on purpose. Requests that should be in time have the default deadlines.
const SHORT: Duration = Duration::from_millis(50);

type Scripted = Inline<Arc<Script>>;

fn secret(token: &str) -> Secret {
    Secret::new(token).unwrap()
}

fn verifier(tokens: &[&str]) -> HmacSha256Hex {
    HmacSha256Hex::new(HEADER, tokens.iter().map(|token| secret(token))).unwrap()
}

fn receiver(script: &Arc<Script>) -> Receiver<Scripted> {
    Receiver::new(Inline::new(Arc::clone(script)), verifier(&[TOKEN]))
}

/// Posts a body with a valid signature, and returns the reply.
async fn deliver(server: Server, receiver: Receiver<Scripted>, body: &str) -> Reply {
    let signature = sign(&secret(TOKEN), body.as_bytes());
    post(server.serve(receiver).await, &[(HEADER, &signature)], body).await
}

#[tokio::test]
async fn handled_is_204() {
    for server in Server::BOTH {
        for body in [HANDLED, UNKNOWN] {
            let script = Arc::default();
            let reply = deliver(server, receiver(&script), body).await;
            assert_eq!((reply.status, reply.body.as_str()), (204, ""), "{server:?}");
            assert_eq!((script.dispatched(), script.channel()), (1, None));
        }
    }
}

#[tokio::test]
async fn the_channel_is_what_it_was_set_to() {
    for server in Server::BOTH {
        let script = Arc::default();
        let reply = deliver(server, receiver(&script).with_channel("notes"), HANDLED).await;
        assert_eq!((reply.status, script.channel().as_deref()), (204, Some("notes")), "{server:?}");
    }
}

#[tokio::test]
async fn every_verification_failure_gets_the_same_401() {
    for server in Server::BOTH {
        let script = Arc::default();
        let address = server.serve(receiver(&script)).await;
        let other_key = sign(&secret("token-x"), HANDLED.as_bytes());
        let other_body = sign(&secret(TOKEN), RETRIED.as_bytes());
        let good = sign(&secret(TOKEN), HANDLED.as_bytes());
        let attempts: [&[(&str, &str)]; 7] = [
            &[],
            &[(HEADER, "")],
            &[(HEADER, "no hex")],
            &[(HEADER, &good[..62])],
            &[(HEADER, &other_key)],
            &[(HEADER, &other_body)],
            &[(HEADER, &good), (HEADER, &good)],
        ];
        let mut replies = Vec::new();
        for headers in attempts {
            replies.push(post(address, headers, HANDLED).await);
        }
        assert_eq!(replies[0].status, 401, "{server:?}");
        assert!(replies.iter().all(|reply| *reply == replies[0]), "{server:?}: {replies:?}");
        assert_eq!(script.dispatched(), 0, "nothing else is done");
        assert_eq!(post(address, &[(HEADER, &good)], HANDLED).await.status, 204, "or nothing could be");
    }
}

#[tokio::test]
async fn a_request_without_a_signature_is_refused_before_its_body() {
    for server in Server::BOTH {
        let address = server.serve(receiver(&Arc::default()).with_body_deadline(SHORT)).await;
        let without: [&[(&str, &str)]; 3] = [&[], &[(HEADER, "00")], &[(HEADER, MADE_UP), (HEADER, MADE_UP)]];
        for headers in without {
            // No body follows: waiting for one would end in a 408.
            let headers = [&[("content-length", "17")], headers].concat();
            assert_eq!(send(address, &head("POST", &headers)).await.status, 401, "{server:?} {headers:?}");
        }
    }
}

#[tokio::test]
async fn secrets_rotate_without_a_refused_event() {
    for server in Server::BOTH {
        for (tokens, with_old, with_new) in
            [(&["old"][..], 204, 401), (&["old", "new"], 204, 204), (&["new"], 401, 204)]
        {
            let receiver = Receiver::new(Inline::new(Script::default()), verifier(tokens));
            let address = server.serve(receiver).await;
            for (token, status) in [("old", with_old), ("new", with_new)] {
                let signature = sign(&secret(token), HANDLED.as_bytes());
                let reply = post(address, &[(HEADER, &signature)], HANDLED).await;
                assert_eq!(reply.status, status, "{server:?}: {token} at {tokens:?}");
            }
        }
    }
}

#[tokio::test]
async fn the_raw_bytes_are_what_was_signed() {
    for server in Server::BOTH {
        let spaced = " { \"name\" :\t\"handled\",\n\"text\":\"\\u0041\" } ";
        let reply = deliver(server, receiver(&Arc::default()), spaced).await;
        assert_eq!(reply.status, 204, "{server:?}");
    }
}

#[tokio::test]
async fn any_method_but_post_is_405() {
    for server in Server::BOTH {
        let script = Arc::default();
        let address = server.serve(receiver(&script)).await;
        let signature = sign(&secret(TOKEN), b"");
        for method in ["GET", "PUT", "DELETE", "OPTIONS", "PROPFIND"] {
            let reply = send(address, &head(method, &[(HEADER, &signature)])).await;
            assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")), "{server:?} {method}");
        }
        assert_eq!(script.dispatched(), 0);
    }
}

#[tokio::test]
async fn a_declared_length_above_the_limit_is_413_before_the_body() {
    for server in Server::BOTH {
        let address = server.serve(receiver(&Arc::default()).with_body_limit(16).with_body_deadline(SHORT)).await;
        // No body follows: waiting for one would end in a 408.
        for length in ["17", "18446744073709551000"] {
            let reply = send(address, &head("POST", &[("content-length", length)])).await;
            assert_eq!(reply.status, 413, "{server:?} {length}");
        }
    }
}

#[tokio::test]
async fn a_body_above_the_memory_limit_is_413() {
    for server in Server::BOTH {
        let address = server.serve(receiver(&Arc::default()).with_body_budget(16)).await;
        let body = r#"{"name": "elsewhere"}"#;
        let signature = sign(&secret(TOKEN), body.as_bytes());
        assert_eq!(post(address, &[(HEADER, &signature)], body).await.status, 413, "{server:?}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_accepted() {
    for server in Server::BOTH {
        let receiver = receiver(&Arc::default()).with_body_limit(HANDLED.len());
        assert_eq!(deliver(server, receiver, HANDLED).await.status, 204, "{server:?}");
    }
}

#[tokio::test]
async fn a_chunked_body_is_counted() {
    for server in Server::BOTH {
        let body = r#"{"name": "else"}"#;
        assert_eq!(body.len(), 16);
        let address = server
            .serve(receiver(&Arc::default()).with_body_limit(16).with_body_deadline(Duration::from_secs(1)))
            .await;
        let signature = sign(&secret(TOKEN), body.as_bytes());
        let head = head("POST", &[("transfer-encoding", "chunked"), (HEADER, &signature)]);

        let (first, second) = body.split_at(8);
        let fits = format!("{head}8\r\n{first}\r\n8\r\n{second}\r\n0\r\n\r\n");
        assert_eq!(send(address, &fits).await.status, 204, "{server:?}");

        // The body never ends: the reply must come as soon as the body is larger than the limit.
        let too_large = format!("{head}8\r\n{first}\r\n9\r\n{second} \r\n");
        assert_eq!(send(address, &too_large).await.status, 413, "{server:?}");
    }
}

#[tokio::test]
async fn a_slow_body_is_408() {
    for server in Server::BOTH {
        let script = Arc::default();
        let address = server.serve(receiver(&script).with_body_deadline(SHORT)).await;
        let reply = send(address, &(head("POST", &[("content-length", "20"), (HEADER, MADE_UP)]) + "{")).await;
        assert_eq!(reply.status, 408, "{server:?}");
        assert_eq!(script.dispatched(), 0);
    }
}

#[tokio::test]
async fn a_broken_body_is_400() {
    for server in Server::BOTH {
        let script = Arc::default();
        let address = server.serve(receiver(&script)).await;
        let headers = [("transfer-encoding", "chunked"), (HEADER, MADE_UP)];
        let request = head("POST", &headers) + "no length\r\n";
        assert_eq!(send(address, &request).await.status, 400, "{server:?}");
        assert_eq!(script.dispatched(), 0);
    }
}

#[tokio::test]
async fn temporary_failures_are_503_with_retry_after() {
    for server in Server::BOTH {
        for body in [RETRIED, SLOW, PANICKING] {
            let inline = Inline::new(Arc::default()).with_deadline(SHORT);
            let reply = deliver(server, Receiver::new(inline, verifier(&[TOKEN])), body).await;
            let answer = (reply.status, reply.header("retry-after"));
            assert_eq!(answer, (503, Some("60")), "{server:?} {body}");
        }
    }
}

/// An acceptor for which every event is too large.
struct Small;

impl Accept for Small {
    fn accept(&self, _: Inbound) -> BoxFuture<'_, Result<Accepted, NotAccepted>> {
        Box::pin(async { Err(NotAccepted::TooLarge("as the test asks".into())) })
    }
}

#[tokio::test]
async fn events_larger_than_every_store_are_413_and_counted() {
    for server in Server::BOTH {
        let receiver = Receiver::new(Small, verifier(&[TOKEN]));
        let (response_counts, address) = (receiver.response_counts(), server.serve(receiver).await);
        let signature = sign(&secret(TOKEN), b"{}");
        let reply = post(address, &[(HEADER, &signature)], "{}").await;
        let answer = (reply.status, reply.header("retry-after"), response_counts.get("too_large"));
        assert_eq!(answer, (413, None, 1), "{server:?}");
        assert_eq!(
            post(address, &[], "{}").await.status,
            401,
            "{server:?}: a sender without a valid signature does not learn the limit"
        );
    }
}

#[tokio::test]
async fn permanent_failures_are_422_without_a_sink() {
    for server in Server::BOTH {
        for body in [NOT_JSON, WRONG_SHAPE, REJECTED] {
            let reply = deliver(server, receiver(&Arc::default()), body).await;
            assert_eq!((reply.status, reply.header("retry-after")), (422, None), "{server:?} {body}");
            assert!(!reply.body.contains("s3cret"), "{}", reply.body);
        }
    }
}

#[tokio::test]
async fn permanent_failures_are_202_after_the_sink_stored_them() {
    for server in Server::BOTH {
        for (body, reason) in [(NOT_JSON, "undecodable"), (WRONG_SHAPE, "undecodable"), (REJECTED, "rejected")] {
            let sink = Arc::new(Sink::new(Fate::Keeps));
            let inline = Inline::new(Arc::default()).with_dead_letters(Arc::clone(&sink));
            let reply = deliver(server, Receiver::new(inline, verifier(&[TOKEN])), body).await;
            assert_eq!(reply.status, 202, "{server:?} {body}");
            assert_eq!(sink.kept(), [(body.to_owned(), reason)]);
        }
    }
}

#[tokio::test]
async fn a_dead_letter_that_the_sink_did_not_keep_is_503() {
    for server in Server::BOTH {
        for fate in [Fate::Fails, Fate::Hangs, Fate::Panics] {
            let inline = Inline::new(Arc::default()).with_dead_letters(Sink::new(fate)).with_deadline(SHORT);
            let reply = deliver(server, Receiver::new(inline, verifier(&[TOKEN])), REJECTED).await;
            assert_eq!(reply.status, 503, "{server:?}");
        }
    }
}

#[tokio::test]
async fn log_texts_are_short_and_without_control_characters() {
    for server in Server::BOTH {
        let reply = deliver(server, receiver(&Arc::default()), REJECTED).await;
        assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"), "{server:?}");
        assert_eq!(reply.body, "cannot be handled\n");
    }
}

#[test]
fn debug_shows_settings_but_no_secret() {
    let shown = format!("{:?}", receiver(&Arc::default()).with_body_limit(7).with_channel("notes"));
    assert!(shown.contains("body_limit: 7") && shown.contains("notes"), "{shown}");
    assert!(!shown.contains(TOKEN), "{shown}");
}
