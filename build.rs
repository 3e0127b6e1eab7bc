//! The document becomes the bindings: `spec/kustomer.yaml`, with what traffic taught laid over it, → `generated/kustomer.rs`.

use asyncapi_codegen::{Config, Error};

fn main() -> Result<(), Error> {
    Config::new().overlay("spec/kustomer.overlay.yaml").output("generated/kustomer.rs").compile("spec/kustomer.yaml")
}
