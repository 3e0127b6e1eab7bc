//! `minContains` and `maxContains`, which draft 7 does not have: a part of the schema that is of the draft which brought them.
//!
//! ```json
//! {"allOf": [{"$schema": "https://json-schema.org/draft/2019-09/schema", "contains": {"const": 1}, "maxContains": 2}]}
//! ```

use super::text;
use crate::ir::ValidationSchema;
use crate::json::Value;

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";
const DRAFT_2019_09: &str = "https://json-schema.org/draft/2019-09/schema";

/// Keywords with a value of their own.
type KeywordEntry = (&'static str, Value);

/// The counts of what a list contains, and all other keywords.
pub(super) fn split(plain: &[KeywordEntry]) -> (Vec<&KeywordEntry>, Vec<&KeywordEntry>) {
    plain.iter().partition(|(key, _)| matches!(*key, "minContains" | "maxContains"))
}

/// The schema of a list that contains so many of what is meant; that is of draft 7 again.
pub(super) fn contains(item: ValidationSchema, counts: &[&KeywordEntry]) -> ValidationSchema {
    let item = match item {
        ValidationSchema::Object(mut entries) => {
            entries.insert(0, ("$schema".to_owned(), text(DRAFT_7)));
            ValidationSchema::Object(entries)
        }
        other => other,
    };
    let own = [("$schema", text(DRAFT_2019_09)), ("contains", item)];
    let all = own.into_iter().chain(counts.iter().map(|(key, value)| (*key, ValidationSchema::Value(value.clone()))));
    ValidationSchema::Object(all.map(|(key, value)| (key.to_owned(), value)).collect())
}
