//! Items as they are made: an outline, and the members that stand in it. There may be thousands of them, so each is made
//! only when its turn comes, and where there are very many they are handed on in parts.

use std::cell::Cell;
use std::{iter, mem};

use proc_macro2::TokenStream;
use quote::ToTokens;

use crate::format::Mark;

/// An item that is not made yet.
pub(super) struct Draft<'a> {
    members: Vec<Members<'a>>,
    outline: Box<Outline<'a>>,
}

/// The item, of what stands in its places.
type Outline<'a> = dyn Fn(&[Filled]) -> TokenStream + 'a;

/// What stands in one place of an outline, which takes it without a copy.
#[derive(Default)]
pub(super) struct Filled(Cell<Vec<TokenStream>>);

impl ToTokens for Filled {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.take());
    }
}

/// Members that stand together in an item, each with what ends it.
pub(super) struct Members<'a> {
    mark: Mark,
    each: Box<dyn Iterator<Item = TokenStream> + 'a>,
}

impl<'a> Members<'a> {
    pub(super) fn of(mark: Mark, each: impl Iterator<Item = TokenStream> + 'a) -> Self {
        Self { mark, each: Box::new(each) }
    }
}

impl<'a> Draft<'a> {
    /// An item of members, and of what stands around them.
    pub(super) fn of<const PLACES: usize>(
        members: [Members<'a>; PLACES],
        outline: impl Fn(&[Filled; PLACES]) -> TokenStream + 'a,
    ) -> Self {
        let outline = move |members: &[Filled]| members.try_into().map(&outline).unwrap_or_default();
        Self { members: members.into(), outline: Box::new(outline) }
    }

    /// The tokens of the item. Where there are more than so many members in one place, marks stand for them, and all of
    /// them are handed on before, so many at a time, in the outline, with the number of their mark.
    pub(super) fn made(self, most: usize, hand_on: &mut dyn FnMut(TokenStream, usize)) -> TokenStream {
        let mut places: Vec<Vec<TokenStream>> = Vec::new();
        let mut many = Vec::new();
        for (place, Members { mark, mut each }) in self.members.into_iter().enumerate() {
            let most = most.max(mark.most_in_line());
            let mut first: Vec<TokenStream> = each.by_ref().take(most.saturating_add(1)).collect();
            if first.len() > most {
                many.push((place, mark, mem::take(&mut first).into_iter().chain(each).peekable()));
            }
            places.push(first);
        }
        let outline = |places: Vec<Vec<TokenStream>>| {
            let filled: Vec<Filled> = places.into_iter().map(|members| Filled(Cell::new(members))).collect();
            (self.outline)(&filled)
        };
        for (number, (place, mark, each)) in many.iter_mut().enumerate() {
            while each.peek().is_some() {
                let some = each.by_ref().take(most);
                let mut places = places.clone();
                places[*place] = iter::once(mark.tokens()).chain(some).chain([mark.tokens()]).collect();
                hand_on(outline(places), number);
            }
        }
        for (place, mark, _) in many {
            places[place] = vec![mark.tokens()];
        }
        outline(places)
    }
}

impl From<TokenStream> for Draft<'_> {
    fn from(whole: TokenStream) -> Self {
        let whole = Cell::new(whole);
        Self { members: Vec::new(), outline: Box::new(move |_| whole.take()) }
    }
}

#[cfg(all(test, feature = "toml"))]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::emit::look::MOST_MEMBERS;
    use crate::{Config, Source};

    #[test]
    fn what_is_made_in_parts_reads_as_if_it_were_whole() {
        assert_eq!(MOST_MEMBERS, 1, "all items are made in parts here, and few where the fixtures are compared");
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures");
        let mut compared = 0;
        for fixture in fs::read_dir(fixtures).expect("the fixtures are there").flatten() {
            let read = |name: &str| fs::read_to_string(fixture.path().join(name));
            let files = fs::read_dir(fixture.path()).expect("a directory").flatten();
            let are_all = files.map(|file| file.file_name()).all(|name| FILES.iter().any(|known| name == *known));
            let (true, Ok(expected)) = (are_all, read("expected.rs")) else { continue };
            let source = Source::new("input.yaml", read("input.yaml").expect("every fixture has an input"));
            let config = Config::from_toml("asyncapi.toml", &read("asyncapi.toml").unwrap_or_default());
            let output = config.and_then(|config| config.generate(&source)).expect("it is expected to generate");
            let (name, pairs) = (fixture.file_name(), output.code().lines().zip(expected.lines()));
            assert_eq!(pairs.clone().find(|(made, expected)| made != expected), None, "{}", name.display());
            assert_eq!(output.code(), expected, "{}", name.display());
            compared += 1;
        }
        assert!(compared > 80, "only {compared} fixtures were compared");
    }

    /// Those of a document that refers to no other.
    const FILES: [&str; 4] = ["input.yaml", "asyncapi.toml", "expected.rs", "expected.err"];
}
