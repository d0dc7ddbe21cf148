//! Whether a schema says of everything who may use it.
//!
//! A *record* is an object type with a permission of its own. It is checked, over the
//! SDL, that
//!
//! - each root field says what it needs, in exactly one way;
//! - each object type is a record or public, but for `FRAMES` and `PLAIN`;
//! - each field that leads to a record has the record's permission, whatever it is a
//!   field of, unless that is a record with the same one.
//!
//! So nobody reaches a record around its permission. The server does not start with a
//! schema for which this is not so.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ConstDirective, FieldDefinition, ServiceDocument, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Positioned, Value};

use super::permit::Permission;

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];
/// Endings of types that hold records and nothing of their own.
const FRAMES: [&str; 3] = ["Connection", "Edge", "Payload"];
/// Types without a secret.
const PLAIN: [&str; 4] = ["ErrorDetail", "Money", "PageInfo", "UserError"];
/// Fields that find any record, and check the permission of what they find.
const LOOKUPS: [&str; 2] = ["Query.node", "Query.nodes"];

/// What a schema does not say.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub struct Undeclared(pub Vec<String>);

impl fmt::Display for Undeclared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults = self.0.join("; ");
        write!(f, "the schema does not say who may use it: {faults}")
    }
}

/// What a field or a type says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Declared {
    Needs(Permission),
    SignedIn,
    Public,
}

/// An object type.
struct Object {
    declared: Option<Declared>,
    fields: Vec<Field>,
}

struct Field {
    name: String,
    declared: Option<Declared>,
    /// The type behind lists, pages and nulls.
    leads_to: String,
}

/// Refuses the schema with this SDL unless it says of everything who may use it.
pub fn check(sdl: &str) -> Result<(), Undeclared> {
    let document = parse_schema(sdl).map_err(|error| Undeclared(vec![error.to_string()]))?;
    let mut check = Check::default();
    check.read(&document);
    check.run();
    if check.faults.is_empty() {
        Ok(())
    } else {
        check.faults.sort_unstable();
        Err(Undeclared(check.faults))
    }
}

#[derive(Default)]
struct Check {
    objects: HashMap<String, Object>,
    /// Interfaces and unions: which record is behind them shows at run time.
    abstracts: Vec<String>,
    faults: Vec<String>,
}

impl Check {
    fn read(&mut self, document: &ServiceDocument) {
        for definition in &document.definitions {
            let TypeSystemDefinition::Type(ty) = definition else {
                continue;
            };
            let name = ty.node.name.node.to_string();
            match &ty.node.kind {
                TypeKind::Object(object) => {
                    let declared = self.declared(&name, &ty.node.directives);
                    let fields = object.fields.iter();
                    let fields = fields.map(|field| self.field(&name, &field.node)).collect();
                    self.objects.insert(name, Object { declared, fields });
                }
                TypeKind::Interface(_) | TypeKind::Union(_) => self.abstracts.push(name),
                _ => {}
            }
        }
    }

    fn field(&mut self, object: &str, field: &FieldDefinition) -> Field {
        let name = field.name.node.to_string();
        let mut base = &field.ty.node.base;
        while let BaseType::List(inner) = base {
            base = &inner.base;
        }
        let leads_to = match base {
            BaseType::Named(name) => name.as_str(),
            BaseType::List(_) => "",
        };
        Field {
            declared: self.declared(&format!("{object}.{name}"), &field.directives),
            leads_to: leads_to
                .strip_suffix("Connection")
                .unwrap_or(leads_to)
                .to_owned(),
            name,
        }
    }

    /// The one thing that is said at `place`, if it is one.
    fn declared(
        &mut self,
        place: &str,
        directives: &[Positioned<ConstDirective>],
    ) -> Option<Declared> {
        let mut said = Vec::new();
        for directive in directives {
            match directive.node.name.node.as_str() {
                "hasPermission" => match permission(&directive.node) {
                    Some(permission) => said.push(Declared::Needs(permission)),
                    None => self
                        .faults
                        .push(format!("{place} names no permission that there is")),
                },
                "signedIn" => said.push(Declared::SignedIn),
                "public" => said.push(Declared::Public),
                _ => {}
            }
        }
        if said.len() > 1 {
            self.faults.push(format!("{place} says two things"));
        }
        said.first().copied()
    }

    fn run(&mut self) {
        let objects = std::mem::take(&mut self.objects);
        let mut names: Vec<&String> = objects.keys().collect();
        names.sort_unstable();
        for name in names {
            let Some(object) = objects.get(name) else {
                continue;
            };
            if ROOTS.contains(&name.as_str()) {
                self.check_root(name, object, &objects);
            } else {
                self.check_object(name, object, &objects);
            }
        }
    }

