//! The surface of the audit log.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_graphql::{Context, ID, Object, SimpleObject};
use chrono::{DateTime, Utc};
use futures_util::future::try_join_all;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::columns;
use super::input::AuditFilter;
use super::loader::HistoryOf;
use super::model::{AuditAction, Record, written};
use super::query::{self, AuditRow, AuditSort};
use crate::error::{AppError, AppResult};
use crate::graphql::connection::{Connection, PageArgs, list, page_cost};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};

/// Most rows of a history.
const MOST: i32 = 100;

/// A row of the audit log.
pub struct AuditEntry(AuditRow);

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self(row)
    }
}

/// What a change made of one field.
#[derive(SimpleObject)]
#[graphql(directive = has_permission::apply(P::AuditRead))]
pub struct AuditChange {
    /// The field.
    field: String,
    /// What it was; null if it was empty or not there. Of what is neither text nor null,
    /// the JSON. Ids are those of the API.
    old: Option<String>,
    /// What it became, likewise.
    new: Option<String>,
}

/// What became of one record in one change, and who did it.
#[Object(directive = has_permission::apply(P::AuditRead))]
impl AuditEntry {
    /// Opaque id.
    async fn id(&self) -> ID {
        format!("aud_{}", self.0.id).into()
    }

    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// What was done.
    async fn action(&self) -> AppResult<AuditAction> {
        let action = AuditAction::from_text(&self.0.action);
        action.ok_or_else(|| AppError::internal(format!("unknown action {}", self.0.action)))
    }

    /// The kind of record, as in `products`; `operation` for what happened to none.
    async fn entity(&self) -> &str {
        &self.0.entity
    }

    /// The record's id, also that of the record it is a detail of; the name of the
    /// operation if there is no record.
    async fn entity_id(&self) -> ID {
        written(&self.0.entity, &self.0.entity_id).into()
    }

    /// Which detail of the record, if it is one.
    async fn part(&self) -> Option<&str> {
        self.0.part.as_deref()
    }

    /// The fields that changed.
    async fn changes(&self) -> Vec<AuditChange> {
        changes(&self.0)
    }

    /// By whom: the id of a user, or a part of the system as in `system:provisioning`.
    async fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The operator of the platform who acted as that user.
    async fn impersonator(&self) -> Option<&str> {
        self.0.impersonator.as_deref()
    }

    /// The API key or application that acted as that user.
    async fn via(&self) -> Option<&str> {
        self.0.via.as_deref()
    }

    /// The request in which it was done; its answer bore this id.
    async fn request_id(&self) -> Option<ID> {
        self.0.request_id.map(|id| id.to_string().into())
    }

    /// The same for all that was done at once.
    async fn transaction_id(&self) -> ID {
        self.0.tx.to_string().into()
    }
}

fn changes(row: &AuditRow) -> Vec<AuditChange> {
    let (old, new) = (row.old.as_ref(), row.new.as_ref());
    let both = [old, new].into_iter().flatten();
    let names: BTreeSet<&String> = both.flat_map(|columns| columns.0.keys()).collect();
    let told =
        |name: &str, text: Option<String>| text.map(|text| columns::shown(&row.entity, name, text));
    let change = |name: &String| AuditChange {
        field: camel_case(name),
        old: told(name, old.and_then(|old| old.0.get(name)).and_then(shown)),
        new: told(name, new.and_then(|new| new.0.get(name)).and_then(shown)),
    };
    names.into_iter().map(change).collect()
}

/// A text as it is, and anything else as JSON with all its digits.
#[expect(clippy::borrowed_box, reason = "as the map holds it")]
fn shown(value: &Box<RawValue>) -> Option<String> {
    match value.get() {
        "null" => None,
        text if text.starts_with('"') => serde_json::from_str(text).ok(),
        other => Some(other.to_owned()),
    }
}

/// The name of a column as fields are named.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.extend(letters);
        name
    })
}

/// What became of a record, `first` rows, the latest first.
pub(crate) async fn history(
    ctx: &Context<'_>,
    record: (Record, Uuid),
    first: i32,
) -> AppResult<Vec<AuditEntry>> {
    history_of_all(ctx, vec![record], first).await
}

/// What became of a document and of the lines it has, as [`history`].
pub(crate) async fn history_with_lines(
    ctx: &Context<'_>,
    document: (Record, Uuid),
    (line, lines): (Record, Vec<Uuid>),
    first: i32,
) -> AppResult<Vec<AuditEntry>> {
    let mut records = vec![document];
    records.extend(lines.into_iter().map(|id| (line, id)));
    history_of_all(ctx, records, first).await
}

async fn history_of_all(
    ctx: &Context<'_>,
    records: Vec<(Record, Uuid)>,
    first: i32,
) -> AppResult<Vec<AuditEntry>> {
    if !(1..=MOST).contains(&first) {
        let message = format!("must be between 1 and {MOST}");
        return Err(AppError::bad_input("first", message));
    }
    let (unit, most) = (ctx.unit()?, first.into());
    let keys = records.into_iter();
    let keys = keys.map(|(record, id)| HistoryOf { record, id, most });
    let found = try_join_all(keys.map(|key| unit.load_list(key))).await?;
    let mut rows: Vec<AuditRow> = found.into_iter().flatten().collect();
    rows.sort_by_key(|row| Reverse(row.id));
    rows.truncate(usize::try_from(first).unwrap_or_default());
    Ok(rows.into_iter().map(AuditEntry).collect())
}

/// Queries on the audit log.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What became of all records, and what was refused, the latest first.
    #[graphql(
        guard = P::AuditRead,
        directive = has_permission::apply(P::AuditRead),
        complexity = "page_cost(first, last, child_complexity)"
    )]
    #[expect(
        clippy::too_many_arguments,
        reason = "the Relay specification wants them flat"
    )]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Page size from the start, 1 to 200; 50 if neither first nor last is given."
        )]
        first: Option<i32>,
        #[graphql(desc = "Start behind this cursor.")] after: Option<String>,
        #[graphql(desc = "Page size from the end, 1 to 200.")] last: Option<i32>,
        #[graphql(desc = "End before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which rows.")] filter: Option<AuditFilter>,
    ) -> AppResult<Connection<AuditEntry>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        list!(ctx, query, order: AuditSort = None, filter: filter, page: page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_fields() {
        assert_eq!(camel_case("list_price"), "listPrice");
        assert_eq!(camel_case("sku"), "sku");
        assert_eq!(camel_case("base_unit_id"), "baseUnitId");
    }

    #[test]
    fn numbers_keep_their_digits() {
        let raw = |json: &str| RawValue::from_string(json.to_owned()).unwrap();
        assert_eq!(
            shown(&raw("12345678901234.5000")).unwrap(),
            "12345678901234.5000"
        );
        assert_eq!(shown(&raw("\"a \\\"b\\\"\"")).unwrap(), "a \"b\"");
        assert_eq!(shown(&raw("null")), None);
    }
}
