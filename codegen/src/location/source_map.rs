//! Lines and columns of nodes, for diagnostics.
//!
//! The document is parsed without positions. When there are diagnostics, the text is parsed once more, by a parser that
//! reports positions. One pass finds the nodes of all diagnostics.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

use super::pointer::Pointer;

/// A position in a text. Both numbers begin at 1. The column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The part of a mapping entry that a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EntryPart {
    Key,
    Value,
}

/// The positions of some nodes of one text: [`Self::request`] them, [`Self::find`] them, then ask for each.
#[derive(Debug, Default)]
pub(crate) struct Positions {
    root: PositionQuery,
}

/// A requested node, or an ancestor of one.
#[derive(Debug, Default)]
struct PositionQuery {
    key: Option<Position>,
    value: Option<Position>,
    below: BTreeMap<String, PositionQuery>,
}

impl Positions {
    /// Adds a node whose position is needed.
    pub(crate) fn request(&mut self, pointer: &Pointer) {
        let mut node = &mut self.root;
        for step in pointer.steps() {
            node = node.below.entry(step).or_default();
        }
    }

    /// Parses the text. Nodes before a syntax error are found.
    pub(crate) fn find(&mut self, text: &str) {
        let mut reader = EventReader { parser: Parser::new_from_str(text), lines: text.lines().collect() };
        while let Some((event, span)) = reader.next() {
            if !matches!(event, Event::StreamStart | Event::DocumentStart(_)) {
                reader.visit(&event, span, &mut self.root);
                return;
            }
        }
    }

    /// The position of the node at `pointer`, or of its nearest ancestor in the text: a node from a merge key or an
    /// alias is not in the text at its pointer.
    pub(crate) fn position(&self, pointer: &Pointer, part: EntryPart) -> Option<Position> {
        let mut node = &self.root;
        let mut nearest = node.value;
        for step in pointer.steps() {
            match node.below.get(&step) {
                Some(below) if below.value.is_some() => node = below,
                _ => return nearest,
            }
            nearest = node.value;
        }
        match part {
            EntryPart::Key => node.key.or(nearest),
            EntryPart::Value => nearest,
        }
    }
}

/// The parser events of a text, until its end or its first syntax error.
struct EventReader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    lines: Vec<&'a str>,
}

impl<'a> EventReader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Span)> {
        self.parser.next_event()?.ok()
    }

    /// Visits the node that begins with this event, and the requested nodes below it.
    fn visit(&mut self, event: &Event<'_>, span: Span, requested: &mut PositionQuery) {
        requested.value.get_or_insert_with(|| self.start(event, span));
        match event {
            Event::MappingStart(..) => self.visit_entries(requested),
            Event::SequenceStart(..) => self.visit_items(requested),
            _ => {}
        }
    }

    fn visit_entries(&mut self, requested: &mut PositionQuery) {
        while let Some((key, key_span)) = self.next() {
            let below = match &key {
                Event::MappingEnd => return,
                Event::Scalar(text, ..) => requested.below.get_mut(text.as_ref()),
                _ => {
                    self.skip(&key);
                    None
                }
            };
            let Some((value, span)) = self.next() else { return };
            match below {
                Some(below) => {
                    below.key.get_or_insert(position(key_span));
                    self.visit(&value, span, below);
                }
                None => self.skip(&value),
            }
        }
    }

    fn visit_items(&mut self, requested: &mut PositionQuery) {
        let mut index = 0_usize;
        while let Some((item, span)) = self.next() {
            if item == Event::SequenceEnd {
                return;
            }
            match requested.below.get_mut(&index.to_string()) {
                Some(below) => self.visit(&item, span, below),
                None => self.skip(&item),
            }
            index += 1;
        }
    }

    /// Where a value begins: at the `|` or `>` of a block scalar, and after the colon if the value is empty.
    fn start(&self, event: &Event<'_>, span: Span) -> Position {
        let start = position(span);
        match event {
            Event::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded, ..) => {
                let mut above = (1..=start.line).rev().filter_map(|line| Some((line, self.lines.get(line - 1)?)));
                let sign = above.find_map(|(line, text)| Some(Position { line, column: block_indicator(text)? }));
                sign.unwrap_or(start)
            }
            Event::Scalar(text, ScalarStyle::Plain, ..) if text.is_empty() => {
                Position { column: start.column + 1, ..start }
            }
            _ => start,
        }
    }

    /// Skips the node that begins with this event.
    fn skip(&mut self, event: &Event<'_>) {
        let mut open = depth(event);
        while open > 0 {
            let Some((event, _)) = self.next() else { return };
            open += depth(&event);
        }
    }
}

