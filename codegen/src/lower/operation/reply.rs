//! What is answered to an operation: by the handler on one side, to the requester on the other.

use super::{Reader, content_type, correlation};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{self, Address, Location};
use crate::ir::{Direction, Reply, Type};
use crate::lower::schema::Joined;

impl Reader<'_, '_> {
    /// The reply, and where it goes; a handler must know that, and a requester may leave it to the transport.
    pub(super) fn reply(
        &mut self,
        operation: &document::Operation,
        reply: &document::Reply,
        direction: Direction,
        id: &str,
    ) -> Option<Reply> {
        let payload = self.replied(reply, id)?;
        let is_fixed = |index: &usize| matches!(&self.document.channels[*index].address, Address::Known(address) if !address.contains('{'));
        let channel = reply.channel.filter(is_fixed);
        if direction == Direction::Incoming && reply.address.is_none() && channel.is_none() {
            let message = "the document does not say where to reply, so the handler does not reply";
            let diagnostic = Diagnostic::new(Severity::Warning, &reply.at, message).at_key();
            self.diagnostics.push(diagnostic.with_cure("give the reply an `address`, or a channel with a fixed one"));
            return None;
        }
        self.report_headers(reply);
        let mut content_types =
            reply.messages.iter().map(|id| content_type(self.document, &self.document.messages[*id]));
        let first = content_types.next().flatten();
        let content_type = first.filter(|first| content_types.all(|other| other == Some(*first))).map(str::to_owned);
        Some(Reply {
            payload,
            content_type,
            address: reply.address.clone(),
            channel,
            repeated: correlation::repeated(self.document, operation, reply),
            asked: correlation::asked(self.document, operation),
            answered: correlation::answered(self.document, reply),
        })
    }

    /// What replies is a payload, and the correlation id where it belongs: other headers have nowhere to come from.
    fn report_headers(&self, reply: &document::Reply) {
        for id in &reply.messages {
            let message = &self.document.messages[*id];
            let Some(headers) = message.headers.and_then(|id| self.document.schemas.keywords(id)) else { continue };
            let is_given =
                |name: &str| matches!(&message.correlation, Some(Location::Header(header)) if header == name);
            let Some(lost) = headers.required.iter().find(|name| !is_given(name)) else { continue };
            let message = format!("a reply is a payload, so nobody can give it the header `{lost}`");
            let diagnostic = Diagnostic::new(Severity::Warning, &headers.at, message);
            self.diagnostics.push(diagnostic.with_cure("leave it out of `required`, or put it into the payload"));
        }
    }

    /// One type for whatever may be answered; none where no message is.
    fn replied(&mut self, reply: &document::Reply, id: &str) -> Option<Type> {
        let mut joined = Vec::new();
        for message_id in &reply.messages {
            let message = &self.document.messages[*message_id];
            let name = message.key.clone().or_else(|| message.name.clone());
            let label = name.unwrap_or_else(|| format!("{id} reply"));
            let ty = message.payload.map_or(Type::Any, |id| self.schemas.payload(id, &label, message.name.as_deref()));
            let ty = self.travelling(message, ty);
            joined.push((message, label, ty));
        }
        let (_, _, ty) = joined.first()?;
        if joined.iter().all(|(_, _, other)| other == ty) {
            return Some(ty.clone());
        }
        if joined.iter().any(|(message, _, ty)| self.is_binary(message, ty)) {
            return Some(Type::Bytes);
        }
        let several: Option<Vec<Joined>> = (joined.iter())
            .map(|(message, label, ty)| {
                let (at, label, ty) = (message.at.clone(), label.clone(), ty.clone());
                Some(Joined { at, label, schema: message.payload?, ty })
            })
            .collect();
        Some(several.map_or(Type::Any, |joined| self.schemas.operation(&reply.at, &format!("{id} reply"), &joined)))
    }
}
