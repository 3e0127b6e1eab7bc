//! The modules of the generator and of the receiver import only what `ARCHITECTURE.md` allows: its tables of layers are read here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files of one module that may import each other in a cycle. Recursive descents need this many.
const LARGEST_CYCLE: usize = 7;

/// The header of the generator's table. Its rows are in the order of the layers: each imports only what is above it.
const TABLE_HEADER: &str = "| module | holds | may import |";

/// The header of the receiver's table, which has the same columns.
const RECEIVER_TABLE_HEADER: &str = "| module of the receiver | holds | may import |";

/// A row of the table.
#[derive(Debug, PartialEq)]
struct Layer {
    module: String,
    /// `None` for `all`.
    may_import: Option<BTreeSet<String>>,
}

/// The source files of a crate: their paths below `src`, without `.rs`, and their texts.
type Files = BTreeMap<String, String>;

/// A path that a file names, from the root of the crate.
#[derive(Debug, PartialEq)]
struct Import {
    path: Vec<String>,
    /// Whether it is a `pub use` of any visibility.
    is_reexport: bool,
}

/// The rows of the table with this header.
fn layers(architecture: &str, header: &str) -> Vec<Layer> {
    let rows = architecture.lines().skip_while(|line| *line != header).skip(2);
    rows.take_while(|line| line.starts_with('|')).filter_map(layer).collect()
}

fn layer(row: &str) -> Option<Layer> {
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [module, _, may_import] = cells[..] else { return None };
    let names = may_import.split(',').map(|name| name.trim().trim_matches('`').to_owned());
    let may_import = match may_import {
        "all" => None,
        "nothing" => Some(BTreeSet::new()),
        _ => Some(names.collect()),
    };
    Some(Layer { module: module.trim_matches('`').to_owned(), may_import })
}

/// What is wrong with the imports of these files.
fn violations(files: &Files, layers: &[Layer]) -> Vec<String> {
    let imports: BTreeMap<&str, Vec<Import>> =
        files.iter().map(|(name, text)| (name.as_str(), imports_of(name, text))).collect();
    let mut found = rows_and_modules(files, layers);
    for (name, of_file) in &imports {
        let paths = of_file.iter().map(|import| defining_path(&imports, &import.path));
        found.extend(paths.filter_map(|path| forbidden_import(name, path, files, layers)));
    }
    found.extend(large_cycles(&file_graph(files, &imports)));
    found.sort();
    found.dedup();
    found
}

/// Modules without a row, and rows without a module.
fn rows_and_modules(files: &Files, layers: &[Layer]) -> Vec<String> {
    let modules: BTreeSet<&str> = files.keys().map(|name| top_module(name)).collect();
    let rows: BTreeSet<&str> = layers.iter().map(|layer| layer.module.as_str()).collect();
    let without_row = modules.difference(&rows).map(|module| format!("`{module}` is not in the table of layers"));
    let without_module =
        rows.difference(&modules).map(|row| format!("the table of layers has `{row}`, which is no module"));
    without_row.chain(without_module).collect()
}

fn forbidden_import(name: &str, path: &[String], files: &Files, layers: &[Layer]) -> Option<String> {
    let (from, to) = (top_module(name), path.first()?.as_str());
    let to = if files.keys().any(|file| top_module(file) == to) { to } else { "lib" };
    let position = |module: &str| layers.iter().position(|layer| layer.module == module);
    let (from_position, to_position) = (position(from)?, position(to)?);
    let is_listed = layers[from_position].may_import.as_ref().is_none_or(|allowed| allowed.contains(to));
    if from == to || (to_position < from_position && is_listed) {
        return None;
    }
    let reason = if to_position > from_position { "which is a higher layer" } else { "which its row does not list" };
    Some(format!("`{name}.rs` imports `{}` of `{to}`, {reason}", path.join("::")))
}

/// The path behind a name that `lib.rs` re-exports.
fn defining_path<'a>(imports: &'a BTreeMap<&str, Vec<Import>>, path: &'a [String]) -> &'a [String] {
    let of_lib = imports.get("lib").into_iter().flatten().filter(|import| import.is_reexport);
    let mut paths = of_lib.map(|import| import.path.as_slice());
    paths.find(|reexport| reexport.last() == path.first()).unwrap_or(path)
}

