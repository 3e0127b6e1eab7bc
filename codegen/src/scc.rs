//! Strongly connected components of a graph (Tarjan 1972): the nodes that are in a cycle together.

/// The component of each node.
pub(crate) struct Components {
    component: Vec<usize>,
}

impl Components {
    /// An identifier of the component of a node: a node in it.
    pub(crate) fn component_of(&self, node: usize) -> usize {
        self.component[node]
    }

    /// Whether each of two nodes can be reached from the other.
    pub(crate) fn in_same_cycle(&self, one: usize, other: usize) -> bool {
        self.component[one] == self.component[other]
    }

    /// The first node of each component with a cycle that can break the cycle.
    pub(crate) fn cycle_heads<'a>(
        &'a self,
        edges: &'a [Vec<usize>],
        can_break: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let mut seen = vec![false; self.component.len()];
        (0..edges.len()).filter(move |node| {
            let is_cyclic = edges[*node].iter().any(|next| self.in_same_cycle(*next, *node));
            is_cyclic && can_break(*node) && !std::mem::replace(&mut seen[self.component[*node]], true)
        })
    }
}

/// Finds the components. Not recursive, because chains of types can be as long as documents.
pub(crate) fn find(edges: &[Vec<usize>]) -> Components {
    let mut search = Search {
        edges,
        next: 0,
        order: vec![None; edges.len()],
        lowest: vec![0; edges.len()],
        component: vec![None; edges.len()],
        stack: Vec::new(),
    };
    for node in 0..edges.len() {
        search.visit(node);
    }
    Components { component: search.component.into_iter().map(Option::unwrap_or_default).collect() }
}

struct Search<'a> {
    edges: &'a [Vec<usize>],
    next: usize,
    /// The order in which nodes were visited.
    order: Vec<Option<usize>>,
    /// The earliest visited node that is reachable from a node.
    lowest: Vec<usize>,
    component: Vec<Option<usize>>,
    /// Visited nodes without a component.
    stack: Vec<usize>,
}

impl Search<'_> {
    fn visit(&mut self, start: usize) {
        if self.order[start].is_some() {
            return;
        }
        let edges = self.edges;
        let mut path = vec![(start, edges[start].iter())];
        self.open(start);
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
                    self.open(next);
                    path.push((next, edges[next].iter()));
                }
                Some(order) if self.component[next].is_none() => self.lowest[node] = self.lowest[node].min(order),
                Some(_) => {}
            }
        }
    }

    fn open(&mut self, node: usize) {
        self.order[node] = Some(self.next);
        self.lowest[node] = self.next;
        self.next += 1;
        self.stack.push(node);
    }

    /// Completes the component, if the node is the first visited one of it.
    fn close(&mut self, node: usize) {
        if self.order[node] != Some(self.lowest[node]) {
            return;
        }
        while let Some(member) = self.stack.pop() {
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
    fn the_first_node_of_each_cycle_is_found() {
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![3], vec![0]];
        let components = find(&edges);
        assert!(components.in_same_cycle(1, 2) && !components.in_same_cycle(0, 1));
        assert_eq!(components.cycle_heads(&edges, |_| true).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(components.cycle_heads(&edges, |node| node != 1).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (0..100_000).map(|node| vec![(node + 1) % 100_000]).collect();
        assert_eq!(find(&edges).cycle_heads(&edges, |_| true).collect::<Vec<_>>(), [0]);
    }
}
