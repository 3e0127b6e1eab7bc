//! `verify`: checks the signature of a body with the tokens.

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

Exit codes: 0 genuine; 1 not genuine; 2 wrong arguments; 3 a file cannot be read.";

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The raw body, byte for byte as it was received; - for standard input
    #[arg(value_name = "FILE")]
    body: PathBuf,
    /// The value of the header X-Kustomer-Webhook-Signature
    #[arg(long, value_name = "HEX")]
    signature: String,
    #[command(flatten)]
    tokens: Tokens,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &Verify) -> Result<Outcome, Failure> {
    let tokens = args.tokens.read()?;
    let body = read_body(&args.body)
        .map_err(|error| Failure::environment(args.body.display(), &error, "give a file that can be read, or -"))?;
    let verifier = verifier(tokens).map_err(|error| Failure::usage(error, "give a token that is not empty"))?;
    let headers = Headers::from_iter([(SIGNATURE_HEADER, args.signature.trim())]);
    let outcome = verifier.verify(&headers, &body);
    if args.json {
        let reason = outcome.err().map(|error| error.to_string());
        output::print_line(json!({"genuine": outcome.is_ok(), "reason": reason, "body_bytes": body.len()}))?;
    } else {
        match outcome {
            Ok(()) => output::print_line("genuine")?,
            Err(error) => output::print_line(format!("not genuine: {error} (over {} bytes)", body.len()))?,
        }
    }
    Ok(if outcome.is_ok() { Outcome::Yes } else { Outcome::No })
}

fn read_body(file: &Path) -> io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file);
    }
    let mut body = Vec::new();
    io::stdin().lock().read_to_end(&mut body)?;
    Ok(body)
}
