//! Servers: a URL template and its variables.

use super::docs;
use crate::document;
use crate::ir::{Segment, Server, Variable};

pub(super) fn lower(server: &document::Server) -> Server {
    let used = |variable: &&document::Variable| server.url.contains(&format!("{{{}}}", variable.key));
    let mut variables: Vec<Variable> = server.variables.iter().filter(used).map(variable).collect();
    let url = segments(&server.url, &mut variables, server);
    Server { at: server.at.clone(), key: server.key.clone(), url, variables, docs: docs(&server.docs) }
}

fn variable(variable: &document::Variable) -> Variable {
    Variable {
        at: variable.at.clone(),
        key: variable.key.clone(),
        default: variable.default.clone(),
        values: variable.values.clone(),
        docs: docs(&variable.docs),
    }
}

/// Splits the template; a variable that is nowhere described is a plain text of the caller's.
fn segments(url: &str, variables: &mut Vec<Variable>, server: &document::Server) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut rest = url;
    while let Some((before, opened)) = rest.split_once('{') {
        let Some((name, after)) = opened.split_once('}') else { break };
        if !before.is_empty() {
            segments.push(Segment::Text(before.to_owned()));
        }
        let known = variables.iter().position(|variable| variable.key == name);
        let index = known.unwrap_or_else(|| {
            variables.push(Variable {
                at: server.at.join("url"),
                key: name.to_owned(),
                default: None,
                values: Vec::new(),
                docs: crate::ir::Docs::default(),
            });
            variables.len() - 1
        });
        segments.push(Segment::Variable(index));
        rest = after;
    }
    if !rest.is_empty() {
        segments.push(Segment::Text(rest.to_owned()));
    }
    segments
}
