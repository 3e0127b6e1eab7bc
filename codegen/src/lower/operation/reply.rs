//! What is answered to an operation: by the handler on one side, to the requester on the other.

use std::collections::BTreeSet;

use super::{Reader, correlation};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Address, Location, SchemaId};
use crate::ir::{Answer, Correlation, Direction, Label, Reply, ReplyHeaders, ReplyTo, Type, Variant};
use crate::lower::schema::Joined;
use crate::lower::{merge, template};

impl Reader<'_, '_> {
    /// The reply, and where it goes; a handler must know that, and a requester may leave it to the transport.
    pub(super) fn reply(
        &mut self,
        operation: &document::Operation,
        reply: &document::Reply,
        direction: Direction,
        id: &str,
    ) -> Option<Reply> {
        let repeated = correlation::repeated(self.document, operation, reply);
        let messages = self.answers(reply, id, repeated.as_ref());
        let payload = self.replied(reply, id, &messages)?;
        let to = self.to(reply);
        if let (Direction::Incoming, ReplyTo::Unsaid) = (direction, &to) {
            let message = "the document does not say where to reply, so the handler does not reply";
            let diagnostic = Diagnostic::new(Severity::Warning, &reply.at, message).at_key();
            let cure = "give the reply an `address`, or a channel whose address is fixed or has parameters";
            self.diagnostics.push(diagnostic.with_cure(cure));
            return None;
        }
        Some(Reply {
            headers: headers(&messages),
            messages,
            payload,
            to,
            repeated,
            asked: correlation::asked(self.document, operation),
            answered: correlation::answered(self.document, reply),
        })
    }

    /// The address that the request says counts for more than the channel's (AsyncAPI 3.0, "Operation Reply Object").
    fn to(&self, reply: &document::Reply) -> ReplyTo {
        let address = reply.channel.map(|index| (index, &self.document.channels[index].address));
        let (fixed, given) = match address {
            Some((index, Address::Known(text))) if template::has_names(text) => (None, Some(index)),
            Some((index, Address::Known(_))) => (Some(index), None),
            Some((_, Address::Open)) | None => (None, None),
        };
        match &reply.address {
            Some(location) => ReplyTo::Said(location.clone(), fixed),
            None => fixed.map(ReplyTo::Fixed).or(given.map(ReplyTo::Given)).unwrap_or(ReplyTo::Unsaid),
        }
    }

    /// The messages that may be answered, each with its types.
    fn answers(&mut self, reply: &document::Reply, id: &str, repeated: Option<&Correlation>) -> Vec<Answer> {
        let answers = reply.messages.iter().map(|message_id| {
            let message = &self.document.messages[*message_id];
            let name = message.key.clone().or_else(|| message.name.clone());
            let label = name.unwrap_or_else(|| format!("{id} reply"));
            let payload =
                message.payload.map_or(Type::Any, |id| self.schemas.payload(id, &label, message.name.as_deref()));
            let payload = self.travelling(message, payload);
            let described = message.headers.filter(|id| !self.is_only_id(*id, repeated));
            let headers = described.map(|id| self.schemas.headers(id, &label));
            let content_type = self.document.content_type(message).map(str::to_owned);
            Answer { at: message.at.clone(), label, payload, content_type, headers }
        });
        answers.collect()
    }

    /// Whether headers hold the correlation id and nothing else: it is repeated, so nobody needs to give it.
    fn is_only_id(&self, headers: SchemaId, repeated: Option<&Correlation>) -> bool {
        let Some(Correlation { location: Location::Header(id), .. }) = repeated else { return false };
        let described = merge::flat_of(&self.document.schemas, headers);
        described.is_some_and(|described| {
            let names = described.properties.iter().map(|(name, _)| name).chain(&described.required);
            !described.properties.is_empty() && names.into_iter().all(|name| name.eq_ignore_ascii_case(id))
        })
    }

    /// One type for whatever may be answered; none where no message is.
    fn replied(&mut self, reply: &document::Reply, id: &str, answers: &[Answer]) -> Option<Type> {
        let first = &answers.first()?.payload;
        if answers.iter().all(|answer| answer.payload == *first) {
            return Some(first.clone());
        }
        let messages: Vec<&document::Message> = reply.messages.iter().map(|id| &self.document.messages[*id]).collect();
        if messages.iter().zip(answers).any(|(message, answer)| self.is_binary(message, &answer.payload)) {
            let mut seen = BTreeSet::new();
            let variants = answers.iter().filter(|answer| seen.insert(&answer.at)).map(|answer| {
                let (at, label, ty) = (answer.at.clone(), Label::plain(answer.label.clone()), answer.payload.clone());
                Variant { at, label, ty, tag_values: Vec::new(), kinds: Vec::new() }
            });
            return Some(self.schemas.mixed(&reply.at, &format!("{id} reply"), variants.collect()));
        }
        let several: Vec<Joined> = (messages.iter().zip(answers))
            .map(|(message, answer)| {
                let (at, label, ty) = (answer.at.clone(), answer.label.clone(), answer.payload.clone());
                Joined { at, label, schema: message.payload, ty }
            })
            .collect();
        Some(self.schemas.operation(&reply.at, &format!("{id} reply"), &several))
    }
}

/// Headers that all messages have alike are typed; of others the message decides, which only the handler knows.
fn headers(answers: &[Answer]) -> ReplyHeaders {
    let Some(first) = answers.iter().find_map(|answer| answer.headers.as_ref()) else { return ReplyHeaders::Nothing };
    let are_alike = answers.iter().all(|answer| answer.headers.as_ref() == Some(first));
    if are_alike { ReplyHeaders::Typed(first.clone()) } else { ReplyHeaders::Any }
}
