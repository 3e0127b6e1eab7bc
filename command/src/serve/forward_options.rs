//! What is added to the requests of `--forward`: a signature, and headers.

use std::path::PathBuf;
use std::{env, fs};

use clap::Args;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use kustomer_webhooks::asyncapi_receiver::verify::WebhookSignature;

use crate::error::Failure;

/// The options of requests to the URL of `--forward`.
#[derive(Args, Clone, Debug)]
pub(super) struct RequestOptions {
    /// Sign each request by Standard Webhooks with the secret (`whsec_…`) in this environment variable. Repeat the option
    /// during a rotation of secrets
    #[arg(long = "forward-secret-env", value_name = "NAME", requires = "forward")]
    pub(super) secret_variables: Vec<String>,
    /// A header for each request. Every user of the machine can read arguments: use the file for secrets
    #[arg(long = "forward-header", value_name = "NAME: VALUE", requires = "forward")]
    headers: Vec<String>,
    /// A file with a header for each request on each line, as `NAME: VALUE`
    #[arg(long = "forward-header-file", value_name = "FILE", requires = "forward")]
    header_files: Vec<PathBuf>,
}

impl RequestOptions {
    /// The signature of requests. `None` if they are not signed.
    pub(super) fn signature(&self) -> Result<Option<WebhookSignature>, Failure> {
        if self.secret_variables.is_empty() {
            return Ok(None);
        }
        let help = "set the variable to a secret of Standard Webhooks: whsec_ and 24 to 64 bytes in Base64";
        let secrets = self.secret_variables.iter().map(|name| {
            env::var(name).map_err(|error| Failure::usage(format!("--forward-secret-env {name}: {error}"), help))
        });
        let secrets = secrets.collect::<Result<Vec<_>, _>>()?;
        let signature = WebhookSignature::standard_webhooks(secrets.iter().map(|secret| secret.trim()));
        signature.map(Some).map_err(|error| Failure::usage(format!("--forward-secret-env: {error}"), help))
    }

    /// The headers of each request.
    pub(super) fn headers(&self) -> Result<HeaderMap, Failure> {
        let mut lines = self.headers.clone();
        for file in &self.header_files {
            let text = fs::read_to_string(file).map_err(|error| {
                Failure::environment(file.display(), &error, "give a file with one header on each line")
            })?;
            lines.extend(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned));
        }
        let mut headers = HeaderMap::new();
        for line in lines {
            let header = line.split_once(':').and_then(|(name, value)| {
                let name: HeaderName = name.trim().parse().ok()?;
                Some((name, HeaderValue::from_str(value.trim()).ok()?))
            });
            // The message does not repeat the line, because it may contain a secret.
            let (name, value) =
                header.ok_or_else(|| Failure::usage("a header of --forward is not valid", "write NAME: VALUE"))?;
            headers.append(name, value);
        }
        Ok(headers)
    }
}