/// The change of the nesting depth.
fn depth(event: &Event<'_>) -> isize {
    match event {
        Event::MappingStart(..) | Event::SequenceStart(..) => 1,
        Event::MappingEnd | Event::SequenceEnd => -1,
        _ => 0,
    }
}

/// The column of the `|` or `>` at the end of a line, before its indicators (`>-`, `|2`) and a comment.
fn block_indicator(line: &str) -> Option<usize> {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let line = line.trim_end_matches(|sign: char| sign.is_ascii_digit() || matches!(sign, '+' | '-'));
    line.ends_with(['|', '>']).then(|| line.chars().count())
}

fn position(span: Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

#[cfg(test)]
mod tests {
    use super::{EntryPart, Pointer, Position, Positions};

    const TEXT: &str = "info:\n  title: Orders\nlist:\n  - a\n  - key: b\nflow: {x: [1, 2]}\n\
                        base: &base {deep: {a: 1}}\nalias: *base\nmerged:\n  <<: *base\n  own: 2\nlast:\n\
                        text: >-  # folded\n\n  words\n";

    fn at(pointer: &str, part: EntryPart) -> Option<(usize, usize)> {
        let pointer = Pointer::parse(pointer)?;
        let mut positions = Positions::default();
        positions.request(&pointer);
        positions.find(TEXT);
        positions.position(&pointer, part).map(|Position { line, column }| (line, column))
    }

    #[test]
    fn values_and_keys_are_found_in_blocks_and_flows() {
        assert_eq!(at("/info/title", EntryPart::Value), Some((2, 10)));
        assert_eq!(at("/info/title", EntryPart::Key), Some((2, 3)));
        assert_eq!(at("/info", EntryPart::Value), Some((2, 3)));
        assert_eq!(at("/list/1/key", EntryPart::Key), Some((5, 5)));
        assert_eq!(at("/flow/x", EntryPart::Value), Some((6, 11)));
        assert_eq!(at("/flow/x/1", EntryPart::Value), Some((6, 15)));
        assert_eq!(at("/last", EntryPart::Value), Some((12, 6)));
        assert_eq!(at("/text", EntryPart::Value), Some((13, 7)));
    }

    #[test]
    fn a_missing_node_has_the_position_of_its_nearest_ancestor() {
        assert_eq!(at("/info/version", EntryPart::Value), at("/info", EntryPart::Value));
        assert_eq!(at("/info/version/deep", EntryPart::Key), at("/info", EntryPart::Value));
        assert_eq!(at("/merged/deep/a", EntryPart::Value), Some((10, 3)));
        assert_eq!(at("/alias/deep/a", EntryPart::Value), Some((8, 8)));
    }

    #[test]
    fn nodes_before_a_syntax_error_are_found() {
        let pointers = ["/a", "/b", "/c"].map(|text| Pointer::parse(text).unwrap());
        let mut positions = Positions::default();
        for pointer in &pointers {
            positions.request(pointer);
        }
        positions.find("a: 1\nb: 2\nc: \"\\q\"\n");
        let lines = pointers.map(|pointer| positions.position(&pointer, EntryPart::Key).map(|position| position.line));
        assert_eq!(lines, [Some(1), Some(2), Some(1)]);
    }
}
