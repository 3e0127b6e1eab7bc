//! Documents of any size, each long in another way.

use std::fmt::Write as _;

/// A way of being long.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) faults: Faults,
    write: fn(usize) -> String,
}

/// Whether the document has faults that are reported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Faults {
    None,
    Some,
}

const fn sound(name: &'static str, write: fn(usize) -> String) -> Shape {
    Shape { name, faults: Faults::None, write }
}

const fn faulty(name: &'static str, write: fn(usize) -> String) -> Shape {
    Shape { name, faults: Faults::Some, write }
}

impl Shape {
    /// A document of about as many bytes.
    pub(crate) fn text(&self, bytes: usize) -> String {
        const SOME: usize = 1000;
        (self.write)(SOME * bytes / (self.write)(SOME).len())
    }
}

pub(crate) const SHAPES: &[Shape] = &[
    sound("channels", channels),
    faulty("channels-with-faults", channels_with_faults),
    sound("enum-values", enum_values),
    sound("properties", properties),
    sound("alternatives", alternatives),
    sound("untold-alternatives", untold_alternatives),
    sound("messages", messages),
    sound("unnamed-messages", unnamed_messages),
    sound("inherited", inherited),
    sound("inlined", inlined),
    faulty("chained", chained),
    sound("traits", traits),
    sound("servers", servers),
    faulty("names-that-meet", names_that_meet),
];

const HEAD: &str = "asyncapi: 2.6.0\ninfo: {title: Large, version: '1'}\n";

/// A message whose payload is `Only`, for shapes that are about schemas.
const ONE: &str = "channels: {one: {subscribe: {operationId: one, message: \
                   {name: one, payload: {$ref: '#/components/schemas/Only'}}}}}\ncomponents:\n  schemas:\n";

/// Many of everything, as documents of large teams have it.
fn channels(size: usize) -> String {
    many_channels(size, "description")
}

/// The same with a slip of the hand in each schema and each operation.
fn channels_with_faults(size: usize) -> String {
    many_channels(size, "descripton")
}

fn many_channels(size: usize, description: &str) -> String {
    let mut text = format!("{HEAD}channels:\n");
    for index in 0..size {
        let _ = write!(
            text,
            "  orders/{index}/{{tenant}}:\n    parameters: {{tenant: {{schema: {{type: string}}}}}}\n    subscribe:\n      \
             operationId: onOrder{index}\n      {description}: Says what happened to order {index}.\n      \
             message: {{$ref: '#/components/messages/order{index}'}}\n"
        );
    }
    text.push_str("components:\n  messages:\n");
    for index in 0..size {
        let _ = write!(
            text,
            "    order{index}:\n      name: order.{index}\n      payload: {{$ref: '#/components/schemas/Order{index}'}}\n"
        );
    }
    text.push_str("  schemas:\n");
    for index in 0..size {
        let other = (index * 7 + 3) % size;
        let _ = write!(
            text,
            "    Order{index}:\n      type: object\n      {description}: Order {index}, as it is stored.\n      \
             required: [id, state]\n      properties:\n        id: {{type: string, format: uuid}}\n        \
             state: {{type: string, enum: [open, paid, sent]}}\n        total: {{type: number}}\n        \
             lines:\n          type: array\n          items:\n            type: object\n            properties:\n              \
             sku: {{type: string}}\n              count: {{type: integer, minimum: 0}}\n        \
             related: {{$ref: '#/components/schemas/Order{other}'}}\n"
        );
    }
    text
}

fn enum_values(size: usize) -> String {
    let values: Vec<String> = (0..size).map(|index| format!("value-{index}")).collect();
    format!("{HEAD}{ONE}    Only: {{type: string, enum: [{}]}}\n", values.join(", "))
}

fn properties(size: usize) -> String {
    let names: Vec<String> = (0..size).map(|index| format!("property{index}")).collect();
    let mut text = format!("{HEAD}{ONE}    Only:\n      type: object\n      required: [{}]\n", names.join(", "));
    text.push_str("      properties:\n");
    for name in names {
        let _ = writeln!(text, "        {name}: {{type: object, properties: {{kind: {{type: string}}}}}}");
    }
    text
}

