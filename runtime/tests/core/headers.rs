//! Headers: lookup, decoding and encoding.

use asyncapi_runtime::Headers;

fn three() -> Headers {
    Headers::from_iter([("Via", "one"), ("Accept", "all"), ("VIA", "two")])
}

#[test]
fn names_are_compared_without_case_and_kept_as_written() {
    let headers = three();
    assert_eq!(headers.get("via"), Some(&b"one"[..]));
    assert_eq!(headers.get_all("vIa").collect::<Vec<_>>(), [b"one", b"two"]);
    assert_eq!(headers.iter().map(|(name, _)| name).collect::<Vec<_>>(), ["Via", "Accept", "VIA"]);
    assert_eq!(headers.get("absent"), None);
}

#[test]
fn case_is_an_ascii_matter() {
    let headers = Headers::from_iter([("Ä", "x")]);
    assert_eq!(headers.get_str("ä"), None);
    assert_eq!(headers.get_str("Ä"), Some("x"));
}

#[test]
fn insert_replaces_and_append_adds() {
    let mut headers = three();
    headers.append("via", "three");
    assert_eq!((headers.len(), headers.get_all("via").count()), (4, 3));
    headers.insert("viA", "only");
    assert_eq!((headers.len(), headers.get_str("via")), (2, Some("only")));
    assert_eq!(headers.get_all("via").count(), 1);
    headers.extend([("Via", "again")]);
    assert_eq!((headers.len(), headers.get_str("via")), (3, Some("only")));
}

#[test]
fn a_value_need_not_be_text() {
    let headers = Headers::from_iter([("key", vec![0xff, 0x00])]);
    assert_eq!(headers.get("key"), Some(&[0xff, 0x00][..]));
    assert_eq!(headers.get_str("key"), None);
}

#[test]
fn emptiness_and_length_agree() {
    assert!(Headers::new().is_empty());
    assert_eq!(Headers::new().len(), 0);
    assert!(!three().is_empty());
    assert_eq!((&three()).into_iter().len(), 3);
}

#[test]
fn debug_shows_names_only() {
    let headers = Headers::from_iter([("Authorization", "hunter2")]);
    assert_eq!(format!("{headers:?}"), r#"{"Authorization"}"#);
    assert_eq!(format!("{:?}", headers.iter()), r#"{"Authorization"}"#);
}

#[test]
fn lists_and_objects_are_json_in_a_header() {
    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Marked {
        flags: Option<Vec<String>>,
        pair: (u8, bool),
        by: Signer,
        counts: std::collections::BTreeMap<String, u32>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Signer {
        name: String,
    }

    let marked = Marked {
        flags: Some(vec!["a".to_owned(), "b".to_owned()]),
        pair: (1, true),
        by: Signer { name: "Ann".to_owned() },
        counts: [("n".to_owned(), 3)].into(),
    };
    let headers = Headers::encode(&marked).unwrap();
    assert_eq!(headers.get_str("flags"), Some(r#"["a","b"]"#));
    assert_eq!(headers.decode::<Marked>().unwrap(), marked);

    for wrong in ["a, b", r#"["a"] and more"#, r#"["a""#] {
        let headers = Headers::from_iter([("flags", wrong), ("pair", "[1,true]"), ("by", "{}"), ("counts", "{}")]);
        let error = headers.decode::<Marked>().unwrap_err().to_string();
        assert!(error.contains(wrong), "{error}");
    }
}
