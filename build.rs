//! The document becomes the bindings: `spec/kustomer.yaml` → `generated/kustomer.rs`.

use asyncapi_codegen::{Config, Error};

fn main() -> Result<(), Error> {
    Config::new().output("generated/kustomer.rs").compile("spec/kustomer.yaml")
}
