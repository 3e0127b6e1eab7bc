//! Export and import as JSON lines.

use asyncapi_receiver::inbox::{
    Delivery, DeliveryKind, EventId, Imported, OrderKey, Page, Reason, ReasonKind, Revision, State, TransferError,
    export, import,
};
use asyncapi_runtime::{Headers, Inbound};

use crate::inboxes::{each, event, memory};

fn full() -> Delivery {
    let headers = Headers::from_iter([("X-Event", "note.create")]);
    let inbound = Inbound::new("{\n\"text\": \"\u{1f600}\"}").with_headers(headers).with_channel("notes");
    Delivery::new(EventId::new("e1"), inbound)
        .with_name("note.create")
        .with_key(OrderKey::new("n1"))
        .with_revision(Revision { number: 7, before: Some(6) })
        .with_received_at("2024-06-01T12:00:00Z".parse().unwrap())
}

#[tokio::test]
async fn headers_that_are_not_text_stay_as_they_are() {
    for (from, to) in each().into_iter().zip(each().into_iter().rev()) {
        let headers = Headers::from_iter([("x-name", &b"M\xfcller"[..]), ("x-text", b"M\xc3\xbcller")]);
        let delivery = Delivery::new(EventId::new("e1"), Inbound::new("{}").with_headers(headers.clone()));
        from.inbox.put_dead(delivery, Reason::new(ReasonKind::NotJson, "")).await.unwrap();
        let mut lines = Vec::new();
        export(&*from.inbox, State::Dead, &mut lines).await.unwrap();
        import(&*to.inbox, &mut &lines[..]).await.unwrap();
        let imported = to.inbox.find(EventId::new("e1")).await.unwrap().unwrap().delivery.unwrap();
        let imported = imported.inbound().headers();
        assert!(imported.iter().eq(headers.iter()), "{}: {}", to.name, String::from_utf8_lossy(&lines));
    }
}

#[tokio::test]
async fn exported_events_can_be_imported() {
    for (from, to) in each().into_iter().zip(each().into_iter().rev()) {
        let reason = Reason::new(ReasonKind::Undecodable, "no string").with_pointer("/text");
        from.inbox.put_dead(full(), reason).await.unwrap();
        let binary = Delivery::new(EventId::new("e2"), Inbound::new(&[0xff, 0x00][..]));
        from.inbox.put_dead(binary, Reason::new(ReasonKind::NotJson, "")).await.unwrap();
        from.put(event("pending")).await;

        let mut lines = Vec::new();
        assert_eq!(export(&*from.inbox, State::Dead, &mut lines).await.unwrap(), 2, "{}", from.name);
        assert_eq!(lines.split_inclusive(|byte| *byte == b'\n').count(), 2);

        let brought = import(&*to.inbox, &mut &lines[..]).await.unwrap();
        assert_eq!(brought, Imported { stored: 2, duplicates: 0 }, "{}", to.name);
        let again = import(&*to.inbox, &mut &lines[..]).await.unwrap();
        assert_eq!(again, Imported { stored: 0, duplicates: 2 }, "{}", to.name);

        let dead = to.inbox.list(Page::of(State::Dead)).await.unwrap();
        assert_eq!(dead[0].reason.as_ref().and_then(Reason::pointer), Some("/text"));
        assert_eq!(dead[0].reason.as_ref().map(Reason::message), Some("no string"));
        to.inbox.requeue_all().await.unwrap();
        let delivery = to.lease_one().await.delivery;
        assert_eq!(delivery.inbound().body(), full().inbound().body());
        assert_eq!(delivery.inbound().header("x-event"), Some("note.create"));
        assert_eq!((delivery.name(), delivery.key()), (full().name(), full().key()));
        assert_eq!((delivery.revision(), delivery.received_at()), (full().revision(), full().received_at()));
        assert_eq!(to.lease_one().await.delivery.inbound().body().as_ref(), [0xff, 0x00]);
    }
}

#[tokio::test]
async fn pending_events_are_put() {
    let (from, to) = (memory(), memory());
    from.put(event("e1")).await;
    let mut lines = Vec::new();
    export(&*from.inbox, State::Ready, &mut lines).await.unwrap();
    import(&*to.inbox, &mut &lines[..]).await.unwrap();
    assert_eq!(to.lease_ids().await, ["e1"]);
}

#[tokio::test]
async fn an_invalid_line_is_reported_by_its_number() {
    for (line, problem) in [
        ("nonsense", "expected"),
        ("[]", "not an object"),
        (r#"{"body": ""}"#, "no id"),
        (r#"{"id": "e"}"#, "neither a body"),
        (r#"{"id": "e", "body": "", "body_hex": ""}"#, "or both"),
        (r#"{"id": "e", "body_hex": "x"}"#, "body_hex"),
        (r#"{"id": "e", "body": "", "reason": {"kind": "fate"}}"#, "fate"),
    ] {
        let lines = format!("{{\"id\": \"good\", \"body\": \"{{}}\"}}\n\n{line}\n");
        let case = memory();
        let error = import(&*case.inbox, &mut lines.as_bytes()).await.unwrap_err();
        assert!(
            matches!(&error, TransferError::Line { number: 3, problem: found } if found.contains(problem)),
            "{error}"
        );
        assert_eq!(case.lease_ids().await, ["good"], "what came before it is there");
    }
}

#[tokio::test]
async fn an_event_whose_id_looks_like_a_canary_is_an_event() {
    let (from, to) = (memory(), memory());
    from.put(Delivery::canary(1)).await;
    from.put(event("canary:2")).await;
    let mut lines = Vec::new();
    export(&*from.inbox, State::Ready, &mut lines).await.unwrap();
    import(&*to.inbox, &mut &lines[..]).await.unwrap();
    let kinds = [to.lease_one().await, to.lease_one().await].map(|leased| leased.delivery.kind());
    assert_eq!(kinds, [DeliveryKind::Canary, DeliveryKind::Event]);
}
