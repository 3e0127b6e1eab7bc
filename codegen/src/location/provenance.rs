//! Where nodes were before overlays were applied.
//!
//! All stages use the location after the overlays, because names and references depend on it. Only diagnostics use the
//! original location: in an overlay, or at another index of a list that has lost items.

use std::collections::BTreeMap;

use super::{FileId, Location};

/// The origins of nodes in files that overlays have changed. Nodes of other files have not moved.
#[derive(Debug, Default)]
pub(crate) struct Origins(pub(crate) BTreeMap<FileId, Origin>);

impl Origins {
    /// The original location of the node that is now at `place`.
    pub(crate) fn find(&self, place: &Location) -> Location {
        self.0.get(&place.file).map_or_else(|| place.clone(), |origin| origin.find(place))
    }
}

/// The original location of a node, and of the nodes below it that come from elsewhere.
#[derive(Debug)]
pub(crate) struct Origin {
    place: Location,
    below: BTreeMap<String, Origin>,
}

impl Origin {
    /// A node that was at `place`, with everything below it.
    pub(crate) fn new(place: Location) -> Self {
        Self { place, below: BTreeMap::new() }
    }

    fn find(&self, place: &Location) -> Location {
        let mut origin = self;
        let mut steps = place.pointer.steps();
        while let Some(step) = steps.next() {
            match origin.below.get(&step) {
                Some(child) => origin = child,
                None => return steps.fold(origin.place.join(&step), |place, step| place.join(&step)),
            }
        }
        origin.place.clone()
    }

    /// The origin of a child.
    pub(crate) fn child(&mut self, step: &str) -> &mut Self {
        let place = self.place.join(step);
        self.below.entry(step.to_owned()).or_insert_with(|| Self::new(place))
    }

    /// Records that a child was at `place`.
    pub(crate) fn put(&mut self, step: &str, place: Location) {
        self.below.insert(step.to_owned(), Self::new(place));
    }

    /// Records that an entry of a mapping was removed.
    pub(crate) fn remove_key(&mut self, key: &str) {
        self.below.remove(key);
    }

    /// Records that an item of a list was removed, so that the items after it have moved. `length` is the new length.
    pub(crate) fn remove_item(&mut self, index: usize, length: usize) {
        for index in index..length {
            let next = (index + 1).to_string();
            let moved = self.below.remove(&next).unwrap_or_else(|| Self::new(self.place.join(&next)));
            self.below.insert(index.to_string(), moved);
        }
        self.below.remove(&length.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::super::pointer::Pointer;
    use super::{BTreeMap, FileId, Location, Origin, Origins};

    fn place(file: usize, pointer: &str) -> Location {
        Location { file: FileId(file), pointer: Pointer::parse(pointer).unwrap_or_default() }
    }

    #[test]
    fn an_inserted_node_is_found_in_the_overlay() {
        let mut origin = Origin::new(Location::root());
        origin.child("info").put("title", place(1, "/actions/0/update/title"));
        let origins = Origins(BTreeMap::from([(FileId(0), origin)]));
        assert_eq!(origins.find(&place(0, "/info/title/a")), place(1, "/actions/0/update/title/a"));
        assert_eq!(origins.find(&place(0, "/info/version")), place(0, "/info/version"));
        assert_eq!(origins.find(&place(2, "/info/title")), place(2, "/info/title"));
    }

    #[test]
    fn items_after_a_removed_one_are_found_at_their_old_index() {
        let mut origin = Origin::new(Location::root());
        let list = origin.child("list");
        list.put("3", place(1, "/actions/0/update"));
        list.remove_item(1, 3);
        list.remove_item(0, 2);
        assert_eq!(origin.find(&place(0, "/list/0")), place(0, "/list/2"));
        assert_eq!(origin.find(&place(0, "/list/1")), place(1, "/actions/0/update"));
        assert_eq!(origin.find(&place(0, "/list/2")), place(0, "/list/2"));
    }
}
