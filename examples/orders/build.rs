//! Generates `$OUT_DIR/orders.rs`.

fn main() -> Result<(), asyncapi_codegen::Error> {
    asyncapi_codegen::Config::new().compile("spec/orders.yaml")
}
