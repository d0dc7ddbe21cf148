//! The mutations as the server describes them.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::Client;

const INTROSPECTION: &str = "{ __schema {
    types { kind name
        fields { name args { name } type { ...T } }
        inputFields { name defaultValue type { ...T } }
        enumValues { name } }
    mutationType { fields { name args { name type { ...T } } type { ...T } } }
} }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// What a field is of.
#[derive(Clone, Debug)]
pub struct Ty {
    pub name: String,
    pub is_required: bool,
    pub is_list: bool,
}

/// A field of an input or of an object.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: Ty,
}

/// A type by what it is made of.
#[derive(Clone, Debug)]
pub enum Kind {
    Scalar,
    Enum(Vec<String>),
    Input(Vec<Field>),
    Object(Vec<Field>),
}

/// A mutation with one input.
#[derive(Clone, Debug)]
pub struct Mutation {
    pub name: String,
    pub input: String,
    /// Sends it and asks for all that a world learns of.
    pub document: String,
}

/// All types, and all mutations that take an input.
pub struct Schema {
    pub types: BTreeMap<String, Kind>,
    pub mutations: BTreeMap<String, Mutation>,
    /// Mutations without an input.
    pub others: Vec<String>,
}

impl Schema {
    pub async fn read(client: &Client) -> Self {
        let data = client.get(INTROSPECTION).await;
        let schema = &data["__schema"];
        let types = list(&schema["types"]).iter().map(|ty| {
            let name = ty["name"].as_str().unwrap().to_owned();
            (name, kind(ty))
        });
        let mut read = Self {
            types: types.collect(),
            mutations: BTreeMap::new(),
            others: Vec::new(),
        };
        for field in list(&schema["mutationType"]["fields"]) {
            let name = field["name"].as_str().unwrap().to_owned();
            let Some(argument) = list(&field["args"]).first() else {
                read.others.push(name);
                continue;
            };
            let (input, payload) = (ty(&argument["type"]).name, ty(&field["type"]).name);
            let document = format!(
                "mutation($input: {input}!) {{ payload: {name}(input: $input) {{ {} }} }}",
                read.payload(&payload)
            );
            let mutation = Mutation {
                name: name.clone(),
                input,
                document,
            };
            read.mutations.insert(name, mutation);
        }
        read
    }

    /// What is wanted of a payload.
    fn payload(&self, payload: &str) -> String {
        let mut wanted = vec!["userErrors { code path message }".to_owned()];
        let Some(Kind::Object(fields)) = self.types.get(payload) else {
            return wanted.remove(0);
        };
        for field in fields.iter().filter(|field| field.name != "userErrors") {
            if let Some(Kind::Object(_)) = self.types.get(&field.ty.name) {
                wanted.push(format!(
                    "{} {{ {} }}",
                    field.name,
                    self.selection(&field.ty.name)
                ));
            }
        }
        wanted.join(" ")
    }

    /// What is wanted of an object: how to name it, and where it stands.
    pub fn selection(&self, object: &str) -> String {
        let mut wanted = vec!["__typename".to_owned()];
        let Some(Kind::Object(fields)) = self.types.get(object) else {
            return wanted.remove(0);
        };
        for field in fields {
            match field.name.as_str() {
                "id" | "version" | "state" | "status" | "allowedActions" | "isTracked" => {
                    wanted.push(field.name.clone());
                }
                "lines" | "allocations" | "customer" | "order" | "product" | "job"
                    if self.has_id(&field.ty.name) =>
                {
                    wanted.push(format!("{} {{ id }}", field.name));
                }
                _ => {}
            }
        }
        wanted.join(" ")
    }

    fn has_id(&self, object: &str) -> bool {
        let kind = self.types.get(object);
        matches!(kind, Some(Kind::Object(fields)) if fields.iter().any(|field| field.name == "id"))
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn kind(ty: &Value) -> Kind {
    let names = |part: &str| {
        let names = list(&ty[part]).iter();
        names.map(|value| value["name"].as_str().unwrap().to_owned())
    };
    match ty["kind"].as_str().unwrap() {
        "ENUM" => Kind::Enum(names("enumValues").collect()),
        "INPUT_OBJECT" => Kind::Input(fields(&ty["inputFields"])),
        "OBJECT" => Kind::Object(fields(&ty["fields"])),
        _ => Kind::Scalar,
    }
}

/// The fields that can be left as they are where an argument is needed are left out.
fn fields(value: &Value) -> Vec<Field> {
    let plain = list(value)
        .iter()
        .filter(|field| list(&field["args"]).is_empty());
    let field = |field: &Value| {
        let mut ty = ty(&field["type"]);
        ty.is_required &= field["defaultValue"].is_null();
        Field {
            name: field["name"].as_str().unwrap().to_owned(),
            ty,
        }
    };
    plain.map(field).collect()
}

fn ty(value: &Value) -> Ty {
    let (mut at, mut is_required, mut is_list) = (value, false, false);
    loop {
        match at["kind"].as_str().unwrap() {
            "NON_NULL" => is_required |= !is_list,
            "LIST" => is_list = true,
            _ => break,
        }
        at = &at["ofType"];
    }
    Ty {
        name: at["name"].as_str().unwrap().to_owned(),
        is_required,
        is_list,
    }
}
