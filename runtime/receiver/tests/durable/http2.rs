//! Frames of HTTP/2 that no client library would send.

use std::net::SocketAddr;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];
const HEADERS: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;
pub(crate) const END_STREAM: u8 = 1;

/// A connection that has sent the preface and its settings.
pub(crate) async fn connect(server: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(server).await.unwrap();
    stream.write_all(&[PREFACE, &SETTINGS].concat()).await.unwrap();
    stream
}

/// A frame with headers: a POST to `http://h/`, these headers, and as many copies of `a: b` as `fields`, of one byte
/// each (HPACK, RFC 7541, section 6.1).
pub(crate) fn post(stream: u32, flags: u8, headers: &[(&str, &str)], fields: usize) -> Vec<u8> {
    let mut block = vec![0x83, 0x86, 0x84, 0x41, 1, b'h'];
    for (name, value) in headers {
        // A literal that is not put into the table (section 6.2.2).
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).ok().filter(|length| *length < 127).expect("a short text"));
            block.extend(text.as_bytes());
        }
    }
    if fields > 0 {
        // A literal that is put into the table as its newest entry, which has the number 62, 0x3e.
        block.extend([0x40, 1, b'a', 1, b'b']);
        block.extend(std::iter::repeat_n(0x80 | 0x3e, fields - 1));
    }
    let length = u32::try_from(block.len()).unwrap().to_be_bytes();
    let head = [&length[1..], &[HEADERS, flags], stream.to_be_bytes().as_slice()].concat();
    [head, block].concat()
}
