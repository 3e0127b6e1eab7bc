//! What decides which handler an event reaches: its address, a header, a property, or the shape of its payload.

use super::*;

struct Orders(Arc<Notes>);

impl routing_addresses::Handler for Orders {
    async fn on_paid(&self, event: routing_addresses::Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("paid {}", event.id.unwrap_or_default()));
        Ok(())
    }

    async fn on_shipped(&self, event: routing_addresses::Order, _: &Context<'_>) -> Result<(), HandlerError> {
        self.0.note(format!("shipped {}", event.id.unwrap_or_default()));
        Ok(())
    }
}

#[tokio::test]
async fn an_address_counts_for_more_than_a_property_that_may_say_something_else() {
    let notes = Arc::new(Notes::default());
    let dispatcher = routing_addresses::Dispatcher::new(Orders(notes.clone()));
    for (address, previous) in [("paid", "shipped"), ("shipped", "paid"), ("shipped", "new")] {
        let body = json!({"id": "o1", "previous": previous}).to_string();
        let inbound = Inbound::new(body).with_channel(format!("orders/{address}"));
        dispatched(&dispatcher, &inbound).await.expect("handled");
        assert_eq!(notes.take(), [format!("{address} o1")]);
        assert_eq!(dispatcher.route(&inbound).expect("routed"), Route::Known(address.to_owned()));
    }
}
