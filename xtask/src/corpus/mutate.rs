//! Changes documents of a corpus at random.
//!
//! If the generator refuses the changed document, the change is undone, so changes accumulate in documents that generate. A
//! seed determines one document: the same seed and the same corpus give the same document.

mod files;
mod operations;
mod places;
mod rng;
mod schemas;
mod vocabulary;

use std::fs;
use std::path::Path;

use asyncapi_codegen::{Config, Source};
use serde_yaml::Value;

use self::rng::Rng;
use super::Failure;
use super::documents::Document;
use super::generate;
use super::manifest::Validity;

/// The greatest number of changes of a document.
const MAX_CHANGES: usize = 60;

/// A random change of the files of a document. False if there is nothing to change.
type Change = fn(&mut Value, &mut Rng) -> bool;

/// The paths and texts of files. The document is the first.
type Texts = Vec<(String, String)>;

/// Writes `count` changed documents below the directory: one for each seed from `seed` on.
pub(crate) fn mutate(
    documents: &[Document],
    config: &Config,
    count: usize,
    seed: u64,
    directory: &Path,
) -> Result<Vec<Document>, Failure> {
    let known: Vec<(&Document, Value)> =
        documents.iter().filter_map(|document| Some((document, files::read_tree(document)?))).collect();
    if known.is_empty() {
        return Err(Failure::Call("no document of the corpus can be read".to_owned()));
    }
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(Failure::at("clean", directory))?;
    }
    let seeds = (seed..).take(count);
    seeds.map(|seed| mutate_one(&known, config, seed, directory)).collect()
}

fn mutate_one(known: &[(&Document, Value)], config: &Config, seed: u64, directory: &Path) -> Result<Document, Failure> {
    let mut rng = Rng::with_seed(seed);
    let (document, mut tree, mut texts) = pick_document(known, config, &mut rng);
    for _ in 0..=rng.below(MAX_CHANGES) {
        let mut changed = tree.clone();
        if change(&mut changed, &mut rng)
            && let Some(written) = accepted_texts(config, &changed)
        {
            (tree, texts) = (changed, written);
        }
    }
    let root = directory.join(format!("seed-{seed}"));
    for (path, text) in texts {
        let file = root.join(path);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, text));
        written.map_err(Failure::at("write", &file))?;
    }
    let file = root.join(&document.path);
    Ok(Document { path: format!("seed-{seed}/{}", document.path), file, root, validity: Validity::Unknown })
}

/// A document that generates. If many attempts find none, one that does not.
fn pick_document<'a>(known: &[(&'a Document, Value)], config: &Config, rng: &mut Rng) -> (&'a Document, Value, Texts) {
    let mut tries = 0..known.len();
    loop {
        let (document, tree) = rng.pick(known);
        match accepted_texts(config, tree) {
            None if tries.next().is_some() => {}
            texts => return (document, tree.clone(), texts.unwrap_or_default()),
        }
    }
}

/// The files of a document, unless the generator refuses it.
fn accepted_texts(config: &Config, tree: &Value) -> Option<Texts> {
    let texts = files::texts(tree)?;
    let ((name, text), others) = texts.split_first()?;
    let source = Source::new(name, text);
    let source = others.iter().fold(source, |source, (name, text)| source.with_file(name, text));
    (!generate::is_refused(&source, config)).then_some(texts)
}

fn change(tree: &mut Value, rng: &mut Rng) -> bool {
    let changes = if rng.chance(60) { schemas::CHANGES } else { operations::CHANGES };
    rng.any(changes).is_some_and(|change| change(tree, rng))
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::{Rng, operations, schemas};

    const DOCUMENT: &str = "
asyncapi: 3.0.0
info: {title: Lamps, version: '1'}
servers: {hall: {host: localhost, protocol: mqtt}}
channels:
  lamps: {address: 'lamps/{id}', messages: {switched: {$ref: '#/components/messages/switched'}}, parameters: {id: {}}}
operations:
  onSwitched: {action: send, channel: {$ref: '#/channels/lamps'}}
components:
  messages: {switched: {payload: {$ref: '#/components/schemas/Lamp'}}}
  schemas:
    Lamp: {type: object, properties: {lit: {type: boolean}, colour: {type: string, enum: [red, green]}}}
    Lamps: {type: array, items: {$ref: '#/components/schemas/Lamp'}}
";

    #[test]
    fn every_change_changes_a_document_and_repeats_itself() {
        let document: Value = serde_yaml::from_str(DOCUMENT).expect("the text is YAML");
        let root = Value::Mapping([("lamps.yaml".into(), document)].into_iter().collect());
        // Comparing texts finds changes of the order of keys.
        let text = |root: &Value| serde_yaml::to_string(root).expect("it is YAML");
        for (index, change) in schemas::CHANGES.iter().chain(operations::CHANGES).enumerate() {
            let changed = |seed| {
                let mut changed = root.clone();
                change(&mut changed, &mut Rng::with_seed(seed));
                text(&changed)
            };
            assert!((0..20).any(|seed| changed(seed) != text(&root)), "change {index} changes nothing");
            assert_eq!(changed(1), changed(1));
        }
    }
}
