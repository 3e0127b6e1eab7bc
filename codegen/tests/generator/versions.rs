//! The same API as a document of version 2 and as a document of version 3 gives the same Rust.
//!
//! `tests/versions` holds the pairs. They use what both versions have. Where the versions differ, the pairs follow the usual
//! migration to 3.x: channels keep their addresses as keys, operations keep their ids as keys, `subscribe` becomes `send`,
//! `publish` becomes `receive`, and the schema of a parameter becomes its list of values.

use std::fs;
use std::path::Path;

use asyncapi_codegen::{Config, Perspective, Source};

fn generate(path: &Path, perspective: Perspective) -> String {
    let text = fs::read_to_string(path).expect("each pair has a v2.yaml and a v3.yaml");
    let config = Config::new().perspective(perspective);
    match config.generate(&Source::new("api.yaml", text)) {
        Ok(output) => output.code().to_owned(),
        Err(error) => panic!("{}: {error}", path.display()),
    }
}

#[test]
fn both_versions_give_the_same_rust() {
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/versions");
    let pairs: Vec<_> =
        fs::read_dir(pairs).expect("the pairs are readable").flatten().map(|entry| entry.path()).collect();
    assert!(pairs.len() >= 4, "some pairs are missing");
    for pair in pairs {
        for perspective in [Perspective::Client, Perspective::Application] {
            let [two, three] = ["v2.yaml", "v3.yaml"].map(|name| generate(&pair.join(name), perspective));
            let mut lines = two.lines().zip(three.lines());
            let first = lines.find(|(two, three)| two != three);
            assert!(two == three, "{}, {perspective:?}: {first:#?}", pair.display());
        }
    }
}
