//! Picks the `rename_all` rule that leaves the fewest fields with a `rename` of their own.

use heck::{ToKebabCase, ToLowerCamelCase, ToShoutyKebabCase, ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::quote;

/// The rules of serde (<https://serde.rs/container-attrs.html#rename_all>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    None,
    Camel,
    Pascal,
    Kebab,
    ScreamingSnake,
    ScreamingKebab,
}

const RULES: &[Rule] =
    &[Rule::None, Rule::Camel, Rule::Pascal, Rule::Kebab, Rule::ScreamingSnake, Rule::ScreamingKebab];

impl Rule {
    /// The rule with which the fewest fields need `rename`.
    pub(super) fn best(pairs: &[(&str, &str)]) -> Self {
        let misses = |rule: &&Self| pairs.iter().filter(|(field, wire)| rule.apply(field) != *wire).count();
        RULES.iter().min_by_key(misses).copied().unwrap_or(Self::None)
    }

    /// The name that serde makes of a field's name.
    pub(super) fn apply(self, field: &str) -> String {
        match self {
            Self::None => field.to_owned(),
            Self::Camel if is_plain(field) => field.to_lower_camel_case(),
            Self::Pascal if is_plain(field) => field.to_upper_camel_case(),
            Self::Kebab if is_plain(field) => field.to_kebab_case(),
            Self::ScreamingSnake if is_plain(field) => field.to_shouty_snake_case(),
            Self::ScreamingKebab if is_plain(field) => field.to_shouty_kebab_case(),
            _ => UNFORETOLD.to_owned(),
        }
    }

    /// The attribute for the struct, if a rule helps.
    pub(super) fn attribute(self) -> Option<TokenStream> {
        let name = match self {
            Self::None => return None,
            Self::Camel => "camelCase",
            Self::Pascal => "PascalCase",
            Self::Kebab => "kebab-case",
            Self::ScreamingSnake => "SCREAMING_SNAKE_CASE",
            Self::ScreamingKebab => "SCREAMING-KEBAB-CASE",
        };
        Some(quote!(rename_all = #name))
    }
}

/// Equals no name of a property, so that the field gets a `rename`.
const UNFORETOLD: &str = "\u{0}";

/// Whether heck and serde agree: words of lower-case ASCII letters, with digits only inside.
fn is_plain(field: &str) -> bool {
    let word = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit())
    };
    field.split('_').all(word)
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn the_case_rule_that_fits_most_names_is_chosen() {
        let camel = [("id", "id"), ("created_at", "createdAt"), ("org_name", "orgName")];
        assert_eq!(Rule::best(&camel), Rule::Camel);
        let plain = [("id", "id"), ("created_at", "created_at")];
        assert_eq!(Rule::best(&plain), Rule::None);
        let single = [("id", "id")];
        assert_eq!(Rule::best(&single), Rule::None);
    }
}
