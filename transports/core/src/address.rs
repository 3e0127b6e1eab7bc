//! Addresses of a document, as wildcards of a protocol and back.

/// The wildcards of a protocol.
///
/// A parameter of an address becomes the wildcard for one level, because no broker knows parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WildcardSyntax {
    /// The character between two levels of an address.
    pub separator: char,
    /// The wildcard for exactly one level.
    pub level: &'static str,
    /// The wildcard for several levels.
    pub levels: &'static str,
    /// The smallest number of levels that `levels` matches: 0 or 1.
    pub fewest_levels: usize,
}

impl WildcardSyntax {
    /// Subjects of NATS: `lamps.*.reports`, `lamps.>`.
    pub const NATS: Self = Self { separator: '.', level: "*", levels: ">", fewest_levels: 1 };
    /// Topics of MQTT: `lamps/+/reports`, `lamps/#`.
    pub const MQTT: Self = Self { separator: '/', level: "+", levels: "#", fewest_levels: 0 };
    /// Binding keys of a topic exchange of AMQP 0-9-1: `lamps.*.reports`, `lamps.#`.
    pub const AMQP: Self = Self { separator: '.', level: "*", levels: "#", fewest_levels: 0 };
}

/// An address of a document, with parameters in braces and with the wildcards of a protocol.
///
/// ```
/// use asyncapi_transport::{Address, WildcardSyntax};
///
/// let reports = Address::parse("lamps.{lamp}.reports", WildcardSyntax::NATS);
/// assert_eq!(reports.wildcard(), "lamps.*.reports");
/// assert!(reports.matches("lamps.hall.reports"));
/// assert!(!reports.matches("lamps.hall.commands"));
///
/// // A wildcard in the document stays one.
/// let all = Address::parse("sites/{site}/#", WildcardSyntax::MQTT);
/// assert_eq!(all.wildcard(), "sites/+/#");
/// assert!(all.matches("sites/north/lamps/hall"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    syntax: WildcardSyntax,
    levels: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Level {
    Text(String),
    /// The texts before, between and after the parameters, at least two.
    Parameters(Vec<String>),
    Single,
    Several,
}

impl Address {
    /// Parses an address. Every text is one.
    #[must_use]
    pub fn parse(address: &str, syntax: WildcardSyntax) -> Self {
        let levels = address.split(syntax.separator).map(|level| match level {
            level if level == syntax.level => Level::Single,
            level if level == syntax.levels => Level::Several,
            level => match texts_around_parameters(level) {
                texts if texts.len() == 1 => Level::Text(level.to_owned()),
                texts => Level::Parameters(texts),
            },
        });
        Self { syntax, levels: levels.collect() }
    }

    /// The address in the syntax of the protocol: each level with a parameter is the wildcard for one level.
    #[must_use]
    pub fn wildcard(&self) -> String {
        let levels = self.levels.iter().map(|level| match level {
            Level::Text(text) => text,
            Level::Parameters(_) | Level::Single => self.syntax.level,
            Level::Several => self.syntax.levels,
        });
        levels.collect::<Vec<_>>().join(&self.syntax.separator.to_string())
    }

    /// Whether messages with different addresses belong to this channel: it has parameters or wildcards.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.levels.iter().any(|level| !matches!(level, Level::Text(_)))
    }

    /// Whether a message with this address belongs to this channel.
    #[must_use]
    pub fn matches(&self, address: &str) -> bool {
        let words: Vec<&str> = address.split(self.syntax.separator).collect();
        self.matches_levels(&self.levels, &words)
    }

    fn matches_levels(&self, levels: &[Level], words: &[&str]) -> bool {
        let Some((level, levels)) = levels.split_first() else { return words.is_empty() };
        if *level == Level::Several {
            return (self.syntax.fewest_levels..=words.len()).any(|taken| self.matches_levels(levels, &words[taken..]));
        }
        let Some((word, words)) = words.split_first() else { return false };
        level.matches(word) && self.matches_levels(levels, words)
    }
}

impl Level {
    fn matches(&self, word: &str) -> bool {
        match self {
            Self::Text(text) => text == word,
            Self::Parameters(texts) => matches_texts(texts, word),
            Self::Single | Self::Several => true,
        }
    }
}

