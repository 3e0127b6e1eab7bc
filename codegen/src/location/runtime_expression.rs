//! Runtime expressions: where in a message a value is (AsyncAPI 2.6 and 3.0, "Runtime Expression").

use super::Pointer;

/// The place of a value in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeExpression {
    /// A header, by its name.
    Header(String),
    /// A value in the payload.
    Payload(Pointer),
}

impl RuntimeExpression {
    /// Parses `$message.header#/name` or `$message.payload#/pointer`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (source, fragment) = text.split_once('#')?;
        let pointer = Pointer::parse(fragment)?;
        match source {
            "$message.payload" => Some(Self::Payload(pointer)),
            "$message.header" => {
                let mut steps = pointer.steps();
                let name = steps.next()?;
                steps.next().is_none().then_some(Self::Header(name))
            }
            _ => None,
        }
    }
}
