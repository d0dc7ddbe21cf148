//! What the SDL says of who may use what.

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{ConstDirective, TypeKind, TypeSystemDefinition};
use tubex::auth::permission::{Permission, PermissionSet};

/// What a field or type needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    Token,
    Permission(Permission),
}

impl Needs {
    /// Whether somebody with a token and these permissions has it.
    pub fn is_met(self, by: PermissionSet) -> bool {
        match self {
            Self::Nothing | Self::Token => true,
            Self::Permission(permission) => by.contains(permission),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "no token",
            Self::Token => "a token",
            Self::Permission(permission) => permission.as_str(),
        }
    }
}

/// A field of an object type.
#[derive(Clone, Debug)]
pub struct Field {
    pub object: String,
    pub name: String,
    /// What it says itself.
    pub needs: Option<Needs>,
}

impl Field {
    pub fn is_root(&self) -> bool {
        ["Query", "Mutation", "Subscription"].contains(&self.object.as_str())
    }

    pub fn path(&self) -> String {
        format!("{}.{}", self.object, self.name)
    }
}

/// Fields, and types with what they need.
pub struct Schema {
    pub fields: Vec<Field>,
    pub types: Vec<(String, Needs)>,
    /// Types that `node` finds.
    pub nodes: Vec<String>,
}

impl Schema {
    pub fn served() -> Self {
        let document = parse_schema(tubex::roots::sdl()).unwrap();
        let mut schema = Self {
            fields: Vec::new(),
            types: Vec::new(),
            nodes: Vec::new(),
        };
        for definition in document.definitions {
            if let TypeSystemDefinition::Type(ty) = definition
                && let TypeKind::Object(object) = ty.node.kind
            {
                let name = ty.node.name.node.to_string();
                let directives = ty.node.directives.iter().map(|d| &d.node);
                schema
                    .types
                    .extend(needs(directives).map(|needs| (name.clone(), needs)));
                if object.implements.iter().any(|name| name.node == "Node") {
                    schema.nodes.push(name.clone());
                }
                for field in object.fields {
                    let directives = field.node.directives.iter().map(|d| &d.node);
                    schema.fields.push(Field {
                        object: name.clone(),
                        name: field.node.name.node.to_string(),
                        needs: needs(directives),
                    });
                }
            }
        }
        schema
    }

    /// The fields of the roots, in the order of the SDL.
    pub fn operations(&self) -> Vec<(Field, Needs)> {
        let roots = self.fields.iter().filter(|field| field.is_root());
        let declared = |field: &Field| (field.clone(), field.needs.expect("a declaration"));
        roots.map(declared).collect()
    }

    /// Other fields that need a permission of their own.
    pub fn guarded(&self) -> Vec<(Field, Permission)> {
        let inner = self.fields.iter().filter(|field| !field.is_root());
        let needs = |field: &Field| match field.needs {
            Some(Needs::Permission(permission)) => Some((field.clone(), permission)),
            _ => None,
        };
        inner.filter_map(needs).collect()
    }

    /// What a type needs.
    pub fn of_type(&self, name: &str) -> Needs {
        let found = self.types.iter().find(|(known, _)| known == name);
        found.expect("a declaration").1
    }
}

fn needs<'a>(mut directives: impl Iterator<Item = &'a ConstDirective>) -> Option<Needs> {
    directives.find_map(|directive| match directive.name.node.as_str() {
        "public" => Some(Needs::Nothing),
        "signedIn" => Some(Needs::Token),
        "hasPermission" => match &directive.get_argument("permission")?.node {
            Value::String(name) => Some(Needs::Permission(name.parse().unwrap())),
            _ => None,
        },
        _ => None,
    })
}
