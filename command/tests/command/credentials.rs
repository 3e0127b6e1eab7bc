//! How the command proves to NATS servers who it is: by a password, a key, a file of credentials, a certificate.

use std::fs;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::broker::Broker;
use crate::kit::{Place, command, json as parsed};

/// Asks the servers for something with these arguments, and without them.
struct Door<'a> {
    place: &'a Place,
    url: String,
    /// What everybody needs, whoever they are.
    given: &'a [&'a str],
}

impl Door<'_> {
    fn check(&self, key: &[&str]) {
        let call = [&["inbox", "replay", "--json", "--inbox", &self.url], self.given].concat();
        let stranger = command(self.place.path(), &call).output().unwrap();
        assert_eq!(stranger.status.code(), Some(3), "{key:?}: {stranger:?}");
        let mut known = command(self.place.path(), &call);
        let known = known.args(key).env("NATS_PASSWORD", "secret").output().unwrap();
        assert_eq!(parsed(&known), json!({"stored": 0, "duplicates": 0}), "{key:?}: {known:?}");
    }
}

#[test]
fn servers_let_in_who_proves_who_they_are() {
    let place = Place::new();
    let user = KeyPair::new_user();
    fs::write(place.file("seed"), user.seed().unwrap() + "\n").unwrap();
    let nkey = format!("authorization {{ users = [ {{ nkey: {} }} ] }}", user.public_key());
    for (configuration, key) in [
        ("authorization { user: crm, password: secret }", ["--nats-user", "crm"]),
        ("authorization { token: secret }", ["--nats-token-env", "NATS_PASSWORD"]),
        (&nkey, ["--nats-nkey", "seed"]),
    ] {
        let Some(broker) = Broker::start(configuration) else { return };
        Door { place: &place, url: broker.url(), given: &[] }.check(&key);
    }
}

/// What `issuer` vouches for, as servers of an operator read it.
fn token(issuer: &KeyPair, subject: &KeyPair, nats: &Value) -> String {
    let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = encode(&json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let (iss, sub) = (issuer.public_key(), subject.public_key());
    let claims = encode(&json!({"jti": sub, "iat": 0, "name": sub, "iss": iss, "sub": sub, "nats": nats}));
    let signed = format!("{header}.{claims}");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(issuer.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

#[test]
fn servers_of_an_operator_let_in_who_has_a_file_of_credentials() {
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
        token(&operator, &operator, &json!({"type": "operator", "version": 2})),
        token(&operator, &system, &json!({"type": "account", "version": 2, "limits": no_store})),
        token(&operator, &account, &json!({"type": "account", "version": 2, "limits": limits})),
        system = system.public_key(),
        account = account.public_key(),
    );
    let of_user = json!({"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1});
    let place = Place::new();
    let credentials = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        token(&account, &user, &of_user),
        user.seed().unwrap(),
    );
    fs::write(place.file("user.creds"), credentials).unwrap();
    let Some(broker) = Broker::start(&configuration) else { return };
    Door { place: &place, url: broker.url(), given: &[] }.check(&["--nats-creds", "user.creds"]);
}

/// A certificate that vouches for itself, and its key, in files of these names.
fn certify(place: &Place, name: &str) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    fs::write(place.file(&format!("{name}.pem")), made.cert.pem()).unwrap();
    fs::write(place.file(&format!("{name}-key.pem")), made.signing_key.serialize_pem()).unwrap();
}

fn of_server(place: &Place) -> String {
    let (certificate, key) = (place.file("server.pem"), place.file("server-key.pem"));
    format!("cert_file: '{}', key_file: '{}'", certificate.display(), key.display())
}

#[test]
fn tls_is_spoken_with_servers_that_are_trusted() {
    let place = Place::new();
    certify(&place, "server");
    let Some(broker) = Broker::start(&format!("tls {{ {} }}", of_server(&place))) else { return };
    Door { place: &place, url: broker.tls_url(), given: &[] }.check(&["--nats-ca", "server.pem"]);
}

#[test]
fn servers_that_ask_for_a_certificate_are_shown_it() {
    let place = Place::new();
    certify(&place, "server");
    certify(&place, "client");
    let trusted = place.file("client.pem");
    let configuration = format!("tls {{ {}, ca_file: '{}', verify: true }}", of_server(&place), trusted.display());
    let Some(broker) = Broker::start(&configuration) else { return };
    let door = Door { place: &place, url: broker.tls_url(), given: &["--nats-ca", "server.pem"] };
    door.check(&["--nats-cert", "client.pem", "--nats-key", "client-key.pem"]);
}
