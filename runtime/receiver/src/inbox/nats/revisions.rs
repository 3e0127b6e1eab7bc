//! The newest revision of each resource that was handled: a stream with one message a resource.
//!
//! It is what a bucket of keys and values is, too, but read from the server that leads the stream: a bucket lets any of
//! the servers answer, and one that lags behind would tell a gap where there is none.

use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use asyncapi_runtime::Freshness;
use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};

use super::{Nats, SILENCE, stream, unavailable, with_timeout};
use crate::inbox::{Delivery, InboxError, Revision};

/// A leased event's resource, and what was known of it then.
#[derive(Clone)]
pub(super) struct Resource {
    subject: String,
    revision: Revision,
    known: Option<RevisionCache>,
}

/// The newest revision, and the number of the message that says so; 0 where there is none.
#[derive(Clone, Copy, Default)]
struct RevisionCache {
    newest: Option<i64>,
    sequence: u64,
}

impl Resource {
    fn of(name: &str, delivery: &Delivery) -> Option<Self> {
        let (key, revision) = (delivery.key()?, delivery.revision()?);
        // A key may hold what a subject may not.
        let token = encode_string(&Sha256::digest(key.as_str().as_bytes()));
        Some(Self { subject: stream::revision_subject(name, &token), revision, known: None })
    }
}

impl Nats {
    /// How an event stands to those of its resource that were handled. Where that cannot be read it is not known, and
    /// the event is handled all the same.
    pub(super) async fn look_up(&self, delivery: &Delivery) -> (Option<Resource>, Freshness) {
        let Some(mut resource) = Resource::of(&self.name, delivery) else {
            return (None, Freshness::Unknown);
        };
        match self.newest_of(&resource.subject).await {
            Ok(known) => {
                resource.known = Some(known);
                let freshness = resource.revision.freshness(known.newest);
                (Some(resource), freshness)
            }
            Err(error) => {
                tracing::warn!(%error, "revisions could not be read, so the freshness of an event is not known");
                (Some(resource), Freshness::Unknown)
            }
        }
    }

    /// Writes down that this revision was handled, unless a newer one was.
    pub(super) async fn note(&self, resource: &Resource) -> Result<(), InboxError> {
        let Resource { subject, revision, known } = resource;
        let mut known = match known {
            Some(known) => *known,
            None => self.newest_of(subject).await?,
        };
        while known.newest.is_none_or(|newest| newest < revision.number) {
            let mut headers = async_nats::HeaderMap::new();
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, known.sequence.to_string());
            let number = revision.number.to_string();
            let sent = self.context.publish_with_headers(subject.clone(), headers, number.into());
            let sent = with_timeout(SILENCE, async { sent.await.map_err(unavailable) }).await?;
            match with_timeout(SILENCE, async { Ok(sent.await) }).await? {
                Ok(_) => return Ok(()),
                // Another worker has handled one since, whose lease was over.
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {
                    known = self.newest_of(subject).await?;
                }
                Err(error) => return Err(unavailable(error)),
            }
        }
        Ok(())
    }

    async fn newest_of(&self, subject: &str) -> Result<RevisionCache, InboxError> {
        let message = with_timeout(SILENCE, stream::last(&self.revisions, subject));
        Ok(message.await?.map_or_else(RevisionCache::default, |message| {
            let newest = std::str::from_utf8(&message.payload).ok().and_then(|text| text.parse().ok());
            RevisionCache { newest, sequence: message.sequence }
        }))
    }
}
