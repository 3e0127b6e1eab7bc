//! What a thing is called where its own name is not enough: after the channel or the file that it stands in.

use crate::location::Location;

/// The text after each of its owners, the nearest first.
pub(super) fn qualified(text: &str, at: &Location, files: &[String]) -> Vec<String> {
    let mut owners = Vec::new();
    let steps: Vec<String> = at.pointer.steps().collect();
    match &steps[..] {
        [group, key, action, ..] if group == "channels" && matches!(action.as_str(), "publish" | "subscribe") => {
            owners.extend([key.clone(), format!("{key} {action}")]);
        }
        [group, key, ..] if matches!(group.as_str(), "channels" | "operations") => owners.push(key.clone()),
        // A container among the components is no schema itself, and its key tells the schemas of two apart.
        [group, _, key, _, ..] if group == "components" => owners.push(key.clone()),
        _ => {}
    }
    if at.file.0 > 0
        && let Some(name) = files.get(at.file.0)
    {
        owners.extend(file_owners(name));
    }
    owners.into_iter().map(|owner| format!("{owner} {text}")).collect()
}

/// A file's name without its ending, and the same after its directory: files of one name are kept apart by those.
fn file_owners(name: &str) -> Vec<String> {
    let mut words = name.rsplit(['/', '\\']);
    let own = stem(words.next().unwrap_or(name)).to_owned();
    let directory = words.next().filter(|word| !word.is_empty() && word.chars().any(char::is_alphanumeric));
    let both = directory.map(|directory| format!("{directory} {own}"));
    std::iter::once(own).chain(both).collect()
}

/// A file's name without its directories and its ending.
pub(super) fn stem(name: &str) -> &str {
    let own = name.rsplit(['/', '\\']).next().unwrap_or(name);
    own.split('.').find(|word| !word.is_empty()).unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::qualified;
    use crate::location::{FileId, Location, Pointer};

    fn place(file: usize, pointer: &str) -> Location {
        Location { file: FileId(file), pointer: Pointer::parse(pointer).unwrap_or_default() }
    }

    #[test]
    fn the_nearest_owner_comes_first() {
        let files = ["api.yaml".to_owned(), "shared/units.v1.yaml".to_owned()];
        let rows = [
            (place(0, "/channels/depth/messages/request"), vec!["depth request"]),
            (place(0, "/channels/depth/publish/message"), vec!["depth request", "depth publish request"]),
            (place(0, "/components/messages/request"), vec![]),
            (place(0, "/components/schemas/units/types/request"), vec!["units request"]),
            (place(1, "/components/schemas/request"), vec!["units request", "shared units request"]),
        ];
        for (at, expected) in rows {
            assert_eq!(qualified("request", &at, &files), expected);
        }
    }
}