fn top_module(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

/// Every path that starts with `crate`, `self` or `super` in a file, outside comments and unit tests.
fn imports_of(name: &str, text: &str) -> Vec<Import> {
    let code = code_of(text);
    let here: Vec<String> = if name == "lib" { Vec::new() } else { name.split('/').map(str::to_owned).collect() };
    let mut imports = Vec::new();
    for root in ["crate", "self", "super"] {
        for (start, _) in code.match_indices(&format!("{root}::")) {
            let before = &code[..start];
            let is_part_of_path = before.ends_with(|sign: char| sign.is_alphanumeric() || sign == '_' || sign == ':');
            let is_visibility = before.ends_with("pub(in ");
            if is_part_of_path || is_visibility {
                continue;
            }
            let line = before.rsplit('\n').next().unwrap_or_default();
            let is_reexport = line.trim_start().starts_with("pub") && line.ends_with("use ");
            let mut paths = Vec::new();
            expand(&code[start..], &mut Vec::new(), &mut paths);
            imports.extend(paths.iter().map(|path| Import { path: absolute(&here, path), is_reexport }));
        }
    }
    imports
}

/// The text without comments, and without the unit tests at its end.
fn code_of(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or(text);
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

/// Collects the paths of a use tree, such as `a::{b, c::D}`, at the start of the text. Returns what follows the tree.
fn expand<'a>(text: &'a str, prefix: &mut Vec<String>, paths: &mut Vec<Vec<String>>) -> &'a str {
    let length = prefix.len();
    let mut rest = text.trim_start();
    loop {
        if let Some(mut inner) = rest.strip_prefix('{') {
            while !inner.trim_start().starts_with('}') && !inner.is_empty() {
                let after = expand(inner, prefix, paths).trim_start().trim_start_matches(',');
                inner = if after.len() < inner.len() { after } else { "" };
            }
            rest = inner.trim_start().strip_prefix('}').unwrap_or(inner);
            break;
        }
        let end = rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_' && sign != '*').unwrap_or(rest.len());
        prefix.push(rest[..end].to_owned());
        rest = &rest[end..];
        let Some(below) = rest.strip_prefix("::").filter(|below| !below.starts_with('<')) else {
            paths.push(prefix.clone());
            break;
        };
        rest = below.trim_start();
    }
    prefix.truncate(length);
    match rest.trim_start().strip_prefix("as ") {
        Some(alias) => alias.trim_start().trim_start_matches(|sign: char| sign.is_alphanumeric() || sign == '_'),
        None => rest,
    }
}

/// A path from the root of the crate.
fn absolute(here: &[String], path: &[String]) -> Vec<String> {
    let mut result: Vec<String> = Vec::new();
    for (index, segment) in path.iter().enumerate() {
        match segment.as_str() {
            "crate" => result.clear(),
            "self" if index == 0 => result = here.to_vec(),
            "super" if index == 0 => result = here[..here.len().saturating_sub(1)].to_vec(),
            "super" => _ = result.pop(),
            "self" => {}
            _ => result.push(segment.clone()),
        }
    }
    result
}

/// Which files each file uses. A name that a file re-exports counts as one of the file that defines it.
fn file_graph<'a>(files: &'a Files, imports: &BTreeMap<&'a str, Vec<Import>>) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let edges = |(name, of_file): (&&'a str, &Vec<Import>)| {
        let used = of_file.iter().filter(|import| !import.is_reexport || uses_reexport(&files[*name], &import.path));
        let targets = used.filter_map(|import| defining_file(files, imports, &import.path));
        (*name, targets.filter(|target| target != name).collect())
    };
    imports.iter().map(edges).collect()
}

/// Whether a file uses a name that it re-exports: the name occurs outside `pub use` items.
fn uses_reexport(text: &str, path: &[String]) -> bool {
    let code = code_of(text);
    let is_reexport = |item: &&str| {
        let last_line = item.trim_start().lines().find(|line| !line.starts_with("#["));
        last_line.is_some_and(|line| line.starts_with("pub") && line.contains(" use "))
    };
    let words = code.split(';').filter(|item| !is_reexport(item));
    let mut words = words.flat_map(|item| item.split(|sign: char| !sign.is_alphanumeric() && sign != '_'));
    path.last().is_some_and(|last| words.any(|word| word == last))
}

/// The file of the longest part of the path that is a module, or the file from which this one re-exports the name.
fn defining_file<'a>(files: &'a Files, imports: &BTreeMap<&'a str, Vec<Import>>, path: &[String]) -> Option<&'a str> {
    let path = defining_path(imports, path);
    let file = |length: usize| Some((length, files.get_key_value(&path[..length].join("/"))?.0.as_str()));
    let (length, file) = (1..=path.len()).rev().find_map(file)?;
    let Some(name) = path.get(length) else { return Some(file) };
    let reexport = imports[file].iter().find(|import| import.is_reexport && import.path.last() == Some(name));
    reexport.map_or(Some(file), |import| defining_file(files, imports, &import.path))
}

/// Cycles of more files than [`LARGEST_CYCLE`].
fn large_cycles(graph: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    let reachable: BTreeMap<&str, BTreeSet<&str>> =
        graph.keys().map(|file| (*file, reachable_from(graph, file))).collect();
    let cycle_of = |file: &str| -> BTreeSet<&str> {
        let others = reachable[file].iter().copied();
        others.filter(|other| reachable.get(other).is_some_and(|back| back.contains(file))).collect()
    };
    let cycles: BTreeSet<BTreeSet<&str>> = graph.keys().map(|file| cycle_of(file)).collect();
    let large = cycles.into_iter().filter(|cycle| cycle.len() > LARGEST_CYCLE);
    large
        .map(|cycle| {
            format!("{} files import each other in a cycle: {}", cycle.len(), Vec::from_iter(cycle).join(", "))
        })
        .collect()
}

