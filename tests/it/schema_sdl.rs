//! The contract: the committed SDL is what the program serves, and it explains
//! itself.

use std::path::Path;

use serde_json::Value;

use crate::support::Server;

#[test]
fn the_committed_schema_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema.graphql");
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == tubex::roots::sdl(),
        "schema.graphql is not what the program serves; renew it by \
         `cargo run -- schema --output schema.graphql` and review the difference"
    );
}

#[test]
fn the_committed_schema_of_the_operators_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operator.graphql");
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == tubex::platform::operator::roots::operator_sdl(),
        "docs/operator.graphql is not what the program serves; renew it by `cargo run -- schema \
         --operator --output docs/operator.graphql` and review the difference"
    );
}

const INTROSPECTION: &str = "{ __schema { types {
    name kind description
    fields { name description args { name description } }
    inputFields { name description }
    enumValues { name description }
} } }";

fn described(value: &Value) -> bool {
    value["description"]
        .as_str()
        .is_some_and(|text| !text.trim().is_empty())
}

fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

/// Names of what in `types` has no description.
fn undescribed(types: &[Value]) -> Vec<String> {
    let mut missing = Vec::new();
    for ty in types {
        let name = ty["name"].as_str().unwrap();
        // The specification's own types are described there.
        if name.starts_with("__") || name == "ID" {
            continue;
        }
        let mut check = |path: String, value: &Value| {
            if !described(value) {
                missing.push(path);
            }
        };
        check(name.to_owned(), ty);
        for part in ["fields", "inputFields", "enumValues"] {
            for member in list(ty, part) {
                let path = format!("{name}.{}", member["name"].as_str().unwrap());
                check(path.clone(), member);
                for argument in list(member, "args") {
                    let argument_name = argument["name"].as_str().unwrap();
                    check(format!("{path}({argument_name})"), argument);
                }
            }
        }
    }
    missing
}

#[tokio::test]
async fn every_name_is_described() {
    let server = Server::start().await;
    let schema = server.anonymous().get(INTROSPECTION).await;
    let types = list(&schema["__schema"], "types");
    assert!(types.len() > 50);
    let missing = undescribed(types);
    assert!(missing.is_empty(), "without description: {missing:#?}");
}

#[tokio::test]
async fn every_name_of_the_operators_is_described() {
    let server = Server::start_with(|settings| {
        settings.operator_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    let schema = server.operator().get(INTROSPECTION).await;
    let types = list(&schema["__schema"], "types");
    assert!(types.len() > 20);
    let missing = undescribed(types);
    assert!(missing.is_empty(), "without description: {missing:#?}");
}
