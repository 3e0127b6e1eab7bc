//! What options change.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Number, json};

use crate::constructors::{Buyer, EventName, Order, Ping, PingKind, Tree, TreeNode, Wide};
use crate::customised::orders::{Cancelled, OrderKey, Placed, PlacedType};
use crate::{keep_unknown, renamed_by_pattern as named, round_trip};

/// Stands in the place of a schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money(String);

/// Stands in the place of headers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentHeaders {
    key: String,
}

#[test]
fn unknown_properties_are_kept_if_the_option_says_so() {
    let order = json!({"id": "1", "colour": "red", "seller": {"name": "S", "rank": 1}});
    assert_eq!(round_trip::<keep_unknown::Order>(&order), Ok(order));
    let buyer = json!({"name": "B", "rank": 1});
    assert_eq!(round_trip::<keep_unknown::OrderBuyer>(&buyer), Ok(json!({"name": "B"})));
}

#[test]
fn enums_are_closed_where_that_is_chosen() {
    assert!(round_trip::<keep_unknown::OrderState>(&json!("lost")).is_err());
    assert_eq!(round_trip::<keep_unknown::OrderKind>(&json!("huge")), Ok(json!("huge")));
}

#[test]
fn types_are_what_was_chosen() {
    let placed = json!({
        "type": "order.placed", "id": {"shop": "s", "number": 7}, "total": "1 EUR", "count": 1, "weight": 1.5,
        "discount": null, "labels": {"a": "b"},
    });
    assert_eq!(round_trip::<Placed>(&placed), Ok(placed));
    let mut key = OrderKey::new("s", 7);
    assert!(HashSet::from([key.clone()]).contains(&key));
    key.number = 8;
    let placed = Placed::new(key, Some(Money("1 EUR".to_owned())), 3_i32, Number::from(2))
        .with_card("4111")
        .with_labels(HashMap::new())
        .with_discount(None);
    assert_eq!((&placed.r#type, placed.discount.as_ref()), (&PlacedType::OrderPlaced, Some(&None)));
    let written = serde_json::to_value(&placed).expect("it is JSON");
    assert_eq!((written.get("card"), written.get("labels")), (None, Some(&json!({}))));
    assert!(round_trip::<Placed>(&json!({"surprise": 1})).is_err_and(|error| error.contains("unknown field")));
    let refund = json!({"type": "order.cancelled", "id": {"shop": "s", "number": 7}, "refund": [1]});
    assert_eq!(round_trip::<Cancelled>(&refund), Ok(refund));
}

#[test]
fn constructors_take_the_required_properties_without_constants() {
    let order = Order::new("o-1", Buyer::default(), None, "gift", vec![])
        .with_after(Order::new("o-0", Buyer::default().with_name("B"), None, "gift", vec![]))
        .with_seen(None);
    assert_eq!(order.kind, EventName::Order);
    let written = json!({
        "kind": "order", "id": "o-1", "buyer": {}, "note": null, "type": "gift", "lines": [], "seen": null,
        "after": {"kind": "order", "id": "o-0", "buyer": {"name": "B"}, "note": null, "type": "gift", "lines": []},
    });
    assert_eq!(serde_json::to_value(&order).ok(), Some(written));
    assert_eq!(Ping::default().with_at("now").kind, PingKind::Ping);
    assert_eq!(Wide::new("a", "b", "c", "d", "e", "f", "g", 8).h, 8);
    assert_eq!(TreeNode::new(Tree::String("leaf".to_owned())).left, Tree::String("leaf".to_owned()));
}

#[test]
fn constructors_accept_any_into() {
    let order = Order::new("o-1", Buyer::default(), None, "gift", vec![])
        .with_tags(["blue", "small"])
        .with_counts(vec![1, 2])
        .with_labels([("shelf", "7")])
        .with_stock(HashMap::from([("berlin".to_owned(), 3)]))
        .with_free([("a", json!(1))])
        .with_seen(true)
        .with_gift("ribbon".to_owned())
        .with_previous([Order::new("o-0", Buyer::default(), None, "gift", vec![]).with_gift(None)])
        .with_additional_properties([("x", "1")]);
    let previous =
        json!({"kind": "order", "id": "o-0", "buyer": {}, "note": null, "type": "gift", "lines": [], "gift": null});
    let written = json!({
        "kind": "order", "id": "o-1", "buyer": {}, "note": null, "type": "gift", "lines": [], "tags": ["blue", "small"],
        "counts": [1, 2], "labels": {"shelf": "7"}, "stock": {"berlin": 3}, "free": {"a": 1}, "seen": true,
        "gift": "ribbon", "previous": [previous], "x": "1",
    });
    assert_eq!(serde_json::to_value(&order).ok(), Some(written));
}

#[test]
fn renames_reach_one_of_each_kind() {
    let opened = json!({"k": "m.1", "t": 1});
    let event: named::ShopEvent = serde_json::from_value(opened).expect("it is of the document");
    assert!(matches!(event, named::ShopEvent::Opened(named::Open { total: Some(1), .. })));
    assert_eq!(named::EventName::Opened.as_str(), "m.1");
    let address = named::channels::Address { shop_name: named::Shop::Alpha };
    assert_eq!(address.to_string(), "shops/a");
    assert_eq!(named::servers::shop_server(named::servers::Area::America), "https://us.example.com");
    let rest = [("r".to_owned(), named::BagRest { y: None })].into();
    let bag = named::Bag { text: None, rest };
    assert_eq!(serde_json::to_value(&bag).ok(), Some(json!({"r": {}})));
    let _: (named::Lines, Option<named::Line>, named::Close, named::OpenedHead) = Default::default();
    let _ = (named::Order::Initial(named::Initial::new("a")), named::Key { x: None });
}
