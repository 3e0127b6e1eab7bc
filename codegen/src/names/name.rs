//! The names of everything in the generated code.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use super::report::Named;
use super::reserved;
use crate::ir::{Candidate, TypeId};

/// A Rust identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name(pub(super) String);

impl Name {
    /// The name without the `r#` of a keyword, as serde sees it.
    pub(crate) fn plain(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let ident = if reserved::is_keyword(&self.0) {
            Ident::new_raw(&self.0, Span::call_site())
        } else {
            Ident::new(&self.0, Span::call_site())
        };
        ident.to_tokens(tokens);
    }
}

/// The names of everything in an [`Api`](crate::ir::Api), by the same indices.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) types: BTreeMap<TypeId, Name>,
    /// The fields of a struct, followed by the name of its map of additional properties; the variants of an enum or a
    /// union.
    pub(crate) members: BTreeMap<TypeId, Vec<Name>>,
    pub(crate) events: Vec<Name>,
    /// The functions that validate aliases: an alias has no methods.
    pub(crate) validators: BTreeMap<TypeId, Name>,
    /// The functions that read a correlation id, by the event that has one.
    pub(crate) correlations: BTreeMap<usize, Name>,
    /// The constants of the examples of each event.
    pub(crate) examples: Vec<Vec<Name>>,
    pub(crate) operations: Vec<Name>,
    pub(crate) channels: Vec<Name>,
    /// The functions that select an event by the shape of its payload, by their candidates.
    pub(crate) shape_match_fns: HashMap<Vec<Candidate>, Name>,
    /// The parameters of each channel's address.
    pub(crate) parameters: Vec<Vec<Name>>,
    pub(crate) servers: Vec<Name>,
    /// The variables of each server.
    pub(crate) variables: Vec<Vec<Name>>,
    /// The enums of server variables with listed values, by server and variable.
    pub(crate) variable_enums: BTreeMap<(usize, usize), ServerVariableNames>,
    /// The module of each object that has bindings, and the constants in it.
    pub(crate) bindings: Vec<(Name, Vec<Name>)>,
    /// All names with the places that they belong to.
    pub(crate) report: Vec<Named>,
}

/// The names of the enum of a server variable.
#[derive(Debug)]
pub(crate) struct ServerVariableNames {
    pub(crate) name: Name,
    pub(crate) variants: Vec<Name>,
}
