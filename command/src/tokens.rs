//! The tokens of the webhook. They are never arguments, because every user of the machine can read arguments.

use std::path::{Path, PathBuf};
use std::{env, fs};

use clap::Args;

use crate::error::Failure;

/// The variables and files that contain the tokens.
#[derive(Args, Debug)]
pub(crate) struct Tokens {
    /// An environment variable that contains a token. Repeat the option during a rotation of tokens
    #[arg(long = "token-env", value_name = "NAME")]
    variables: Vec<String>,
    /// A file with one token on each line. The option may be repeated. Without both options, the variable
    /// `KUSTOMER_WEBHOOK_TOKEN` is read
    #[arg(long = "token-file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

const HELP_TEXT: &str = "copy the token of the webhook from Kustomer into KUSTOMER_WEBHOOK_TOKEN or a --token-file";

/// The variable that is read if no option names a variable or a file.
const DEFAULT_VARIABLE: &str = "KUSTOMER_WEBHOOK_TOKEN";

impl Tokens {
    /// The names of all variables that may contain a token.
    pub(crate) fn variables(&self) -> impl Iterator<Item = String> {
        self.variables.iter().cloned().chain([DEFAULT_VARIABLE.to_owned()])
    }

    /// Reads all tokens, first from the files and then from the variables. There is at least one.
    pub(crate) fn read(&self) -> Result<Vec<String>, Failure> {
        let mut tokens = Vec::new();
        for file in &self.files {
            tokens.extend(read_lines(file)?);
        }
        let default_variables = [DEFAULT_VARIABLE.to_owned()];
        let is_default = self.files.is_empty() && self.variables.is_empty();
        let variables = if is_default { default_variables.as_slice() } else { self.variables.as_slice() };
        for variable in variables {
            let token =
                env::var(variable).map_err(|error| Failure::usage(format!("{variable}: {error}"), HELP_TEXT))?;
            tokens.push(token.trim().to_owned());
        }
        if tokens.is_empty() || tokens.iter().any(String::is_empty) {
            return Err(Failure::usage("there is no token, or a token is empty", HELP_TEXT));
        }
        Ok(tokens)
    }
}

fn read_lines(file: &Path) -> Result<Vec<String>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::environment(file.display(), &error, HELP_TEXT))?;
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
