//! The parameters of an operation, however they come.

use actix_web::web::Query;
use async_graphql::{Request, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::{AppError, AppResult, ErrorCode};

/// An operation as clients send it. What is null is as good as not there.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Params {
    query: Option<String>,
    operation_name: Option<String>,
    #[serde(default)]
    variables: Variables,
    extensions: Option<Map<String, Value>>,
}

/// One operation or several.
pub(super) enum Sent {
    One(Params),
    Many(Vec<Params>),
}

/// The same in the address of a GET.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct InAddress {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

impl Sent {
    /// What a body holds; `most` operations if it is a list.
    pub(super) fn of_body(body: &[u8], most: usize) -> AppResult<Self> {
        let fault = |error| invalid(format!("the body is not a GraphQL request: {error}"));
        if !body.trim_ascii_start().starts_with(b"[") {
            return serde_json::from_slice(body).map(Self::One).map_err(fault);
        }
        if most == 0 {
            return Err(invalid(
                "send one operation per request, not a list (--max-batch is 0)",
            ));
        }
        let all: Vec<Params> = serde_json::from_slice(body).map_err(fault)?;
        match all.len() {
            0 => Err(invalid("the list of operations is empty")),
            count => {
                BATCH.check(most, count)?;
                Ok(Self::Many(all))
            }
        }
    }
}

const BATCH: crate::error::Limit = crate::error::Limit {
    name: "batch",
    setting: "max_batch",
    what: "operations in one request",
};

impl Params {
    /// Those in the address of a GET.
    pub(super) fn of_address(query_string: &str) -> AppResult<Self> {
        let sent = Query::<InAddress>::from_query(query_string);
        let Query(sent) = sent
            .map_err(|error| invalid(format!("the address is not a GraphQL request: {error}")))?;
        let fault = |name: &str, error: &serde_json::Error| {
            invalid(format!(
                "`{name}` in the address is no JSON object: {error}"
            ))
        };
        let of = |text: Option<String>| text.filter(|text| !text.is_empty());
        let variables = of(sent.variables).map(|text| serde_json::from_str(&text));
        let extensions = of(sent.extensions).map(|text| serde_json::from_str(&text));
        Ok(Self {
            query: sent.query,
            operation_name: of(sent.operation_name),
            variables: variables
                .transpose()
                .map_err(|error| fault("variables", &error))?
                .unwrap_or_default(),
            extensions: extensions
                .transpose()
                .map_err(|error| fault("extensions", &error))?
                .unwrap_or_default(),
        })
    }

    /// The request; it has a document, or the hash of one.
    pub(super) fn into_request(self) -> AppResult<Request> {
        let mut request = Request::new(self.query.unwrap_or_default()).variables(self.variables);
        request.operation_name = self.operation_name;
        for (name, value) in self.extensions.unwrap_or_default() {
            let value = async_graphql::Value::from_json(value);
            let value = value.map_err(|error| invalid(error.to_string()))?;
            request.extensions.insert(name, value);
        }
        if request.query.is_empty() && !request.extensions.contains_key("persistedQuery") {
            return Err(invalid("the request needs a `query`"));
        }
        Ok(request)
    }
}

/// A request that is none.
pub(super) fn invalid(message: impl Into<std::borrow::Cow<'static, str>>) -> AppError {
    AppError::new(ErrorCode::GraphqlInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(body: &str) -> AppResult<Request> {
        match Sent::of_body(body.as_bytes(), 2)? {
            Sent::One(params) => params.into_request(),
            Sent::Many(_) => Err(invalid("a list")),
        }
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        let body = r#"{"query":"{ a }","operationName":null,"variables":null,"extensions":null}"#;
        let request = one(body).unwrap();
        assert_eq!(
            (request.query.as_str(), request.operation_name),
            ("{ a }", None)
        );
    }

    #[test]
    fn what_is_no_request_is_refused() {
        for body in [
            "",
            "null",
            "{}",
            r#"{"query":""}"#,
            r#"{"query":["{ a }"]}"#,
            r#"{"query":"{ a }","variables":"{}"}"#,
            r#"{"query":"{ a }","extensions":[]}"#,
            r#"{"query":"{ a }","query":"{ b }"}"#,
            r#"{"query":"{ a }","variables":{"n":1e999}}"#,
            "[]",
            r#"[{"query":"{ a }"},{"query":"{ a }"},{"query":"{ a }"}]"#,
        ] {
            assert!(one(body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_address_holds_the_same() {
        let address = "query=%7Ba%7D&variables=%7B%22n%22%3A1%7D&operationName=";
        let request = Params::of_address(address).unwrap().into_request().unwrap();
        assert_eq!(request.query, "{a}");
        assert_eq!(request.operation_name, None);
        assert_eq!(request.variables.get("n"), Some(&1.into()));
        for wrong in [
            "query={a}&variables=[1]",
            "query={a}&query={b}",
            "variables={}",
        ] {
            let params = Params::of_address(wrong).and_then(Params::into_request);
            assert!(params.is_err(), "{wrong}");
        }
    }
}
