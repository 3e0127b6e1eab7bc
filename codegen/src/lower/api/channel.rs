//! Channels: an address, and the types of its parameters.

use std::collections::HashMap;

use super::wildcards;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::ir::{Address, Channel, Docs, Parameter, Root, Segment, Template, Type};
use crate::location::{FileId, Location};
use crate::lower::docs::docs;
use crate::lower::schema::TypeBuilder;

/// All channels of the document.
pub(in crate::lower) fn lower_channels(
    document: &Document,
    schemas: &mut TypeBuilder<'_>,
    diagnostics: &Diagnostics,
) -> Vec<Channel> {
    // If several keys refer to one channel, its parameters are named after the first key in alphabetical order.
    let mut keys: HashMap<&Location, &str> = HashMap::new();
    for channel in &document.channels {
        let key = keys.entry(&channel.at).or_insert(&channel.key);
        *key = (*key).min(&channel.key);
    }
    let mut lowering = ChannelLowering { document, diagnostics, schemas, keys };
    document.channels.iter().map(|channel| lowering.channel(channel)).collect()
}

struct ChannelLowering<'a, 's> {
    document: &'a Document,
    diagnostics: &'a Diagnostics,
    schemas: &'a mut TypeBuilder<'s>,
    /// The key that names the parameters of the channel at each location.
    keys: HashMap<&'a Location, &'a str>,
}

impl ChannelLowering<'_, '_> {
    fn channel(&mut self, channel: &document::Channel) -> Channel {
        let address = match &channel.address {
            document::Address::Unknown => Address::Unknown,
            document::Address::Known(text) => self.known(channel, text),
        };
        Channel { at: channel.key_at.clone(), key: channel.key.clone(), address, docs: docs(&channel.docs) }
    }

    fn known(&mut self, channel: &document::Channel, text: &str) -> Address {
        let mut parameters: Vec<Parameter> = Vec::new();
        let wildcards = wildcards::find(self.document, channel, text, self.diagnostics);
        let template = wildcards.as_ref().map_or(text, |wildcards| &wildcards.template);
        let segments = template_segments(template, |name| {
            let known = parameters.iter().position(|parameter| parameter.key == name);
            known.unwrap_or_else(|| {
                parameters.push(self.parameter(channel, name));
                parameters.len() - 1
            })
        });
        let levels = wildcards.and_then(|wildcards| wildcards.levels);
        parameters.extend(levels.map(|_| self.parameter(channel, "levels")));
        if parameters.is_empty() {
            return Address::Fixed(text.to_owned());
        }
        Address::Template(Template { text: text.to_owned(), segments, levels, parameters })
    }

    /// A parameter of the address. One that the document does not describe is a string.
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
                ty: self.parameter_type(channel, parameter),
                docs: docs(&parameter.docs),
                default: parameter.default.clone(),
                location: parameter.location.clone(),
            },
        }
    }

    /// The type of a parameter. It is named after the parameter alone if this is a component, otherwise after the
    /// channel too: after its own key if the parameter lists values, after the shared key if it has a schema.
    fn parameter_type(&mut self, channel: &document::Channel, parameter: &document::Parameter) -> Type {
        if let Some(key) = component_key(&parameter.at) {
            return self.schemas.parameter_type(parameter, Root::Parameter(None, key));
        }
        let shared = self.keys.get(&channel.at).filter(|_| parameter.values.is_empty());
        let channel = shared.copied().unwrap_or(&channel.key).to_owned();
        self.schemas.parameter_type(parameter, Root::Parameter(Some(channel), parameter.key.clone()))
    }
}

/// The key of a parameter in `components/parameters` or in a file of its own.
fn component_key(at: &Location) -> Option<String> {
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [components, parameters, key] if components == "components" && parameters == "parameters" => Some(key.clone()),
        [.., key] if at.file != FileId::default() => Some(key.clone()),
        _ => None,
    }
}

/// Whether an address has parameters, which are names in braces.
pub(super) fn has_parameters(address: &str) -> bool {
    template_segments(address, |_| 0).iter().any(|segment| matches!(segment, Segment::Variable(_)))
}

/// Splits an address or a URL at the names in braces. `index` returns the index of the parameter with the given name.
pub(super) fn template_segments(template: &str, mut index: impl FnMut(&str) -> usize) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = template;
    while let Some((before, opened)) = rest.split_once('{') {
        let Some((name, after)) = opened.split_once('}') else { break };
        if !before.is_empty() {
            segments.push(Segment::Text(before.to_owned()));
        }
        segments.push(Segment::Variable(index(name)));
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(Segment::Text(rest.to_owned()));
    }
    segments
}
