//! Items with very many members are laid out in parts, so that none of them stands in memory as a whole: each part is the
//! item with some of the members in it, between two marks, and in the item itself a mark stands for all of them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::Item;

/// What is laid out, in the order of the file.
pub(crate) enum Piece {
    /// An item. Members that came before it take the places of the marks in it.
    Item(Item),
    /// Some members of the item that is next, in its outline, and which of its marks stands for them.
    Members(Item, usize),
}

/// A member that stands for others of its kind.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    Variant,
    Field,
    Arm,
    /// A method, or an item of a module.
    Item,
    Statement,
    /// An element of an array.
    Element,
    /// An argument of a function.
    Argument,
    /// A field of a value.
    Value,
}

/// So long that nothing stands in one line with it: what is laid out in parts has a line for each member.
const NAME: &str =
    "members_of_an_item_that_has_so_many_that_they_are_laid_out_in_parts_of_some_at_a_time_and_not_together";

/// More members than this never stand in one line.
const MOST_IN_LINE: usize = 50;

impl Mark {
    pub(crate) fn tokens(self) -> TokenStream {
        let name = Ident::new(NAME, Span::call_site());
        match self {
            Self::Variant | Self::Element | Self::Value => quote!(#name,),
            Self::Field | Self::Argument => quote!(#name: (),),
            Self::Arm => quote!(#name => {}),
            Self::Item | Self::Statement => quote!(#name! {}),
        }
    }

    /// Of so many members and fewer it is not certain that they have a line each.
    pub(crate) fn most_in_line(self) -> usize {
        match self {
            Self::Variant | Self::Field | Self::Arm | Self::Item | Self::Statement => 0,
            Self::Element | Self::Argument | Self::Value => MOST_IN_LINE,
        }
    }

    pub(super) fn is_item(item: &Item) -> bool {
        matches!(item, Item::Macro(item) if item.mac.path.is_ident(NAME))
    }

    pub(super) fn is_line(line: &str) -> bool {
        line.len() > NAME.len() && line.trim_start().starts_with(NAME)
    }
}

/// The lines of the members that one mark stands for.
#[derive(Default)]
pub(super) struct Members {
    pub(super) text: String,
    /// Whether a blank line belongs below the last of them, if anything is.
    is_apart: bool,
}

impl Members {
    /// Adds those that stand between the marks of a part.
    pub(super) fn add<'a>(&mut self, part: impl Iterator<Item = &'a str>) {
        let between = part.skip_while(|line| !Mark::is_line(line)).skip(1).take_while(|line| !Mark::is_line(line));
        let lines: Vec<&str> = between.collect();
        let (is_apart_above, lines) = lines.strip_prefix(&[""]).map_or((false, &lines[..]), |lines| (true, lines));
        let (is_apart_below, lines) = lines.strip_suffix(&[""]).map_or((false, lines), |lines| (true, lines));
        if !self.text.is_empty() && (self.is_apart || is_apart_above) {
            self.text.push('\n');
        }
        for line in lines {
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.is_apart = is_apart_below;
    }
}
