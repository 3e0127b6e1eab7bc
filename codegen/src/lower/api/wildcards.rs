//! Wildcards in the addresses of brokers: `+` and `#` of MQTT, `*` and `#` of AMQP, `*` and `>` of NATS and Solace.
//!
//! ```yaml
//! servers: {broker: {protocol: mqtt, …}}
//! channels: {lamps/+/state: …}   # as if it was `lamps/{level_2}/state`
//! ```

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::document::{Channel, Document};
use crate::ir::Levels;

/// How the addresses of a protocol are written.
#[derive(Clone, Copy)]
struct Syntax {
    /// The protocols, as AsyncAPI names them. Secure variants and versions have a name that contains one of these.
    protocol: &'static str,
    separator: char,
    /// The level that matches any level.
    level: &'static str,
    /// The last level, which matches all further levels.
    levels: &'static str,
    /// Whether that level may also stand for no level.
    may_be_empty: bool,
}

const SYNTAXES: [Syntax; 4] = [
    Syntax { protocol: "mqtt", separator: '/', level: "+", levels: "#", may_be_empty: true },
    Syntax { protocol: "amqp", separator: '.', level: "*", levels: "#", may_be_empty: true },
    Syntax { protocol: "nats", separator: '.', level: "*", levels: ">", may_be_empty: false },
    Syntax { protocol: "solace", separator: '/', level: "*", levels: ">", may_be_empty: false },
];

/// An address with a name in braces instead of each wildcard for one level, and what follows it.
pub(super) struct Wildcards {
    pub(super) template: String,
    pub(super) levels: Option<Levels>,
}

/// The wildcards of an address. `None` if it has none, or if the protocol is not known, with a warning.
pub(super) fn find(
    document: &Document,
    channel: &Channel,
    address: &str,
    diagnostics: &Diagnostics,
) -> Option<Wildcards> {
    let servers = document.servers.iter().filter_map(|server| server.protocol.clone());
    let bindings = channel.bindings.values.iter().filter_map(|value| value.path.first().cloned());
    let protocols: Vec<String> = servers.chain(bindings).map(|protocol| protocol.to_ascii_lowercase()).collect();
    let syntaxes = SYNTAXES.iter().filter(|syntax| has_wildcards(**syntax, address));
    let is_used = |syntax: &&Syntax| protocols.iter().any(|protocol| protocol.contains(syntax.protocol));
    if let Some(syntax) = syntaxes.clone().find(is_used) {
        return Some(replace(*syntax, address));
    }
    if protocols.is_empty() && syntaxes.count() > 0 {
        let message =
            format!("`{address}` may have wildcards, but the protocol is not known, so it is compared as text");
        let diagnostic = Diagnostic::new(Severity::Warning, &channel.key_at, message).at_key();
        diagnostics
            .push(diagnostic.with_help("describe the server with its `protocol`, or write a parameter in braces"));
    }
    None
}

fn has_wildcards(syntax: Syntax, address: &str) -> bool {
    let mut levels = address.split(syntax.separator);
    let last = levels.next_back();
    last.is_some_and(|last| [syntax.level, syntax.levels].contains(&last)) || levels.any(|level| level == syntax.level)
}

fn replace(syntax: Syntax, address: &str) -> Wildcards {
    let mut levels: Vec<String> = address.split(syntax.separator).map(str::to_owned).collect();
    for (index, level) in levels.iter_mut().enumerate().filter(|(_, level)| *level == syntax.level) {
        *level = format!("{{level {}}}", index + 1);
    }
    let rest = levels.pop_if(|last| last == syntax.levels);
    let mut template = levels.join(&syntax.separator.to_string());
    let rest = rest.map(|_| match (syntax.may_be_empty, template.is_empty()) {
        (true, true) => Levels::Any,
        (true, false) => Levels::ZeroOrMore(syntax.separator),
        (false, is_alone) => {
            template.extend((!is_alone).then_some(syntax.separator));
            Levels::OneOrMore
        }
    });
    Wildcards { template, levels: rest }
}
