//! The ways to log in to NATS servers: a password, a token, an NKey, a credentials file, a client certificate.

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::broker::Broker;
use crate::kit::{Sandbox, command, json as parsed};

/// Tries to open an inbox with and without credentials.
struct LoginCheck<'a> {
    sandbox: &'a Sandbox,
    url: String,
    /// Arguments for both tries.
    common_arguments: &'a [&'a str],
}

impl LoginCheck<'_> {
    fn check(&self, credentials: &[&str]) {
        let call = [&["inbox", "replay", "--json", "--inbox", &self.url], self.common_arguments].concat();
        let without = command(self.sandbox.path(), &call).output().unwrap();
        assert_eq!(without.status.code(), Some(3), "{credentials:?}: {without:?}");
        let mut with = command(self.sandbox.path(), &call);
        let with = with.args(credentials).env("NATS_PASSWORD", "secret").output().unwrap();
        assert_eq!(parsed(&with), json!({"stored": 0, "duplicates": 0}), "{credentials:?}: {with:?}");
    }
}

#[test]
fn a_password_a_token_or_an_nkey_logs_in() {
    let sandbox = Sandbox::new();
    let user = KeyPair::new_user();
    fs::write(sandbox.file("seed"), user.seed().unwrap() + "\n").unwrap();
    let nkey = format!("authorization {{ users = [ {{ nkey: {} }} ] }}", user.public_key());
    for (configuration, key) in [
        ("authorization { user: crm, password: secret }", ["--nats-user", "crm"]),
        ("authorization { token: secret }", ["--nats-token-env", "NATS_PASSWORD"]),
        (&nkey, ["--nats-nkey", "seed"]),
    ] {
        let Some(broker) = Broker::start(configuration) else { return };
        LoginCheck { sandbox: &sandbox, url: broker.url(), common_arguments: &[] }.check(&key);
    }
}

/// A JWT in the format of NATS, signed by the issuer.
fn jwt(issuer: &KeyPair, subject: &KeyPair, nats: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(&json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let (iss, sub) = (issuer.public_key(), subject.public_key());
    let claims = encode(&json!({"jti": sub, "iat": 0, "name": sub, "iss": iss, "sub": sub, "nats": nats}));
    let signed = format!("{header}.{claims}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(issuer.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

#[test]
fn a_credentials_file_logs_in_to_servers_with_an_operator() {
    let (operator, system, account, user) =
        (KeyPair::new_operator(), KeyPair::new_account(), KeyPair::new_account(), KeyPair::new_user());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    });
    let no_store = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
    });
    let configuration = format!(
        "operator: {}\nsystem_account: {system}\nresolver: MEMORY\nresolver_preload: {{ {system}: {}, {account}: {} }}",
        jwt(&operator, &operator, &json!({"type": "operator", "version": 2})),
        jwt(&operator, &system, &json!({"type": "account", "version": 2, "limits": no_store})),
        jwt(&operator, &account, &json!({"type": "account", "version": 2, "limits": limits})),
        system = system.public_key(),
        account = account.public_key(),
    );
    let user_claims = json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1});
    let sandbox = Sandbox::new();
    let credentials = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        jwt(&account, &user, &user_claims),
        user.seed().unwrap(),
    );
    fs::write(sandbox.file("user.creds"), credentials).unwrap();
    let Some(broker) = Broker::start(&configuration) else { return };
    LoginCheck { sandbox: &sandbox, url: broker.url(), common_arguments: &[] }.check(&["--nats-creds", "user.creds"]);
}

/// Writes a self-signed certificate and its key to files.
fn write_certificate(sandbox: &Sandbox, name: &str) {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(sandbox.file(&format!("{name}.pem")), certified.cert.pem()).unwrap();
    fs::write(sandbox.file(&format!("{name}-key.pem")), certified.signing_key.serialize_pem()).unwrap();
}

fn server_tls_config(sandbox: &Sandbox) -> String {
    let (certificate, key) = (sandbox.file("server.pem"), sandbox.file("server-key.pem"));
    format!("cert_file: '{}', key_file: '{}'", certificate.display(), key.display())
}

#[test]
fn tls_connects_to_a_server_with_a_trusted_certificate() {
    let sandbox = Sandbox::new();
    write_certificate(&sandbox, "server");
    let Some(broker) = Broker::start(&format!("tls {{ {} }}", server_tls_config(&sandbox))) else { return };
    LoginCheck { sandbox: &sandbox, url: broker.tls_url(), common_arguments: &[] }.check(&["--nats-ca", "server.pem"]);
}

#[test]
fn a_client_certificate_logs_in() {
    let sandbox = Sandbox::new();
    write_certificate(&sandbox, "server");
    write_certificate(&sandbox, "client");
    let trusted = sandbox.file("client.pem");
    let configuration =
        format!("tls {{ {}, ca_file: '{}', verify: true }}", server_tls_config(&sandbox), trusted.display());
    let Some(broker) = Broker::start(&configuration) else { return };
    let login = LoginCheck { sandbox: &sandbox, url: broker.tls_url(), common_arguments: &["--nats-ca", "server.pem"] };
    login.check(&["--nats-cert", "client.pem", "--nats-key", "client-key.pem"]);
}
