//! Opens an inbox in a JetStream of NATS, and logs in to its servers.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{env, fs};

use async_nats::jetstream::Context;
use async_nats::{Client, ConnectOptions, ServerAddr, jetstream};
use clap::Args;
use kustomer_webhooks::asyncapi_receiver::inbox::Nats;

use super::{SCHEMES, Store, unusable};
use crate::duration;
use crate::error::Failure;

/// The options for an inbox in a JetStream.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "With --inbox nats://…, or tls://…")]
pub(crate) struct Options {
    /// The name of the streams of the inbox
    #[arg(long = "nats-stream", value_name = "NAME", default_value = "webhooks", global = true, value_parser = parse_stream_name)]
    stream: String,
    /// How many servers store a copy of a new inbox: 1, 3 or 5. With 1, the inbox is lost if the disk of that server is lost
    #[arg(long = "nats-replicas", value_name = "N", default_value_t = 1, global = true, value_parser = parse_replicas)]
    replicas: usize,
    /// The lease of a new inbox: after this time, an event of a killed process is delivered again
    #[arg(long = "nats-lease", value_name = "DURATION", default_value = "2m", global = true, value_parser = duration::parse)]
    lease: Duration,
    /// A file of credentials (.creds) to log in with
    #[arg(long = "nats-creds", value_name = "FILE", global = true)]
    credentials: Option<PathBuf>,
    /// A file with the seed of an NKey to log in with
    #[arg(long = "nats-nkey", value_name = "FILE", global = true, conflicts_with = "credentials")]
    seed: Option<PathBuf>,
    /// A user to log in as, with the password in the variable `NATS_PASSWORD`
    #[arg(long = "nats-user", value_name = "NAME", global = true, conflicts_with_all = ["credentials", "seed"])]
    user: Option<String>,
    /// An environment variable that contains a token to log in with
    #[arg(long = "nats-token-env", value_name = "NAME", global = true, conflicts_with_all = ["credentials", "seed", "user"])]
    token: Option<String>,
    /// A file of certificates (PEM) to trust in addition to the system's
    #[arg(long = "nats-ca", value_name = "FILE", global = true)]
    trusted: Option<PathBuf>,
    /// The client certificate (PEM), with --nats-key
    #[arg(long = "nats-cert", value_name = "FILE", global = true, requires = "key")]
    certificate: Option<PathBuf>,
    /// The private key (PEM) of the client certificate
    #[arg(long = "nats-key", value_name = "FILE", global = true, requires = "certificate")]
    key: Option<PathBuf>,
}

const PASSWORD: &str = "NATS_PASSWORD";
const HELP_TEXT: &str = "check that the servers run with a JetStream (nats-server --jetstream), that they can be reached, and that \
                    the --nats options allow the login";

impl Options {
    /// The names of all variables that may contain a secret for a login.
    pub(crate) fn secret_variables(&self) -> impl Iterator<Item = String> {
        self.token.iter().cloned().chain([PASSWORD.to_owned()])
    }

    pub(super) async fn open(&self, servers: &str) -> Result<Store, Failure> {
        let (name, replicas) = (&self.stream, self.replicas);
        let opened = Nats::open_with_lease(self.connect(servers).await?, name, replicas, self.lease).await;
        opened.map(|inbox| self.store(servers, inbox)).map_err(|error| unusable(servers, &error))
    }

    pub(super) async fn open_existing(&self, servers: &str) -> Result<Store, Failure> {
        let found = Nats::open_existing(self.connect(servers).await?, &self.stream).await;
        let inbox = found.map_err(|error| unusable(servers, &error))?.ok_or_else(|| {
            let what = format!("{servers}: there is no inbox in the stream {}", self.stream);
            Failure::usage(what, "give the servers and the --nats-stream of serve")
        })?;
        Ok(self.store(servers, inbox))
    }

    fn store(&self, servers: &str, inbox: Nats) -> Store {
        let (replicas, largest_body) = (Some(inbox.replicas()), Some(inbox.largest_body()));
        Store { inbox: Arc::new(inbox), display_name: format!("{servers} {}", self.stream), replicas, largest_body }
    }

    async fn connect(&self, servers: &str) -> Result<Context, Failure> {
        let addresses = parse_addresses(servers)?;
        let client = self.login().await?.connect(addresses).await;
        let client: Client = client.map_err(|error| Failure::environment(servers, &error, HELP_TEXT))?;
        Ok(jetstream::new(client))
    }

    async fn login(&self) -> Result<ConnectOptions, Failure> {
        let mut options = ConnectOptions::new().name("kustomer-webhooks");
        if let Some(file) = &self.credentials {
            options = options.credentials_file(file).await.map_err(|error| unreadable(file, &error))?;
        }
        if let Some(file) = &self.seed {
            let seed = fs::read_to_string(file).map_err(|error| unreadable(file, &error))?;
            options = options.nkey(seed.trim().to_owned());
        }
        if let Some(user) = &self.user {
            options = options.user_and_password(user.clone(), variable(PASSWORD)?);
        }
        if let Some(name) = &self.token {
            options = options.token(variable(name)?);
        }
        if let Some(file) = &self.trusted {
            options = options.add_root_certificates(file.clone());
        }
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        Ok(options)
    }
}

fn parse_addresses(servers: &str) -> Result<Vec<ServerAddr>, Failure> {
    let addresses = servers.split(',').map(|server| {
        let help = "write nats://HOST:4222 or tls://HOST:4222, and separate several servers with commas";
        if !SCHEMES.iter().any(|scheme| server.starts_with(scheme)) {
            return Err(Failure::usage(format!("{server:?} is not an address of a server"), help));
        }
        let address: ServerAddr = server.parse().map_err(|error| Failure::usage(format!("{server}: {error}"), help))?;
        if address.host().is_empty() {
            return Err(Failure::usage(format!("{server}: no host"), help));
        }
        if address.has_user_pass() {
            // The message does not repeat the address, because it contains a secret.
            let help = "every user of this machine can read arguments: use --nats-creds, --nats-nkey, --nats-user or \
                        --nats-token-env";
            return Err(Failure::usage("the address of a server contains a user or a password", help));
        }
        Ok(address)
    });
    addresses.collect()
}

fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|error| Failure::usage(format!("{name}: {error}"), "set this variable"))
}

fn unreadable(file: &Path, error: &dyn Error) -> Failure {
    Failure::environment(file.display(), error, "give a file that can be read, in the format of nsc or nk")
}

/// Parses the name of a stream. The name is also part of a subject.
fn parse_stream_name(text: &str) -> Result<String, String> {
    let is_allowed = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !text.is_empty() && text.chars().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err("write letters, digits, _ and -".to_owned())
    }
}

fn parse_replicas(text: &str) -> Result<usize, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        _ => Err("write 1, 3 or 5: an odd number, so that a majority can decide".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kustomer_webhooks::asyncapi_receiver::defaults;

    use super::{Options, parse_addresses};

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_default_lease_equals_the_default_of_the_receiver() {
        assert_eq!(Arguments::parse_from(["serve"]).options.lease, defaults::NATS_LEASE);
    }

    #[test]
    fn servers_are_separated_by_commas() {
        let found = parse_addresses("nats://one:4222,tls://two").expect("addresses");
        let found: Vec<_> = found.iter().map(|address| (address.host(), address.tls_required())).collect();
        assert_eq!(found, [("one", false), ("two", true)]);
        for wrong in ["nats://one,", "nats://", "nats://user:password@one"] {
            assert!(parse_addresses(wrong).is_err(), "{wrong}");
        }
    }
}
