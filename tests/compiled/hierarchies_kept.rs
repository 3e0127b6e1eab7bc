//! A schema with a discriminator stands for those that build on it, and nothing of them is lost.

use super::hierarchies::{Frame, Pet, Shape, Tool, Visit, VisitAny, VisitLegged};
use super::*;

fn read<T: DeserializeOwned + Serialize>(value: Value) -> T {
    assert_eq!(round_trip::<T>(&value), Ok(value.clone()));
    serde_json::from_value(value).expect("it has been read before")
}

#[test]
fn the_base_is_an_enum_of_its_subtypes() {
    let cat = json!({"name": "Tom", "petType": "Cat", "lives": 9, "friend": {"petType": "Lion", "mane": true}});
    let Pet::Cat(cat) = read(cat) else { panic!("a cat") };
    assert!(matches!(cat.friend, Some(Pet::Lion(ref lion)) if lion.mane), "{cat:?}");
    assert!(matches!(read(json!({"petType": "StickInsect", "color": "green"})), Pet::StickBug(_)));
    assert!(matches!(read(json!({"petType": "Fish", "name": "Wanda"})), Pet::Fish(_)));
    assert!(matches!(read(json!({"petType": "Pet", "name": "it"})), Pet::Base(_)));
    // Not by its name, since its own constant says otherwise.
    assert!(matches!(read(json!({"petType": "StickBug"})), Pet::Unknown(_)));
    assert!(matches!(read(json!({"petType": "Dodo", "wings": 2})), Pet::Unknown(_)));
}

#[test]
fn an_inherited_property_selects_the_alternative() {
    let visit = |legged: Value, any: Value| {
        read::<Visit>(json!({"guest": {"petType": "Lion", "mane": false}, "legged": legged, "any": any}))
    };
    let bug = json!({"petType": "StickInsect", "color": "green"});
    let cat = json!({"petType": "Cat", "lives": 9});
    let visited = visit(bug.clone(), bug);
    assert!(matches!(visited.guest, Pet::Lion(_)));
    assert!(matches!(visited.legged, Some(VisitLegged::StickBug(_))));
    assert!(matches!(visited.any, Some(VisitAny::StickBug(_))));
    let visited = visit(cat.clone(), cat);
    assert!(matches!(visited.legged, Some(VisitLegged::Cat(_))));
    assert!(matches!(visited.any, Some(VisitAny::Pet(Pet::Cat(_)))), "{visited:?}");
}

#[test]
fn a_base_without_subtypes_that_add_to_it_stays_a_struct() {
    let shape: Shape = read(json!({"form": "Square", "area": 4.0}));
    assert_eq!(shape.area, Some(4.0));
    assert!(matches!(read(json!({"tool": "saw", "teeth": 40})), Tool::Saw(_)));
    assert!(matches!(read(json!({"tool": "Drill", "bits": [1.5]})), Tool::Drill(_)));
}

#[test]
fn a_base_that_lists_every_value_keeps_values_without_a_subtype() {
    assert!(matches!(read(json!({"kind": "TEXT", "text": "a"})), Frame::TextFrame(_)));
    assert!(matches!(read(json!({"kind": "IMAGE", "width": 2})), Frame::ImageFrame(_)));
    assert!(matches!(read(json!({"kind": "END"})), Frame::Base(_)));
    assert!(matches!(read(json!({"kind": "SOUND", "pitch": 2})), Frame::Unknown(_)));
}
