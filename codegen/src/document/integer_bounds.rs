//! The least and the greatest whole number that a schema allows.

use super::cursor::Object;
use crate::json::Value;

/// The bounds for integers, both inclusive, as far as there are any.
pub(super) fn of_integers(object: &mut Object<'_>) -> (Option<i128>, Option<i128>) {
    (bound(object, End::Least), bound(object, End::Greatest))
}

/// A whole number under a key, written `2` or `2.0`.
pub(super) fn whole(object: &mut Object<'_>, key: &'static str) -> Option<i128> {
    match object.get(key)?.value {
        Value::Integer(number) => Some(*number),
        Value::Float(number) if number.fract() == 0.0 => integer(*number),
        _ => None,
    }
}

/// Which end of the numbers is bounded.
#[derive(Clone, Copy)]
enum End {
    Least,
    Greatest,
}

/// The narrower of the inclusive and the exclusive bound. Draft 4 says by a boolean that the inclusive one is exclusive.
fn bound(object: &mut Object<'_>, end: End) -> Option<i128> {
    let (inclusive, exclusive) = match end {
        End::Least => ("minimum", "exclusiveMinimum"),
        End::Greatest => ("maximum", "exclusiveMaximum"),
    };
    let inclusive = object.get(inclusive).map(|node| node.value);
    let exclusive = object.get(exclusive).map(|node| node.value);
    match exclusive {
        Some(Value::Bool(true)) => beyond(inclusive?, end),
        exclusive => {
            let bounds =
                [inclusive.and_then(|value| within(value, end)), exclusive.and_then(|value| beyond(value, end))];
            let bounds = bounds.into_iter().flatten();
            match end {
                End::Least => bounds.max(),
                End::Greatest => bounds.min(),
            }
        }
    }
}

/// The first whole number at a bound or inside it.
fn within(bound: &Value, end: End) -> Option<i128> {
    match (bound, end) {
        (Value::Integer(number), _) => Some(*number),
        (Value::Float(number), End::Least) => integer(number.ceil()),
        (Value::Float(number), End::Greatest) => integer(number.floor()),
        _ => None,
    }
}

/// The first whole number inside a bound.
fn beyond(bound: &Value, end: End) -> Option<i128> {
    match (bound, end) {
        (Value::Integer(number), End::Least) => number.checked_add(1),
        (Value::Integer(number), End::Greatest) => number.checked_sub(1),
        (Value::Float(number), End::Least) => integer(number.floor())?.checked_add(1),
        (Value::Float(number), End::Greatest) => integer(number.ceil())?.checked_sub(1),
        _ => None,
    }
}

/// A float that is a whole number; nothing where it is beyond all integers.
fn integer(number: f64) -> Option<i128> {
    format!("{number:.0}").parse().ok()
}
