//! JSON pointers (RFC 6901).

use std::fmt;
use std::sync::Arc;

/// A JSON pointer (RFC 6901), such as `/components/schemas/Order`. Empty for the root.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(Arc<str>);

impl Pointer {
    /// The pointer of the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// Parses a pointer, such as `/info/title`. `None` if it is not empty and does not start with `/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.into()))
    }

    /// The pointer of the child with this key or index.
    #[must_use]
    pub fn join(&self, step: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + step.len());
        text.push_str(&self.0);
        text.push('/');
        for character in step.chars() {
            match character {
                '~' => text.push_str("~0"),
                '/' => text.push_str("~1"),
                other => text.push(other),
            }
        }
        Self(text.into())
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The keys and indexes from the root to the node, unescaped.
    pub fn steps(&self) -> impl Iterator<Item = String> {
        let steps = self.0.split('/').skip(1);
        steps.map(|step| step.replace("~1", "/").replace("~0", "~"))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn steps_undo_what_join_escapes() {
        let pointer = Pointer::root().join("channels").join("a/b~c").join("");
        assert_eq!(pointer.to_string(), "/channels/a~1b~0c/");
        assert_eq!(pointer.steps().collect::<Vec<_>>(), ["channels", "a/b~c", ""]);
    }

    #[test]
    fn a_pointer_is_empty_or_starts_with_a_slash() {
        assert_eq!(Pointer::parse(""), Some(Pointer::root()));
        assert_eq!(Pointer::parse("info"), None);
    }
}
