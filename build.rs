//! Generates `generated/kustomer.rs` from `spec/kustomer.yaml` and its overlay, if the feature `regenerate` is on.

#[cfg(feature = "regenerate")]
fn main() -> Result<(), asyncapi_codegen::Error> {
    let config = asyncapi_codegen::Config::new().overlay("spec/kustomer.overlay.yaml");
    config.output("generated/kustomer.rs").compile("spec/kustomer.yaml")
}

#[cfg(not(feature = "regenerate"))]
fn main() {}
