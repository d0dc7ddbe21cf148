//! A schema as what its clients may rely on, and what of that another one breaks.

use std::collections::{BTreeMap, BTreeSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    ConstDirective, FieldDefinition, InputValueDefinition, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

/// What stands at a place of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Member {
    /// A type, a value of an enum, a member of a union: there or not.
    Named(&'static str),
    /// A field that is read.
    Read(String),
    /// An argument, or a field of an input: its type, and whether it can be left out.
    Sent(String, bool),
}

/// Everything a schema has, by place, as in `Query.product(sku)`.
#[derive(Default)]
pub struct Contract {
    members: BTreeMap<String, Member>,
    /// Places that are deprecated.
    pub deprecated: BTreeSet<String>,
}

impl Contract {
    pub fn of(sdl: &str) -> Self {
        let mut contract = Self::default();
        for definition in parse_schema(sdl).unwrap().definitions {
            if let TypeSystemDefinition::Type(ty) = definition {
                contract.add_type(&ty.node);
            }
        }
        contract
    }

    fn add(&mut self, place: String, member: Member, directives: &[Positioned<ConstDirective>]) {
        let is_deprecated =
            |one: &Positioned<ConstDirective>| one.node.name.node.as_str() == "deprecated";
        if directives.iter().any(is_deprecated) {
            self.deprecated.insert(place.clone());
        }
        self.members.insert(place, member);
    }

    fn add_type(&mut self, ty: &TypeDefinition) {
        let name = ty.name.node.as_str();
        let kind = match &ty.kind {
            TypeKind::Scalar => "scalar",
            TypeKind::Object(_) => "object",
            TypeKind::Interface(_) => "interface",
            TypeKind::Union(_) => "union",
            TypeKind::Enum(_) => "enum",
            TypeKind::InputObject(_) => "input",
        };
        self.add(name.to_owned(), Member::Named(kind), &ty.directives);
        match &ty.kind {
            TypeKind::Scalar => {}
            TypeKind::Object(object) => {
                self.add_names(name, " implements ", &object.implements);
                self.add_fields(name, &object.fields);
            }
            TypeKind::Interface(interface) => {
                self.add_names(name, " implements ", &interface.implements);
                self.add_fields(name, &interface.fields);
            }
            TypeKind::Union(union) => self.add_names(name, " = ", &union.members),
            TypeKind::Enum(choices) => {
                for value in &choices.values {
                    let place = format!("{name}.{}", value.node.value.node);
                    self.add(place, Member::Named("value"), &value.node.directives);
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    let place = format!("{name}.{}", field.node.name.node);
                    self.add_sent(place, &field.node);
                }
            }
        }
    }

    fn add_names(&mut self, name: &str, between: &str, names: &[Positioned<Name>]) {
        for other in names {
            let place = format!("{name}{between}{}", other.node);
            self.add(place, Member::Named("name"), &[]);
        }
    }

    fn add_fields(&mut self, name: &str, fields: &[Positioned<FieldDefinition>]) {
        for field in fields {
            let field = &field.node;
            let place = format!("{name}.{}", field.name.node);
            for argument in &field.arguments {
                let argument = &argument.node;
                self.add_sent(format!("{place}({})", argument.name.node), argument);
            }
            let read = Member::Read(field.ty.node.to_string());
            self.add(place, read, &field.directives);
        }
    }

    fn add_sent(&mut self, place: String, value: &InputValueDefinition) {
        let can_be_left_out = value.ty.node.nullable || value.default_value.is_some();
        let sent = Member::Sent(value.ty.node.to_string(), can_be_left_out);
        self.add(place, sent, &value.directives);
    }

    /// Whether something stands at a place.
    pub fn has(&self, place: &str) -> bool {
        self.members.contains_key(place)
    }

    /// What clients of this contract can not rely on any more, by place and with the reason.
    pub fn broken_by(&self, new: &Self) -> BTreeMap<String, String> {
        let mut broken = BTreeMap::new();
        for (place, member) in &self.members {
            let reason = match (member, new.members.get(place)) {
                (_, None) if parent(place).is_some_and(|parent| !new.has(parent)) => None,
                (_, None) => Some("is gone".to_owned()),
                (member, Some(now)) => changed(member, now),
            };
            broken.extend(reason.map(|reason| (place.clone(), reason)));
        }
        for (place, member) in &new.members {
            let is_needed = matches!(member, Member::Sent(_, false)) && !self.has(place);
            // Who did not know of the field or input has not left anything out of it.
            if is_needed && parent(place).is_some_and(|parent| self.has(parent)) {
                broken.insert(place.clone(), "is new, and needed".to_owned());
            }
        }
        broken
    }
}

/// The place that a place is part of.
fn parent(place: &str) -> Option<&str> {
    place
        .rfind(['(', ' ', '.'])
        .map(|end| place[..end].split(' ').next().unwrap_or_default())
}

fn changed(old: &Member, new: &Member) -> Option<String> {
    let fits = match (old, new) {
        (Member::Read(old), Member::Read(new)) => promises(new, old),
        (Member::Sent(old, could), Member::Sent(new, can)) => {
            promises(old, new) && (!could || *can)
        }
        (old, new) => old == new,
    };
    (!fits).then(|| format!("was {old:?} and is {new:?}"))
}

/// Whether what is of one type is of the other one, too: the same, where the other may allow
/// null.
fn promises(strict: &str, loose: &str) -> bool {
    let (mut strict, mut loose) = (strict.chars().peekable(), loose.chars().peekable());
    loop {
        match (strict.peek().copied(), loose.peek().copied()) {
            (None, None) => return true,
            (Some('!'), other) if other != Some('!') => {
                strict.next();
            }
            (one, other) if one == other => {
                strict.next();
                loose.next();
            }
            _ => return false,
        }
    }
}
