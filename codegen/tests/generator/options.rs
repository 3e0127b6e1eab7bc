//! What is said of options: at their line in a file, and by the name of the method where they are calls.

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

/// Every fault, on one line each.
fn faults(config: &Config) -> Vec<String> {
    match config.generate(&Source::new("orders.yaml", DOCUMENT)) {
        Err(Error::Refused(report)) => report.lines().collect(),
        Ok(output) => output.report().lines().collect(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_call_goes_by_its_method_and_stands_at_what_it_is_for() {
    let said = faults(&Config::new().closed_enums("/components/schemas/Stte").module("my-orders"));
    let [module, closed] = &said[..] else { panic!("{said:?}") };
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
fn a_line_of_a_file_goes_by_its_key_and_a_call_beside_it_by_its_method() {
    let text = "# What we want.\nclosed-enums = [\n  '/components/schemas/Stte',\n]\n";
    let config = Config::from_toml("spec/asyncapi.toml", text).expect("the keys are known");
    let of_file = "spec/asyncapi.toml:3:3: `closed-enums`: the pattern `/components/schemas/Stte` matches no enum of \
                   strings or union with a tag; did you mean `/components/schemas/State`?";
    assert_eq!(faults(&config), [of_file]);
    // The same text in another option is another choice.
    let said = faults(&config.keep_additional_properties("/components/schemas/Stte"));
    let [first, of_call] = &said[..] else { panic!("{said:?}") };
    assert_eq!(first, of_file);
    assert!(of_call.starts_with("orders.yaml:7:5: `Config::keep_additional_properties`: the pattern"), "{of_call}");
}

#[test]
fn a_cure_spells_an_option_as_its_reader_writes_it() {
    let document = "
asyncapi: 2.6.0
info: {title: Far, version: '1'}
channels: {far: {subscribe: {message: {payload: {$ref: 'https://example.com/far.yaml'}}}}}
";
    let cure = |config: Config| match config.generate(&Source::new("far.yaml", document)) {
        Err(Error::Refused(report)) => report.iter().find_map(|diagnostic| diagnostic.help().map(str::to_owned)),
        other => panic!("{other:?}"),
    };
    let called =
        "save a copy, and map the URL to it: `Config::map_url(\"https://example.com/far.yaml\", \"far.yaml\")`";
    assert_eq!(cure(Config::new()).as_deref(), Some(called));
    let written = "save a copy, and map the URL to it: `map-url.\"https://example.com/far.yaml\" = \"far.yaml\"` in asyncapi.toml";
    assert_eq!(cure(Config::from_toml("asyncapi.toml", "").unwrap()).as_deref(), Some(written));
    let [_, line, _] = written.split('`').collect::<Vec<_>>()[..] else { panic!("{written}") };
    assert!(Config::from_toml("asyncapi.toml", line).is_ok(), "{line}");
}
