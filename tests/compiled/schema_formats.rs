//! Documents with schemas in other languages than JSON Schema.

fixtures! {
    avro = "../../codegen/tests/fixtures/avro/expected.rs";
    avro_faults = "../../codegen/tests/fixtures/avro-faults/expected.rs";
    avro_file = "../../codegen/tests/fixtures/avro-file/expected.rs";
    avro_keys = "../../codegen/tests/fixtures/avro-keys/expected.rs";
    openapi = "../../codegen/tests/fixtures/openapi/expected.rs";
    schema_formats = "../../codegen/tests/fixtures/schema-formats/expected.rs";
    schema_formats_mapped = "../../codegen/tests/fixtures/schema-formats-mapped/expected.rs";
}

use std::convert::Infallible;
use std::str::Utf8Error;
use std::sync::Arc;

use asyncapi_runtime::{Context, DispatchError, HandlerError, Inbound, Outbound, Transport};
use serde_json::{Value, json};

use super::{Notes, dispatched, round_trip};

/// Every field that has to be there, and those whose `null` is always written.
fn least_order() -> Value {
    json!({
        "id": "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "state": "IN_TRANSIT",
        "previous": null,
        "comment": null,
        "total": {"amount": "12.50", "currency": "EUR"},
        "discount": null,
        "lines": [],
        "attributes": {},
        "source": "web",
        "digest": "0123456789abcdef",
        "other digest": "0123456789abcdef",
        "ratio": 0.5,
        "raw": "\u{ff}\u{0}",
        "nothing": null,
        "day": -1,
        "opens": 0,
        "closes": 86_400_000_000_u64,
        "at": 1_700_000_000_000_i64,
        "seen": null,
        "local": 0,
        "wait": "abcdefghijkl",
        "token": null,
        "rate": null,
        "no logic": "",
    })
}

fn order_with(name: &str, value: Value) -> Value {
    let mut order = least_order();
    order[name] = value;
    order
}

#[test]
fn records_of_avro_are_read_and_written_as_plain_json() {
    let line = json!({"article": "a", "count": 1, "parts": [], "of": null});
    let rows = [
        ("state", json!("OF_TOMORROW")),
        ("previous", json!("PAID")),
        ("comment", json!("soon")),
        ("priority", json!(-3)),
        ("note", json!(null)),
        ("note", json!("x")),
        ("discount", json!({"amount": "0.50", "currency": "EUR"})),
        ("lines", json!([{"article": "b", "count": 2, "parts": [line], "of": line}])),
        ("labels", json!({"a": "b"})),
        ("attributes", json!({"a": true, "b": 0.1, "c": "text", "d": line})),
        ("source", json!({"amount": "1", "currency": "EUR"})),
        ("source", json!([1, -1])),
        ("seen", json!(1)),
    ];
    assert_eq!(round_trip::<avro::OrderPlaced>(&least_order()), Ok(least_order()));
    for (name, value) in rows {
        let order = order_with(name, value);
        assert_eq!(round_trip::<avro::OrderPlaced>(&order), Ok(order));
    }
    let sum = json!({"sum": 1, "sums": [{"sum": 1, "sums": []}]});
    assert_eq!(round_trip::<avro::Sum>(&sum), Ok(sum));
}

#[test]
fn a_default_of_null_is_absence() {
    let mut order = least_order();
    for name in ["previous", "discount", "seen"] {
        order.as_object_mut().expect("an object").remove(name);
    }
    assert_eq!(round_trip::<avro::OrderPlaced>(&order), Ok(least_order()));
    order.as_object_mut().expect("an object").remove("comment");
    assert!(round_trip::<avro::OrderPlaced>(&order).is_err());
}

#[test]
fn values_that_an_avro_schema_forbids_do_not_decode() {
    for (name, value) in [("day", json!(2_147_483_648_u64)), ("id", json!("no uuid")), ("source", json!(true))] {
        assert!(round_trip::<avro::OrderPlaced>(&order_with(name, value)).is_err(), "{name}");
    }
}

#[test]
fn one_schema_is_one_type_at_every_reference() {
    let money = avro::Money { amount: "1".to_owned(), currency: "EUR".to_owned() };
    let paid = avro::OrderPaid { total: money, state: avro::ComExamplePaymentsState::Done };
    assert_eq!(serde_json::to_value(&paid).expect("JSON")["state"], json!("DONE"));
    let user = avro_file::User {
        name: String::new(),
        address: avro_file::Address { street: String::new() },
        invited: Vec::new(),
    };
    assert_eq!(avro_file::Left { who: user.clone(), at: 1 }.who, user);
}

