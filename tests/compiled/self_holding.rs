//! Types that hold themselves.

use super::*;

#[test]
fn recursive_types_round_trip_at_any_depth() {
    let tree = json!({"left": {"left": {}, "leaves": [{"right": {}}]}});
    assert_eq!(round_trip::<recursion::Tree>(&tree), Ok(tree));
    let chicken = json!({"egg": {"chicken": {"egg": null}}});
    assert_eq!(round_trip::<recursion::Chicken>(&chicken), Ok(chicken));
    let pair = json!({"both": [{"both": [{}, "inner"]}, "outer"]});
    assert_eq!(round_trip::<recursion::Pair>(&pair), Ok(pair));
    let list = json!([1, [2, [3, null]]]);
    assert_eq!(round_trip::<recursion::Cons>(&list), Ok(list));
    let table = json!({"a": {"b": {}}});
    assert_eq!(round_trip::<recursion::Table>(&table), Ok(table));
    let expression = json!({"not": ["a", {"not": "b"}]});
    assert_eq!(round_trip::<recursion::Expression>(&expression), Ok(expression));
}
