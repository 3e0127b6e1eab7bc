//! Paths and URI references (RFC 3986): how they are resolved, decoded and made relative.

use std::path::{Component, Path, PathBuf};

use iri_string::resolve::FixedBaseResolver;
use iri_string::types::{IriAbsoluteStr, IriReferenceStr};

/// Whether a reference is a URL or another URI, not a path.
pub(crate) fn is_url(path: &str) -> bool {
    let scheme = path.split(':').next().unwrap_or_default();
    path.contains("://")
        || path.starts_with("//")
        || (scheme.len() > 1 && scheme.len() < path.len() && scheme.chars().all(char::is_alphanumeric))
}

/// Resolves a reference without a fragment against a base: a URL (RFC 3986, section 5.2) or a path. With another base,
/// such as a URN, the result is the reference itself.
pub(crate) fn resolve(base: &str, reference: &str) -> String {
    let relative = || if base.is_empty() { reference.to_owned() } else { resolve_path(base, reference) };
    if is_url(base) || is_url(reference) {
        resolve_url(base, reference).unwrap_or_else(|| reference.to_owned())
    } else {
        relative()
    }
}

fn resolve_url(base: &str, reference: &str) -> Option<String> {
    let base = base.contains("://").then(|| percent_encoded(base))?;
    let reference = percent_encoded(reference);
    let resolver = FixedBaseResolver::new(IriAbsoluteStr::new(&base).ok()?);
    Some(resolver.resolve(IriReferenceStr::new(&reference).ok()?).to_string())
}

/// Encodes the ASCII characters that a URI cannot contain.
fn percent_encoded(text: &str) -> String {
    let is_invalid = |sign: char| sign.is_ascii_control() || " \"<>\\^`{|}".contains(sign);
    text.chars().fold(String::new(), |result, sign| {
        if is_invalid(sign) { format!("{result}%{:02X}", u32::from(sign)) } else { format!("{result}{sign}") }
    })
}

/// Decodes percent escapes such as `%20`. `None` if an escape is malformed or the result is not UTF-8.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        if first == b'%' {
            let (digits, tail) = tail.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The last component of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Resolves a path in the file `base`, and removes `.` and `..` where possible. A base that ends with `/` is a
/// directory.
pub(crate) fn resolve_path(base: &str, path: &str) -> String {
    let directory = if base.ends_with('/') { Some(Path::new(base)) } else { Path::new(base).parent() };
    let mut result = directory.map(PathBuf::from).unwrap_or_default();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(result.components().next_back(), Some(Component::Normal(_))) => {
                result.pop();
            }
            part => result.push(part),
        }
    }
    result.display().to_string()
}

/// The path of `target` relative to the file `from`.
pub(crate) fn relative_path(target: &str, from: &str) -> String {
    let target: Vec<Component<'_>> = Path::new(target).components().collect();
    let directory: Vec<Component<'_>> =
        Path::new(from).parent().map(|path| path.components().collect()).unwrap_or_default();
    let shared = target.iter().zip(&directory).take_while(|(target, from)| target == from).count();
    let up = std::iter::repeat_n(Component::ParentDir, directory.len() - shared);
    let path: PathBuf = up.chain(target[shared..].iter().copied()).collect();
    path.display().to_string()
}

/// The deepest directory that contains both files.
pub(crate) fn shared_directory(one: &str, other: &str) -> String {
    let directory = |path: &str| Path::new(path).parent().map(Path::to_path_buf).unwrap_or_default();
    let (one, other) = (directory(one), directory(other));
    let shared = one.components().zip(other.components()).take_while(|(one, other)| one == other).count();
    let above = other.components().skip(shared).take_while(|part| *part == Component::ParentDir).count();
    let path: PathBuf = other.components().take(shared + above).collect();
    if path.as_os_str().is_empty() { ".".to_owned() } else { path.display().to_string() }
}

#[cfg(test)]
mod tests {
    use super::{is_url, percent_decoded, relative_path, resolve, resolve_path, shared_directory};

