//! `verify`: a body and a header against the tokens.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::{fs, io};

use clap::Args;
use kustomer_webhooks::asyncapi_receiver::verify::Verify as _;
use kustomer_webhooks::runtime::Headers;
use kustomer_webhooks::{SIGNATURE_HEADER, verifier};
use serde_json::json;

use crate::error::{Failure, Outcome};
use crate::output;
use crate::tokens::Tokens;

pub(crate) const HELP: &str = "\
Example:
  kustomer-webhooks verify body.json --signature 3f1c09…

Exit codes: 0 genuine; 1 not genuine; 2 the call is wrong; 3 a file cannot be read.";

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The raw body as it came, byte for byte; - for standard input
    #[arg(value_name = "FILE")]
    body: PathBuf,
    /// What the header X-Kustomer-Webhook-Signature said
    #[arg(long, value_name = "HEX")]
    signature: String,
    #[command(flatten)]
    tokens: Tokens,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(call: &Verify) -> Result<Outcome, Failure> {
    let tokens = call.tokens.read()?;
    let body = read(&call.body)
        .map_err(|error| Failure::environment(call.body.display(), &error, "name a file that can be read, or -"))?;
    let verifier = verifier(tokens).map_err(|error| Failure::call(error, "give a token that is not empty"))?;
    let headers = Headers::from_iter([(SIGNATURE_HEADER, call.signature.trim())]);
    let outcome = verifier.verify(&headers, &body);
    if call.json {
        let reason = outcome.err().map(|error| error.to_string());
        output::line(json!({"genuine": outcome.is_ok(), "reason": reason, "body_bytes": body.len()}))?;
    } else {
        match outcome {
            Ok(()) => output::line("genuine")?,
            Err(error) => output::line(format!("not genuine: {error} (over {} bytes)", body.len()))?,
        }
    }
    Ok(if outcome.is_ok() { Outcome::Yes } else { Outcome::No })
}

fn read(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    Ok(body)
}
