//! Lists of entries from both streams, page by page, and export to another inbox.

use asyncapi_receiver::inbox::{Delivery, EntryId, EventId, Inbox, Memory, Nats, Page, State, export, import};
use asyncapi_runtime::Inbound;

use crate::server::Server;
use crate::{event, open, reason};

/// An inbox with five pending events, gaps in their sequence numbers, and three dead letters.
async fn filled(server: &Server) -> Nats {
    let inbox = open(server).await;
    for number in 0..5 {
        inbox.put(event(&format!("e{number}"), &number.to_string())).await.unwrap();
    }
    for number in 0..4 {
        inbox.put_dead(event(&format!("d{number}"), "d"), reason()).await.unwrap();
    }
    assert!(inbox.discard(EventId::new("d1")).await.unwrap());
    inbox
}

async fn ids(inbox: &Nats, mut page: Page) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let entries = inbox.list(page).await.unwrap();
        let Some(last) = entries.last() else { return ids };
        assert!(entries.len() <= page.most && entries.is_sorted_by_key(|entry| entry.entry_id), "{entries:?}");
        page = page.after(last.entry_id);
        ids.extend(entries.into_iter().map(|entry| entry.id.to_string()));
    }
}

#[tokio::test]
async fn pages_of_any_size_hold_each_event_once() {
    let Some(server) = Server::start() else { return };
    let inbox = filled(&server).await;
    for most in [1, 2, 3, 100] {
        let sorted = async |state| {
            let mut ids = ids(&inbox, Page { state, most, ..Page::first() }).await;
            ids.sort();
            ids
        };
        assert_eq!(sorted(None).await, ["d0", "d2", "d3", "e0", "e1", "e2", "e3", "e4"], "{most} a page");
        assert_eq!(sorted(Some(State::Dead)).await, ["d0", "d2", "d3"], "{most} a page");
        assert_eq!(sorted(Some(State::Ready)).await, ["e0", "e1", "e2", "e3", "e4"], "{most} a page");
        assert!(sorted(Some(State::Done)).await.is_empty());
    }
}

#[tokio::test]
async fn an_entry_is_found_by_its_id_and_by_its_receipt() {
    let Some(server) = Server::start() else { return };
    let inbox = filled(&server).await;
    for (id, state) in [("e3", State::Ready), ("d3", State::Dead)] {
        let shown = inbox.find(EventId::new(id)).await.unwrap().unwrap();
        assert_eq!((shown.entry.id.as_str(), shown.entry.state), (id, state));
        assert_eq!(shown.entry.reason.is_some(), state == State::Dead);
        let at = inbox.get(shown.entry.entry_id).await.unwrap().unwrap();
        assert_eq!(at.entry, shown.entry);
        assert_eq!(at.delivery.unwrap().inbound().body(), shown.delivery.unwrap().inbound().body());
    }
    assert!(inbox.find(EventId::new("d1")).await.unwrap().is_none());
    assert!(inbox.get(EntryId(1_000)).await.unwrap().is_none());
}

#[tokio::test]
async fn exported_events_belong_to_the_other_inbox() {
    let Some(server) = Server::start() else { return };
    let (inbox, other) = (filled(&server).await, Memory::new());
    let no_text = Delivery::new(EventId::new("bytes"), Inbound::new(&b"\xff\n\x00"[..]));
    inbox.put(no_text).await.unwrap();
    let mut lines = Vec::new();
    assert_eq!(export(&inbox, State::Ready, &mut lines).await.unwrap(), 6);
    assert_eq!(export(&inbox, State::Dead, &mut lines).await.unwrap(), 3);
    assert_eq!(import(&other, &mut lines.as_slice()).await.unwrap().stored, 9);
    let stats = other.stats().await.unwrap();
    assert_eq!((stats.pending, stats.dead), (6, 3));
    let bytes = other.find(EventId::new("bytes")).await.unwrap().unwrap().delivery.unwrap();
    assert_eq!(bytes.inbound().body().as_ref(), b"\xff\n\x00");
}

#[tokio::test]
async fn reading_creates_no_inbox() {
    let Some(server) = Server::start() else { return };
    let jetstream = server.jetstream().await;
    assert!(Nats::open_existing(jetstream.clone(), "webhooks").await.unwrap().is_none());
    assert!(jetstream.get_stream("webhooks").await.is_err());
    filled(&server).await;
    let found = Nats::open_existing(jetstream, "webhooks").await.unwrap().expect("it is there now");
    assert_eq!((found.replicas(), found.stats().await.unwrap().dead), (1, 3));
}
