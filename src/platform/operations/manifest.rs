//! Manifests of operations, as the tools of clients write them.

use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::kernel::hex;

const APOLLO: &str = "apollo-persisted-query-manifest";

/// An operation of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// SHA-256 of the document, in hexadecimal.
    pub sha256: String,
    /// The document.
    pub document: String,
    /// What the client calls it.
    pub name: Option<String>,
}

/// Why a manifest can not be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ManifestFault {
    /// It is no manifest that is known.
    #[error(
        "this is neither a manifest of Apollo's generate-persisted-query-manifest, nor a JSON \
         object of hashes and documents as graphql-codegen and Relay write it, nor a document"
    )]
    Unknown,
    /// The hash is not that of the document.
    #[error("{0} is not the SHA-256 of its document; tell the tool to hash with SHA-256")]
    OtherHash(String),
}

#[derive(Deserialize)]
struct Apollo {
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    name: Option<String>,
    body: String,
}

/// The operations of a manifest's text; one that is no JSON is one document.
pub fn read(text: &str) -> Result<Vec<Listed>, ManifestFault> {
    let Ok(json) = serde_json::from_str::<Value>(text) else {
        return match text.trim() {
            "" => Err(ManifestFault::Unknown),
            _ => Ok(vec![listed(text.to_owned(), None)]),
        };
    };
    let Value::Object(fields) = json else {
        return Err(ManifestFault::Unknown);
    };
    if fields.get("format").and_then(Value::as_str) == Some(APOLLO) {
        let manifest: Apollo =
            serde_json::from_value(fields.into()).map_err(|_| ManifestFault::Unknown)?;
        let operations = manifest.operations.into_iter();
        return operations
            .map(|operation| checked(&operation.id, listed(operation.body, operation.name)))
            .collect();
    }
    by_hash(fields)
}

fn by_hash(fields: Map<String, Value>) -> Result<Vec<Listed>, ManifestFault> {
    fields
        .into_iter()
        .map(|(hash, document)| match document {
            Value::String(document) => checked(&hash, listed(document, None)),
            _ => Err(ManifestFault::Unknown),
        })
        .collect()
}

fn listed(document: String, name: Option<String>) -> Listed {
    Listed {
        sha256: hex::encode(&Sha256::digest(document.as_bytes())),
        document,
        name,
    }
}

/// The hash may stand behind its kind, as in `sha256:…`.
fn checked(hash: &str, listed: Listed) -> Result<Listed, ManifestFault> {
    let bare = hash.strip_prefix("sha256:").unwrap_or(hash);
    if bare.eq_ignore_ascii_case(&listed.sha256) {
        Ok(listed)
    } else {
        Err(ManifestFault::OtherHash(hash.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn manifests_of_the_usual_tools_are_read() {
        let document = "query A { viewer { user { id } } }";
        let hash = hex::encode(&Sha256::digest(document.as_bytes()));
        let apollo = json!({ "format": APOLLO, "version": 1,
            "operations": [{ "id": hash, "name": "A", "type": "query", "body": document }] });
        let map = json!({ (hash.clone()): document });
        for (text, name) in [
            (apollo.to_string(), Some("A")),
            (map.to_string(), None),
            (document.to_owned(), None),
        ] {
            let all = read(&text).unwrap();
            assert_eq!(all.len(), 1);
            assert_eq!((&all[0].sha256, all[0].name.as_deref()), (&hash, name));
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", "[]", "17", r#"{"a":1}"#] {
            assert_eq!(read(text), Err(ManifestFault::Unknown), "{text}");
        }
        let other = read(r#"{"da39a3ee5e6b4b0d3255bfef95601890afd80709":"{ a }"}"#);
        assert!(matches!(other, Err(ManifestFault::OtherHash(_))));
    }
}
