//! The newest handled revision of each resource: a stream with one message per resource.
//!
//! A key-value bucket of NATS would have the same structure. But any server may answer for a bucket, and a server that
//! lags behind would cause the report of a gap that does not exist. Here the leader of the stream answers.

use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::context::PublishErrorKind;
use asyncapi_runtime::Freshness;
use base16ct::lower::encode_string;
use sha2::{Digest, Sha256};

use super::{Nats, SILENCE, stream, unavailable, with_timeout};
use crate::inbox::{Delivery, InboxError, Revision};

/// The resource of a leased event, and its newest revision at the time of the lease.
#[derive(Clone)]
pub(super) struct Resource {
    subject: String,
    revision: Revision,
    known: Option<RevisionCache>,
}

/// The newest revision, and the sequence number of the message that contains it; 0 if there is no message.
#[derive(Clone, Copy, Default)]
struct RevisionCache {
    newest: Option<i64>,
    sequence: u64,
}

impl Resource {
    fn of(name: &str, delivery: &Delivery) -> Option<Self> {
        let (key, revision) = (delivery.key()?, delivery.revision()?);
        // Hashed, because a key may contain characters that a subject must not contain.
        let token = encode_string(&Sha256::digest(key.as_str().as_bytes()));
        Some(Self { subject: stream::revision_subject(name, &token), revision, known: None })
    }
}

impl Nats {
    /// Compares the revision of an event with the newest handled revision of its resource. If that cannot be read, the
    /// freshness is `Unknown`, and the event is still handled.
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

    /// Stores that this revision was handled, unless a newer one was handled.
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
                // Another worker has stored a revision in the meantime: the lease of this worker had ended.
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
