//! Events passed to a command.

use std::io;
use std::process::Stdio;

use kustomer_webhooks::HandlerError;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use super::forward::Facts;

/// `EX_TEMPFAIL` of sysexits.h.
const TRY_AGAIN: i32 = 75;
/// What a shell exits with when it cannot run a command (POSIX).
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;

/// Runs the command once. If this is dropped, as at the deadline, the command is killed.
pub(super) async fn pass(command: &str, facts: &Facts, body: &[u8]) -> Result<(), HandlerError> {
    let mut child = Command::new("sh")
        .args(["-c", command])
        // What the environment takes has no NUL; no name of an event that anybody means has one.
        .env("KUSTOMER_EVENT_NAME", facts.name.replace('\0', ""))
        .env("KUSTOMER_EVENT_ID", facts.id.replace('\0', ""))
        .env("KUSTOMER_EVENT_ATTEMPT", &facts.attempt)
        .stdin(Stdio::piped())
        .stdout(io::stderr())
        .kill_on_drop(true)
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(body).await {
            // It has seen enough; how it ends tells the rest.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            written => written?,
        }
    }
    match child.wait().await?.code() {
        Some(0) => Ok(()),
        // The shell's own word, not the command's: a mistake that is soon mended, such as a missing permission.
        Some(code @ (NOT_EXECUTABLE | NOT_FOUND)) => {
            Err(HandlerError::retry(format!("the command cannot be run (exit code {code})")))
        }
        Some(TRY_AGAIN) => Err(HandlerError::retry("the command asks for the event again (exit code 75)")),
        Some(code) => Err(HandlerError::reject(format!("the command ended with exit code {code}"))),
        None => Err(HandlerError::retry("the command was killed")),
    }
}
