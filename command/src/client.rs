//! Requests to a URL, by http or https.

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

/// What posts.
pub(crate) type Client = legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// A URL that can be posted to, and a client for it.
pub(crate) fn for_url(url: &str) -> Result<(Uri, Client), Failure> {
    let uri = read(url)?;
    let trusting = configuration(&uri)?;
    let connector = HttpsConnectorBuilder::new().with_tls_config(trusting).https_or_http().enable_http1().build();
    Ok((uri, legacy::Client::builder(TokioExecutor::new()).build(connector)))
}

fn read(url: &str) -> Result<Uri, Failure> {
    let cure = "write http://HOST:PORT/PATH or https://HOST/PATH";
    let uri: Uri = url.parse().map_err(|error| Failure::call(format!("{url}: {error}"), cure))?;
    if matches!(uri.scheme_str(), Some("http" | "https")) && uri.host().is_some() {
        Ok(uri)
    } else {
        Err(Failure::call(format!("{url}: no http or https URL"), cure))
    }
}

/// Trusts the certificates that the system trusts. Where no TLS is spoken they are not even looked for.
fn configuration(uri: &Uri) -> Result<ClientConfig, Failure> {
    let cure = "install the system's certificates (ca-certificates), or name a file of them in SSL_CERT_FILE";
    let unusable = |error: &dyn Error| Failure::environment("certificates to trust", error, cure);
    let builder = ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))?;
    let trusting = if uri.scheme_str() == Some("https") {
        builder.with_native_roots().map_err(|error| unusable(&error))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(trusting.with_no_client_auth())
}

/// An error with its causes, in a line: that of a client alone says little.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
