//! What is compiled: a module for each document and perspective, and only one where several came out the same.

use std::collections::BTreeMap;

use super::crates;
use super::documents::Document;
use super::generate::{DocumentResult, Outcome};

/// How much code one crate may hold. It bounds rustc's memory; a crate at a time is compiled by each processor.
const BYTES_OF_A_SHARD: usize = 2 << 20;

/// One module.
pub(crate) struct Module<'a> {
    /// By the document's place in the corpus, so that it stays when another document begins to generate.
    pub(crate) name: String,
    /// Below the sources of its shard, with `/` between the parts.
    pub(crate) file: String,
    pub(crate) shard: usize,
    /// The perspective's word.
    pub(crate) word: &'static str,
    pub(crate) text: &'a str,
    /// The documents that it came from, by index, the first of which gave it its name.
    pub(crate) documents: Vec<usize>,
}

impl Module<'_> {
    /// The file, as rustc names it.
    pub(crate) fn path(&self) -> String {
        format!("{}/src/{}", crates::name(self.shard), self.file)
    }
}

/// The modules of a corpus, each distinct one once.
pub(crate) struct Modules<'a> {
    pub(crate) all: Vec<Module<'a>>,
    pub(crate) shards: usize,
}

/// Gathers them, and spreads them over the shards.
pub(crate) fn modules<'a>(documents: &[Document], results: &'a [DocumentResult]) -> Modules<'a> {
    let mut all: Vec<Module<'a>> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (document, result)) in documents.iter().zip(results).enumerate() {
        for (word, outcome) in &result.outcomes {
            let Outcome::Code { text, .. } = outcome else { continue };
            let known = *seen.entry(body(text)).or_insert(all.len());
            match all.get_mut(known) {
                Some(module) if module.documents.last() == Some(&index) => {}
                Some(module) => module.documents.push(index),
                None => all.push(Module {
                    name: format!("d{index:04}_{word}"),
                    file: format!("{}.{word}.rs", document.path),
                    shard: 0,
                    word,
                    text,
                    documents: vec![index],
                }),
            }
        }
    }
    let shards = shards(all.iter().map(|module| module.text.len()).sum());
    for module in &mut all {
        module.shard = module.documents.first().map_or(0, |document| document % shards);
    }
    Modules { all, shards }
}

/// A power of two, so that a corpus that grows does not move every module to another crate, and at least two, so that
/// two processors have something to do.
fn shards(bytes: usize) -> usize {
    bytes.div_ceil(BYTES_OF_A_SHARD).next_power_of_two().max(2)
}

/// The text without its first line, which names the document.
fn body(text: &str) -> &str {
    if text.starts_with("//") { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use asyncapi_codegen::Coverage;

    use super::super::manifest::Validity;
    use super::{Document, DocumentResult, Outcome, modules, shards};

    fn document(path: &str) -> Document {
        Document { path: path.to_owned(), file: path.into(), root: ".".into(), validity: Validity::Valid }
    }

    fn result(client: &str, application: &str) -> DocumentResult {
        let code = |text: &str| Outcome::Code { text: text.to_owned(), warnings: 0, coverage: Coverage::default() };
        DocumentResult {
            outcomes: [("client", code(client)), ("application", code(application))],
            time: Duration::ZERO,
        }
    }

    #[test]
    fn what_came_out_the_same_is_compiled_once() {
        let documents = [document("a.yaml"), document("b/c.yaml")];
        let results = [result("// a\nX", "// a\nX"), result("// c\nX", "// c\nY")];
        let modules = modules(&documents, &results);
        let seen: Vec<_> = modules.all.iter().map(|module| (module.file.as_str(), module.documents.clone())).collect();
        assert_eq!(seen, [("a.yaml.client.rs", vec![0, 1]), ("b/c.yaml.application.rs", vec![1])]);
    }

    #[test]
    fn shards_grow_by_doubling() {
        assert_eq!([0, 5 << 20, 9 << 20].map(shards), [2, 4, 8]);
    }
}
