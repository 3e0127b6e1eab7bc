//! Marks: what tells apart things that are called the same, made of what they say, so that it stays when others go.

/// Four digits made of an identity, such as `x1f0a`.
pub(crate) fn mark(identity: &str) -> String {
    format!("x{:04x}", fingerprint(identity))
}

/// Sixteen bits of the text, the same on every machine (FNV-1a, folded).
fn fingerprint(text: &str) -> u16 {
    let hash = text.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [first, second, third, fourth] = hash.to_be_bytes();
    u16::from_be_bytes([first ^ third, second ^ fourth])
}
