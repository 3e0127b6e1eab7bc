//! Remembers the results of tried alternatives.
//!
//! In a recursive union, each alternative tries the values inside it again. Without this, the number of attempts would
//! double with each level of nesting.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::HashMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::BestMatch;

/// Deserializes a union by trying its alternatives. A nested value is tried once per type, even if several outer
/// alternatives contain it.
///
/// # Errors
///
/// The error of `best`, or of the deserializer.
pub fn memoized<'de, T, D>(
    deserializer: D,
    best: impl FnOnce(BestMatch<T>) -> Result<T, serde_json::Error>,
) -> Result<T, D::Error>
where
    T: Clone + 'static,
    D: Deserializer<'de>,
{
    let value = Value::deserialize(deserializer)?;
    let attempt = Attempt::begin();
    // The outermost value is tried once anyway, and scalars and empty values are cheap.
    let key = (attempt.is_inside() && holds(&value)).then(|| (TypeId::of::<T>(), value.to_string()));
    if let Some(known) = key.as_ref().and_then(Attempt::known) {
        return known.map_err(D::Error::custom);
    }
    let read = best(BestMatch::from_value(value)).map_err(|error| error.to_string());
    if let Some(key) = key {
        Attempt::remember(key, &read);
    }
    read.map_err(D::Error::custom)
}

fn holds(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => false,
    }
}

/// A type, and the JSON text of a value that is deserialized as this type.
type Key = (TypeId, String);

/// The results for the values inside the outermost value.
#[derive(Default)]
struct MemoTable {
    depth: usize,
    results: HashMap<Key, Result<Box<dyn Any>, String>>,
}

thread_local! {
    static MEMO: RefCell<MemoTable> = RefCell::default();
}

/// A value that is being deserialized. The end of the outermost attempt clears the table.
struct Attempt {
    depth: usize,
}

impl Attempt {
    fn begin() -> Self {
        MEMO.with_borrow_mut(|known| {
            known.depth += 1;
            Self { depth: known.depth }
        })
    }

    fn is_inside(&self) -> bool {
        self.depth > 1
    }

    fn known<T: Clone + 'static>(key: &Key) -> Option<Result<T, String>> {
        MEMO.with_borrow(|known| match known.results.get(key)? {
            Ok(read) => read.downcast_ref::<T>().cloned().map(Ok),
            Err(why) => Some(Err(why.clone())),
        })
    }

    fn remember<T: Clone + 'static>(key: Key, read: &Result<T, String>) {
        let read = read.clone().map(|read| Box::new(read) as Box<dyn Any>);
        MEMO.with_borrow_mut(|known| known.results.insert(key, read));
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let done = MEMO.with_borrow_mut(|known| {
            known.depth -= 1;
            (known.depth == 0).then(|| std::mem::take(&mut known.results))
        });
        drop(done);
    }
}
