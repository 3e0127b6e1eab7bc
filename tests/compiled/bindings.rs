//! Servers and bindings.

use super::*;

#[test]
fn server_variables_accept_only_listed_values() {
    use server_variables::servers::{ProductionPort, ProductionRegion, plain, production};
    assert_eq!(ProductionRegion::default(), ProductionRegion::EuWest1);
    assert_eq!(ProductionRegion::KNOWN, [ProductionRegion::EuWest1, ProductionRegion::UsEast1]);
    assert_eq!(format!("{:>10}", ProductionRegion::UsEast1), " us-east-1");
    let url = production(ProductionRegion::UsEast1, ProductionPort::N8443, "v2");
    assert_eq!(url, "wss://us-east-1.example.com:8443/v2");
    assert_eq!(plain(), "wss://plain.example.com");
}

#[test]
fn binding_schemas_are_types() {
    use bindings_2::{LineKey, OnOrderQuery, OrderHttpHeaders, OrderKey, OrdersTenantQuery, SharedHttpHeaders};
    let key = json!({"tenant": "acme", "number": 7});
    assert_eq!(round_trip::<OrderKey>(&key), Ok(key));
    let key = json!("67e55044-10b1-426f-9247-bb680e5fe0c8");
    assert_eq!(round_trip::<LineKey>(&key), Ok(key));
    let query = json!({"token": "t", "since": 3});
    assert_eq!(round_trip::<OrdersTenantQuery>(&query), Ok(query));
    assert!(round_trip::<OnOrderQuery>(&json!({"page": 256})).is_err());
    assert!(round_trip::<OrderHttpHeaders>(&json!({"X-Order": "1"})).is_ok());
    assert!(round_trip::<SharedHttpHeaders>(&json!({})).is_err());
    assert_eq!(bindings_3::UserSignedUpKey::from("text"), "text");
}

#[test]
fn binding_values_are_constants() {
    use bindings_2::bindings::{channels, messages, operations, servers};
    assert_eq!(servers::broker::MQTT_LAST_WILL_TOPIC, "/last-wills");
    assert_eq!(channels::orders_tenant::KAFKA_PARTITIONS, 20_i64);
    assert_eq!(channels::orders_tenant::KAFKA_TOPIC_CONFIGURATION_CLEANUP_POLICY, ["delete", "compact"]);
    assert_eq!((operations::on_order::KAFKA_GROUP_ID, operations::on_order::HTTP_METHOD), ("shop-readers", "POST"));
    assert_eq!((operations::plain::MQTT_QOS, operations::plain::MQTT_RETAIN), (1, true));
    assert_eq!(messages::refund::HTTP_STATUS_CODE, messages::line::HTTP_STATUS_CODE);
    let destinations: Value = serde_json::from_str(messages::line::SOLACE_DESTINATIONS).expect("JSON");
    assert_eq!(destinations[0]["queue"]["name"], "lines");
}
