//! Serves a receiver in both supported ways.

use std::net::{Ipv4Addr, SocketAddr};

use asyncapi_receiver::Accept;
use asyncapi_receiver::http::Receiver;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Server {
    Axum,
    Hyper,
}

impl Server {
    pub(crate) const BOTH: [Self; 2] = [Self::Axum, Self::Hyper];

    /// Serves on a free port of the loopback interface until the runtime of the test ends.
    pub(crate) async fn serve<A: Accept + 'static>(self, receiver: Receiver<A>) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        match self {
            Self::Axum => {
                let router = axum::Router::new().route_service("/hook", receiver);
                tokio::spawn(async move { axum::serve(listener, router).await });
            }
            Self::Hyper => {
                tokio::spawn(async move {
                    while let Ok((stream, _)) = listener.accept().await {
                        let service = TowerToHyperService::new(receiver.clone());
                        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
                    }
                });
            }
        }
        address
    }
}
