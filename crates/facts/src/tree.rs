//! Schemas compiled for reading: for each hash of an object, which member leads where.
//!
//! Built once from the dotted paths of a schema. It holds no data and reads nothing.

use std::sync::LazyLock;

use crate::objects::{self, application_fee, charge, invoice, transfer};
use crate::schema::{Schema, Shape};

/// Lists of whole objects that some versions embed, and that are no part of their parent's content.
const CHILDREN: &[(&Schema, &str)] = &[
    // Invoice payments, since 2025-03-31.basil where expanded.
    (&invoice::SCHEMA, "payments"),
    // Refunds, until 2022-11-15 always, later where expanded.
    (&charge::SCHEMA, "refunds"),
    // No event brings these by themselves.
    (&transfer::SCHEMA, "reversals"),
    (&application_fee::SCHEMA, "refunds"),
];

static TREES: LazyLock<Vec<Tree>> =
    LazyLock::new(|| objects::ALL.iter().copied().map(Tree::of).collect());

/// One schema, compiled.
pub(crate) struct Tree {
    /// The schema that it was made from.
    pub(crate) schema: &'static Schema,
    /// The object's own members.
    pub(crate) root: Node,
    /// Bits of the root's branches that a whole object always has.
    pub(crate) required: u128,
}

/// One hash: the members that are read.
pub(crate) struct Node {
    branches: Vec<(&'static str, Branch)>,
    /// Index of a branch plus one by hash of its name, open addressing; 0 is free.
    slots: [u8; 256],
}

/// What a member is.
pub(crate) enum Branch {
    /// One value of the content.
    Leaf { place: usize, shape: Shape },
    /// Rows of the content.
    Rows { place: usize, tree: Tree },
    /// A hash with values below it, at these places.
    Hash { node: Node, places: Vec<usize> },
    /// A list of whole objects that have claims of their own.
    Children,
    /// The object's own id or kind, found before the content is read; here only so that a second one is seen.
    Head,
    /// `deleted`.
    Deleted,
}

/// The compiled schema of Stripe's `object` name, if the books hold that kind.
pub(crate) fn tree(object: &str) -> Option<&'static Tree> {
    TREES.iter().find(|tree| tree.schema.object == object)
}

impl Tree {
    fn of(schema: &'static Schema) -> Tree {
        assert!(schema.fields.len() <= 128, "bits of places are a u128");
        let mut root = Node::of(schema, "");
        if objects::ALL.contains(&schema) {
            root.add("id", Branch::Head);
            root.add("object", Branch::Head);
            root.add("deleted", Branch::Deleted);
        }
        for (_, member) in CHILDREN.iter().filter(|(parent, _)| *parent == schema) {
            root.add(member, Branch::Children);
        }
        let required = schema.required.iter().fold(0, |bits, name| {
            let path = schema.fields[schema.at(name)].path;
            let top = path
                .split('.')
                .next()
                .expect("split gives one part at least");
            let (branch, _) = root.find(top).expect("each path has its branch");
            bits | 1 << branch
        });
        Tree {
            schema,
            root,
            required,
        }
    }
}

impl Node {
    /// The branch of this member, and its place among the branches.
    #[inline]
    pub(crate) fn find(&self, name: &str) -> Option<(usize, &Branch)> {
        let mut slot = hash(name);
        loop {
            let branch = usize::from(self.slots[slot]).checked_sub(1)?;
            let (own, found) = &self.branches[branch];
            if *own == name {
                return Some((branch, found));
            }
            slot = (slot + 1) % 256;
        }
    }

    fn of(schema: &'static Schema, prefix: &str) -> Node {
        let mut node = Node {
            branches: Vec::new(),
            slots: [0; 256],
        };
        for (place, field) in schema.fields.iter().enumerate() {
            let Some(rest) = field.path.strip_prefix(prefix) else {
                continue;
            };
            match (rest.split_once('.'), field.shape) {
                (Some((hash, _)), _) if node.find(hash).is_some() => {}
                (Some((hash, _)), _) => node.add(hash, Branch::hash(schema, prefix, hash)),
                (None, Shape::List(rows)) => {
                    let tree = Tree::of(rows);
                    node.add(rest, Branch::Rows { place, tree });
                }
                (None, shape) => node.add(rest, Branch::Leaf { place, shape }),
            }
        }
        node
    }

    /// Adds a branch; the first one of a name stays.
    fn add(&mut self, name: &'static str, branch: Branch) {
        if self.find(name).is_some() {
            return;
        }
        assert!(self.branches.len() < 128, "bits of branches are a u128");
        self.branches.push((name, branch));
        let mut slot = hash(name);
        while self.slots[slot] != 0 {
            slot = (slot + 1) % 256;
        }
        self.slots[slot] = u8::try_from(self.branches.len()).expect("at most 128 branches");
    }
}

impl Branch {
    fn hash(schema: &'static Schema, prefix: &str, name: &str) -> Branch {
        let below = format!("{prefix}{name}.");
        let places = (0..schema.fields.len())
            .filter(|place| schema.fields[*place].path.starts_with(&below))
            .collect();
        Branch::Hash {
            node: Node::of(schema, &below),
            places,
        }
    }
}

/// Spreads the member names of Stripe well enough; collisions only cost a comparison.
#[inline]
fn hash(name: &str) -> usize {
    let bytes = name.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return 0;
    };
    let middle = bytes[bytes.len() / 2];
    let length = u8::try_from(bytes.len() % 256).expect("below 256");
    let mixed = u32::from_le_bytes([length, *first, middle, *last]);
    // The golden ratio's bits spread what differs in any byte to the top eight.
    (mixed.wrapping_mul(0x9E37_79B1) >> 24) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_node(schema: &Schema, node: &Node, prefix: &str) -> usize {
        let mut leaves = 0;
        for (name, branch) in &node.branches {
            let path = format!("{prefix}{name}");
            match branch {
                Branch::Leaf { place, .. } => {
                    assert_eq!(schema.fields[*place].path, path);
                    leaves += 1;
                }
                Branch::Rows { place, tree } => {
                    assert_eq!(schema.fields[*place].path, path);
                    let rows = check_node(tree.schema, &tree.root, "");
                    assert_eq!(rows, tree.schema.fields.len());
                    leaves += 1;
                }
                Branch::Hash { node, places } => {
                    let below = check_node(schema, node, &format!("{path}."));
                    assert_eq!(below, places.len());
                    leaves += below;
                }
                Branch::Children | Branch::Head | Branch::Deleted => {}
            }
        }
        leaves
    }

    #[test]
    fn every_field_of_every_schema_is_reached_by_its_path() {
        for tree in TREES.iter() {
            let leaves = check_node(tree.schema, &tree.root, "");
            assert_eq!(leaves, tree.schema.fields.len(), "{}", tree.schema.object);
        }
    }

    #[test]
    fn a_member_that_nobody_reads_has_no_branch() {
        let root = &tree("invoice").expect("invoices are held").root;
        assert!(root.find("").is_none());
        assert!(root.find("hosted_invoice_url").is_none());
        assert!(root.find("totaL").is_none());
    }
}
