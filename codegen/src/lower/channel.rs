//! Channels: an address, and the types of its variable parts.

use std::collections::HashMap;

use super::schema::Lowering;
use super::{address_template, docs};
use crate::document::{self, Document};
use crate::ir::{Address, Channel, Docs, Parameter, Root, Template, Type};
use crate::location::{FileId, Location};

/// All channels of the document.
pub(super) fn all(document: &Document, schemas: &mut Lowering<'_>) -> Vec<Channel> {
    // What several keys describe together goes by the first of the alphabet, whatever their order.
    let mut keys: HashMap<&Location, &str> = HashMap::new();
    for channel in &document.channels {
        let key = keys.entry(&channel.at).or_insert(&channel.key);
        *key = (*key).min(&channel.key);
    }
    let mut reader = Reader { schemas, keys };
    document.channels.iter().map(|channel| reader.channel(channel)).collect()
}

struct Reader<'a, 's> {
    schemas: &'a mut Lowering<'s>,
    /// What the parameters of each described channel are called after.
    keys: HashMap<&'a Location, &'a str>,
}

impl Reader<'_, '_> {
    fn channel(&mut self, channel: &document::Channel) -> Channel {
        let address = match &channel.address {
            document::Address::Unknown => Address::Unknown,
            document::Address::Known(text) if text.contains('{') => self.template(channel, text),
            document::Address::Known(text) => Address::Fixed(text.clone()),
        };
        Channel { at: channel.key_at.clone(), key: channel.key.clone(), address, docs: docs(&channel.docs) }
    }

    fn template(&mut self, channel: &document::Channel, text: &str) -> Address {
        let mut parameters: Vec<Parameter> = Vec::new();
        let segments = address_template::segments(text, |name| {
            let known = parameters.iter().position(|parameter| parameter.key == name);
            known.unwrap_or_else(|| {
                parameters.push(self.parameter(channel, name));
                parameters.len() - 1
            })
        });
        if parameters.is_empty() {
            return Address::Fixed(text.to_owned());
        }
        Address::Template(Template { text: text.to_owned(), segments, parameters })
    }

    /// A parameter that is nowhere described is a plain text.
    fn parameter(&mut self, channel: &document::Channel, name: &str) -> Parameter {
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
                ty: self.type_of(channel, parameter),
                docs: docs(&parameter.docs),
                default: parameter.default.clone(),
                location: parameter.location.clone(),
            },
        }
    }

    /// A parameter that stands by itself has one type, whoever refers to it, and so has a schema; what only lists values is
    /// each channel's own.
    fn type_of(&mut self, channel: &document::Channel, parameter: &document::Parameter) -> Type {
        if let Some(key) = own_key(&parameter.at) {
            return self.schemas.parameter(parameter, Root::Parameter(None, key));
        }
        let shared = self.keys.get(&channel.at).filter(|_| parameter.values.is_empty());
        let channel = shared.copied().unwrap_or(&channel.key).to_owned();
        self.schemas.parameter(parameter, Root::Parameter(Some(channel), parameter.key.clone()))
    }
}

/// The key of a parameter that stands by itself, in the components or in a file of its own.
fn own_key(at: &Location) -> Option<String> {
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [components, parameters, key] if components == "components" && parameters == "parameters" => Some(key.clone()),
        [.., key] if at.file != FileId::default() => Some(key.clone()),
        _ => None,
    }
}
