//! Properties that only conditions speak of are fields, and nothing of them is lost.

use super::*;

#[test]
fn properties_under_conditions_are_fields() {
    use conditions::{Address, Notice, NoticeDetails, Payment, PaymentReference, Shipment};

    let card = json!({
        "kind": "card", "number": "4111", "reference": "r-1", "receipt": {"slip": "s"}, "payer": {"name": "A", "zip": "1"},
    });
    assert_eq!(round_trip::<Payment>(&card), Ok(card.clone()));
    let payment: Payment = serde_json::from_value(card.clone()).expect("a payment");
    assert_eq!(payment.number.as_deref(), Some("4111"));
    assert_eq!(payment.reference, Some(PaymentReference::String("r-1".to_owned())));
    assert_eq!(payment.payer.and_then(|payer| payer.zip).as_deref(), Some("1"));
    let transfer = json!({"kind": "transfer", "iban": "DE", "reference": 7, "receipt": {"entry": 3}});
    assert_eq!(round_trip::<Payment>(&transfer), Ok(transfer));

    let shipment = json!({"carrier": "sea", "insured": true, "weight": 2.5, "port": {"name": "Kiel"}, "berth": "4"});
    assert_eq!(round_trip::<Shipment>(&shipment), Ok(shipment));
    assert!(serde_json::from_value::<Shipment>(json!({"carrier": "sea"})).is_err(), "the weight is required by all");

    let notice = json!({"kind": "payment", "details": card});
    assert_eq!(round_trip::<Notice>(&notice), Ok(notice.clone()));
    let notice: Notice = serde_json::from_value(notice).expect("a notice");
    assert!(matches!(notice.details, NoticeDetails::Payment(_)), "{notice:?}");

    for address in [json!({"country": "US", "state": "NY"}), json!({"country": "CA", "state": null, "province": "QC"})]
    {
        assert_eq!(round_trip::<Address>(&address), Ok(address));
    }
}

#[test]
fn a_property_is_unconstrained_if_no_condition_holds() {
    let other = json!({"kind": "transfer", "number": 4, "iban": {"a": null}, "reference": 1.5, "receipt": null});
    assert_eq!(round_trip::<conditions_as_written::Payment>(&other), Ok(other.clone()));
    assert!(round_trip::<conditions::Payment>(&other).is_err(), "as meant, a number of a card is a text");
}

#[test]
fn conditions_are_validated_where_they_hold() {
    use conditions_validated::Payment;

    let found = |value: Value| {
        let payment: Payment = serde_json::from_value(value).expect("a payment");
        let violations = payment.validate().err().into_iter().flatten();
        violations.map(|found| (found.pointer().to_owned(), found.keyword().to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(found(json!({"kind": "card", "number": "4111", "payer": {"zip": "1"}})), []);
    assert_eq!(found(json!({"kind": "transfer", "reference": 1, "payer": {}})), []);
    assert_eq!(found(json!({"kind": "card"})), [(String::new(), "required".to_owned())]);
    let wrong = found(json!({"kind": "transfer", "reference": "r"}));
    assert_eq!(wrong, [("/reference".to_owned(), "type".to_owned())]);
}
