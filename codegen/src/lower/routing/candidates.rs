//! The messages that an event of one address may be, each as one operation receives it.

use std::collections::{BTreeSet, HashMap};

use super::RoutingContext;
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::MessageId;
use crate::ir::Candidate;
use crate::location::Location;

/// A message of the document, as one operation receives it.
#[derive(Clone, Copy, Debug)]
pub(super) struct CandidateMessage {
    pub(super) of: Candidate,
    pub(super) message: MessageId,
}

/// The messages of one address, each once. Where several operations receive the very same one, nothing can tell whose
/// an event is: it is that of the operation which receives the fewest, as it is made for them, and then of the first.
pub(super) fn contenders(apis: &RoutingContext<'_>, operations: &[usize]) -> Vec<CandidateMessage> {
    let mut owners: HashMap<&Location, usize> = HashMap::new();
    let messages = |operation: usize| apis.operations[operation].messages.len();
    for operation in operations {
        for carried in &apis.operations[*operation].messages {
            let owner = owners.entry(&carried.at).or_insert(*operation);
            if messages(*operation) < messages(*owner) {
                *owner = *operation;
            }
        }
    }
    let mut found: Vec<CandidateMessage> = Vec::new();
    let mut seen: BTreeSet<MessageId> = BTreeSet::new();
    for operation in operations {
        let Some(source) = apis.sources.get(&apis.operations[*operation].at) else { continue };
        let mut lost: Vec<(usize, usize)> = Vec::new();
        let carried = apis.operations[*operation].messages.iter().zip(&source.messages).enumerate();
        for (index, (carried, message)) in carried {
            let owner = owners[&carried.at];
            if owner != *operation {
                lost.push((carried.event, owner));
            } else if seen.insert(*message) {
                found.push(CandidateMessage {
                    of: Candidate { operation: *operation, message: index },
                    message: *message,
                });
            }
        }
        warn_unreachable(apis, *operation, &lost);
    }
    found
}

/// What an operation receives in the document, and never will here.
fn warn_unreachable(apis: &RoutingContext<'_>, operation: usize, lost: &[(usize, usize)]) {
    let Some((_, owner)) = lost.first() else { return };
    let (operation, owner) = (&apis.operations[operation], &apis.operations[*owner]);
    let names: Vec<String> = lost.iter().map(|(event, _)| format!("`{}`", apis.events[*event].name)).collect();
    let what = match &names[..] {
        all if all.len() == operation.messages.len() => "nothing reaches this operation".to_owned(),
        [only] => format!("{only} never reaches this operation"),
        several => format!("{} never reach this operation", several.join(", ")),
    };
    let message = format!("{what}: `{}` receives the same at the same address", owner.id);
    let cure = "give each operation messages of its own, or choose the operations";
    let diagnostic = Diagnostic::new(Severity::Warning, &operation.at, message).at_key();
    apis.diagnostics.push(diagnostic.with_help(cure).with_option("operations", &[]));
}
