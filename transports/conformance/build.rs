//! Generates both sides of the document, once with dots in the addresses and once with slashes.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use asyncapi_codegen::{Config, Perspective};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=spec/orders.yaml");
    let directory = PathBuf::from(std::env::var("OUT_DIR")?);
    let document = fs::read_to_string("spec/orders.yaml")?;
    for (name, separator) in [("dots", "."), ("slashes", "/")] {
        let spec = directory.join(format!("{name}.yaml"));
        fs::write(&spec, document.replace('~', separator))?;
        for (side, perspective) in [("application", Perspective::Application), ("client", Perspective::Client)] {
            let output = directory.join(format!("{name}_{side}.rs"));
            Config::new().perspective(perspective).output(output).compile(&spec)?;
        }
    }
    Ok(())
}
