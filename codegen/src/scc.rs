//! Which nodes of a graph lie on a circle together: its strongly connected components (Tarjan 1972), in one pass.

/// The component of each node.
pub(crate) struct Circles {
    component: Vec<usize>,
}

impl Circles {
    /// The mark of the component that a node is in.
    pub(crate) fn of(&self, node: usize) -> usize {
        self.component[node]
    }

    /// Whether each of two nodes can be reached from the other.
    pub(crate) fn in_same_cycle(&self, one: usize, other: usize) -> bool {
        self.component[one] == self.component[other]
    }

    /// Of each component that holds a circle, the first node that can break one.
    pub(crate) fn cycle_heads<'a>(
        &'a self,
        edges: &'a [Vec<usize>],
        can_break: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let mut seen = vec![false; self.component.len()];
        (0..edges.len()).filter(move |node| {
            let is_round = edges[*node].iter().any(|next| self.in_same_cycle(*next, *node));
            is_round && can_break(*node) && !std::mem::replace(&mut seen[self.component[*node]], true)
        })
    }
}

/// Finds the components; without recursion, since chains of types may be as long as documents.
pub(crate) fn find(edges: &[Vec<usize>]) -> Circles {
    let mut search = Search {
        edges,
        next: 0,
        order: vec![None; edges.len()],
        lowest: vec![0; edges.len()],
        component: vec![None; edges.len()],
        open: Vec::new(),
    };
    for node in 0..edges.len() {
        search.from(node);
    }
    Circles { component: search.component.into_iter().map(Option::unwrap_or_default).collect() }
}

struct Search<'a> {
    edges: &'a [Vec<usize>],
    next: usize,
    /// When a node was met.
    order: Vec<Option<usize>>,
    /// The earliest node that a node leads back to.
    lowest: Vec<usize>,
    component: Vec<Option<usize>>,
    /// What has been met and is in no component yet.
    open: Vec<usize>,
}

impl Search<'_> {
    fn from(&mut self, start: usize) {
        if self.order[start].is_some() {
            return;
        }
        let edges = self.edges;
        let mut path = vec![(start, edges[start].iter())];
        self.meet(start);
        while let Some((node, rest)) = path.last_mut() {
            let node = *node;
            let Some(&next) = rest.next() else {
                path.pop();
                if let Some((above, _)) = path.last() {
                    self.lowest[*above] = self.lowest[*above].min(self.lowest[node]);
                }
                self.close(node);
                continue;
            };
            match self.order[next] {
                None => {
                    self.meet(next);
                    path.push((next, edges[next].iter()));
                }
                Some(order) if self.component[next].is_none() => self.lowest[node] = self.lowest[node].min(order),
                Some(_) => {}
            }
        }
    }

    fn meet(&mut self, node: usize) {
        self.order[node] = Some(self.next);
        self.lowest[node] = self.next;
        self.next += 1;
        self.open.push(node);
    }

    /// Takes the component off the stack, where the node is the one through which it was entered.
    fn close(&mut self, node: usize) {
        if self.order[node] != Some(self.lowest[node]) {
            return;
        }
        while let Some(member) = self.open.pop() {
            self.component[member] = Some(node);
            if member == node {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn the_first_of_each_circle_is_found() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![3], vec![0]];
        let circles = find(&edges);
        assert!(circles.in_same_cycle(1, 2) && !circles.in_same_cycle(0, 1));
        assert_eq!(circles.cycle_heads(&edges, |_| true).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(circles.cycle_heads(&edges, |node| node != 1).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (0..100_000).map(|node| vec![(node + 1) % 100_000]).collect();
        assert_eq!(find(&edges).cycle_heads(&edges, |_| true).collect::<Vec<_>>(), [0]);
    }
}
