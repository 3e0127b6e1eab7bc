//! A short hash that distinguishes equal names. It depends on content only, so a name stays when other names go.

/// Eight hexadecimal digits after an `x`, such as `x1f0a93c4`: the 32-bit FNV-1a hash of the content, the same on every
/// machine.
pub(crate) fn hash_suffix(content: &str) -> String {
    let hash = content.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("x{hash:08x}")
}
