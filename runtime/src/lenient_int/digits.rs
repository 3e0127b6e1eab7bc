//! Parses an integer from the text of a JSON number, without floating-point arithmetic.

/// The integer in any notation; `None` if it has a fraction or does not fit into 128 bits.
pub(super) fn parse_integer(text: &str) -> Option<i128> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (integer, fraction) = number.split_once('.').unwrap_or((number, ""));
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{integer}{fraction}");
    if digits.trim_start_matches('-').chars().all(|digit| digit == '0') {
        return Some(0);
    }
    let zeros = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let value: i128 = digits.parse().ok()?;
    let tens = 10_i128.checked_pow(u32::try_from(zeros.unsigned_abs()).ok()?)?;
    if zeros >= 0 { value.checked_mul(tens) } else { (value % tens == 0).then_some(value / tens) }
}

#[cfg(test)]
mod tests {
    use super::parse_integer;

    #[test]
    fn integers_are_parsed_in_each_notation() {
        let rows = [
            ("7", Some(7)),
            ("-7.000", Some(-7)),
            ("1e3", Some(1000)),
            ("1.5E+1", Some(15)),
            ("1200e-2", Some(12)),
            ("-0.0e99999999999", Some(0)),
            ("170141183460469231731687303715884105727.0", Some(i128::MAX)),
            ("-170141183460469231731687303715884105728", Some(i128::MIN)),
            ("1.5", None),
            ("15e-2", None),
            ("1e39", None),
            ("1e99999999999999999999", None),
            ("170141183460469231731687303715884105728", None),
            ("null", None),
            ("\"7\"", None),
        ];
        for (text, expected) in rows {
            assert_eq!(parse_integer(text), expected, "{text}");
        }
    }
}
