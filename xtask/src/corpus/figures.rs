//! Figures that may only improve. A file in the repository holds them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::Failure;
use super::summary::{Summary, total};

/// Whether a smaller or a greater figure is better.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Better {
    Less,
    More,
    /// The figure identifies the corpus, so it must stay the same.
    Neither,
}

/// A figure: its name in the file, which direction is better, and its present value, if it was measured.
type Figure = (&'static str, Better, fn(&Summary) -> Option<u64>);

const FIGURES: [Figure; 9] = [
    ("documents", Better::Neither, |summary| number(summary.documents.all())),
    ("valid_refused", Better::Less, |summary| number(summary.refused.valid)),
    ("invalid_generated", Better::More, |summary| number(summary.generated.invalid)),
    ("unknown_generated", Better::More, |summary| number(summary.generated.unknown)),
    ("panics", Better::Less, |summary| number(summary.panicked.all())),
    ("failing_modules", Better::Less, |summary| number(summary.compiled.as_ref()?.failing_modules)),
    ("rustc_warnings", Better::Less, |summary| number(total(&summary.compiled.as_ref()?.rustc_warnings))),
    ("clippy_warnings", Better::Less, |summary| number(total(&summary.compiled.as_ref()?.clippy_warnings))),
    ("typed_per_ten_thousand", Better::More, |summary| {
        let nodes = summary.schema_nodes.as_ref()?;
        (nodes.typed * 10_000).checked_div(nodes.all)
    }),
];

fn number(count: usize) -> Option<u64> {
    u64::try_from(count).ok()
}

/// The contents of the file.
pub(crate) struct Figures {
    path: PathBuf,
    values: BTreeMap<String, u64>,
    update: bool,
}

impl Figures {
    /// Reads the file. If it is to be written, it may be missing.
    pub(crate) fn read(path: &Path, update: bool) -> Result<Self, Failure> {
        let mut figures = BTreeMap::new();
        if path.exists() || !update {
            let text = fs::read_to_string(path);
            let text = text.map_err(|cause| Failure::Call(format!("cannot read {}: {cause}", path.display())))?;
            figures = serde_json::from_str(&text)
                .map_err(|cause| Failure::Call(format!("{} does not contain figures: {cause}", path.display())))?;
        }
        if let Some(name) = figures.keys().find(|name| FIGURES.iter().all(|(known, ..)| known != name)) {
            return Err(Failure::Call(format!("{} contains `{name}`, which is no figure", path.display())));
        }
        Ok(Self { path: path.to_owned(), values: figures, update })
    }

    /// Compares the result with the figures and prints the differences. False if a figure is worse.
    pub(crate) fn compare(mut self, summary: &Summary) -> Result<bool, Failure> {
        let (mut worse, mut better) = (Vec::new(), Vec::new());
        for (name, direction, measure) in FIGURES {
            let Some(now) = measure(summary) else { continue };
            match self.values.insert(name.to_owned(), now) {
                Some(was) if was == now => {}
                Some(was) if direction.is_worse(was, now) => worse.push(format!("  {name}: {now}, and it was {was}")),
                Some(was) => better.push(format!("  {name}: {now}, and it was {was}")),
                None => better.push(format!("  {name}: {now}, for the first time")),
            }
        }
        let path = self.path.display();
        if !better.is_empty() {
            eprintln!("better than {path}:\n{}", better.join("\n"));
        }
        if !worse.is_empty() {
            eprintln!("worse than {path}:\n{}", worse.join("\n"));
            eprintln!("find the reason; if the change is intended, edit the file and give the reason in the commit");
            return Ok(false);
        }
        if self.update && !better.is_empty() {
            self.write()?;
        } else if !better.is_empty() {
            eprintln!("--update writes them");
        }
        Ok(true)
    }

    /// In the order of [`FIGURES`].
    fn write(&self) -> Result<(), Failure> {
        let entry = |(name, ..): &Figure| Some(format!("  {name:?}: {}", self.values.get(*name)?));
        let entries: Vec<String> = FIGURES.iter().filter_map(entry).collect();
        fs::write(&self.path, format!("{{\n{}\n}}\n", entries.join(",\n"))).map_err(Failure::at("write", &self.path))
    }
}

impl Better {
    /// For two different figures.
    fn is_worse(self, was: u64, now: u64) -> bool {
        match self {
            Self::Less => now > was,
            Self::More => now < was,
            Self::Neither => true,
        }
    }
}
