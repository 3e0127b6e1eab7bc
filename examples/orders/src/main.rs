//! The document of the README, and a handler of its event: `cargo run -p orders-example`.

use std::error::Error;

use asyncapi_runtime::{Context, Dispatch, HandlerError, Inbound};

mod orders {
    #![allow(missing_docs, unreachable_pub, dead_code, clippy::pedantic)] // the document decides what is in here
    include!(concat!(env!("OUT_DIR"), "/orders.rs"));
}

struct Shop;

impl orders::Handler for Shop {
    async fn on_order_placed(&self, order: orders::Order, _: &Context<'_>) -> Result<(), HandlerError> {
        println!("order {} is {}", order.id, order.status);
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let dispatcher = orders::Dispatcher::new(Shop);
    let body = r#"{"id": "o1", "status": "paid"}"#;
    let inbound = Inbound::new(body).with_channel("orders");
    dispatcher.dispatch(&Context::new(&inbound)).await?;
    Ok(())
}
