//! The JSON Schema test suite, draft 7, and a small sample in its format: a valid value is accepted and comes back
//! unchanged, and full validation refuses an invalid one.
//!
//! `json-schema-suite.json` lists the exceptions of the suite with their reasons, and the figures. The exceptions may only
//! become fewer. The suite assumes that a schema without `type` accepts values of every type, so most figures are those of the
//! options that read schemas in this way; `by_default` has the figures without options.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outcome::{Outcome, is_equal};

mod sample {
    //! The types of the sample.
    use crate::outcome::{Outcome, read_property};
    include!(concat!(env!("OUT_DIR"), "/sample.rs"));
    pub(super) fn outcome(module: usize, value: &str) -> Outcome {
        read(module, value)
    }
}

mod suite {
    //! The types of the suite. Without the suite there are none.
    #[allow(unused_imports)]
    use crate::outcome::{Outcome, read_property};
    include!(concat!(env!("OUT_DIR"), "/suite.rs"));
    pub(super) fn outcome(module: usize, value: &str) -> Outcome {
        read(module, value)
    }
}

/// If this variable is set, the test writes the figures.
const UPDATE: &str = "UPDATE_EXPECTED";

/// A schema of the suite.
#[derive(Deserialize)]
struct Group {
    /// The name of the file and the description.
    name: String,
    tests: Vec<Case>,
}

/// A value, and whether the schema accepts it.
#[derive(Deserialize)]
struct Case {
    description: String,
    data: Value,
    valid: bool,
}

/// The cases of the build script. It generates the types of `groups` three times (without options, with those that read schemas
/// as they are written, and with full validation), and then those of `optional` with full validation.
#[derive(Deserialize)]
struct Cases {
    groups: Vec<Group>,
    optional: Vec<Group>,
    /// The modules without code.
    refused: BTreeSet<usize>,
}

/// The figures and exceptions.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct Expected {
    valid: usize,
    invalid: usize,
    by_default: ByDefault,
    /// Valid values that the types refuse, with the reasons.
    refused: BTreeMap<String, String>,
    /// Valid values that come back changed, with the reasons.
    changed: BTreeMap<String, String>,
    validated: Validated,
    /// Full validation of the groups that the suite lists as optional.
    optional: Validated,
}

/// The figures without options.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct ByDefault {
    /// The number of valid values that are accepted, and of those that come back unchanged.
    decoded: usize,
    kept: usize,
    /// The number of invalid values that the types refuse. The others need validation.
    rejected: usize,
    /// Valid values that are refused or come back changed, by the reason.
    exceptions: BTreeMap<String, BTreeSet<String>>,
}

/// Why valid values are refused without options, but not with `UntypedSchemas::AnyValue`.
const REFUSED_BY_DEFAULT: &str =
    "a schema with `properties` or `items` and without `type` is read as an object or a list";

/// Why valid values come back changed without options, but not with `keep_additional_properties`.
const CHANGED_BY_DEFAULT: &str = "undeclared properties are dropped without `Config::keep_additional_properties`";

/// The figures of full validation: of reading and `validate` together.
#[derive(Default, Deserialize, Eq, PartialEq, Serialize)]
struct Validated {
    /// The number of invalid values that are refused.
    rejected: usize,
    /// Invalid values that are accepted.
    passed: BTreeSet<String>,
    /// Valid values that `validate` refuses.
    contradicted: BTreeSet<String>,
    /// Schemas that the generator refuses, so every value counts as refused.
    without_code: BTreeSet<String>,
}

#[test]
fn values_of_the_sample_are_accepted_or_refused_as_their_schemas_say() {
    let cases: Cases =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/sample.json"))).expect("cases are JSON");
    let found = figures(&cases, sample::outcome);
    assert!(found.valid >= 20 && found.invalid >= 20, "{} valid and {} invalid values", found.valid, found.invalid);
    assert!(found.refused.is_empty() && found.changed.is_empty(), "{:#?} {:#?}", found.refused, found.changed);
    let Validated { passed, contradicted, without_code, .. } = &found.validated;
    assert!(passed.is_empty() && contradicted.is_empty(), "{passed:#?} {contradicted:#?}");
    assert!(without_code.is_empty(), "{without_code:#?}");
}

#[test]
#[ignore = "needs the JSON Schema test suite; cargo xtask json-schema-suite"]
fn values_of_the_suite_are_accepted_or_refused_as_their_schemas_say() {
    let cases: Cases =
        serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/suite.json"))).expect("cases are JSON");
    assert!(cases.groups.len() > 200 && cases.optional.len() > 50, "only {} schemas", cases.groups.len());
    let mut found = figures(&cases, suite::outcome);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("json-schema-suite.json");
    let read_expected = || -> Expected {
        let text = fs::read_to_string(&path).expect("the figures are readable");
        serde_json::from_str(&text).expect("the figures are JSON")
    };
    let expected = read_expected();
    // The reasons are written by hand.
    for (found, expected) in [(&mut found.refused, &expected.refused), (&mut found.changed, &expected.changed)] {
        for (label, reason) in found {
            if let Some(known) = expected.get(label) {
                reason.clone_from(known);
            }
        }
    }
    if env::var_os(UPDATE).is_some() {
        let text = serde_json::to_string_pretty(&found).expect("figures are JSON") + "\n";
        fs::write(&path, text).expect("the figures are writable");
    }
    let expected = read_expected();
    let kept = found.valid - found.refused.len() - found.changed.len();
    println!("{kept} of {} valid values come back unchanged; {} without options", found.valid, found.by_default.kept);
    assert_no_exception_is_new(&found, &expected);
    let reasons = expected.refused.iter().chain(&expected.changed);
    let missing: Vec<&String> = reasons.filter(|(_, reason)| reason.is_empty()).map(|(label, _)| label).collect();
    assert!(missing.is_empty(), "write the reasons into {}: {missing:#?}", path.display());
    assert!(found == expected, "the figures are better; {UPDATE}=1 writes them");
}