/// Alternatives that a property tells apart.
fn alternatives(size: usize) -> String {
    many_alternatives(size, |index| format!("kind: {{type: string, const: kind-{index}}}"))
}

/// Alternatives that only their shape tells apart, and whose labels meet.
fn untold_alternatives(size: usize) -> String {
    many_alternatives(size, |index| format!("value{}: {{type: string}}", index % 10))
}

fn many_alternatives(size: usize, own: fn(usize) -> String) -> String {
    let mut text = format!("{HEAD}{ONE}    Only:\n      oneOf:\n");
    for index in 0..size {
        let _ = writeln!(
            text,
            "        - {{type: object, properties: {{{}, own{index}: {{type: string}}, shared: {{type: string}}}}}}",
            own(index)
        );
    }
    text
}

/// One operation with many messages.
fn messages(size: usize) -> String {
    many_messages(size, |index| format!("name: event.{index}, "))
}

fn unnamed_messages(size: usize) -> String {
    many_messages(size, |_| String::new())
}

fn many_messages(size: usize, name: fn(usize) -> String) -> String {
    let mut text =
        format!("{HEAD}channels:\n  one:\n    subscribe:\n      operationId: one\n      message:\n        oneOf:\n");
    for index in 0..size {
        let _ = writeln!(
            text,
            "          - {{{}payload: {{type: object, properties: {{p{index}: {{type: string}}}}}}}}",
            name(index)
        );
    }
    text
}

/// Schemas that all add to the one before the last ten.
fn inherited(size: usize) -> String {
    let mut text = format!("{HEAD}{ONE}    Only: {{type: object, properties: {{id: {{type: string}}}}}}\n");
    for index in 0..size {
        let base = if index % 10 == 0 { "Only".to_owned() } else { format!("Part{}", index - 1) };
        let _ = writeln!(
            text,
            "    Part{index}: {{allOf: [{{$ref: '#/components/schemas/{base}'}}, \
             {{type: object, properties: {{own{index}: {{type: string}}}}}}]}}"
        );
    }
    text
}

/// Objects within objects, twenty deep.
fn inlined(size: usize) -> String {
    let mut text = format!("{HEAD}{ONE}    Only: {{type: string}}\n");
    for index in 0..size {
        let _ = writeln!(
            text,
            "    Deep{index}: {}{{type: string}}{}",
            "{type: object, properties: {in: ".repeat(20),
            "}}".repeat(20)
        );
    }
    text
}

/// Each schema holds the next.
fn chained(size: usize) -> String {
    let mut text = format!(
        "{HEAD}{ONE}    Only: {{type: object, properties: {{next: {{$ref: '#/components/schemas/Link0'}}}}}}\n"
    );
    for index in 0..size {
        let next = (index + 1) % size;
        let _ = writeln!(
            text,
            "    Link{index}: {{type: object, properties: {{next: {{$ref: '#/components/schemas/Link{next}'}}}}}}"
        );
    }
    text
}

fn traits(size: usize) -> String {
    let mut text = format!("{HEAD}channels:\n");
    for index in 0..size {
        let _ = writeln!(
            text,
            "  c{index}: {{subscribe: {{operationId: on{index}, message: {{name: event{index}, \
             traits: [{{$ref: '#/components/messageTraits/common'}}], payload: {{type: string}}}}}}}}"
        );
    }
    text.push_str(
        "components: {messageTraits: {common: {headers: {type: object, properties: {id: {type: string}}}}}}\n",
    );
    text
}

fn servers(size: usize) -> String {
    let mut text = format!("{HEAD}channels: {{}}\nservers:\n");
    for index in 0..size {
        let _ = writeln!(
            text,
            "  server{index}: {{url: 'https://{{region}}.example.com/{index}', protocol: https, \
             variables: {{region: {{default: eu, enum: [eu, us]}}}}}}"
        );
    }
    text
}

/// Properties whose names differ only in their signs.
fn names_that_meet(size: usize) -> String {
    let mut text = format!("{HEAD}{ONE}    Only:\n      type: object\n      properties:\n");
    for index in 0..size {
        let _ = writeln!(text, "        'name-{index}': {{type: string}}\n        'name_{index}': {{type: string}}");
    }
    text
}
