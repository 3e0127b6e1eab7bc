//! Parses a size in bytes from an argument.

/// Parses `500`, `64KiB`, `8MiB` or `1GiB`. The result is in bytes.
pub(crate) fn parse(text: &str) -> Result<usize, String> {
    let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor: usize = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err("write a number of bytes, or a number with KiB, MiB or GiB, for example 8MiB".to_owned()),
    };
    let number: usize = number.parse().map_err(|_| format!("{number:?} is not a number"))?;
    number.checked_mul(factor).ok_or_else(|| "the size is too large".to_owned())
}