#[test]
fn schemas_of_openapi_3_0_have_their_own_null_and_bounds() {
    let cat = json!({"kind": "feline", "nick": null, "lives": 9, "weight": 3.5});
    assert!(matches!(serde_json::from_value(cat.clone()), Ok(openapi::Pet::Cat(_))));
    assert_eq!(round_trip::<openapi::Pet>(&cat), Ok(cat));
    let dog = json!({"kind": "canine", "owner": null, "mood": null});
    assert!(matches!(serde_json::from_value(dog.clone()), Ok(openapi::Pet::Dog(_))));
    assert_eq!(round_trip::<openapi::Pet>(&dog), Ok(dog));
    assert!(round_trip::<openapi::Pet>(&json!({"kind": "feline", "nick": "a", "lives": -1})).is_err());
    let owner = json!({"name": "a", "age": null});
    assert_eq!(round_trip::<openapi::OwnerPayload>(&owner), Ok(owner));
}

/// Stands for a type that a compiler of another language's schemas would make.
#[derive(Clone, Debug, PartialEq)]
pub struct Order(String);

impl TryFrom<&[u8]> for Order {
    type Error = Utf8Error;

    fn try_from(bytes: &[u8]) -> Result<Self, Utf8Error> {
        std::str::from_utf8(bytes).map(|text| Self(text.to_owned()))
    }
}

impl From<&Order> for Vec<u8> {
    fn from(order: &Order) -> Self {
        order.0.clone().into_bytes()
    }
}

/// Another one.
pub type Xml = Order;

impl Transport for &Notes {
    type Error = Infallible;

    async fn send(&self, outbound: Outbound) -> Result<(), Infallible> {
        self.note(format!("{} {:?}", outbound.channel(), outbound.body()));
        Ok(())
    }
}

#[test]
fn avro_keys_of_kafka_are_types() {
    use avro_keys::{ArticleKey, ByFileKey, ByListKey, ByNameKey, ByUnionKey, ByUuidKey, Store};

    let uuid = json!("67E55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(round_trip::<ByUuidKey>(&uuid), Ok(uuid));
    assert_eq!(round_trip::<ByNameKey>(&json!(7)), Ok(json!(7)));
    for key in [json!("a"), json!(7)] {
        assert_eq!(round_trip::<ByUnionKey>(&key), Ok(key));
    }
    assert_eq!(round_trip::<ByListKey>(&json!(["a"])), Ok(json!(["a"])));
    assert_eq!(round_trip::<Store>(&json!("NORTH")), Ok(json!("NORTH")));
    let article = json!({"article": 7, "store": null});
    assert_eq!(round_trip::<ArticleKey>(&article), Ok(article));
    let place = json!({"aisle": {"number": 3}, "since": 20_000});
    assert_eq!(round_trip::<ByFileKey>(&place), Ok(place));
    assert!(round_trip::<ByUuidKey>(&json!("no id")).is_err());
}

struct Mapped(Arc<Notes>);

impl schema_formats_mapped::Handler for Mapped {
    async fn on_placed(&self, event: Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("placed {}", event.0));
        Ok(())
    }

    async fn on_both(&self, event: schema_formats_mapped::OnBothMessage, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("both {event:?}"));
        Ok(())
    }

    async fn on_binary(&self, event: Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("binary {}", event.0));
        Ok(())
    }
}

#[tokio::test]
async fn a_type_of_the_user_reads_and_writes_its_own_bytes() {
    let notes = Arc::new(Notes::default());
    let dispatcher = schema_formats_mapped::Dispatcher::new(Mapped(notes.clone()));
    for channel in ["orders", "both", "binary"] {
        dispatched(&dispatcher, &Inbound::new("ab").with_channel(channel)).await.expect("handled");
    }
    let broken = Inbound::new(vec![0xff]).with_channel("orders");
    assert!(matches!(dispatched(&dispatcher, &broken).await, Err(DispatchError::Undecodable(_))));
    let publisher = schema_formats_mapped::Publisher::new(&*notes);
    publisher.send_placed(&Order("p".to_owned())).await.expect("sent");
    let plain = Inbound::new(r#"{"inner": 1}"#).with_channel("both");
    dispatched(&dispatcher, &plain).await.expect("handled");
    let placed = schema_formats_mapped::SendBothMessage::Placed(Order("b".to_owned()));
    publisher.send_both(&placed).await.expect("sent");
    publisher.send_xml(&Order("x".to_owned())).await.expect("sent");
    schema_formats::Publisher::new(&*notes).send_xml(&b"raw".to_vec()).await.expect("sent");
    let expected = [
        "placed ab",
        r#"both Placed(Order("ab"))"#,
        "binary ab",
        r#"orders b"p""#,
        "both Plain(Plain { id: None, inner: Some(Number(1)) })",
        r#"both b"b""#,
        r#"xml b"x""#,
        r#"xml b"raw""#,
    ];
    assert_eq!(*notes.0.lock().expect("no thread panicked"), expected);
}
