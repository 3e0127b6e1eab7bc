//! URI references resolved against a base (RFC 3986, 5.2), as far as names of schemas need it.

/// What a reference without a fragment means where `base` is the URI; an empty base leaves it as it is.
pub(crate) fn resolved(base: &str, reference: &str) -> String {
    if has_scheme(reference) {
        return reference.to_owned();
    }
    let Some((scheme, rest)) = base.split_once("://") else { return resolve_relative(base, reference) };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if let Some(other) = reference.strip_prefix("//") {
        return format!("{scheme}://{other}");
    }
    if reference.starts_with('/') {
        return format!("{scheme}://{authority}{reference}");
    }
    let path = path.split('?').next().unwrap_or_default();
    let directory = path.rfind('/').map_or("/", |end| &path[..=end]);
    format!("{scheme}://{authority}{}", without_dots(&format!("{directory}{reference}")))
}

/// The same for a base without a scheme: a path, from wherever its file is.
fn resolve_relative(base: &str, reference: &str) -> String {
    match base.rfind('/') {
        Some(end) if !has_scheme(base) && !reference.starts_with('/') => {
            without_dots(&format!("{}{reference}", &base[..=end]))
        }
        _ => reference.to_owned(),
    }
}

fn has_scheme(reference: &str) -> bool {
    let scheme = reference.split(['/', '?']).next().and_then(|first| first.split_once(':')).map(|(scheme, _)| scheme);
    scheme.is_some_and(|scheme| scheme.starts_with(|sign: char| sign.is_ascii_alphabetic()))
}

/// A path without `.` and `..` (RFC 3986, 5.2.4), but for those with which a relative one begins.
fn without_dots(path: &str) -> String {
    let (root, segments) = path.strip_prefix('/').map_or(("", path), |rest| ("/", rest));
    let mut kept: Vec<&str> = Vec::new();
    for segment in segments.split('/') {
        match (segment, kept.last()) {
            (".", _) => {}
            ("..", None | Some(&"..")) if root.is_empty() => kept.push(segment),
            ("..", _) => _ = kept.pop(),
            _ => kept.push(segment),
        }
    }
    if path.ends_with("/.") || path.ends_with("/..") {
        kept.push("");
    }
    format!("{root}{}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn references_are_relative_to_their_base() {
        let base = "http://example.com/a/b.json";
        let rows = [
            ("c.json", "http://example.com/a/c.json"),
            ("./c/d.json", "http://example.com/a/c/d.json"),
            ("../c.json", "http://example.com/c.json"),
            ("/c.json", "http://example.com/c.json"),
            ("//other.org/c", "http://other.org/c"),
            ("urn:uuid:1", "urn:uuid:1"),
            ("https://other.org/", "https://other.org/"),
        ];
        for (reference, meant) in rows {
            assert_eq!(resolved(base, reference), meant);
        }
        assert_eq!(resolved("", "c.json"), "c.json");
        assert_eq!(resolved("urn:uuid:1", "c.json"), "c.json");
        assert_eq!(resolved("/schemas/order", "address"), "/schemas/address");
        assert_eq!(resolved("folder/", "c.json"), "folder/c.json");
        assert_eq!(resolved("order.json", "c.json"), "c.json");
        assert_eq!(resolved("../common/types.json", "../c.json"), "../c.json");
        assert_eq!(resolved("../../a/b.json", "./c.json"), "../../a/c.json");
        assert_eq!(resolved("http://example.com", "c.json"), "http://example.com/c.json");
    }
}
