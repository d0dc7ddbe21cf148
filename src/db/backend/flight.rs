//! A query taken apart into what is sent: text once, values each time.

use std::sync::Arc;

use bytes::BytesMut;
use diesel::QueryResult;
use diesel::pg::{
    FailedToLookupTypeError, Pg, PgMetadataCacheKey, PgMetadataLookup, PgQueryBuilder,
    PgTypeMetadata,
};
use diesel::query_builder::bind_collector::RawBytesBindCollector;
use diesel::query_builder::{QueryBuilder, QueryFragment, QueryId};
use tokio_postgres::types::{IsNull, ToSql, Type};
use tokio_postgres::{Client, Error};

use super::convert::bind_types;
use super::statements::{Key, Prepared, QueryKey, Statements};

/// A query without diesel's types.
pub(super) struct Flight {
    /// None for a statement that is not worth keeping.
    pub(super) key: Option<Key>,
    pub(super) source: Source,
    pub(super) binds: Vec<Bind>,
}

/// Where the prepared statement comes from.
pub(super) struct Source {
    kept: Option<Prepared>,
    sql: Arc<str>,
    types: Vec<Type>,
}

impl Flight {
    /// Takes `query` apart. The text is put together only if no statement is
    /// kept for it, and starts with the mark of the owner: to Postgres, and to a
    /// pooler in between, that makes it a statement of its own.
    pub(super) fn new<Q>(
        query: &Q,
        mark: Option<Arc<str>>,
        statements: &mut Statements,
    ) -> QueryResult<Self>
    where
        Q: QueryFragment<Pg> + QueryId,
    {
        let mut collector = RawBytesBindCollector::<Pg>::new();
        query.collect_binds(&mut collector, &mut NoCustomTypes, &Pg)?;
        let types = bind_types(&collector.metadata)?;
        let binds = collector.binds.into_iter().map(Bind).collect();
        let known = match Q::query_id() {
            Some(id) => QueryKey::Type(id),
            None => QueryKey::Text(text(query, mark.as_deref())?, types.clone()),
        };
        let key = Key {
            owner: mark,
            query: known,
        };
        let kept = statements.get(&key);
        let sql = match (&kept, &key.query) {
            (Some(kept), _) => Arc::clone(&kept.sql),
            (None, QueryKey::Text(sql, _)) => Arc::clone(sql),
            (None, QueryKey::Type(_)) => text(query, key.owner.as_deref())?,
        };
        let keep = query.is_safe_to_cache_prepared(&Pg)?;
        Ok(Self {
            key: keep.then_some(key),
            source: Source { kept, sql, types },
            binds,
        })
    }

    /// The statement's text.
    pub(super) fn shown(&self) -> &str {
        &self.source.sql
    }
}

impl Source {
    /// The statement, prepared now if it is not kept. One that is kept is handed
    /// out once: whoever asks again has another connection.
    pub(super) async fn prepared(&mut self, client: &Client) -> Result<Prepared, Error> {
        if let Some(kept) = self.kept.take() {
            return Ok(kept);
        }
        let statement = client.prepare_typed(&self.sql, &self.types).await?;
        Ok(Prepared::new(statement, Arc::clone(&self.sql)))
    }
}

fn text(query: &impl QueryFragment<Pg>, mark: Option<&str>) -> QueryResult<Arc<str>> {
    let mut builder = PgQueryBuilder::default();
    if let Some(mark) = mark {
        builder.push_sql("/*");
        builder.push_sql(mark);
        builder.push_sql("*/ ");
    }
    query.to_sql(&mut builder, &Pg)?;
    Ok(builder.finish().into())
}

/// A value, written by diesel.
#[derive(Debug)]
pub(super) struct Bind(Option<Vec<u8>>);

impl ToSql for Bind {
    fn to_sql(
        &self,
        _type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match &self.0 {
            Some(bytes) => {
                out.extend_from_slice(bytes);
                Ok(IsNull::No)
            }
            None => Ok(IsNull::Yes),
        }
    }

    fn accepts(_type: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        typ: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(typ, out)
    }
}

/// Dealers' schemas have no types of their own, and queries use none of an
/// extension: their numbers would have to be asked for, and differ by schema.
struct NoCustomTypes;

impl PgMetadataLookup for NoCustomTypes {
    fn lookup_type(&mut self, name: &str, schema: Option<&str>) -> PgTypeMetadata {
        let schema = schema.map(|schema| schema.to_owned().into());
        let key = PgMetadataCacheKey::new(schema, name.to_owned().into());
        PgTypeMetadata::from_result(Err(FailedToLookupTypeError::new(key)))
    }
}
