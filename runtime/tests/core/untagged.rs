//! Unions whose alternatives are selected by type or tag, or are tried.

use std::sync::atomic::{AtomicUsize, Ordering};

use asyncapi_runtime::request::Reply;
use asyncapi_runtime::untagged::{self, BestMatch, JsonShape, Tag, Union};
use asyncapi_runtime::{DecodeError, DecodeErrorKind, Headers, Inbound};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Cat {
    kind: String,
    lives: u64,
    home: Option<Home>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Home {
    street: String,
}

#[derive(Debug, PartialEq)]
enum Pet {
    Cat(Cat),
    Name(String),
    Maybe(Option<Vec<u8>>),
    Unknown(Value),
}

impl Union for Pet {
    const TAG: &'static str = "kind";

    fn from_shape<'de, D: Deserializer<'de>>(seen: JsonShape<'_>, value: D) -> Result<Self, D::Error> {
        match seen {
            JsonShape::Object(Tag::Text("cat")) => Deserialize::deserialize(value).map(Self::Cat),
            JsonShape::String => Deserialize::deserialize(value).map(Self::Name),
            JsonShape::Array => Deserialize::deserialize(value).map(Self::Maybe),
            JsonShape::Object(_) => Deserialize::deserialize(value).map(Self::Unknown),
            other => Err(other.mismatch("a pet")),
        }
    }
}

impl<'de> Deserialize<'de> for Pet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        untagged::deserialize(deserializer)
    }
}

fn pet(text: &str) -> Result<Pet, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

#[test]
fn a_tag_is_found_at_any_position_and_kept() {
    let home = Some(Home { street: "Elm".to_owned() });
    let cat = Pet::Cat(Cat { kind: "cat".to_owned(), lives: u64::MAX, home });
    let first = r#"{"kind": "cat", "lives": 18446744073709551615, "home": {"street": "Elm"}}"#;
    let last = r#"{"home": {"street": "Elm"}, "more": [1], "lives": 18446744073709551615, "kind": "cat"}"#;
    assert_eq!(pet(first), Ok(cat));
    assert_eq!(pet(last), pet(first));
}