    /// Every example of RFC 3986, sections 5.4.1 and 5.4.2.
    const RFC_3986_EXAMPLES: [(&str, &str); 42] = [
        ("g:h", "g:h"),
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"),
        ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"),
        ("g;x", "http://a/b/c/g;x"),
        ("g;x?y#s", "http://a/b/c/g;x?y#s"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../", "http://a/"),
        ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"),
        ("../../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        (".g", "http://a/b/c/.g"),
        ("g..", "http://a/b/c/g.."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("./g/.", "http://a/b/c/g/"),
        ("g/./h", "http://a/b/c/g/h"),
        ("g/../h", "http://a/b/c/h"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("g#s/./x", "http://a/b/c/g#s/./x"),
        ("g#s/../x", "http://a/b/c/g#s/../x"),
        ("http:g", "http:g"),
    ];

    #[test]
    fn the_examples_of_rfc_3986_are_resolved() {
        for (reference, expected) in RFC_3986_EXAMPLES {
            assert_eq!(resolve("http://a/b/c/d;p?q", reference), expected, "{reference}");
        }
    }

    #[test]
    fn references_are_resolved_against_urls_and_paths() {
        let base = "http://example.com/a/b.json";
        let rows = [
            ("c.json", "http://example.com/a/c.json"),
            ("./c/d.json", "http://example.com/a/c/d.json"),
            ("../c.json", "http://example.com/c.json"),
            ("/c.json", "http://example.com/c.json"),
            ("//other.org/c", "http://other.org/c"),
            ("urn:uuid:1", "urn:uuid:1"),
            ("https://other.org/", "https://other.org/"),
            ("c d.json", "http://example.com/a/c%20d.json"),
        ];
        for (reference, expected) in rows {
            assert_eq!(resolve(base, reference), expected);
        }
        assert_eq!(resolve("", "c.json"), "c.json");
        assert_eq!(resolve("urn:uuid:1", "c.json"), "c.json");
        assert_eq!(resolve("/schemas/order", "address"), "/schemas/address");
        assert_eq!(resolve("folder/", "c.json"), "folder/c.json");
        assert_eq!(resolve("order.json", "c.json"), "c.json");
        assert_eq!(resolve("../common/types.json", "../c.json"), "../c.json");
        assert_eq!(resolve("../../a/b.json", "./c.json"), "../../a/c.json");
        assert_eq!(resolve("http://example.com", "c.json"), "http://example.com/c.json");
    }

    #[test]
    fn percent_escapes_are_bytes_of_utf_8() {
        assert_eq!(percent_decoded("/a%20b/%C3%A9").as_deref(), Some("/a b/é"));
        assert_eq!(percent_decoded("%2"), None);
        assert_eq!(percent_decoded("%FF"), None);
    }

    #[test]
    fn urls_and_paths_are_distinguished() {
        assert!(is_url("https://example.com/a.json") && is_url("urn:example:a") && is_url("file:///a"));
        assert!(!is_url("types/a.yaml") && !is_url("./a.yaml") && !is_url("C:/a.yaml"));
    }

    #[test]
    fn paths_are_relative_to_the_file_that_contains_them() {
        assert_eq!(resolve_path("spec/api.yaml", "./types/order.yaml"), "spec/types/order.yaml");
        assert_eq!(resolve_path("spec/v1/api.yaml", "../types.yaml"), "spec/types.yaml");
        assert_eq!(resolve_path("api.yaml", "../../types.yaml"), "../../types.yaml");
        assert_eq!(resolve_path("api.yaml", "types.yaml"), "types.yaml");
    }

    #[test]
    fn the_shared_directory_contains_both_files() {
        let rows = [
            ("/spec/docs/api/orders.yaml", "/spec/shared/money.json", "/spec"),
            ("../docs/api/orders.yaml", "../shared/money.json", ".."),
            ("orders.yaml", "../../shared/money.json", "../.."),
        ];
        for (document, file, root) in rows {
            assert_eq!(shared_directory(document, file), root);
        }
    }

    #[test]
    fn a_relative_path_leads_from_one_file_to_another() {
        let rows = [
            ("api.yaml", "parts/messages.yaml", "../api.yaml"),
            ("/spec/api.yaml", "/spec/parts/more/messages.yaml", "../../api.yaml"),
            ("../spec/traits.yaml", "../spec/parts/messages.yaml", "../traits.yaml"),
            ("parts/traits.yaml", "api.yaml", "parts/traits.yaml"),
        ];
        for (target, from, expected) in rows {
            assert_eq!(relative_path(target, from), expected);
        }
    }
}