    fn check_root(&mut self, name: &str, root: &Object, objects: &HashMap<String, Object>) {
        for field in &root.fields {
            let place = format!("{name}.{}", field.name);
            let Some(declared) = field.declared else {
                let hint = "needs @hasPermission, @signedIn or @public";
                self.faults.push(format!("{place} {hint}"));
                continue;
            };
            let is_payload = field.leads_to.ends_with("Payload");
            let payload = objects.get(&field.leads_to).filter(|_| is_payload);
            // What a payload holds is read by the right to do what it answers.
            let inside = payload.into_iter().flat_map(|payload| &payload.fields);
            for behind in std::iter::once(field).chain(inside) {
                self.check_way(&place, Some(declared), behind, objects);
            }
        }
    }

    fn check_object(&mut self, name: &str, object: &Object, objects: &HashMap<String, Object>) {
        if FRAMES.iter().any(|frame| name.ends_with(frame)) {
            return;
        }
        if object.declared.is_none() && !PLAIN.contains(&name) {
            let hint = "needs @hasPermission, or @public if it has no right of its own";
            self.faults.push(format!("{name} {hint}"));
        }
        for field in &object.fields {
            let place = format!("{name}.{}", field.name);
            let declared = field.declared.or(object.declared);
            self.check_way(&place, declared, field, objects);
        }
    }

    /// Whether `declared` is enough for what `field` leads to.
    fn check_way(
        &mut self,
        place: &str,
        declared: Option<Declared>,
        field: &Field,
        objects: &HashMap<String, Object>,
    ) {
        let target = &field.leads_to;
        if self.abstracts.contains(target) && !LOOKUPS.contains(&place) {
            self.faults.push(format!("{place} leads to any {target}"));
        }
        let Some(Declared::Needs(wanted)) = objects.get(target).and_then(|o| o.declared) else {
            return;
        };
        let has = declared.or(field.declared);
        if !matches!(has, Some(Declared::Needs(permission)) if permission.covers(wanted)) {
            self.faults
                .push(format!("{place} leads to {target} and needs {wanted}"));
        }
    }
}

fn permission(directive: &ConstDirective) -> Option<Permission> {
    let argument = directive.get_argument("permission")?;
    match &argument.node {
        Value::String(name) => Permission::from_str(name).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDS: &str = r#"
        type Product @hasPermission(permission: "products:read") { id: ID! }
        type Unit @hasPermission(permission: "units:read") { id: ID! }
        type ProductConnection { nodes: [Product!]! }
        type Change @public { at: Int! }
        interface Node { id: ID! }
    "#;

    fn faults(rest: &str) -> Vec<String> {
        match check(&format!("{RECORDS}{rest}")) {
            Ok(()) => Vec::new(),
            Err(Undeclared(faults)) => faults,
        }
    }

    #[test]
    fn a_schema_that_says_everything_is_fine() {
        let fine = r#"
            type Query {
                a: Product @hasPermission(permission: "products:read")
                b: ProductConnection! @hasPermission(permission: "products:read")
                c: Int @signedIn
                d: Int @public
                node: Node @signedIn
            }
            type Mutation { e: MadePayload @hasPermission(permission: "products:manage") }
            type MadePayload { product: Product userErrors: [UserError!]! }
            type Level @hasPermission(permission: "stock:read") {
                unit: Unit @hasPermission(permission: "units:read")
                parts: [Level!]!
            }
        "#;
        assert_eq!(faults(fine), [""; 0]);
    }

    #[test]
    fn each_root_field_says_one_thing() {
        for (field, fault) in [
            (
                "a: Int",
                "Query.a needs @hasPermission, @signedIn or @public",
            ),
            ("a: Int @public @signedIn", "Query.a says two things"),
            (
                r#"a: Int @public @hasPermission(permission: "x:y")"#,
                "Query.a names no permission that there is",
            ),
        ] {
            assert_eq!(faults(&format!("type Query {{ {field} }}")), [fault]);
        }
    }

    #[test]
    fn each_type_names_what_it_needs() {
        let hint = "Secret needs @hasPermission, or @public if it has no right of its own";
        assert_eq!(faults("type Secret { code: String }"), [hint]);
    }

    #[test]
    fn no_way_leads_around_a_permission() {
        let needs = "leads to Product and needs products:read";
        for (rest, place) in [
            ("type Query { a: Product @signedIn }", "Query.a"),
            ("type Query { a: ProductConnection @public }", "Query.a"),
            (
                r#"type Query { a: [Product!]! @hasPermission(permission: "units:manage") }"#,
                "Query.a",
            ),
            (
                r#"type Level @hasPermission(permission: "stock:read") { of: [[Product!]!] }"#,
                "Level.of",
            ),
            ("type Event @public { product: Product }", "Event.product"),
            (
                r#"type Mutation { a: DonePayload @hasPermission(permission: "units:manage") }
                   type DonePayload { product: Product }"#,
                "Mutation.a",
            ),
        ] {
            assert_eq!(faults(rest), [format!("{place} {needs}")], "{rest}");
        }
    }

    #[test]
    fn any_record_is_found_by_lookups_only() {
        let rest = r#"type Query { some: Node @hasPermission(permission: "products:read") }"#;
        assert_eq!(faults(rest), ["Query.some leads to any Node"]);
    }
}
