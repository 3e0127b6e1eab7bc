//! Diagnostics about options: at their line in a file, or by the name of the method.

use asyncapi_codegen::{Config, Error, Source};

const DOCUMENT: &str = "asyncapi: 2.6.0
info: {title: Orders, version: '1'}
channels:
  orders: {subscribe: {operationId: onOrder, message: {name: order, payload: {$ref: '#/components/schemas/Order'}}}}
components:
  schemas:
    Order: {type: object, properties: {state: {$ref: '#/components/schemas/State'}}}
    State: {type: string, enum: [open, closed]}
";

/// The diagnostics, one line for each.
fn diagnostics(config: &Config) -> Vec<String> {
    match config.generate(&Source::new("orders.yaml", DOCUMENT)) {
        Err(Error::Refused(report)) => report.lines().collect(),
        Ok(output) => output.report().lines().collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_method_call_is_reported_by_its_name_at_the_node_that_it_is_for() {
    let lines = diagnostics(&Config::new().closed_enums("/components/schemas/Stte").module("my-orders"));
    let [module, closed] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(
        module,
        "orders.yaml:1:1: `my-orders`, the name of the module, is not a Rust identifier; give a name such as `orders`"
    );
    assert_eq!(
        closed,
        "orders.yaml:7:5: `Config::closed_enums`: the pattern `/components/schemas/Stte` matches no enum of strings or \
         union with a tag; did you mean `/components/schemas/State`?"
    );
}

#[test]
fn an_option_in_a_file_is_reported_by_its_key_and_a_method_call_by_its_name() {
    let text = "# Options.\nclosed-enums = [\n  '/components/schemas/Stte',\n]\n";
    let config = Config::from_toml("spec/asyncapi.toml", text).expect("the keys are known");
    let from_file = "spec/asyncapi.toml:3:3: `closed-enums`: the pattern `/components/schemas/Stte` matches no enum of \
                   strings or union with a tag; did you mean `/components/schemas/State`?";
    assert_eq!(diagnostics(&config), [from_file]);
    // The same pattern in a method call has its own diagnostic.
    let lines = diagnostics(&config.keep_additional_properties("/components/schemas/Stte"));
    let [first, from_call] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(first, from_file);
    assert!(from_call.starts_with("orders.yaml:7:5: `Config::keep_additional_properties`: the pattern"), "{from_call}");
}

#[test]
fn the_help_shows_an_option_as_the_user_writes_it() {
    let document = "
asyncapi: 2.6.0
info: {title: Far, version: '1'}
channels: {far: {subscribe: {message: {payload: {$ref: 'https://example.com/far.yaml'}}}}}
";
    let help = |config: Config| match config.generate(&Source::new("far.yaml", document)) {
        Err(Error::Refused(report)) => report.iter().find_map(|diagnostic| diagnostic.help().map(str::to_owned)),
        other => panic!("{other:?}"),
    };
    let method_call =
        "save a copy, and map the URL to it: `Config::map_url(\"https://example.com/far.yaml\", \"far.yaml\")`";
    assert_eq!(help(Config::new()).as_deref(), Some(method_call));
    let key = "save a copy, and map the URL to it: `map-url.\"https://example.com/far.yaml\" = \"far.yaml\"` in asyncapi.toml";
    assert_eq!(help(Config::from_toml("asyncapi.toml", "").unwrap()).as_deref(), Some(key));
    let [_, line, _] = key.split('`').collect::<Vec<_>>()[..] else { panic!("{key}") };
    assert!(Config::from_toml("asyncapi.toml", line).is_ok(), "{line}");
}
