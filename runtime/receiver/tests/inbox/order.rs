//! Property tests that compare both inboxes with a simple model.

use std::collections::BTreeMap;
use std::time::Duration;

use asyncapi_receiver::inbox::{EventId, LeasedDelivery, PutOutcome, Reason, ReasonKind, Settlement};
use proptest::prelude::*;

use crate::inboxes::{Case, event_of, memory, sqlite};

const DELAY: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
enum Step {
    PutOutcome { id: u8, key: u8 },
    Lease { most: usize },
    Settle { which: prop::sample::Index, how: How },
    Requeue { id: u8 },
    Pass,
}

#[derive(Clone, Copy, Debug)]
enum How {
    Done,
    Retry,
    Dead,
    Released,
}

fn any_step() -> impl Strategy<Value = Step> {
    let how = prop_oneof![Just(How::Done), Just(How::Retry), Just(How::Dead), Just(How::Released)];
    prop_oneof![
        4 => (0..30_u8, 0..4_u8).prop_map(|(id, key)| Step::PutOutcome { id, key }),
        3 => (1..4_usize).prop_map(|most| Step::Lease { most }),
        3 => (any::<prop::sample::Index>(), how).prop_map(|(which, how)| Step::Settle { which, how }),
        1 => (0..30_u8).prop_map(|id| Step::Requeue { id }),
        1 => Just(Step::Pass),
    ]
}

/// A waiting line per key, in order of arrival. Only the first event of a line can be leased.
#[derive(Default)]
struct Model {
    /// The arrival number and the key of each stored id.
    known: BTreeMap<u8, (usize, u8)>,
    lines: BTreeMap<u8, Vec<u8>>,
    leased: Vec<u8>,
    waiting: BTreeMap<u8, Duration>,
    dead: Vec<u8>,
    now: Duration,
}

impl Model {
    fn join(&mut self, id: u8) {
        let (arrival, key) = self.known[&id];
        let line = self.lines.entry(key).or_default();
        let behind_head = line.iter().skip(1).take_while(|other| self.known[other].0 < arrival).count();
        line.insert(if line.is_empty() { 0 } else { 1 + behind_head }, id);
    }

    fn put(&mut self, id: u8, key: u8) -> bool {
        let is_new = !self.known.contains_key(&id);
        if is_new {
            self.known.insert(id, (self.known.len(), key));
            self.join(id);
        }
        is_new
    }

    fn lease(&mut self, most: usize) -> Vec<u8> {
        let now = self.now;
        self.waiting.retain(|_, due| *due > now);
        let heads = self.lines.values().filter_map(|line| line.first().copied());
        let mut free: Vec<_> = heads.filter(|id| !self.leased.contains(id) && !self.waiting.contains_key(id)).collect();
        free.sort_by_key(|id| self.known[id].0);
        free.truncate(most);
        self.leased.extend(&free);
        free
    }

    fn settle(&mut self, id: u8, how: How) {
        self.leased.retain(|leased| *leased != id);
        match how {
            How::Retry => {
                self.waiting.insert(id, self.now + DELAY);
            }
            How::Released => {}
            How::Done | How::Dead => {
                let line = self.lines.get_mut(&self.known[&id].1).unwrap();
                line.remove(0);
                if matches!(how, How::Dead) {
                    self.dead.push(id);
                }
            }
        }
    }

    fn requeue(&mut self, id: u8) -> bool {
        let was_dead = self.dead.contains(&id);
        if was_dead {
            self.dead.retain(|dead| *dead != id);
            self.join(id);
        }
        was_dead
    }
}

async fn compare(case: &Case, steps: &[Step]) {
    let mut model = Model::default();
    let mut leased: Vec<LeasedDelivery> = Vec::new();
    for step in steps {
        match *step {
            Step::PutOutcome { id, key } => {
                let put = case.inbox.put(event_of(&id.to_string(), &key.to_string())).await.unwrap();
                assert_eq!(matches!(put, PutOutcome::Stored(_)), model.put(id, key), "{}", case.name);
            }
            Step::Lease { most } => {
                let batch = case.lease(most).await;
                let ids: Vec<_> = batch.iter().map(number).collect();
                assert_eq!(ids, model.lease(most), "{}", case.name);
                leased.extend(batch);
            }
            Step::Settle { which, how } if !leased.is_empty() => {
                let one = leased.remove(which.index(leased.len()));
                case.inbox.settle(one.token, settlement(how)).await.unwrap();
                model.settle(number(&one), how);
            }
            Step::Settle { .. } => {}
            Step::Requeue { id } => {
                let requeued = case.inbox.requeue(EventId::new(id.to_string())).await.unwrap();
                assert_eq!(requeued, model.requeue(id), "{}", case.name);
            }
            Step::Pass => {
                case.clock.pass(DELAY / 2);
                model.now += DELAY / 2;
            }
        }
    }
    let stats = case.inbox.stats().await.unwrap();
    let pending: usize = model.lines.values().map(Vec::len).sum();
    assert_eq!((stats.pending, stats.dead), (pending as u64, model.dead.len() as u64), "{}", case.name);
}

fn number(leased: &LeasedDelivery) -> u8 {
    leased.delivery.id().as_str().parse().unwrap()
}

fn settlement(how: How) -> Settlement {
    match how {
        How::Done => Settlement::Done,
        How::Retry => Settlement::Retry { after: DELAY },
        How::Dead => Settlement::Dead(Reason::new(ReasonKind::Rejected, "as the test asks")),
        How::Released => Settlement::Released,
    }
}

fn run(case: &Case, steps: &[Step]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(compare(case, steps));
}

proptest! {
    #[test]
    fn memory_keeps_the_order(steps in prop::collection::vec(any_step(), 0..120)) {
        run(&memory(), &steps);
    }
}

proptest! {
    // Few cases, because every step is synced to the disk.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sqlite_keeps_the_order(steps in prop::collection::vec(any_step(), 0..120)) {
        run(&sqlite(), &steps);
    }
}
