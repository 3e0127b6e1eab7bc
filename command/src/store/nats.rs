//! The inbox in a JetStream, and the way to its servers.

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
use crate::error::Failure;
use crate::span;

/// How an inbox is found in a JetStream, or made.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "With --inbox nats://…, or tls://…")]
pub(crate) struct Options {
    /// The name of its streams
    #[arg(long = "nats-stream", value_name = "NAME", default_value = "webhooks", global = true, value_parser = stream_name)]
    stream: String,
    /// How many servers keep a copy of an inbox that is made: 1, 3 or 5. With 1 it is lost with that server's disk
    #[arg(long = "nats-replicas", value_name = "N", default_value_t = 1, global = true, value_parser = replicas)]
    replicas: usize,
    /// After how long an event comes again whose process was killed, in an inbox that is made
    #[arg(long = "nats-lease", value_name = "SPAN", default_value = "2m", global = true, value_parser = span::parse)]
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
    /// An environment variable that holds a token to log in with
    #[arg(long = "nats-token-env", value_name = "NAME", global = true, conflicts_with_all = ["credentials", "seed", "user"])]
    token: Option<String>,
    /// A file of certificates (PEM) to trust beside the system's
    #[arg(long = "nats-ca", value_name = "FILE", global = true)]
    trusted: Option<PathBuf>,
    /// A certificate (PEM) to show to the servers, with --nats-key
    #[arg(long = "nats-cert", value_name = "FILE", global = true, requires = "key")]
    certificate: Option<PathBuf>,
    /// The key (PEM) of that certificate
    #[arg(long = "nats-key", value_name = "FILE", global = true, requires = "certificate")]
    key: Option<PathBuf>,
}

const PASSWORD: &str = "NATS_PASSWORD";
const CURE: &str = "see that the servers run, with a JetStream (nats-server --jetstream), that they can be reached, and that \
                    the --nats flags let you in";

impl Options {
    pub(super) async fn open(&self, servers: &str) -> Result<Store, Failure> {
        let (name, replicas) = (&self.stream, self.replicas);
        let opened = Nats::open_with_lease(self.connect(servers).await?, name, replicas, self.lease).await;
        opened.map(|inbox| self.store(servers, inbox)).map_err(|error| unusable(servers, &error))
    }

    pub(super) async fn open_existing(&self, servers: &str) -> Result<Store, Failure> {
        let found = Nats::open_existing(self.connect(servers).await?, &self.stream).await;
        let inbox = found.map_err(|error| unusable(servers, &error))?.ok_or_else(|| {
            let what = format!("{servers}: there is no inbox in a stream {}", self.stream);
            Failure::call(what, "name the servers and the --nats-stream of serve")
        })?;
        Ok(self.store(servers, inbox))
    }

    fn store(&self, servers: &str, inbox: Nats) -> Store {
        let (replicas, largest_body) = (Some(inbox.replicas()), Some(inbox.largest_body()));
        Store { inbox: Arc::new(inbox), shown: format!("{servers} {}", self.stream), replicas, largest_body }
    }

    async fn connect(&self, servers: &str) -> Result<Context, Failure> {
        let addresses = addresses(servers)?;
        let client = self.login().await?.connect(addresses).await;
        let client: Client = client.map_err(|error| Failure::environment(servers, &error, CURE))?;
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

fn addresses(servers: &str) -> Result<Vec<ServerAddr>, Failure> {
    let addresses = servers.split(',').map(|server| {
        let cure = "write nats://HOST:4222, or tls://HOST:4222; with commas between those of several servers";
        if !SCHEMES.iter().any(|scheme| server.starts_with(scheme)) {
            return Err(Failure::call(format!("{server:?}: no address of a server"), cure));
        }
        let address: ServerAddr = server.parse().map_err(|error| Failure::call(format!("{server}: {error}"), cure))?;
        if address.host().is_empty() {
            return Err(Failure::call(format!("{server}: no host"), cure));
        }
        if address.has_user_pass() {
            // Not shown again: it is in too many places already.
            let cure = "everybody on this machine can read arguments: give --nats-creds, --nats-nkey, --nats-user or \
                        --nats-token-env";
            return Err(Failure::call("a user or a password in the address of a server", cure));
        }
        Ok(address)
    });
    addresses.collect()
}

fn variable(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|error| Failure::call(format!("{name}: {error}"), "set this variable"))
}

fn unreadable(file: &Path, error: &dyn Error) -> Failure {
    Failure::environment(file.display(), error, "name a file that can be read, as nsc or nk wrote it")
}

/// A name of a stream that is a part of a subject, too.
fn stream_name(text: &str) -> Result<String, String> {
    let is_fit = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !text.is_empty() && text.chars().all(is_fit) {
        Ok(text.to_owned())
    } else {
        Err("write letters, digits, _ and -".to_owned())
    }
}

fn replicas(text: &str) -> Result<usize, String> {
    match text {
        "1" => Ok(1),
        "3" => Ok(3),
        "5" => Ok(5),
        _ => Err("1, 3 or 5: what a majority of the servers has is kept".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use kustomer_webhooks::asyncapi_receiver::defaults;

    use super::{Options, addresses};

    #[derive(Parser)]
    struct Call {
        #[command(flatten)]
        options: Options,
    }

    #[test]
    fn the_lease_is_that_of_the_runtime() {
        assert_eq!(Call::parse_from(["serve"]).options.lease, defaults::NATS_LEASE);
    }

    #[test]
    fn several_servers_stand_between_commas() {
        let found = addresses("nats://one:4222,tls://two").expect("addresses");
        let found: Vec<_> = found.iter().map(|address| (address.host(), address.tls_required())).collect();
        assert_eq!(found, [("one", false), ("two", true)]);
        for wrong in ["nats://one,", "nats://", "nats://user:password@one"] {
            assert!(addresses(wrong).is_err(), "{wrong}");
        }
    }
}
