//! Writes the types of many schemas as one Rust file.

use std::fmt::Write as _;
use std::fs;

use serde_json::{Value, json};

use super::out_directory;

/// How the values of a module are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// With the type `Root`.
    Root,
    /// As the property of a `Holder`, which [`components`] describes. The generator reads `null` as the property declares it,
    /// and an alias has no check of its own.
    Property,
}

/// What is checked after a value is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    Nothing,
    /// With the method `validate`.
    Validity,
}

/// The generated code of a schema, or the reason for its refusal.
pub(crate) struct Module {
    pub(crate) code: Result<String, String>,
    pub(crate) position: Position,
    pub(crate) check: Check,
}

/// The components of a document whose only schema is in a file of its own: references in the schema are relative to the file.
pub(crate) fn components(file: &str) -> Value {
    json!({
        "Root": {"$ref": file},
        "Holder": {
            "type": "object",
            "required": ["root"],
            "properties": {"root": {"$ref": "#/components/schemas/Root"}},
        },
    })
}

/// Writes `<name>.rs` and, for the code of each module, a file in the directory `<name>`.
pub(crate) fn write(name: &str, modules: &[Module]) {
    let out = out_directory();
    let directory = out.join(name);
    if directory.exists() {
        fs::remove_dir_all(&directory).expect("OUT_DIR is writable");
    }
    fs::create_dir_all(&directory).expect("OUT_DIR is writable");
    let (mut declarations, mut arms) = (String::new(), String::new());
    for (index, module) in modules.iter().enumerate() {
        match &module.code {
            Ok(code) => {
                let path = directory.join(format!("m{index}.rs"));
                fs::write(&path, code).expect("OUT_DIR is writable");
                let path = path.display().to_string();
                let _ = writeln!(
                    declarations,
                    "#[allow(warnings, clippy::all, clippy::pedantic)]\n#[rustfmt::skip]\n#[path = {path:?}]\nmod m{index};"
                );
                let _ = writeln!(arms, "        {index} => {},", module.read_expression(index));
            }
            Err(reason) => {
                let _ = writeln!(arms, "        {index} => Outcome::Refused({reason:?}.to_owned()),");
            }
        }
    }
    let text = format!(
        "{declarations}\n#[allow(clippy::all, clippy::pedantic)]\nfn read(module: usize, value: &str) -> Outcome {{\n    let _ = value;\n    match module {{\n{arms}        \
         _ => panic!(\"no module {{module}}\"),\n    }}\n}}\n"
    );
    fs::write(out.join(format!("{name}.rs")), text).expect("OUT_DIR is writable");
}

impl Module {
    /// The expression that reads `value` with the types of a module.
    fn read_expression(&self, index: usize) -> String {
        let validator = self.validator(index);
        match self.position {
            Position::Root => format!("read_root::<m{index}::Root>(value, {validator})"),
            Position::Property => format!("read_property::<m{index}::Holder>(value, {validator})"),
        }
    }

    /// The closure that checks a value.
    fn validator(&self, index: usize) -> String {
        match (self.check, self.position) {
            (Check::Validity, Position::Property) => {
                format!("|holder: &m{index}::Holder| holder.validate().map_err(|found| found.to_string())")
            }
            _ => "|_| Ok(())".to_owned(),
        }
    }
}
