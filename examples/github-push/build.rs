//! Generates `$OUT_DIR/github.rs`.

fn main() -> Result<(), asyncapi_codegen::Error> {
    asyncapi_codegen::Config::new().compile("spec/github.yaml")
}