#[test]
fn alternatives_that_are_no_objects_are_selected_by_their_json_type() {
    assert_eq!(pet(r#""Tom""#), Ok(Pet::Name("Tom".to_owned())));
    assert_eq!(pet(r#""T\u00f6m""#), Ok(Pet::Name("Töm".to_owned())));
    assert_eq!(pet("[1, 2]"), Ok(Pet::Maybe(Some(vec![1, 2]))));
    assert_eq!(pet("null"), Err("null, expected a pet at line 1 column 4".to_owned()));
    assert_eq!(pet("1.5"), Err("a number, expected a pet at line 1 column 3".to_owned()));
}

#[test]
fn unknown_alternatives_keep_the_complete_value() {
    let unlisted = r#"{"a": 1, "kind": "newt", "b": [{}]}"#;
    assert_eq!(pet(unlisted), Ok(Pet::Unknown(serde_json::from_str(unlisted).expect("JSON"))));
    let untold = r#"{"a": 1, "kind": 7}"#;
    assert_eq!(pet(untold), Ok(Pet::Unknown(serde_json::from_str(untold).expect("JSON"))));
}

#[test]
fn an_error_of_a_tagged_alternative_has_its_pointer() {
    assert_eq!(pet(r#"{"kind": "cat"}"#), Err("missing field `lives` at line 1 column 15".to_owned()));
    let inner = r#"{"kind": "cat", "lives": 9, "home": {"street": 1}}"#;
    assert_eq!(pet(inner), Err("invalid type: integer `1`, expected a string at line 1 column 48".to_owned()));
    assert!(pet(r#"{"kind": "cat""#).is_err());
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Wide {
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Home>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Deep {
    left: Value,
}

#[derive(Debug, PartialEq)]
enum Either {
    Home(Home),
    Wide(Wide),
    Deep(Deep),
}

fn either(text: &str) -> Result<Either, String> {
    let mut json = serde_json::Deserializer::from_str(text);
    let fitting = BestMatch::from_deserializer(&mut json).map_err(|error| error.to_string())?;
    let fitting = fitting.or_try("Home", Either::Home).or_try("Wide", Either::Wide).or_try("Deep", Either::Deep);
    fitting.best().map_err(|error: serde_json::Error| error.to_string())
}

#[test]
fn the_alternative_that_keeps_most_properties_is_chosen() {
    let street = |street: &str| Home { street: street.to_owned() };
    assert_eq!(either(r#"{"street": "Elm"}"#), Ok(Either::Home(street("Elm"))));
    assert_eq!(either(r#"{"left": {"street": "Elm"}}"#), Ok(Either::Wide(Wide { left: Some(street("Elm")) })));
    // `Wide` would match too, but would lose the house number.
    let deep = either(r#"{"left": {"street": "Elm", "number": 4}}"#);
    assert!(matches!(deep, Ok(Either::Deep(_))), "{deep:?}");
    // No alternative keeps the complete value. Of those that keep most, the first is taken.
    assert_eq!(either(r#"{"street": "Elm", "of": "tomorrow"}"#), Ok(Either::Home(street("Elm"))));
}

#[test]
fn the_error_without_a_match_has_a_reason_for_each_alternative() {
    let why = either(r#"{"left": 1}"#).map(|_| ());
    assert!(why.is_ok());
    let why = either("7").expect_err("no alternative is a number");
    assert!(
        why.starts_with(
            "no alternative fits: as `Home`, which is closest: invalid type: integer `7`, expected struct Home"
        ),
        "{why}"
    );
    assert!(why.contains("; as `Wide`: invalid type") && why.contains("; as `Deep`: invalid type"), "{why}");
}

#[derive(Debug, Deserialize, Serialize)]
struct Parcel {
    article: String,
    to: Home,
    weight: u32,
}

#[derive(Debug, Deserialize, Serialize)]
struct Letter {
    to: Home,
    words: String,
}

#[derive(Debug)]
#[allow(dead_code, reason = "the test only looks at which alternative was chosen")]
enum Sent {
    Letter(Letter),
    Parcel(Parcel),
    Bare(Reply<Letter, Home>),
}

/// The error of a body that matches no message.
fn sent(body: &str) -> DecodeError {
    let fitting = BestMatch::from_body(&Inbound::new(body.to_owned())).expect("it is JSON");
    fitting.or_try("letter", Sent::Letter).or_try("parcel", Sent::Parcel).finish().expect_err("it is none of them")
}

#[test]
fn the_error_of_a_body_is_that_of_the_closest_message() {
    // The invalid property is the first, then the last, then one that both messages have.
    let wrong = sent(r#"{"article": 1, "to": {"street": "Elm"}, "weight": 3}"#);
    assert_eq!(wrong.pointer(), "/article");
    assert!(wrong.message().starts_with("as `parcel`, which is closest: invalid type: integer `1`"), "{wrong}");
    assert!(wrong.message().ends_with("; as `letter`: missing field `words`"), "{wrong}");
    let wrong = sent(r#"{"article": "lamp", "to": {"street": "Elm"}, "weight": -3}"#);
    assert_eq!(wrong.pointer(), "/weight");
    let wrong = sent(r#"{"to": {"street": 7}, "words": "hello"}"#);
    assert_eq!(wrong.pointer(), "/to/street");
    assert!(wrong.message().contains("; as `parcel`, at /to/street: "), "{wrong}");
    assert_eq!(wrong.kind(), DecodeErrorKind::Data);
    let missing = sent(r#"{"to": {"street": "Elm"}, "text": "hello"}"#);
    assert_eq!(missing.to_string(), sent(r#"{"text": "hello", "to": {"street": "Elm"}}"#).to_string());
    assert!(missing.to_string().starts_with("at the root: as `letter`, which is closest: missing field `words`"));
}

#[test]
fn an_enum_value_that_matches_decides_before_a_property() {
    #[derive(Debug, Deserialize, Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Road {
        Road,
    }

    #[derive(Debug, Deserialize, Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Water {
        Water,
    }

    #[derive(Debug, Deserialize, Serialize)]
    struct Car {
        kind: Road,
        seats: u8,
        doors: u8,
    }

    #[derive(Debug, Deserialize, Serialize)]
    struct Boat {
        kind: Water,
        draft: u8,
    }

    let boat = Inbound::new(r#"{"kind": "water", "doors": 1, "seats": 4}"#);
    let fitting = BestMatch::<()>::from_body(&boat).expect("it is JSON");
    let wrong = fitting.or_try("car", |_: Car| ()).or_try("boat", |_: Boat| ()).finish().expect_err("it has no draft");
    assert!(wrong.message().starts_with("as `boat`, which is closest: missing field `draft`"), "{wrong}");
    assert!(wrong.message().contains("; as `car`, at /kind: unknown variant `water`"), "{wrong}");
}

#[test]
fn a_body_that_fits_without_its_headers_gives_the_reported_error() {
    let fitting =
        BestMatch::from_body(&Inbound::new(r#"{"to": {"street": "Elm"}, "words": "hello"}"#)).expect("it is JSON");
    let read = fitting.with_headers(&Headers::new()).or_try("parcel", Sent::Parcel).or_try("bare", Sent::Bare).finish();
    let wrong = read.expect_err("nothing says the street");
    assert!(wrong.message().starts_with("as `bare`, which is closest: headers: missing field `street`"), "{wrong}");
}

#[test]
fn the_reply_that_keeps_most_headers_is_chosen() {
    #[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
    struct Sealed {
        seal: Option<String>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq, Serialize)]
    struct Stamped {
        stamp: Option<u8>,
    }

    #[derive(Debug, PartialEq)]
    enum Note {
        Sealed(Reply<String, Sealed>),
        Stamped(Reply<String, Stamped>),
        Plain(String),
    }

    let note = |headers: &[(&str, &str)]| {
        let fitting = BestMatch::from_body(&Inbound::new(r#""hello""#)).expect("it is JSON");
        let fitting = fitting.with_headers(&headers.iter().copied().collect());
        let note = fitting.or_try("sealed", Note::Sealed).or_try("stamped", Note::Stamped).or_try("plain", Note::Plain);
        note.finish().expect("a note")
    };
    let hello = || "hello".to_owned();
    assert_eq!(note(&[("stamp", "3")]), Note::Stamped(Reply::new(hello(), Stamped { stamp: Some(3) })));
    assert_eq!(note(&[("seal", "s")]), Note::Sealed(Reply::new(hello(), Sealed { seal: Some("s".to_owned()) })));
    assert_eq!(note(&[("stamp", "thick"), ("seal", "s"), ("of", "x")]), note(&[("seal", "s")]));
    assert_eq!(note(&[]), Note::Sealed(Reply::new(hello(), Sealed::default())));
}

#[test]
fn an_alternative_may_be_null() {
    #[derive(Debug, PartialEq)]
    enum Note {
        Text(Option<String>),
        Number(f64),
    }

    impl Union for Note {
        fn from_shape<'de, D: Deserializer<'de>>(seen: JsonShape<'_>, value: D) -> Result<Self, D::Error> {
            match seen {
                JsonShape::Null | JsonShape::String => Deserialize::deserialize(value).map(Self::Text),
                JsonShape::Number => Deserialize::deserialize(value).map(Self::Number),
                other => Err(other.mismatch("a text, null or a number")),
            }
        }
    }

    impl<'de> Deserialize<'de> for Note {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            untagged::deserialize(deserializer)
        }
    }

    let read = |text: &str| serde_json::from_str::<Note>(text).expect("a note");
    assert_eq!(read("null"), Note::Text(None));
    assert_eq!(read(r#""a""#), Note::Text(Some("a".to_owned())));
    assert_eq!(read("1.5"), Note::Number(1.5));
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Branch {
    left: Box<Tree>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct NamedBranch {
    left: Box<Tree>,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
enum Tree {
    Branch(Branch),
    NamedBranch(NamedBranch),
    Leaf(u8),
}

/// The number of attempts to deserialize an alternative of a tree.
static TRIED: AtomicUsize = AtomicUsize::new(0);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        untagged::memoized(deserializer, |fitting| {
            TRIED.fetch_add(1, Ordering::Relaxed);
            fitting
                .or_try("Branch", Self::Branch)
                .or_try("NamedBranch", Self::NamedBranch)
                .or_try("Leaf", Self::Leaf)
                .best()
        })
    }
}

#[test]
fn recursive_alternatives_are_tried_once_a_level() {
    const DEPTH: usize = 40;
    let tree = |leaf: &str| {
        let open = r#"{"left":"#.repeat(DEPTH);
        format!("{open}{leaf}{}", r#","name":"n"}"#.repeat(DEPTH))
    };
    let text = tree("7");
    let read: Tree = serde_json::from_str(&text).expect("a tree");
    assert!(matches!(&read, Tree::NamedBranch(branch) if branch.name == "n"), "{read:?}");
    assert_eq!(serde_json::to_string(&read).expect("it can be written"), text);
    assert!(serde_json::from_str::<Tree>(&tree("false")).is_err());
    // Scalars and empty values are not remembered, so they are deserialized several times.
    let tried = TRIED.load(Ordering::Relaxed);
    assert!(tried <= 2 * (DEPTH + 10), "{tried}");
}
