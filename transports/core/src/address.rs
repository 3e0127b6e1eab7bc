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
    /// The smallest number of levels that `levels` stands for: 0 or 1.
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
/// assert_eq!(reports.channel("lamps.hall.reports").as_deref(), Some("lamps.hall.reports"));
/// assert_eq!(reports.channel("lamps.hall.commands"), None);
///
/// // A wildcard in the document is part of the channel. The parameters are those of the message.
/// let all = Address::parse("sites/{site}/#", WildcardSyntax::MQTT);
/// assert_eq!(all.wildcard(), "sites/+/#");
/// assert_eq!(all.channel("sites/north/lamps/hall").as_deref(), Some("sites/north/#"));
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

    /// Whether the address has parameters.
    #[must_use]
    pub fn has_parameters(&self) -> bool {
        self.levels.iter().any(|level| matches!(level, Level::Parameters(_)))
    }

    /// Whether the document itself writes a wildcard into the address.
    #[must_use]
    pub fn has_wildcards(&self) -> bool {
        self.levels.iter().any(|level| matches!(level, Level::Single | Level::Several))
    }

    /// The channel of a message with this address: the address, with the document's wildcards in place of what they
    /// stand for. `None` if the message belongs to another channel.
    #[must_use]
    pub fn channel(&self, address: &str) -> Option<String> {
        let words: Vec<&str> = address.split(self.syntax.separator).collect();
        let mut channel = Vec::new();
        self.match_levels(&self.levels, &words, &mut channel).then(|| channel.join(&self.syntax.separator.to_string()))
    }

    fn match_levels<'a>(&self, levels: &[Level], words: &[&'a str], channel: &mut Vec<&'a str>) -> bool {
        let Some((level, levels)) = levels.split_first() else { return words.is_empty() };
        let length = channel.len();
        if *level == Level::Several {
            channel.push(self.syntax.levels);
            return (self.syntax.fewest_levels..=words.len()).any(|taken| {
                channel.truncate(length + 1);
                self.match_levels(levels, &words[taken..], channel)
            });
        }
        let Some((word, words)) = words.split_first() else { return false };
        channel.push(if *level == Level::Single { self.syntax.level } else { word });
        level.matches(word) && self.match_levels(levels, words, channel)
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
        wildcards.retain(|wildcard| {
            !patterns.iter().any(|(other, pattern)| other != wildcard && pattern.channel(wildcard).is_some())
        });
        let mut seen = std::collections::BTreeSet::new();
        wildcards.retain(|wildcard| seen.insert(wildcard.clone()));
        wildcards
    }

    /// The channel of a message with this address, and whether the channel has parameters; `None` if the document does
    /// not contain the address. A channel without wildcards is preferred.
    #[must_use]
    pub fn channel(&self, address: &str) -> Option<(String, bool)> {
        let find = |wildcards: bool| {
            let mut candidates = self.0.iter().filter(|candidate| candidate.has_wildcards() == wildcards);
            candidates.find_map(|candidate| Some((candidate.channel(address)?, candidate.has_parameters())))
        };
        find(false).or_else(|| find(true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_becomes_a_wildcard_and_matches_one_level() {
        let address = Address::parse("orders/{customer}/lamp-{id}.{part}", WildcardSyntax::MQTT);
        assert_eq!(address.wildcard(), "orders/+/+");
        assert_eq!(address.channel("orders/ada/lamp-7.x").as_deref(), Some("orders/ada/lamp-7.x"));
        for other in ["orders/ada/lamp-7", "orders//lamp-7.x", "orders/ada/bulb-7.x", "orders/ada/x/lamp-7.x"] {
            assert_eq!(address.channel(other), None, "{other}");
        }
    }

    #[test]
    fn wildcards_of_the_document_stay_in_the_channel() {
        let address = Address::parse("sites.{site}.>", WildcardSyntax::NATS);
        assert_eq!(address.channel("sites.north.lamps.hall").as_deref(), Some("sites.north.>"));
        assert_eq!(address.channel("sites.north"), None, "`>` stands for at least one level");
        let address = Address::parse("#.{kind}", WildcardSyntax::AMQP);
        assert_eq!(address.channel("a.b.c").as_deref(), Some("#.c"));
        assert_eq!(address.channel("c").as_deref(), Some("#.c"), "`#` stands for no level too");
    }

    #[test]
    fn an_address_within_another_is_not_subscribed_to_twice() {
        let texts = ["d.{kind}", "d.{door}", "d.front", "e.*.>", "e.{x}.y"];
        let addresses = Addresses::parse(texts, WildcardSyntax::NATS);
        assert_eq!(addresses.wildcards(), ["d.*", "e.*.>"]);
        assert_eq!(addresses.channel("d.front"), Some(("d.front".to_owned(), true)));
        assert_eq!(addresses.channel("e.a.y"), Some(("e.a.y".to_owned(), true)), "the channel without wildcards");
        assert_eq!(addresses.channel("e.a.z"), Some(("e.*.>".to_owned(), false)));
        assert_eq!(addresses.channel("f"), None);
    }
}
