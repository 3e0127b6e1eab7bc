//! Documents that nobody wrote: those of a corpus with changes at random, for what no author has thought of yet.
//!
//! A change that has the document refused is taken back, so that changes pile up in documents that generate. A seed makes
//! one document; the same seed over the same corpus makes it again.

mod dice;
mod files;
mod operations;
mod places;
mod schemas;
mod words;

use std::fs;
use std::path::Path;

use asyncapi_codegen::{Config, Source};
use serde_yaml::Value;

use self::dice::Dice;
use super::Failure;
use super::documents::Document;
use super::generate;
use super::manifest::Validity;

/// At most so many changes make a document.
const MOST_CHANGES: usize = 60;

/// A change of a document's files at random; whether it found a place.
type Change = fn(&mut Value, &mut Dice) -> bool;

/// Files with their paths, the document first.
type Texts = Vec<(String, String)>;

/// As many documents, by the seeds from the given one on, written below the directory.
pub(crate) fn mutate(
    documents: &[Document],
    config: &Config,
    count: usize,
    seed: u64,
    directory: &Path,
) -> Result<Vec<Document>, Failure> {
    let known: Vec<(&Document, Value)> =
        documents.iter().filter_map(|document| Some((document, files::read(document)?))).collect();
    if known.is_empty() {
        return Err(Failure::Call("no document of the corpus can be read".to_owned()));
    }
    if directory.exists() {
        fs::remove_dir_all(directory).map_err(Failure::at("clean", directory))?;
    }
    let seeds = (seed..).take(count);
    seeds.map(|seed| mutant(&known, config, seed, directory)).collect()
}

fn mutant(known: &[(&Document, Value)], config: &Config, seed: u64, directory: &Path) -> Result<Document, Failure> {
    let mut dice = Dice::seeded(seed);
    let (document, mut tree, mut texts) = whole(known, config, &mut dice);
    for _ in 0..=dice.below(MOST_CHANGES) {
        let mut changed = tree.clone();
        if change(&mut changed, &mut dice)
            && let Some(written) = accepted(config, &changed)
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

/// A document that generates before it is changed, or the last of many that do not.
fn whole<'a>(known: &[(&'a Document, Value)], config: &Config, dice: &mut Dice) -> (&'a Document, Value, Texts) {
    let mut tries = 0..known.len();
    loop {
        let (document, tree) = dice.pick(known);
        match accepted(config, tree) {
            None if tries.next().is_some() => {}
            texts => return (document, tree.clone(), texts.unwrap_or_default()),
        }
    }
}

/// The files of a document, unless it is refused.
fn accepted(config: &Config, tree: &Value) -> Option<Texts> {
    let texts = files::texts(tree)?;
    let ((name, text), others) = texts.split_first()?;
    let source = Source::new(name, text);
    let source = others.iter().fold(source, |source, (name, text)| source.with_file(name, text));
    (!generate::is_refused(&source, config)).then_some(texts)
}

fn change(tree: &mut Value, dice: &mut Dice) -> bool {
    let changes = if dice.chance(60) { schemas::CHANGES } else { operations::CHANGES };
    dice.any(changes).is_some_and(|change| change(tree, dice))
}

#[cfg(test)]
mod tests {
    use serde_yaml::Value;

    use super::{Dice, operations, schemas};

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
    fn every_change_finds_a_place_and_repeats_itself() {
        let document: Value = serde_yaml::from_str(DOCUMENT).expect("the text is YAML");
        let root = Value::Mapping([("lamps.yaml".into(), document)].into_iter().collect());
        // Objects are equal whatever their order.
        let text = |root: &Value| serde_yaml::to_string(root).expect("it is YAML");
        for (index, change) in schemas::CHANGES.iter().chain(operations::CHANGES).enumerate() {
            let changed = |seed| {
                let mut changed = root.clone();
                change(&mut changed, &mut Dice::seeded(seed));
                text(&changed)
            };
            assert!((0..20).any(|seed| changed(seed) != text(&root)), "change {index} changes nothing");
            assert_eq!(changed(1), changed(1));
        }
    }
}
