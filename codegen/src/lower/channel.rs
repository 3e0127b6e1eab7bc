//! Channels: an address, and the types of its variable parts.

use super::schema::Lowering;
use super::{docs, template};
use crate::document;
use crate::ir::{Address, Channel, Docs, Parameter, Template, Type};

pub(super) fn lower(channel: &document::Channel, schemas: &mut Lowering<'_>) -> Channel {
    let address = match &channel.address {
        document::Address::Open => Address::Open,
        document::Address::Known(text) if text.contains('{') => template(channel, text, schemas),
        document::Address::Known(text) => Address::Fixed(text.clone()),
    };
    Channel { at: channel.at.clone(), key: channel.key.clone(), address, docs: docs(&channel.docs) }
}

fn template(channel: &document::Channel, text: &str, schemas: &mut Lowering<'_>) -> Address {
    let mut parameters: Vec<Parameter> = Vec::new();
    let segments = template::segments(text, |name| {
        let known = parameters.iter().position(|parameter| parameter.key == name);
        known.unwrap_or_else(|| {
            parameters.push(parameter(channel, name, schemas));
            parameters.len() - 1
        })
    });
    if parameters.is_empty() {
        return Address::Fixed(text.to_owned());
    }
    Address::Template(Template { text: text.to_owned(), segments, parameters })
}

/// A parameter that is nowhere described is a plain text.
fn parameter(channel: &document::Channel, name: &str, schemas: &mut Lowering<'_>) -> Parameter {
    match channel.parameters.iter().find(|parameter| parameter.key == name) {
        None => Parameter {
            at: channel.at.join("parameters").join(name),
            key: name.to_owned(),
            ty: Type::String,
            docs: Docs::default(),
            default: None,
            location: None,
        },
        Some(parameter) => Parameter {
            at: parameter.at.clone(),
            key: name.to_owned(),
            ty: schemas.parameter(parameter, &channel.key),
            docs: docs(&parameter.docs),
            default: parameter.default.clone(),
            location: parameter.location.clone(),
        },
    }
}
