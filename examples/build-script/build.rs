//! One document, both sides of it: `$OUT_DIR/application.rs` and `$OUT_DIR/client.rs`.

use std::error::Error;
use std::path::PathBuf;

use asyncapi_codegen::{Config, Perspective};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::var("OUT_DIR")?);
    Config::new().output(directory.join("client.rs")).compile("spec/lamps.yaml")?;
    Config::new()
        .perspective(Perspective::Application)
        .output(directory.join("application.rs"))
        .compile("spec/lamps.yaml")?;
    Ok(())
}
