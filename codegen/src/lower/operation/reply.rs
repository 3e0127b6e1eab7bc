//! What is answered to an operation: by the handler on one side, to the requester on the other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::super::address_template;
use super::{Reader, correlation};
use crate::config::OutputScope;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Address, SchemaId};
use crate::ir::{Correlation, Direction, Label, Reply, ReplyHeaders, ReplyMessage, ReplyTo, Type, Variant};
use crate::location::RuntimeExpression;
use crate::lower::schema::UnionMessage;
use crate::lower::union;
use crate::normalize::merge;

impl Reader<'_, '_> {
    /// The reply, and where it goes; a handler must know that, and a requester may leave it to the transport.
    pub(super) fn reply(
        &mut self,
        operation: &document::Operation,
        reply: &document::Reply,
        direction: Direction,
        id: &str,
    ) -> Option<Reply> {
        let reply_correlation = correlation::reply_correlation(self.document, operation, reply);
        let messages = self.answers(reply, id, reply_correlation.as_ref());
        let headers = headers(&messages, self.extent);
        let payload = self.replied(reply, id, &messages, &headers)?;
        let to = self.to(reply);
        if let (Direction::Incoming, ReplyTo::Undeclared) = (direction, &to) {
            let message = "the document does not say where to reply, so the handler does not reply";
            let diagnostic = Diagnostic::new(Severity::Warning, &reply.at, message).at_key();
            let cure = "give the reply an `address`, or a channel whose address is fixed or has parameters";
            self.diagnostics.push(diagnostic.with_help(cure));
            return None;
        }
        Some(Reply {
            messages,
            payload,
            headers,
            to,
            reply_correlation,
            request_correlation: correlation::request_correlation(self.document, operation),
            correlation_locations: correlation::answered(self.document, reply),
        })
    }

    /// The address that the request says counts for more than the channel's (AsyncAPI 3.0, "Operation Reply Object").
    fn to(&self, reply: &document::Reply) -> ReplyTo {
        let address = reply.channel.map(|index| (index, &self.document.channels[index].address));
        let (fixed, given) = match address {
            Some((index, Address::Known(text))) if address_template::has_names(text) => (None, Some(index)),
            Some((index, Address::Known(_))) => (Some(index), None),
            Some((_, Address::Unknown)) | None => (None, None),
        };
        match &reply.address {
            Some(location) => ReplyTo::Expression(location.clone(), fixed),
            None => fixed.map(ReplyTo::Fixed).or(given.map(ReplyTo::Parameterized)).unwrap_or(ReplyTo::Undeclared),
        }
    }

    /// The messages that may be answered, each with its types.
    fn answers(&mut self, reply: &document::Reply, id: &str, repeated: Option<&Correlation>) -> Vec<ReplyMessage> {
        let answers = reply.messages.iter().map(|message_id| {
            let message = &self.document.messages[*message_id];
            let name = message.key.clone().or_else(|| message.name.clone());
            let label = name.unwrap_or_else(|| format!("{id} reply"));
            let payload =
                message.payload.map_or(Type::Any, |id| self.schemas.payload(id, &label, message.name.as_deref()));
            let payload = self.with_content_type(message, payload);
            let described = message.headers.filter(|id| !self.only_correlation_id_required(*id, repeated));
            let headers = described.map(|id| self.schemas.headers(id, &label));
            let content_type = self.document.content_type(message).map(str::to_owned);
            ReplyMessage { at: message.at.clone(), label, payload, content_type, headers }
        });
        answers.collect()
    }

    /// Whether headers hold the correlation id and nothing else: it is repeated, so nobody needs to give it.
    fn only_correlation_id_required(&self, headers: SchemaId, repeated: Option<&Correlation>) -> bool {
        let Some(Correlation { location: RuntimeExpression::Header(id), .. }) = repeated else { return false };
        let described = merge::merged_schema(&self.document.schemas, headers);
        described.is_some_and(|described| {
            let names = described.properties.iter().map(|(name, _)| name).chain(&described.required);
            !described.properties.is_empty() && names.into_iter().all(|name| name.eq_ignore_ascii_case(id))
        })
    }

    /// How much a message asks of what is to be it.
    fn demand(&self, message: &document::Message, answer: &ReplyMessage) -> impl Ord + use<> {
        let demand = |id: Option<SchemaId>| id.map(|id| union::specificity(&self.document.schemas, id));
        (demand(message.payload), demand(message.headers.filter(|_| answer.headers.is_some())))
    }

    /// One type for whatever may be answered; none where no message is.
    fn replied(
        &mut self,
        reply: &document::Reply,
        id: &str,
        answers: &[ReplyMessage],
        headers: &ReplyHeaders,
    ) -> Option<Type> {
        let first = &answers.first()?.payload;
        let has_each_its_own = matches!(headers, ReplyHeaders::PerMessage);
        if !has_each_its_own && answers.iter().all(|answer| answer.payload == *first) {
            return Some(first.clone());
        }
        let messages: Vec<&document::Message> = reply.messages.iter().map(|id| &self.document.messages[*id]).collect();
        let is_json = |reader: &Self, index: usize| !reader.is_binary(messages[index], &answers[index].payload);
        let json: Vec<usize> = (0..answers.len()).filter(|index| is_json(self, *index)).collect();
        if has_each_its_own || json.len() < answers.len() {
            // Those that are JSON are tried, what asks for most first.
            let mut by_demand = json.clone();
            by_demand.sort_by_cached_key(|index| Reverse(self.demand(messages[*index], &answers[*index])));
            let mut order: Vec<usize> = (0..answers.len()).collect();
            json.into_iter().zip(by_demand).for_each(|(place, index)| order[place] = index);
            let mut seen = BTreeSet::new();
            let answers = order.into_iter().map(|index| &answers[index]).filter(|answer| seen.insert(&answer.at));
            let variants = answers.map(|ReplyMessage { at, label, payload, .. }| {
                let (at, label, ty) = (at.clone(), Label::plain(label.clone()), payload.clone());
                Variant { at, label, ty, tag_values: Vec::new(), kinds: Vec::new() }
            });
            return Some(self.schemas.mixed(&reply.at, &format!("{id} reply"), variants.collect()));
        }
        let several: Vec<UnionMessage> = (messages.iter().zip(answers))
            .map(|(message, answer)| {
                let (at, label, ty) = (answer.at.clone(), answer.label.clone(), answer.payload.clone());
                UnionMessage { at, label, schema: message.payload, ty }
            })
            .collect();
        Some(self.schemas.operation(&reply.at, &format!("{id} reply"), &several))
    }
}

/// Headers that all messages have alike stand beside whatever is replied; of others each message has its own. Without a
/// runtime nothing travels, so there the payloads are all.
fn headers(answers: &[ReplyMessage], extent: OutputScope) -> ReplyHeaders {
    let Some(first) = answers.iter().find_map(|answer| answer.headers.as_ref()) else { return ReplyHeaders::Nothing };
    match extent {
        OutputScope::TypesOnly => ReplyHeaders::Nothing,
        OutputScope::Everything if answers.iter().all(|answer| answer.headers.as_ref() == Some(first)) => {
            ReplyHeaders::Typed(first.clone())
        }
        OutputScope::Everything => ReplyHeaders::PerMessage,
    }
}
