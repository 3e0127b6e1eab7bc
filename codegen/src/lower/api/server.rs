//! Servers: a URL template and its variables.

use std::collections::BTreeSet;

use super::channel::template_segments;
use crate::document;
use crate::ir::{Docs, EnumValue, Server, Variable};
use crate::lower::docs::docs;

pub(in crate::lower) fn lower_server(server: &document::Server) -> Server {
    let mut names = BTreeSet::new();
    template_segments(&server.url, |name| {
        names.insert(name.to_owned());
        0
    });
    let is_used = |variable: &&document::Variable| names.contains(&variable.key);
    let mut variables: Vec<Variable> = server.variables.iter().filter(is_used).map(lower_variable).collect();
    let url = template_segments(&server.url, |name| {
        let known = variables.iter().position(|variable| variable.key == name);
        // A variable that the document does not describe takes any text.
        known.unwrap_or_else(|| {
            let at = server.at.join("url");
            let (key, values) = (name.to_owned(), Vec::new());
            variables.push(Variable { at, key, default: None, values, docs: Docs::default() });
            variables.len() - 1
        })
    });
    Server { at: server.at.clone(), key: server.key.clone(), url, variables, docs: docs(&server.docs) }
}

fn lower_variable(variable: &document::Variable) -> Variable {
    Variable {
        at: variable.at.clone(),
        key: variable.key.clone(),
        default: variable.default.clone(),
        values: enum_values(variable),
        docs: docs(&variable.docs),
    }
}

/// The values of the variable's `enum`, without duplicates.
fn enum_values(variable: &document::Variable) -> Vec<EnumValue> {
    let at = variable.at.join("enum");
    let mut values: Vec<EnumValue> = Vec::new();
    for (index, value) in variable.values.iter().enumerate() {
        if !values.iter().any(|known| known.value == *value) {
            values.push(EnumValue::from_text(at.join(&index.to_string()), value));
        }
    }
    values
}
