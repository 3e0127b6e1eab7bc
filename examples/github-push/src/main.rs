//! Receives GitHub's `push` events: each is stored in `inbox.sqlite` before GitHub is answered, and handled later.
//!
//! `GITHUB_WEBHOOK_SECRET=… cargo run -p github-push-example`, and a webhook of the repository with the content type
//! `application/json` and this secret. Put a proxy with TLS in front of it.

use std::env;
use std::path::Path;
use std::sync::Arc;

use asyncapi_receiver::http::Receiver;
use asyncapi_receiver::inbox::{EventFields, FieldPath, Sqlite};
use asyncapi_receiver::server::{Server, terminated};
use asyncapi_receiver::verify::{Secret, WebhookSignature};
use asyncapi_receiver::{Durable, Worker};
use asyncapi_runtime::{BoxError, Context, HandlerError};
use tokio::net::TcpListener;

mod github {
    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)] // the document decides what is in here
    include!(concat!(env!("OUT_DIR"), "/github.rs"));
}

struct Print;

impl github::Handler for Print {
    async fn on_push(&self, push: github::Push, _: &Context<'_>) -> Result<(), HandlerError> {
        println!("{}: {} commits to {}", push.repository.full_name, push.commits.len(), push.r#ref);
        Ok(())
    }
}

async fn receive(
    handler: impl github::Handler + 'static,
    secret: Secret,
    inbox: &Path,
    listener: TcpListener,
) -> Result<(), BoxError> {
    // GitHub signs the body only. So the id is that of the body, not the header X-GitHub-Delivery.
    let fields = EventFields::new()
        .with_name(FieldPath::header("X-GitHub-Event"))
        .with_key(FieldPath::payload("/repository/full_name"));
    let inbox = Arc::new(Sqlite::open(inbox)?);
    let receiver = Receiver::new(Durable::new(Arc::clone(&inbox), fields), WebhookSignature::github([secret])?);
    let working = tokio::spawn(Worker::new(inbox, github::Dispatcher::new(handler)).run(terminated()));
    Server::new(receiver).serve(listener, terminated()).await;
    working.await?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let secret = Secret::new(env::var("GITHUB_WEBHOOK_SECRET")?)?;
    let listener = TcpListener::bind(("127.0.0.1", 8080)).await?;
    receive(Print, secret, Path::new("inbox.sqlite"), listener).await
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;
    use tokio::sync::mpsc;
    use tokio::time::timeout;

    use super::*;

    struct Forward(mpsc::Sender<github::Push>);

    impl github::Handler for Forward {
        async fn on_push(&self, push: github::Push, _: &Context<'_>) -> Result<(), HandlerError> {
            Ok(self.0.send(push).await?)
        }
    }

    #[tokio::test]
    async fn a_signed_push_is_stored_and_handled() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("inbox.sqlite");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, mut pushes) = mpsc::channel(1);
        let secret = Secret::new("s").unwrap();
        let signature = WebhookSignature::github([secret.clone()]).unwrap();
        let receiving = tokio::spawn(async move { receive(Forward(sender), secret, &file, listener).await });

        let body = r#"{"ref": "refs/heads/main", "repository": {"full_name": "a/b"}, "commits": [], "pusher": {}}"#;
        let signed = signature.sign("", SystemTime::now(), body.as_bytes()).unwrap();
        let signed = signed.get_str("X-Hub-Signature-256").unwrap();
        for (signed, status) in [(signed, "202"), (signed, "200"), ("sha256=00", "401")] {
            let head = format!("POST / HTTP/1.1\r\nhost: h\r\nconnection: close\r\nX-Hub-Signature-256: {signed}\r\n");
            let head = format!("{head}X-GitHub-Event: push\r\ncontent-length: {}\r\n\r\n", body.len());
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all((head + body).as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        }
        // Only ends a test that hangs.
        let push = timeout(Duration::from_secs(60), pushes.recv()).await.unwrap().unwrap();
        assert_eq!((push.r#ref.as_str(), push.repository.full_name.as_str()), ("refs/heads/main", "a/b"));
        receiving.abort();
    }
}
