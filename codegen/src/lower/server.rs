//! Servers: a URL template and its variables.

use std::collections::BTreeSet;

use super::{address_template, docs};
use crate::document;
use crate::ir::{Docs, EnumValue, Server, Variable};

pub(super) fn lower(server: &document::Server) -> Server {
    let mut names = BTreeSet::new();
    address_template::segments(&server.url, |name| {
        names.insert(name.to_owned());
        0
    });
    let used = |variable: &&document::Variable| names.contains(&variable.key);
    let mut variables: Vec<Variable> = server.variables.iter().filter(used).map(variable).collect();
    let url = address_template::segments(&server.url, |name| {
        let known = variables.iter().position(|variable| variable.key == name);
        // A variable that is nowhere described is a plain text of the caller's.
        known.unwrap_or_else(|| {
            let at = server.at.join("url");
            let (key, values) = (name.to_owned(), Vec::new());
            variables.push(Variable { at, key, default: None, values, docs: Docs::default() });
            variables.len() - 1
        })
    });
    Server { at: server.at.clone(), key: server.key.clone(), url, variables, docs: docs(&server.docs) }
}

fn variable(variable: &document::Variable) -> Variable {
    Variable {
        at: variable.at.clone(),
        key: variable.key.clone(),
        default: variable.default.clone(),
        values: values(variable),
        docs: docs(&variable.docs),
    }
}

/// Each value once, at the place of the first that says it.
fn values(variable: &document::Variable) -> Vec<EnumValue> {
    let at = variable.at.join("enum");
    let mut values: Vec<EnumValue> = Vec::new();
    for (index, value) in variable.values.iter().enumerate() {
        if !values.iter().any(|known| known.value == *value) {
            values.push(EnumValue::from_text(at.join(&index.to_string()), value));
        }
    }
    values
}
