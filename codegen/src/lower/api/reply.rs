//! Replies: their messages, their payload type, and the address that they go to.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::channel::has_parameters;
use super::correlation;
use super::operation::OperationLowering;
use crate::config::OutputScope;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Address, SchemaId};
use crate::ir::{Correlation, Direction, Label, Reply, ReplyHeaders, ReplyMessage, ReplyTo, Type, Variant};
use crate::location::RuntimeExpression;
use crate::lower::schema::UnionMessage;
use crate::lower::union;
use crate::normalize::merge;

impl OperationLowering<'_, '_> {
    /// The reply of an operation. `None` if it has no message, or if it is incoming and has no address: a handler needs
    /// the address, a requester can leave it to the transport.
    pub(super) fn reply(
        &mut self,
        operation: &document::Operation,
        reply: &document::Reply,
        direction: Direction,
        id: &str,
    ) -> Option<Reply> {
        let reply_correlation = correlation::reply_correlation(self.document, operation, reply);
        let messages = self.reply_messages(reply, id, reply_correlation.as_ref());
        let headers = reply_headers(&messages, self.extent);
        let payload = self.reply_payload(reply, id, &messages, &headers)?;
        let to = self.reply_to(reply);
        if let (Direction::Incoming, ReplyTo::Undeclared) = (direction, &to) {
            let message = "the reply has no address, so the handler sends no reply";
            let diagnostic = Diagnostic::new(Severity::Warning, &reply.at, message).at_key();
            let help = "give the reply an `address`, or a channel whose address is fixed or has parameters";
            self.diagnostics.push(diagnostic.with_help(help));
            return None;
        }
        Some(Reply {
            messages,
            payload,
            headers,
            to,
            correlation: reply_correlation,
            request_correlation: correlation::request_correlation(self.document, operation),
            correlation_locations: correlation::reply_locations(self.document, reply),
        })
    }

    /// Where the reply goes. An address in the request takes precedence over the address of the reply's channel
    /// (AsyncAPI 3.0, "Operation Reply Object").
    fn reply_to(&self, reply: &document::Reply) -> ReplyTo {
        let address = reply.channel.map(|index| (index, &self.document.channels[index].address));
        let (fixed, template) = match address {
            Some((index, Address::Known(text))) if has_parameters(text) => (None, Some(index)),
            Some((index, Address::Known(_))) => (Some(index), None),
            Some((_, Address::Unknown)) | None => (None, None),
        };
        match &reply.address {
            Some(location) => ReplyTo::Expression(location.clone(), fixed),
            None => fixed.map(ReplyTo::Fixed).or(template.map(ReplyTo::Parameterized)).unwrap_or(ReplyTo::Undeclared),
        }
    }

    /// The messages of a reply, each with its types.
    fn reply_messages(
        &mut self,
        reply: &document::Reply,
        id: &str,
        correlation: Option<&Correlation>,
    ) -> Vec<ReplyMessage> {
        let messages = reply.messages.iter().map(|message_id| {
            let message = &self.document.messages[*message_id];
            let name = message.key.clone().or_else(|| message.name.clone());
            let label = name.unwrap_or_else(|| format!("{id} reply"));
            let payload =
                message.payload.map_or(Type::Any, |id| self.schemas.payload_type(id, &label, message.name.as_deref()));
            let payload = self.with_content_type(message, payload);
            let headers = message.headers.filter(|id| !self.only_correlation_id_required(*id, correlation));
            let headers = headers.map(|id| self.schemas.headers_type(id, &label));
            let content_type = self.document.content_type(message).map(str::to_owned);
            ReplyMessage { at: message.at.clone(), label, payload, content_type, headers }
        });
        messages.collect()
    }

    /// Whether headers consist of the correlation id only. The runtime copies it from the request, so a handler needs
    /// no type for these headers.
    fn only_correlation_id_required(&self, headers: SchemaId, correlation: Option<&Correlation>) -> bool {
        let Some(Correlation { location: RuntimeExpression::Header(id), .. }) = correlation else { return false };
        let headers = merge::merged_schema(&self.document.schemas, headers);
        headers.is_some_and(|headers| {
            let names = headers.properties.iter().map(|(name, _)| name).chain(&headers.required);
            !headers.properties.is_empty() && names.into_iter().all(|name| name.eq_ignore_ascii_case(id))
        })
    }

    /// How many values the schemas of a message rule out, as a sort key.
    fn specificity(&self, message: &document::Message, lowered: &ReplyMessage) -> impl Ord + use<> {
        let specificity = |id: Option<SchemaId>| id.map(|id| union::specificity(&self.document.schemas, id));
        (specificity(message.payload), specificity(message.headers.filter(|_| lowered.headers.is_some())))
    }

    /// One type for all payloads of a reply. `None` if the reply has no message.
    fn reply_payload(
        &mut self,
        reply: &document::Reply,
        id: &str,
        lowered: &[ReplyMessage],
        headers: &ReplyHeaders,
    ) -> Option<Type> {
        let first = &lowered.first()?.payload;
        let has_headers_per_message = matches!(headers, ReplyHeaders::PerMessage);
        if !has_headers_per_message && lowered.iter().all(|message| message.payload == *first) {
            return Some(first.clone());
        }
        let messages: Vec<&document::Message> = reply.messages.iter().map(|id| &self.document.messages[*id]).collect();
        let is_json = |index: &usize| !self.is_binary(messages[*index], &lowered[*index].payload);
        let json: Vec<usize> = (0..lowered.len()).filter(is_json).collect();
        if has_headers_per_message || json.len() < lowered.len() {
            // JSON messages are tried one after the other, the most specific first.
            let mut by_specificity = json.clone();
            by_specificity.sort_by_cached_key(|index| Reverse(self.specificity(messages[*index], &lowered[*index])));
            let mut order: Vec<usize> = (0..lowered.len()).collect();
            json.into_iter().zip(by_specificity).for_each(|(position, index)| order[position] = index);
            let mut seen = BTreeSet::new();
            let unique = order.into_iter().map(|index| &lowered[index]).filter(|message| seen.insert(&message.at));
            let variants = unique.map(|ReplyMessage { at, label, payload, .. }| {
                let (at, label, ty) = (at.clone(), Label::plain(label.clone()), payload.clone());
                Variant { at, label, ty, tag_values: Vec::new(), kinds: Vec::new() }
            });
            return Some(self.schemas.message_union(&reply.at, &format!("{id} reply"), variants.collect()));
        }
        let union: Vec<UnionMessage> = (messages.iter().zip(lowered))
            .map(|(message, lowered)| {
                let (at, label, ty) = (lowered.at.clone(), lowered.label.clone(), lowered.payload.clone());
                UnionMessage { at, label, schema: message.payload, ty }
            })
            .collect();
        Some(self.schemas.union_of_messages(&reply.at, &format!("{id} reply"), &union))
    }
}

/// One type of headers for all messages if they have the same headers, otherwise headers for each message. Code without
/// the runtime sends no messages, so it has payloads only.
fn reply_headers(messages: &[ReplyMessage], extent: OutputScope) -> ReplyHeaders {
    let Some(first) = messages.iter().find_map(|message| message.headers.as_ref()) else {
        return ReplyHeaders::Nothing;
    };
    match extent {
        OutputScope::TypesOnly => ReplyHeaders::Nothing,
        OutputScope::Everything if messages.iter().all(|message| message.headers.as_ref() == Some(first)) => {
            ReplyHeaders::Typed(first.clone())
        }
        OutputScope::Everything => ReplyHeaders::PerMessage,
    }
}