fn reachable_from<'a>(graph: &BTreeMap<&'a str, BTreeSet<&'a str>>, start: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = graph.get(start).into_iter().flatten().copied().collect();
    while let Some(file) = open.pop() {
        if found.insert(file) {
            open.extend(graph.get(file).into_iter().flatten());
        }
    }
    found
}

fn read_files(directory: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(directory).expect("the sources are there").flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if path.is_dir() {
            read_files(&path, &format!("{prefix}{name}/"), files);
        } else if let Some(name) = name.strip_suffix(".rs") {
            let text = fs::read_to_string(&path).expect("a source is UTF-8");
            files.insert(format!("{prefix}{name}"), text);
        }
    }
}

fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.ancestors().find(|directory| directory.join("ARCHITECTURE.md").exists());
    root.expect("ARCHITECTURE.md is in the repository").to_owned()
}

fn sources(directory: &str) -> Files {
    let mut files = Files::new();
    read_files(&root().join(directory), "", &mut files);
    files
}

fn table(header: &str) -> Vec<Layer> {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is UTF-8");
    let layers = layers(&architecture, header);
    assert!(layers.len() > 10, "ARCHITECTURE.md has no table with the header `{header}`");
    layers
}

fn generator() -> (Files, Vec<Layer>) {
    (sources("codegen/src"), table(TABLE_HEADER))
}

#[test]
fn modules_import_only_lower_layers() {
    let (files, layers) = generator();
    let found = violations(&files, &layers);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn modules_of_the_receiver_import_only_lower_layers() {
    let found = violations(&sources("runtime/receiver/src"), &table(RECEIVER_TABLE_HEADER));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn modules_of_the_runtime_import_each_other_in_no_cycle() {
    let files = sources("runtime/src");
    let imports: BTreeMap<&str, Vec<Import>> =
        files.iter().map(|(name, text)| (name.as_str(), imports_of(name, text))).collect();
    let mut modules: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, used) in file_graph(&files, &imports) {
        let used = used.into_iter().map(top_module).filter(|module| *module != top_module(file));
        modules.entry(top_module(file)).or_default().extend(used);
    }
    let in_cycle = |module: &&&str| reachable_from(&modules, module).contains(**module);
    let found: Vec<&&str> = modules.keys().filter(in_cycle).collect();
    assert!(modules.len() > 10 && found.is_empty(), "{found:?}");
}

#[test]
fn an_import_of_a_higher_layer_is_found() {
    let (mut files, layers) = generator();
    let text = files.get_mut("location").expect("location.rs exists");
    text.insert_str(0, "use crate::{config::Config, emit};\n");
    let found = violations(&files, &layers);
    let expected = [
        "`location.rs` imports `config::Config` of `config`, which is a higher layer",
        "`location.rs` imports `emit` of `emit`, which is a higher layer",
    ];
    assert!(expected.iter().all(|line| found.iter().any(|found| found == line)), "{found:?}");
}

fn example(rows: &[(&str, &str)], files: &[(&str, &str)]) -> Vec<String> {
    let rows: Vec<String> = rows.iter().map(|(module, allowed)| format!("| `{module}` | - | {allowed} |")).collect();
    let table = format!("{TABLE_HEADER}\n|---|---|---|\n{}\n", rows.join("\n"));
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    violations(&files, &layers(&table, TABLE_HEADER))
}

#[test]
fn an_import_that_the_row_does_not_list_is_found() {
    let rows = [("a", "nothing"), ("b", "nothing"), ("c", "`a`")];
    let found = example(&rows, &[("a", ""), ("b", ""), ("c", "use crate::a::A;\nfn f() { crate::b::f() }")]);
    assert_eq!(found, ["`c.rs` imports `b::f` of `b`, which its row does not list"]);
}

#[test]
fn the_table_and_the_modules_must_agree() {
    let found = example(&[("a", "nothing"), ("b", "nothing")], &[("a", ""), ("c", "")]);
    assert_eq!(found, ["`c` is not in the table of layers", "the table of layers has `b`, which is no module"]);
}

#[test]
fn a_large_cycle_within_a_module_is_found() {
    let names: Vec<String> = (0..8).map(|index| format!("a/m{index}")).collect();
    let texts: Vec<String> =
        (0..8).map(|index| format!("use super::m{}::f;\nfn g() {{ f() }}", (index + 1) % 8)).collect();
    let pairs = |count: usize| -> Vec<(&str, &str)> {
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).take(count).chain([("a", "")]).collect()
    };
    assert_eq!(example(&[("a", "nothing")], &pairs(7)), Vec::<String>::new());
    assert_eq!(example(&[("a", "nothing")], &pairs(8)).len(), 1);
}
