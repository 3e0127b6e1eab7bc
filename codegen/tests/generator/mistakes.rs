//! Mistakes that authors make: each has one diagnostic at the right place, which says what to do.

use asyncapi_codegen::{Config, Error, Perspective, Source};

/// A document, without the parts that are the same in many of them.
enum Text {
    /// A payload of a message of AsyncAPI 3.
    Payload(&'static str),
    /// What follows `asyncapi: 3.0.0` and `info`.
    Three(&'static str),
    /// What follows `asyncapi: 2.6.0` and `info`.
    Two(&'static str),
    /// What follows `asyncapi: 3.0.0` and an `info` of three lines.
    Lines(&'static str),
    All(&'static str),
}

impl Text {
    fn document(&self) -> String {
        const INFO: &str = "info: {title: T, version: '1'}\n";
        match self {
            Self::Payload(payload) => format!(
                "asyncapi: 3.0.0\n{INFO}channels: {{c: {{address: c, messages: {{one: {{payload: {payload}}}}}}}}}\n\
                 operations: {{on: {{action: receive, channel: {{$ref: '#/channels/c'}}}}}}\n"
            ),
            Self::Three(rest) => format!("asyncapi: 3.0.0\n{INFO}{rest}"),
            Self::Two(rest) => format!("asyncapi: 2.6.0\n{INFO}{rest}"),
            Self::Lines(rest) => format!("asyncapi: 3.0.0\ninfo:\n  title: T\n  version: '1'\n{rest}"),
            Self::All(text) => (*text).to_owned(),
        }
    }
}

/// Line and column, message, help.
type Expected = (&'static str, &'static str, &'static str);

/// The diagnostics of a document, in the form of [`Expected`].
fn diagnostics(text: &str) -> Vec<(String, String, String)> {
    let config = Config::new().perspective(Perspective::Application);
    let report = match config.generate(&Source::new("api.yaml", text)) {
        Ok(output) => output.report().clone(),
        Err(Error::Refused(report)) => report,
        Err(error) => panic!("{error}"),
    };
    let place =
        |place: Option<(usize, usize)>| place.map_or_else(String::new, |(line, column)| format!("{line}:{column}"));
    let found = report.iter().map(|found| {
        (place(found.line_and_column()), found.message().to_owned(), found.help().unwrap_or_default().to_owned())
    });
    found.collect()
}

#[test]
fn every_mistake_has_a_diagnostic_with_help() {
    for (text, expected) in MISTAKES {
        let text = text.document();
        let found = diagnostics(&text);
        let found: Vec<(&str, &str, &str)> =
            found.iter().map(|(place, message, help)| (&**place, &**message, &**help)).collect();
        assert_eq!(found, *expected, "{text}");
    }
}

#[rustfmt::skip]
const MISTAKES: &[(Text, &[Expected])] = &[
    (
        Text::Two(
            "channels: {c: {subscribe: {message: {$ref: '/components/messages/one'}}}}\n\
             components: {messages: {one: {payload: {type: string}}}}",
        ),
        &[("3:44", "`/components/messages/one` cannot be read: it was not read", "write `#/components/messages/one`")],
    ),
    (Text::Three("channels: {c: {address: c}}
operations: {on: {action: subscribe, channel: {$ref: '#/channels/c'}}}
"), &[
            ("4:27", "`subscribe` is not an action", "write `send` or `receive`: `subscribe` of AsyncAPI 2 is `send`, and `publish` is `receive`"),
    ]),
    (Text::Payload("{type: object, additionalProperties: 'false'}"), &[
            ("3:91", "a schema must be an object or a boolean, but this is a string", "every value is allowed here until this is corrected"),
    ]),
    (Text::Three("channels: {c: {address: c, parameters: {id: {}}, messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:41", "the address has no `{id}`", "remove the parameter"),
    ]),
    (Text::Payload("{allOf: {type: object}}"), &[
            ("3:62", "`allOf` must be a list, but this is an object", "write a list: each item begins with `- `"),
    ]),
    (Text::Three("channels: {c: {address: c, bindings: {kafka: {topc: a}}}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:47", "`topc` is not a key of this `kafka` binding", "did you mean `topic`?"),
    ]),
    (Text::Three("channels: {c: {address: c}}
operations: {on: {action: receive, channel: c}}
"), &[
            ("4:45", "a Channel Object of AsyncAPI 3 must be an object, but this is a string", "write `{$ref: '#/channels/c'}`"),
    ]),
    (Text::All("# nothing
"), &[
            ("1:1", "the file is empty", "write a document, which begins with a key such as `asyncapi: 3.0.0`"),
    ]),
    (Text::Two("components: []
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:13", "a Components Object of AsyncAPI 2 must be an object, but this is a list", "write an object: lines with `key: value`"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {contentType: aplication/json, payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:58", "`aplication/json` is not a media type", "did you mean `application/json`?"),
    ]),
    (Text::Three("defaultContentType: json
channels: {c: {address: c, messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:21", "`json` is not a media type", "did you mean `application/json`?"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {contentType: application/jsn, payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:58", "`application/jsn` is not a media type", "did you mean `application/json`?"),
            ("3:84", "messages of `application/jsn` are not decoded, so the payload is bytes", "decode them in the handler, or name a type that does: `Config::map_schema_format`"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {contentType: application-json, payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:58", "`application-json` is not a media type", "did you mean `application/json`?"),
    ]),
    (Text::Three("components: {schemas: {A: {type: object, properties: {n: {type: integer, default: x}}}}}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:83", "the default is a string, which the schema does not allow", "use a value of the type of the schema; the default is ignored"),
    ]),
    (Text::Payload("{type: object, discriminator: {propertyName: k}, oneOf: [{type: object, properties: {k: {const: a}}},{type: object, properties: {k: {const: b}}}]}"), &[
            ("3:69", "a `discriminator` is an object in OpenAPI, but the name of a property in AsyncAPI", "write `discriminator: k`; the object is supported here, but not by other tools"),
    ]),
    (Text::Two("externalDocs: http://x
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:15", "an External Documentation Object must be an object, but this is a string", "write an object: lines with `key: value`"),
    ]),
    (Text::Three("channels: {c: {address: c}}
channels: {d: {address: d}}
"), &[
            ("4:1", "the key `channels` occurs twice", "remove one of them"),
    ]),
    (Text::Two("channels: {'c/{a}/{a}': {parameters: {a: {schema: {type: string}}}, publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:12", "the address contains `{a}` twice", "give each parameter a name of its own"),
    ]),
    (Text::All(""), &[
            ("1:1", "the file is empty", "write a document, which begins with a key such as `asyncapi: 3.0.0`"),
    ]),
    (Text::Two("channels: {'c/{}': {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:12", "the address has a parameter without a name", "write the name between the braces"),
    ]),
    (Text::Payload("{type: string, enum: []}"), &[
            ("3:75", "`enum` is empty, so no value is valid", "list at least one item, or remove the key"),
    ]),
    (Text::Payload("{type: string, enum: a}"), &[
            ("3:75", "`enum` must be a list, but this is a string", "write a list: each item begins with `- `"),
    ]),
    (Text::Payload("{type: integer, enum: [a]}"), &[
            ("3:77", "the type is integer, but this value is a string, so it never matches", "remove it, or add its type to `type`"),
    ]),
    (Text::Payload("{type: integer}, examples: [{payload: abc}]"), &[
            ("3:92", "the type must be integer, but this is a string", "correct the example, or the schema at `#/channels/c/messages/one/payload`"),
    ]),
    (Text::Payload("{type: integer, examples: [abc]}"), &[
            ("3:81", "the type must be integer, but this is a string", "correct the example, or the schema at `#/channels/c/messages/one/payload`"),
    ]),
    (Text::Payload("{type: string, format: datetime}"), &[
            ("3:77", "there is no format `datetime`, so it has no effect", "did you mean `date-time`?"),
    ]),
    (Text::Three("channels: {c: {address: 'c#a', messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:25", "the address contains a fragment", "remove `#` and what follows"),
    ]),
    (Text::Three("channels:
  c:
    address: c
    messages:
      one:
        payload:
          type: object
          properties:
            a: {type: string}
           b: {type: string}
            c: {type: string}
"), &[
            ("12:12", "did not find expected key", "check the indentation"),
    ]),
    (Text::Three("channels:
  c:
    address: c
   messages:
      one:
        payload: {type: string}
operations: {}
"), &[
            ("6:4", "did not find expected key", "check the indentation"),
    ]),
    (Text::Three("channels:
  c:
  address: c
  messages:
    one:
      payload: {type: string}
"), &[
            ("4:5", "a Channel Object of AsyncAPI 3 must be an object, but this is null", "add a value, or remove the key"),
            ("5:12", "a Channel Object of AsyncAPI 3 must be an object, but this is a string", "write `{$ref: '#/channels/c'}`"),
            ("7:5", "`one` is not allowed in a Channel Object", "the key is ignored: remove it, or rename it to `x-one` if it is an extension"),
    ]),
    (Text::Three("channels:
  c:
    address: c
      messages:
        one: {payload: {type: string}}
"), &[
            ("6:7", "this key is indented too far", "indent it like the key above"),
    ]),
    (Text::All("asyncapi: 3.0.0
info: {title: T, version: 1.10}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("2:27", "`version` must be a string, but this is a number", "put it in quotes"),
    ]),
    (Text::Payload("{type: array, items: [{type: string}]}"), &[
            ("3:75", "a list of one schema describes only the first item, and the other items may be anything", "write the schema without the list if it describes all items"),
    ]),
    (Text::Payload("{type: string, minLength: 5, maxLength: 3}"), &[
            ("3:80", "`minLength` is larger than `maxLength`, so no value is valid", "exchange the two"),
    ]),
    (Text::Payload("{type: integer, minimum: 5, maximum: 3}"), &[
            ("3:79", "`minimum` is larger than `maximum`, so no value is valid", "exchange the two"),
    ]),
    (Text::Payload("{type: string, minItems: 3}"), &[
            ("3:69", "`minItems` has no effect, because the type is string", "write `type: array`, or remove `minItems`"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}, messages: {$ref: '#/channels/c/messages/one'}}}
"), &[
            ("4:79", "`messages` must be a list, but this is an object", "write a list: each item begins with `- `"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}, messages: [one]}}
"), &[
            ("4:80", "a reference to a message is required here, but this is a string", "write `{$ref: '#/channels/c/messages/one'}`"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {$ref: '#/components/schemas/A'}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
components: {schemas: {A: {type: string}}}
"), &[
            ("5:28", "`type` is not allowed in a Message Object", "the key is ignored: remove it, or rename it to `x-type` if it is an extension"),
    ]),
    (Text::Two("channels: {}
"), &[
            ("1:1", "the document has no channels, so only types are generated", "add channels and operations, or choose to generate only types"),
    ]),
    (Text::Three(""), &[
            ("1:1", "the document has no channels, so only types are generated", "add channels and operations, or choose to generate only types"),
    ]),
    (Text::Three("channels: {c: {address: c}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("4:14", "the operation has no message, so no code is generated for it", "give it a `message`"),
    ]),
    (Text::Three("channels: {c: {address: c, messages: {one: {payload: {type: string}}}}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
    ]),
    (Text::Payload("{type: string, nullable: true}"), &[
            ("3:69", "`nullable` is a keyword of OpenAPI, not of AsyncAPI", "write `type: [string, 'null']` with your type; it is supported here, but other tools ignore it"),
    ]),
    (Text::Payload("{oneOf: []}"), &[
            ("3:62", "`oneOf` is empty, so no value is valid", "list at least one item, or remove the key"),
    ]),
    (Text::Two("channels: {'c/{a': {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:12", "the address has a brace without its pair", "write `{name}` for each parameter"),
    ]),
    (Text::Two("channels: {c: {address: c, messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("1:11", "the version is 2.6.0, but `operations` is a key of AsyncAPI 3", "write `asyncapi: 3.0.0`, or move the document to AsyncAPI 2"),
    ]),
    (Text::Three("channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("1:11", "the version is 3.0.0, but `publish` is a key of AsyncAPI 2", "write `asyncapi: 2.6.0`, or move the document to AsyncAPI 3"),
    ]),
    (Text::Two("channels: {'c/{id}': {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:12", "`parameters` does not describe `{id}` of the address", "add `id` to `parameters` of the channel"),
    ]),
    (Text::Three("channels: {c: {address: 'c/{id}', messages: {one: {payload: {type: string}}}}}
operations: {on: {action: receive, channel: {$ref: '#/channels/c'}}}
"), &[
            ("3:25", "`parameters` does not describe `{id}` of the address", "add `id` to `parameters` of the channel"),
    ]),
    (Text::Payload("[a]"), &[
            ("3:54", "a schema must be an object or a boolean, but this is a list", "every value is allowed here until this is corrected"),
    ]),
    (Text::Payload("null"), &[
            ("3:54", "a schema must be an object or a boolean, but this is null", "every value is allowed here until this is corrected"),
    ]),
    (Text::Payload("'#/components/schemas/A'"), &[
            ("3:54", "a schema must be an object or a boolean, but this is a string", "write `{$ref: '#/components/schemas/A'}`; until then, every value is allowed here"),
    ]),
    (Text::Payload("{type: object, properties: {a: string}}"), &[
            ("3:85", "a schema must be an object or a boolean, but this is a string", "write `{type: string}`; until then, every value is allowed here"),
    ]),
    (Text::Payload("{type: object, properties: [{id: {type: string}}]}"), &[
            ("3:81", "`properties` must be an object, but this is a list", "write an object: lines with `key: value`"),
    ]),
    (Text::Payload("{type: object, id: {type: string}}"), &[
            ("3:69", "`id` is not a keyword with a schema", "move it into `properties`"),
    ]),
    (Text::Payload("{type: string, properties: {a: {type: string}}}"), &[
            ("3:69", "`properties` has no effect, because the type is string", "write `type: object`, or remove `properties`"),
    ]),
    (Text::Two("channels: {'c?x=1': {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:12", "the address contains a query", "describe it in the `query` of a binding"),
    ]),
    (Text::Payload("{type: object, required: [colour], properties: {hue: {type: string}}}"), &[
            ("3:80", "`colour` is required, but no property has this name", "describe `colour` in `properties`, or remove it from `required`"),
    ]),
    (Text::Payload("{type: object, properties: {id: {type: string, required: true}}}"), &[
            ("3:111", "`required` must be a list of property names", "list the property in the `required` of the object that contains it"),
    ]),
    (Text::Two("servers: {p: {url: mqtt://x, protocol: mqtt, security: [{a: []}]}}
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:58", "there is no security scheme `a`", "define it in `components.securitySchemes`"),
    ]),
    (Text::Three("servers: {p: {host: x, protocol: mqtt, security: [{a: []}]}}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:51", "a security scheme or a reference to one is required here", "write `$ref: '#/components/securitySchemes/a'`"),
    ]),
    (Text::Three("components: {securitySchemes: {a: {type: nonsense}}}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:42", "`nonsense` is not a value of `type`", "the values are userPassword, apiKey, X509, symmetricEncryption, asymmetricEncryption, httpApiKey, http, oauth2, openIdConnect, plain, scramSha256, scramSha512, gssapi"),
    ]),
    (Text::Two("servers: {p: {url: mqtt://x, protocol: mqt}}
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:40", "`mqt` is no protocol of AsyncAPI", "did you mean `mqtt`?"),
    ]),
    (Text::Two("servers: {p: {url: mqtt://x, protocol: mqtt}}
channels: {c: {servers: [q], publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("4:26", "there is no server `q`", "add it to `servers` of the document"),
    ]),
    (Text::Three("servers: {p: {host: 'mqtt://x', protocol: mqtt}}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:21", "`host` contains a protocol, which is written in `protocol`", "write `x`"),
    ]),
    (Text::Three("servers: {p: {host: '{h}', protocol: mqtt}}
channels: {c: {address: c}}
"), &[
            ("1:1", "the document has no operations, so only types are generated", "add operations: `publish` or `subscribe` in AsyncAPI 2, `operations` in AsyncAPI 3"),
            ("3:14", "the url contains `{h}`, which is not in `variables`", "add `h` to `variables`"),
    ]),
    (Text::Two("tags: foo
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:7", "`tags` must be a list, but this is a string", "write a list: each item begins with `- `"),
    ]),
    (Text::Two("tags: [foo]
channels: {c: {publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:8", "a Tag Object must be an object, but this is a string", "write an object: lines with `key: value`"),
    ]),
    (Text::Two("channels: {c: {publish: {operationId: on, message: {contentType: application/json, traits: [{contentType: text/plain}], payload: {type: string}}}}}
"), &[
            ("3:66", "a trait has another `contentType`, which replaces this one", "remove one of the two, because traits have precedence in AsyncAPI 2"),
    ]),
    (Text::Two("channels: {c: {publish: {operationId: on, message: {traits: {contentType: text/plain}, payload: {type: string}}}}}
"), &[
            ("3:61", "`traits` must be a list, but this is an object", "write a list: each item begins with `- `"),
    ]),
    (Text::Payload("{type: strng}"), &[
            ("3:61", "`strng` is not a type of JSON Schema, so every value is allowed", "did you mean `string`?"),
    ]),
    (Text::Payload("{type: nonsense}"), &[
            ("3:61", "`nonsense` is not a type of JSON Schema, so every value is allowed", "the types are null, boolean, integer, number, string, array and object"),
    ]),
    (Text::Payload("{type: date}"), &[
            ("3:61", "`date` is not a type of JSON Schema, so every value is allowed", "the types are null, boolean, integer, number, string, array and object"),
    ]),
    (Text::Two("channels: {c: {parameters: {a: {schema: {type: string}}}, publish: {operationId: on, message: {payload: {type: string}}}}}
"), &[
            ("3:29", "the address has no `{a}`", "remove the parameter"),
    ]),
    (Text::All("asyncapi: '3.0'
info: {title: T, version: 1.0}
channels: {}
"), &[
            ("1:11", "AsyncAPI 3.0 is not supported", "write all three numbers: `3.0.0`"),
    ]),
    (Text::Lines("channels:
  c:
    description: |
      a
     b
    address: a
"), &[
            ("9:6", "did not find expected key", "check the indentation"),
    ]),
    (Text::Lines("channels:
  c:
    title: a: b
"), &[
            ("7:13", "a key is not allowed here", "check the indentation, or put a text with `: ` in quotes"),
    ]),
    (Text::Lines("channels:
  c:
    description: text
      more text
      address: c
"), &[
            ("8:7", "this line is not `key: value`", "write a space after the colon, or indent the line if it continues the text above"),
    ]),
    (Text::Lines("x-a: {a: b
x-b: c
x-c: d
"), &[
            ("5:6", "did not find expected ',' or '}'", "add a comma or a closing bracket, or put the text in quotes"),
    ]),
    (Text::Lines("tags:
  - name: a
 - name: b
"), &[
            ("7:2", "did not find expected key", "check the indentation"),
    ]),
    (Text::Lines("channels:
  c:
    address: c
    messages:
      one:
        payload:
          type: object
           properties:
            a: {type: string}
"), &[
            ("12:12", "this key is indented too far", "indent it like the key above"),
    ]),
    (Text::Lines("channels:
  c:
    title: some text
    continued here
    address: a
"), &[
            ("8:5", "this line is not `key: value`", "write a space after the colon, or indent the line if it continues the text above"),
    ]),
    (Text::Lines("channels:
  c:
    address:c
    title: x
"), &[
            ("7:5", "this line is not `key: value`", "write a space after the colon, or indent the line if it continues the text above"),
    ]),
    (Text::Lines("x-a: 'it's'
x-b: c
x-c: d
"), &[
            ("5:10", "did not find expected key", "check the indentation"),
    ]),
    (Text::Lines(r#"x-a: "abc
x-b: c
x-c: d
"#), &[
            ("5:6", "a quoted text is not closed", "add the closing quote"),
    ]),
    (Text::Lines("channels:
	c: {}
"), &[
            ("6:1", "a tab is not allowed here", "indent with spaces"),
    ]),
];
