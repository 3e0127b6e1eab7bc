//! The documentation is true: the README's example is what the generator writes, every Rust example is an excerpt of
//! code that is compiled, every option is documented, and every link between the pages leads to a file, as does every
//! path in them.

use std::fs;
use std::path::{Path, PathBuf};

use asyncapi_codegen::{Config, Source};

/// Stands for omitted lines in the README's excerpts of generated code.
const OMISSION: &str = "// …";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files below a directory with this extension.
fn files_below(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let mut files = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() && !path.ends_with("target") {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|other| other == extension) {
            files.push(path);
        }
    }
    files
}

/// The content of the first fenced code block in this language.
fn code_block<'a>(page: &'a str, language: &str) -> &'a str {
    let fence = format!("```{language}\n");
    let (_, rest) = page.split_once(&fence).expect("the page has a block in this language");
    rest.split_once("```").expect("the block ends").0
}

#[test]
fn readme_example_is_what_the_generator_writes() {
    let readme = read(&root().join("README.md"));
    let source = Source::new("orders.yaml", code_block(&readme, "yaml"));
    let output = Config::new().generate(&source).expect("the document of the README generates");
    assert_eq!(output.report().to_string(), "", "the document of the README has warnings");
    for excerpt in code_block(&readme, "rust").split(OMISSION).map(str::trim) {
        assert!(output.code().contains(excerpt), "the generator does not write\n{excerpt}\nbut\n{}", output.code());
    }
}

#[test]
fn the_example_of_the_readme_is_a_package() {
    let document = read(&root().join("examples/orders/spec/orders.yaml"));
    assert_eq!(code_block(&read(&root().join("README.md")), "yaml"), document);
}

#[test]
fn rust_examples_are_excerpts_of_compiled_code() {
    let directories = ["codegen", "examples", "runtime", "src", "tests", "transports"].map(|name| root().join(name));
    let sources = directories.iter().flat_map(|directory| files_below(directory, "rs"));
    let compiled: Vec<String> = sources.map(|path| excerpts(&read(&path)).concat()).collect();
    let pages =
        ["codegen", "docs", "runtime", "transports"].iter().flat_map(|name| files_below(&root().join(name), "md"));
    let mut count = 0;
    for page in pages.chain([root().join("README.md")]) {
        for block in read(&page).split("```rust,ignore\n").skip(1) {
            let block = block.split("```").next().unwrap_or_default();
            for excerpt in excerpts(block) {
                let is_compiled = compiled.iter().any(|code| code.contains(&excerpt));
                assert!(is_compiled, "{}: no file that is compiled contains\n{excerpt}", page.display());
                count += 1;
            }
        }
    }
    assert!(count > 10, "only {count} excerpts were found");
}

/// The lines between the comments, without indentation. Lines of an example in a doc comment are lines too.
fn excerpts(code: &str) -> Vec<String> {
    let mut excerpts = vec![String::new()];
    for line in code.lines().map(str::trim) {
        let line = line.strip_prefix("//!").or_else(|| line.strip_prefix("///")).unwrap_or(line).trim();
        match excerpts.last_mut() {
            _ if line.starts_with("//") => excerpts.push(String::new()),
            Some(last) if !line.is_empty() && !line.starts_with("# ") => last.extend([line, "\n"]),
            _ => {}
        }
    }
    excerpts.retain(|excerpt| !excerpt.is_empty());
    excerpts
}

#[test]
fn options_page_has_a_line_for_every_option() {
    let page = read(&root().join("docs/options.md"));
    let options: Vec<String> = config_sources().iter().flat_map(|path| options_in(path)).collect();
    assert!(options.contains(&"rename".to_owned()), "the options were not found: {options:?}");
    let missing: Vec<_> = options.iter().filter(|option| !page.contains(&format!("| `{option}` |"))).collect();
    assert!(missing.is_empty(), "docs/options.md has no line for {missing:?}");
}

fn config_sources() -> Vec<PathBuf> {
    let source = root().join("codegen/src");
    let mut paths = files_below(&source.join("config"), "rs");
    paths.push(source.join("config.rs"));
    paths
}

/// The public methods of `Config` that take and return it, spelled as keys of `asyncapi.toml`.
fn options_in(path: &Path) -> Vec<String> {
    let file = syn::parse_file(&read(path)).expect("the source parses");
    let impls = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Impl(item) if item.trait_.is_none() && is_config(&item.self_ty) => Some(item.items),
        _ => None,
    });
    let options = impls.flatten().filter_map(|item| match item {
        syn::ImplItem::Fn(method) if is_option(&method) => Some(method.sig.ident.to_string().replace('_', "-")),
        _ => None,
    });
    options.collect()
}

fn is_config(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(ty) if ty.path.is_ident("Config"))
}

fn is_option(method: &syn::ImplItemFn) -> bool {
    let takes_self_by_value = matches!(
        method.sig.inputs.first(),
        Some(syn::FnArg::Receiver(receiver)) if matches!(receiver.kind, syn::ReceiverKind::Value)
    );
    matches!(method.vis, syn::Visibility::Public(_)) && takes_self_by_value
}

#[test]
fn every_link_between_pages_leads_to_a_file() {
    let mut pages = files_below(&root().join("docs"), "md");
    pages.extend(files_below(&root().join("benches"), "md"));
    let others = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
    pages.extend(others.map(|name| root().join(name)));
    let broken: Vec<String> = pages.iter().flat_map(|page| broken_links(page)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The directories of the workspace that pages mention paths in.
const DIRECTORIES: &[&str] =
    &["benches/", "cli/", "codegen/", "command/", "docs/", "examples/", "runtime/", "tests/", "xtask/"];

#[test]
fn every_path_in_a_page_exists() {
    let mut pages = files_below(&root().join("docs"), "md");
    pages.extend(["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name)));
    let missing: Vec<String> = pages.iter().flat_map(|page| missing_paths(page)).collect();
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// Text in backticks that begins with a directory of the workspace is a path from its root.
fn missing_paths(page: &Path) -> Vec<String> {
    let text = read(page);
    let paths = text.split('`').filter(|path| DIRECTORIES.iter().any(|directory| path.starts_with(directory)));
    paths
        .filter(|path| !path.contains(char::is_whitespace) && !root().join(path).exists())
        .map(|path| format!("{} mentions {path}, which does not exist", page.display()))
        .collect()
}

fn broken_links(page: &Path) -> Vec<String> {
    let directory = page.parent().expect("a file is in a directory");
    let text = read(page);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    let files = targets.filter(|target| !target.contains("://")).filter_map(|target| target.split('#').next());
    files
        .filter(|file| !directory.join(file).exists())
        .map(|file| format!("{} links to {file}, which does not exist", page.display()))
        .collect()
}
