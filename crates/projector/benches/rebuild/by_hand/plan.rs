//! Which member of a kind of object goes into which column: a table of columns and paths, turned into a tree of names.
//!
//! The table is that of the books' columns. It reads nothing.

use std::collections::HashMap;

use facts::objects;
use facts::schema::{Key, Schema, Shape};

/// Lists of whole objects of another kind.
const CHILDREN: [(&str, &str); 4] = [
    ("invoice", "payments"),
    ("charge", "refunds"),
    ("transfer", "reversals"),
    ("application_fee", "refunds"),
];

/// One kind of object, or of row.
pub(crate) struct Plan {
    pub(crate) schema: &'static Schema,
    pub(crate) root: Node,
    /// For each column that is a list, the plan of its rows.
    pub(crate) lists: Vec<Option<Plan>>,
}

/// The members of one hash, sorted by length and name.
pub(crate) struct Node(Vec<(&'static str, Branch)>);

/// Where a member goes.
pub(crate) enum Branch {
    /// The object's own id, and the column that holds it, if one does.
    Id(Option<usize>),
    Cell(usize, Shape),
    List(usize),
    /// A hash, and the columns below it.
    Below(Node, Vec<usize>),
    /// Whole objects of another kind.
    Children,
}

/// All kinds of object, by Stripe's name.
pub(crate) fn plans() -> HashMap<&'static str, Plan> {
    objects::ALL
        .iter()
        .map(|schema| (schema.object, Plan::of(schema, true)))
        .collect()
}

impl Plan {
    fn of(schema: &'static Schema, is_object: bool) -> Plan {
        let list = |shape: Shape| match shape {
            Shape::List(rows) => Some(Plan::of(rows, false)),
            _ => None,
        };
        let mut root = Node::of(schema, "");
        if is_object {
            root.0.retain(|(name, _)| *name != "id");
            let cell = schema.fields.iter().position(|field| field.path == "id");
            root.0.push(("id", Branch::Id(cell)));
        }
        for (_, member) in CHILDREN.iter().filter(|(kind, _)| *kind == schema.object) {
            root.0.push((member, Branch::Children));
        }
        root.sort();
        Plan {
            schema,
            root,
            lists: schema
                .fields
                .iter()
                .map(|field| list(field.shape))
                .collect(),
        }
    }

    /// Whether rows are told apart by their place in the list.
    pub(crate) fn is_by_place(&self) -> bool {
        self.schema.key == Key::Place
    }
}

impl Node {
    fn of(schema: &'static Schema, prefix: &str) -> Node {
        let mut node = Node(Vec::new());
        for (place, field) in schema.fields.iter().enumerate() {
            let Some(rest) = field.path.strip_prefix(prefix) else {
                continue;
            };
            match (rest.split_once('.'), field.shape) {
                (None, Shape::List(_)) => node.0.push((rest, Branch::List(place))),
                (None, shape) => node.0.push((rest, Branch::Cell(place, shape))),
                (Some((name, _)), _) if node.0.iter().any(|(known, _)| *known == name) => {}
                (Some((name, _)), _) => {
                    let below = format!("{prefix}{name}.");
                    let fields = schema.fields.iter().enumerate();
                    let places = fields.filter(|(_, field)| field.path.starts_with(&below));
                    let places = places.map(|(place, _)| place).collect();
                    let branch = Branch::Below(Node::of(schema, &below), places);
                    node.0.push((name, branch));
                }
            }
        }
        node.sort();
        node
    }

    fn sort(&mut self) {
        self.0.sort_by_key(|(name, _)| (name.len(), *name));
    }

    /// Where the member of this name goes.
    pub(crate) fn find(&self, name: &str) -> Option<&Branch> {
        let order = |known: &str| known.len().cmp(&name.len()).then_with(|| known.cmp(name));
        let place = self.0.binary_search_by(|(known, _)| order(known)).ok()?;
        Some(&self.0[place].1)
    }
}
