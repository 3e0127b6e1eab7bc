//! The webhook's tokens. Never from the command line, which every user of the machine can read.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Args;

use crate::error::Failure;

/// Where the tokens are.
#[derive(Args, Debug)]
pub(crate) struct Tokens {
    /// An environment variable that holds a token; may be given more than once, while one replaces another
    #[arg(long = "token-env", value_name = "NAME")]
    variables: Vec<String>,
    /// A file with a token on each line; may be given more than once. With neither of the two, the variable
    /// `KUSTOMER_WEBHOOK_TOKEN` is read
    #[arg(long = "token-file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

const CURE: &str = "put the token that Kustomer shows with the webhook into KUSTOMER_WEBHOOK_TOKEN or a --token-file";

impl Tokens {
    /// All of them, in the order of the files and then of the variables; at least one.
    pub(crate) fn read(&self) -> Result<Vec<String>, Failure> {
        let mut tokens = Vec::new();
        for file in &self.files {
            tokens.extend(lines(file)?);
        }
        let usual = ["KUSTOMER_WEBHOOK_TOKEN".to_owned()];
        let none_said = self.files.is_empty() && self.variables.is_empty();
        let variables = if none_said { usual.as_slice() } else { self.variables.as_slice() };
        for variable in variables {
            let token = env::var(variable).map_err(|error| Failure::call(format!("{variable}: {error}"), CURE))?;
            tokens.push(token.trim().to_owned());
        }
        if tokens.is_empty() || tokens.iter().any(String::is_empty) {
            return Err(Failure::call("no token, or an empty one", CURE));
        }
        Ok(tokens)
    }
}

fn lines(file: &Path) -> Result<Vec<String>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::environment(file.display(), &error, CURE))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
