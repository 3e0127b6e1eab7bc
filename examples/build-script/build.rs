//! Generates code for both sides of one document: `$OUT_DIR/application.rs` and `$OUT_DIR/client.rs`.

use std::error::Error;
use std::path::PathBuf;

use asyncapi_codegen::{Config, Perspective};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::var("OUT_DIR")?);
    let config = Config::from_file("asyncapi.toml")?;
    config.clone().output(directory.join("client.rs")).compile("spec/lamps.yaml")?;
    config.perspective(Perspective::Application).output(directory.join("application.rs")).compile("spec/lamps.yaml")?;
    Ok(())
}