fn assert_no_exception_is_new(found: &Expected, expected: &Expected) {
    let new = |found: &BTreeMap<String, String>, expected: &BTreeMap<String, String>| -> Vec<String> {
        found.keys().filter(|label| !expected.contains_key(*label)).cloned().collect()
    };
    let refused = new(&found.refused, &expected.refused);
    assert!(refused.is_empty(), "valid values that are refused: {refused:#?}");
    let changed = new(&found.changed, &expected.changed);
    assert!(changed.is_empty(), "valid values that come back changed: {changed:#?}");
    for (found, expected) in [(&found.validated, &expected.validated), (&found.optional, &expected.optional)] {
        let passed: Vec<&String> = found.passed.difference(&expected.passed).collect();
        assert!(passed.is_empty(), "invalid values that pass validation: {passed:#?}");
        let contradicted: Vec<&String> = found.contradicted.difference(&expected.contradicted).collect();
        assert!(contradicted.is_empty(), "valid values that validation refuses: {contradicted:#?}");
    }
    let (rejected, kept) = (found.by_default.rejected, found.by_default.kept);
    assert!(rejected >= expected.by_default.rejected, "only {rejected} invalid values are refused without options");
    assert!(kept >= expected.by_default.kept, "only {kept} valid values come back unchanged without options");
}

/// Reads every value with the types of every set of options.
fn figures(cases: &Cases, outcome: fn(usize, &str) -> Outcome) -> Expected {
    let Cases { groups, optional, refused } = cases;
    let outcomes = |groups: &[Group], first: usize| -> Vec<Vec<Outcome>> {
        let of_group = |(index, group): (usize, &Group)| {
            group.tests.iter().map(|case| outcome(first + index, &case.data.to_string())).collect()
        };
        groups.iter().enumerate().map(of_group).collect()
    };
    let without_code = |groups: &[Group], first: usize| {
        let without = groups.iter().enumerate().filter(|(index, _)| refused.contains(&(first + index)));
        without.map(|(_, group)| group.name.clone()).collect()
    };
    let [exact, full, optional_full] = [1, 2, 3].map(|run| run * groups.len());
    let mut found = count(groups, &outcomes(groups, exact));
    found.by_default = count_by_default(groups, &outcomes(groups, 0));
    // An exception with every set of options has its own reason.
    for labels in found.by_default.exceptions.values_mut() {
        labels.retain(|label| !found.refused.contains_key(label) && !found.changed.contains_key(label));
    }
    found.validated = count_validated(groups, &outcomes(groups, full));
    found.validated.without_code = without_code(groups, full);
    found.optional = count_validated(optional, &outcomes(optional, optional_full));
    found.optional.without_code = without_code(optional, optional_full);
    found
}

fn count(groups: &[Group], outcomes: &[Vec<Outcome>]) -> Expected {
    let mut found = Expected::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        if !case.valid {
            found.invalid += 1;
            continue;
        }
        found.valid += 1;
        match outcome {
            Outcome::Written(written) if is_equal(&case.data, written) => {}
            Outcome::Written(_) => {
                found.changed.insert(label, String::new());
            }
            Outcome::Refused(_) | Outcome::Invalid(_) => {
                found.refused.insert(label, String::new());
            }
        }
    }
    found
}

fn count_by_default(groups: &[Group], outcomes: &[Vec<Outcome>]) -> ByDefault {
    let mut found = ByDefault::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        match (case.valid, outcome) {
            (true, Outcome::Written(written)) => {
                found.decoded += 1;
                if is_equal(&case.data, written) {
                    found.kept += 1;
                } else {
                    found.exceptions.entry(CHANGED_BY_DEFAULT.to_owned()).or_default().insert(label);
                }
            }
            (true, _) => {
                found.exceptions.entry(REFUSED_BY_DEFAULT.to_owned()).or_default().insert(label);
            }
            (false, Outcome::Refused(_)) => found.rejected += 1,
            (false, _) => {}
        }
    }
    found
}

fn count_validated(groups: &[Group], outcomes: &[Vec<Outcome>]) -> Validated {
    let mut found = Validated::default();
    for (label, case, outcome) in labelled(groups, outcomes) {
        match (case.valid, outcome) {
            (true, Outcome::Invalid(_)) => {
                found.contradicted.insert(label);
            }
            (false, Outcome::Written(_)) => {
                found.passed.insert(label);
            }
            (false, _) => found.rejected += 1,
            (true, _) => {}
        }
    }
    found
}

/// Each value with a label (group and description, and a number if several have one label) and its outcome.
fn labelled<'a>(groups: &'a [Group], outcomes: &'a [Vec<Outcome>]) -> Vec<(String, &'a Case, &'a Outcome)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut labelled = Vec::new();
    for (group, outcomes) in groups.iter().zip(outcomes) {
        for (case, outcome) in group.tests.iter().zip(outcomes) {
            let mut label = format!("{}: {}", group.name, case.description);
            let count = counts.entry(label.clone()).or_default();
            *count += 1;
            if *count > 1 {
                let _ = write!(label, " ({count})");
            }
            labelled.push((label, case, outcome));
        }
    }
    labelled
}
