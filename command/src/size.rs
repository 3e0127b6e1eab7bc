//! Sizes as they are written at a prompt.

/// Reads `500`, `64KiB`, `8MiB` or `1GiB`, in bytes.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: usize = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err("write a number of bytes, or a number and KiB, MiB or GiB, as in 8MiB".to_owned()),
    };
    let number: usize = number.parse().map_err(|_| format!("{number:?} is no number"))?;
    number.checked_mul(factor).ok_or_else(|| "more than there can be".to_owned())
}
