//! Operations by the hash of their text: the automatic persisted queries of Apollo.

use async_graphql::{Request, Value};

use super::params::invalid;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::graphql::document::{DocumentHash, Documents, Trusted, hash_of};

const EXTENSION: &str = "persistedQuery";

/// The hash of the document that the request is meant to run, whether its text came or
/// not.
pub(super) fn document_hash(
    request: &mut Request,
    documents: &Documents,
    is_on: bool,
) -> AppResult<DocumentHash> {
    if let Some(trusted) = documents.trusted() {
        return trusted_hash(request, documents, trusted);
    }
    let Some(sent) = request.extensions.remove(EXTENSION) else {
        return Ok(hash_of(&request.query));
    };
    if !is_on {
        if request.query.is_empty() {
            // The word by which clients send the text, and no hash again.
            let message = "PersistedQueryNotSupported";
            return Err(AppError::new(ErrorCode::PersistedQueryNotFound, message));
        }
        return Ok(hash_of(&request.query));
    }
    let hash = sent_hash(&sent)?;
    if request.query.is_empty() {
        if documents.knows(&hash) {
            return Ok(hash);
        }
        // The word by which clients send the text.
        let message = "PersistedQueryNotFound";
        return Err(AppError::new(ErrorCode::PersistedQueryNotFound, message));
    }
    if hash_of(&request.query) != hash {
        return Err(invalid("`sha256Hash` is not the SHA-256 of `query`"));
    }
    Ok(hash)
}

/// The same where only known operations are taken: by their hash or by their text.
fn trusted_hash(
    request: &mut Request,
    documents: &Documents,
    trusted: &Trusted,
) -> AppResult<DocumentHash> {
    let hash = match request.extensions.remove(EXTENSION) {
        Some(sent) => sent_hash(&sent)?,
        None => hash_of(&request.query),
    };
    let text = trusted.text(&hash).ok_or_else(|| {
        let message = "this server takes only operations that its operator has let in";
        AppError::new(ErrorCode::OperationNotTrusted, message)
    })?;
    if !documents.knows(&hash) {
        text.as_ref().clone_into(&mut request.query);
    }
    Ok(hash)
}

fn sent_hash(sent: &Value) -> AppResult<DocumentHash> {
    let Value::Object(fields) = sent else {
        return Err(invalid("`persistedQuery` must be an object"));
    };
    if fields.get("version") != Some(&Value::from(1)) {
        return Err(invalid("`persistedQuery` must be of version 1"));
    }
    let hash = match fields.get("sha256Hash") {
        Some(Value::String(text)) => of_hex(text),
        _ => None,
    };
    hash.ok_or_else(|| invalid("`sha256Hash` must be a SHA-256 in hexadecimal"))
}

/// A SHA-256 written in hexadecimal digits.
fn of_hex(text: &str) -> Option<DocumentHash> {
    let mut hash = DocumentHash::default();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_hexadecimal() {
        let hash = hash_of("{ a }");
        let text = crate::kernel::hex::encode(&hash);
        assert_eq!(of_hex(&text), Some(hash));
        assert_eq!(of_hex(&text.to_uppercase()), Some(hash));
        for wrong in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(of_hex(wrong), None, "{wrong}");
        }
    }
}
