//! The HTTP client that posts events, over http or https.

use std::error::Error;

use bytes::Bytes;
use http_body_util::Full;
use hyper::Uri;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};

use crate::error::Failure;

/// An HTTP client with a body in memory.
pub(crate) type Client = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Parses the URL, and builds a client for it.
pub(crate) fn for_url(url: &str) -> Result<(Uri, Client), Failure> {
    let uri = parse_url(url)?;
    let tls = tls_config(&uri)?;
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().build();
    Ok((uri, legacy::Client::builder(TokioExecutor::new()).build(connector)))
}

fn parse_url(url: &str) -> Result<Uri, Failure> {
    let help = "write http://HOST:PORT/PATH or https://HOST/PATH";
    let uri: Uri = url.parse().map_err(|error| Failure::usage(format!("{url}: {error}"), help))?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        // The message does not repeat the URL, because it contains a secret.
        let help = "every user of this machine can read arguments: write `Authorization: Basic …` into a \
                    --forward-header-file";
        return Err(Failure::usage("the URL contains a user or a password", help));
    }
    if matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() {
        Ok(uri)
    } else {
        Err(Failure::usage(format!("{url} is not an http or https URL"), help))
    }
}

/// Trusts the system's certificates. They are loaded only for an https URL.
fn tls_config(uri: &Uri) -> Result<ClientConfig, Failure> {
    let help = "install the system's certificates (ca-certificates), or set SSL_CERT_FILE to a file of certificates";
    let unusable = |error: &dyn Error| Failure::environment("trusted certificates", error, help);
    let builder = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let config = if uri.scheme_str() == Some("https") {
        builder.with_native_roots().map_err(|error| unusable(&error))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}

/// The error and its causes in one line. The text of the error alone does not give the reason.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
