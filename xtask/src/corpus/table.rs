//! Displays the result.

use std::fmt::Write;

use super::Failure;
use super::error_groups::Group;
use super::summary::{Count, Summary, total};

/// The number of names of a group to display.
const NAMES: usize = 6;

/// The complete result, with every path.
pub(crate) fn json(summary: &Summary) -> Result<String, Failure> {
    serde_json::to_string_pretty(summary)
        .map_err(|cause| Failure::Broken(format!("cannot display the result: {cause}")))
}

/// The result as a table for people.
pub(crate) fn table(summary: &Summary) -> String {
    let mut text = counts(summary);
    text.push('\n');
    row(&mut text, "modules", &format!("{} distinct, {} KiB", summary.modules, summary.module_bytes / 1024));
    if let Some(compiled) = &summary.compiled {
        row(&mut text, "failing", &compiled.failing_modules.to_string());
        row(&mut text, "rustc warnings", &total(&compiled.rustc_warnings).to_string());
        row(&mut text, "clippy warnings", &total(&compiled.clippy_warnings).to_string());
    }
    if let Some(nodes) = &summary.schema_nodes {
        row(
            &mut text,
            "schema nodes",
            &format!("{} of {} typed, {}", nodes.typed, nodes.all, share(nodes.typed, nodes.all)),
        );
    }
    row(&mut text, "generating", &format!("{:.1} s", summary.generation_seconds));
    for slow in &summary.slowest {
        row(&mut text, "", &format!("{:.2} s  {}", slow.seconds, slow.path));
    }
    if let Some(compiled) = &summary.compiled {
        row(&mut text, "compiling", &format!("{:.1} s", compiled.seconds));
    }
    section(&mut text, "panics", &summary.panics);
    section(&mut text, "refused, by their first error", &summary.refusals);
    if let Some(compiled) = &summary.compiled {
        section(&mut text, "failing modules, by their first error", &compiled.failures);
        section(&mut text, "rustc warnings", &compiled.rustc_warnings);
        section(&mut text, "clippy warnings", &compiled.clippy_warnings);
    }
    text
}

/// The numbers of documents, by validity if there are several.
fn counts(summary: &Summary) -> String {
    let by_validity = summary.documents.valid != summary.documents.all();
    let mut text = line("", if by_validity { &["all", "valid", "invalid", "unknown"] } else { &["all"] });
    let rows: [(&str, Count); 5] = [
        ("documents", summary.documents),
        ("generated", summary.generated),
        ("  with warnings", summary.with_warnings),
        ("refused", summary.refused),
        ("panics", summary.panicked),
    ];
    for (name, count) in rows {
        let cells = [count.all(), count.valid, count.invalid, count.unknown].map(|number| number.to_string());
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        text += &line(name, if by_validity { &cells } else { &cells[..1] });
    }
    text
}

fn line(name: &str, cells: &[&str]) -> String {
    let mut text = format!("{name:<16}");
    for cell in cells {
        let _ = write!(text, "{cell:>9}");
    }
    text.push('\n');
    text
}

fn row(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{name:<16}  {value}");
}

fn section(text: &mut String, title: &str, groups: &[Group]) {
    if groups.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}\n{:>7}{:>7}", "all", "valid");
    for group in groups {
        let _ = writeln!(text, "{:>7}{:>7}  {}", group.count, group.valid, group.text);
        let names: Vec<String> =
            group.names.iter().take(NAMES).map(|(name, count)| format!("{name} {count}")).collect();
        if group.names.len() > 1 {
            let more = if group.names.len() > NAMES { ", …" } else { "" };
            let _ = writeln!(text, "{:16}…: {}{more}", "", names.join(", "));
        } else if let [(name, _)] = group.names.as_slice() {
            let _ = writeln!(text, "{:16}…: {name}", "");
        }
        if let Some(path) = group.paths.first() {
            let _ = writeln!(text, "{:16}{path}", "");
        }
    }
}

/// A percentage with two decimals, rounded down, so only the whole is 100 %.
fn share(part: u64, all: u64) -> String {
    let share = (part * 10_000).checked_div(all).unwrap_or_default();
    format!("{}.{:02} %", share / 100, share % 100)
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn one_hundred_percent_is_printed_only_for_all() {
        assert_eq!([share(1, 3), share(99_999, 100_000), share(3, 3)], ["33.33 %", "99.99 %", "100.00 %"]);
    }
}
