//! Documents such as teams have: a feed, a fleet, a catalogue.

use super::*;

#[test]
fn the_exchange_document_keeps_digits_and_unknown_streams() {
    let rows = [
        json!({"event": "ticker", "market": "BTC/EUR", "bid": ["61000.10", "0.50"], "ask": ["61000.20", "1"]}),
        json!({"event": "ticker", "market": "BTC/EUR", "bid": ["1", "2"], "ask": ["3", "4"], "volume24h": "7.000"}),
    ];
    for row in rows {
        assert_eq!(round_trip::<exchange::Ticker>(&row), Ok(row));
    }
    let streams = [
        json!({"name": "ticker"}),
        json!({"name": "book", "depth": 100}),
        json!({"name": "candles", "interval": "5m"}),
        json!({"name": "liquidations", "side": "both"}),
    ];
    for stream in streams {
        let request = json!({"event": "subscribe", "requestId": 7, "markets": ["BTC/EUR"], "stream": stream});
        assert_eq!(round_trip::<exchange::Subscribe>(&request), Ok(request));
    }
    let one_sided = json!({"event": "ticker", "market": "BTC/EUR", "bid": ["1", "2"], "ask": ["3"]});
    assert!(round_trip::<exchange::Ticker>(&one_sided).is_err());
}

#[test]
fn telemetry_channels_have_typed_vehicle_numbers_and_commands() {
    let camera: telemetry::channels::FleetDroneIdCameraCamera = "fleet/7/camera/down".parse().expect("its address");
    assert_eq!((camera.drone_id, camera.to_string().as_str()), (7, "fleet/7/camera/down"));
    for other in ["fleet/70000/camera/down", "fleet/7/camera", "fleet/7/camera/down/left", "fleet//camera/down"] {
        assert!(other.parse::<telemetry::channels::FleetDroneIdCameraCamera>().is_err(), "{other}");
    }
    let commands = [
        json!({"command": "take-off", "altitude": 20.5}),
        json!({"command": "land"}),
        json!({"command": "fly-mission", "waypoints": [
            {"kind": "goto", "lat": 1.5, "lon": -2.25},
            {"kind": "loiter", "seconds": 30},
        ]}),
        json!({"command": "sing", "song": "Daisy Bell"}),
    ];
    for command in commands {
        assert_eq!(round_trip::<telemetry::CommandMessage>(&command), Ok(command));
    }
}

fn product() -> Value {
    json!({
        "sku": "LMP-001",
        "title": {"de": "Lampe", "en": "Lamp"},
        "price": {"currency": "EUR", "amount": 1999},
        "list-price": null,
        "condition": "as good as new",
        "ratings": {"looks": 4.5},
        "attributes": {"colour": "brass", "dimmable": true, "watts": 4.5, "tags": ["desk", "night"]},
        "variants": [{"sku": "LMP-002", "title": {}, "price": {"currency": "EUR", "amount": 2199}}],
        "category": {"slug": "lamps", "parent": {"slug": "home", "children": [{"slug": "rugs"}]}},
        "taxClass": 19,
    })
}

fn event(name: &str, key: &str, value: Value) -> Value {
    let mut event = json!({
        "id": "4b1c8c0e-6f4e-4e5b-9c39-0f8b7a6f1d2c",
        "type": name,
        "occurredAt": "2026-03-01T08:00:00.10Z",
    });
    event[key] = value;
    event
}

#[test]
fn a_catalogue_is_a_tree_of_many_kinds_of_values() {
    let published = event("product.published", "data", product());
    assert_eq!(round_trip::<catalogue::ProductPublished>(&published), Ok(published.clone()));
    let withdrawn = event("product.withdrawn", "data", json!({"sku": "LMP-001", "reason": null}));
    for any in [published, withdrawn, event("product.renamed", "data", json!(["anything"]))] {
        assert_eq!(round_trip::<catalogue::OnCatalogueProductV4Message>(&any), Ok(any));
    }
}

#[test]
fn examples_have_the_types_of_their_schemas() {
    let example: Value = serde_json::from_str(catalogue::examples::PRODUCT_PUBLISHED_A_LAMP).expect("JSON");
    assert_eq!(round_trip::<catalogue::ProductPublished>(&example), Ok(example));
}

struct Shop(Arc<Notes>);

impl catalogue::Handler for Shop {
    async fn on_catalogue_product_v4(
        &self,
        event: catalogue::OnCatalogueProductV4Message,
        _: &Context<'_>,
    ) -> Result<(), HandlerError> {
        if let catalogue::OnCatalogueProductV4Message::PriceChanged(event) = event {
            self.0.note(format!("{} from {} to {}", event.data.sku, event.data.before.amount, event.data.after.amount));
        }
        Ok(())
    }

    async fn on_category_moved(&self, event: catalogue::CategoryMoved, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("{} moved", event.category.slug));
        Ok(())
    }
}

#[tokio::test]
async fn events_are_routed_by_type_on_every_topic() {
    let price = |amount: i64| json!({"currency": "EUR", "amount": amount});
    let change = json!({"sku": "LMP-001", "before": price(1999), "after": price(1499)});
    let notes = Arc::new(Notes::default());
    let dispatcher = catalogue::Dispatcher::new(Shop(notes.clone()));
    let rows = [event("price.changed", "data", change), event("category.moved", "category", json!({"slug": "lamps"}))];
    for row in rows {
        dispatched(&dispatcher, &Inbound::new(row.to_string())).await.expect("handled");
    }
    assert_eq!(notes.take(), ["LMP-001 from 1999 to 1499", "lamps moved"]);
}
