//! The modules to compile: one for each document and perspective. Equal modules are compiled once.

use std::collections::BTreeMap;

use super::crates;
use super::documents::Document;
use super::generate::{DocumentResult, Outcome};

/// The greatest size of the code of a crate, in bytes. It limits rustc's memory.
const SHARD_BYTES: usize = 2 << 20;

/// One module.
pub(crate) struct Module<'a> {
    /// Contains the index of the document in the corpus, so it does not depend on which other documents generate.
    pub(crate) name: String,
    /// The path in the sources of the shard, with `/` between the steps.
    pub(crate) file: String,
    pub(crate) shard: usize,
    /// The label of the perspective.
    pub(crate) label: &'static str,
    pub(crate) text: &'a str,
    /// The indices of the documents that give this module. The first one gives it its name.
    pub(crate) documents: Vec<usize>,
}

impl Module<'_> {
    /// The path of the file in messages of rustc.
    pub(crate) fn path(&self) -> String {
        format!("{}/src/{}", crates::name(self.shard), self.file)
    }
}

/// The different modules of a corpus.
pub(crate) struct Modules<'a> {
    pub(crate) all: Vec<Module<'a>>,
    pub(crate) shards: usize,
}

/// Collects the modules and distributes them over the shards.
pub(crate) fn modules<'a>(documents: &[Document], results: &'a [DocumentResult]) -> Modules<'a> {
    let mut all: Vec<Module<'a>> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, (document, result)) in documents.iter().zip(results).enumerate() {
        for (label, outcome) in &result.outcomes {
            let Outcome::Code { text, .. } = outcome else { continue };
            let known = *seen.entry(body(text)).or_insert(all.len());
            match all.get_mut(known) {
                Some(module) if module.documents.last() == Some(&index) => {}
                Some(module) => module.documents.push(index),
                None => all.push(Module {
                    name: format!("d{index:04}_{label}"),
                    file: format!("{}.{label}.rs", document.path),
                    shard: 0,
                    label,
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

/// A power of two, so a growing corpus rarely moves modules to other crates, and at least two, for two processors.
fn shards(bytes: usize) -> usize {
    bytes.div_ceil(SHARD_BYTES).next_power_of_two().max(2)
}

/// The text without its first line, which contains the name of the document.
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
    fn equal_modules_are_compiled_once() {
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
