//! Poison: kept with the place of its fault, never refused, and handled again when asked.

use std::fs;

use crate::kit::{NOTE, Place, json, report};

#[test]
fn poison_is_dead_with_its_json_path_and_can_be_retried() {
    let place = Place::new();
    let serving = place.serve(&["--strict", "--exec", NOTE]);
    let (report, code) = report(place.sim(&["--count", "60", "--rate", "200", "--malformed", "0.2", "--seed", "7"]));
    assert_eq!(code, Some(0));
    assert_eq!(report["answers"], serde_json::json!({"202": 60}), "poison is acknowledged as all else");
    let listed = place.settled(&["--state", "dead"]);
    serving.terminate();

    let kinds = place.acknowledged();
    let poison = kinds.iter().filter(|(_, kind)| kind.as_str() != "known").count();
    assert!(poison > 0, "the seed brings some");
    assert_eq!(place.handled().len() + poison, 60);
    let dead = listed["events"].as_array().unwrap();
    assert_eq!(dead.len(), poison);
    for letter in dead {
        let place = match letter["reason"]["kind"].as_str().unwrap() {
            "undecodable" => "/persist",
            "not_json" => "",
            other => panic!("{other}"),
        };
        assert_eq!(letter["reason"]["pointer"], place, "{letter}");
    }

    // A fix: it is no longer asked for the document's shape.
    let (wrong_shape, _) = kinds.iter().find(|(_, kind)| kind.as_str() == "wrong_shape").unwrap();
    assert_eq!(json(&place.inbox(&["retry", wrong_shape])), serde_json::json!({"requeued": 1}));
    let again = json(&place.inbox(&["retry", "--all"]));
    assert_eq!(again["requeued"].as_u64().unwrap() + 1, poison as u64);
    let serving = place.serve(&["--exec", NOTE]);
    let listed = place.settled(&["--state", "dead"]);
    serving.terminate();
    assert_eq!(place.handled().get(wrong_shape), Some(&1));
    // What is not JSON stays what it is.
    assert!(listed["events"].as_array().unwrap().iter().all(|letter| letter["reason"]["kind"] == "not_json"));
}

#[test]
fn forwarded_events_reach_a_url() {
    let (first, second) = (Place::new(), Place::new());
    let last = second.serve(&["--exec", "cat > body; echo $KUSTOMER_EVENT_NAME > name"]);
    // The second asks for a signature that the first does not make: 401, so rejected.
    let url = format!("http://127.0.0.1:{}/", second.port);
    let serving = first.serve(&["--forward", &url]);
    let (_, code) = report(first.sim(&["--count", "1"]));
    assert_eq!(code, Some(0));
    let listed = first.settled(&["--state", "dead"]);
    assert_eq!(listed["events"][0]["reason"]["kind"], "rejected", "{listed}");
    serving.terminate();

    let (_, code) = report(second.sim(&["--count", "1", "--look", "seen"]));
    assert_eq!(code, Some(0));
    second.settled(&[]);
    last.terminate();
    let body: serde_json::Value = serde_json::from_slice(&fs::read(second.file("body")).unwrap()).unwrap();
    assert_eq!(body["client"], "simulation");
    assert_eq!(fs::read_to_string(second.file("name")).unwrap().trim(), body["name"].as_str().unwrap());
}