/// The texts around the parameters of a level: `lamp-` and an empty text of `lamp-{id}`. A brace without its partner is
/// text.
fn texts_around_parameters(level: &str) -> Vec<String> {
    let mut texts = vec![String::new()];
    let mut rest = level;
    while let Some((before, after)) = rest.split_once('{')
        && let Some((_, after)) = after.split_once('}')
    {
        if let Some(last) = texts.last_mut() {
            last.push_str(before);
        }
        texts.push(String::new());
        rest = after;
    }
    if let Some(last) = texts.last_mut() {
        last.push_str(rest);
    }
    texts
}

/// Whether a word consists of these texts in this order, with at least one character between two of them.
fn matches_texts(texts: &[String], word: &str) -> bool {
    let [first, others @ ..] = texts else { return word.is_empty() };
    let Some(rest) = word.strip_prefix(first.as_str()) else { return false };
    if others.is_empty() {
        return rest.is_empty();
    }
    // Each end of the parameter is tried.
    rest.char_indices().any(|(index, sign)| matches_texts(others, &rest[index + sign.len_utf8()..]))
}

/// The addresses that a consumer subscribes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses(Vec<Address>);

impl Addresses {
    /// The addresses of these texts of a document.
    pub fn parse<'a>(addresses: impl IntoIterator<Item = &'a str>, syntax: WildcardSyntax) -> Self {
        Self(addresses.into_iter().map(|address| Address::parse(address, syntax)).collect())
    }

    /// Each address in the syntax of the protocol, without repetitions, in the order of the document. An address that
    /// another one contains is left out, because some brokers deliver the message twice then, and others refuse it.
    #[must_use]
    pub fn wildcards(&self) -> Vec<String> {
        let mut wildcards: Vec<String> = self.0.iter().map(Address::wildcard).collect();
        let patterns: Vec<(String, Address)> = self
            .0
            .iter()
            .map(|address| (address.wildcard(), Address::parse(&address.wildcard(), address.syntax)))
            .collect();
        wildcards
            .retain(|wildcard| !patterns.iter().any(|(other, pattern)| other != wildcard && pattern.matches(wildcard)));
        let mut seen = std::collections::BTreeSet::new();
        wildcards.retain(|wildcard| seen.insert(wildcard.clone()));
        wildcards
    }

    /// The address that a message with this address belongs to; `None` if the document does not contain it.
    #[must_use]
    pub fn find(&self, address: &str) -> Option<&Address> {
        self.0.iter().find(|candidate| candidate.matches(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_becomes_a_wildcard_and_matches_one_level() {
        let address = Address::parse("orders/{customer}/lamp-{id}.{part}", WildcardSyntax::MQTT);
        assert_eq!(address.wildcard(), "orders/+/+");
        assert!(address.matches("orders/ada/lamp-7.x"));
        for other in ["orders/ada/lamp-7", "orders//lamp-7.x", "orders/ada/bulb-7.x", "orders/ada/x/lamp-7.x"] {
            assert!(!address.matches(other), "{other}");
        }
    }

    #[test]
    fn wildcards_of_the_document_match_as_many_levels_as_in_the_protocol() {
        let address = Address::parse("sites.{site}.>", WildcardSyntax::NATS);
        assert!(address.matches("sites.north.lamps.hall"));
        assert!(!address.matches("sites.north"), "`>` matches at least one level");
        let address = Address::parse("#.{kind}", WildcardSyntax::AMQP);
        assert!(address.matches("a.b.c"));
        assert!(address.matches("c"), "`#` matches no level too");
    }

    #[test]
    fn an_address_within_another_is_not_subscribed_to_twice() {
        let texts = ["d.{kind}", "d.{door}", "d.front", "e.*.>", "e.{x}.y"];
        let addresses = Addresses::parse(texts, WildcardSyntax::NATS);
        assert_eq!(addresses.wildcards(), ["d.*", "e.*.>"]);
        let found = |address: &str| addresses.find(address).map(Address::wildcard);
        assert_eq!(found("d.front").as_deref(), Some("d.*"));
        assert_eq!(found("e.a.z").as_deref(), Some("e.*.>"));
        assert_eq!(found("f"), None);
        assert!(addresses.find("d.front").is_some_and(Address::is_pattern));
    }
}
