//! A dealer's queries, as statements of his own.
//!
//! Postgres keeps the plan of a prepared statement for the `search_path` it was
//! planned under; used under another one, the statement is analysed and planned
//! anew, which costs several times the execution. diesel prepares a query once
//! per connection, for all dealers. So each query is marked with its dealer: to
//! Postgres that makes it a statement of its own, whose plan stays.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AsQuery, AstPass, Query, QueryFragment, QueryId};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection};

use super::schema_name::SchemaName;
use super::tx::TenantTx;

/// A query with the mark of a dealer in front.
struct Marked<Q> {
    /// None where plans are not kept.
    mark: Option<SchemaName>,
    query: Q,
}

impl<Q> QueryFragment<Pg> for Marked<Q>
where
    Q: QueryFragment<Pg>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        if let Some(mark) = &self.mark {
            out.push_sql("/*");
            out.push_sql(mark.as_str());
            out.push_sql("*/ ");
        }
        self.query.walk_ast(out.reborrow())
    }
}

/// Without an id the statement cache goes by the text, and with it by the mark.
impl<Q> QueryId for Marked<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Marked<Q> {
    type SqlType = Q::SqlType;
}

/// diesel's query methods take the transaction itself; there is no way from it
/// to the connection below.
impl AsyncConnectionCore for TenantTx {
    type ExecuteFuture<'conn, 'query> =
        <AsyncPgConnection as AsyncConnectionCore>::ExecuteFuture<'conn, 'query>;
    type LoadFuture<'conn, 'query> =
        <AsyncPgConnection as AsyncConnectionCore>::LoadFuture<'conn, 'query>;
    type Stream<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Stream<'conn, 'query>;
    type Row<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Row<'conn, 'query>;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        let mark = self.mark();
        let query = source.as_query();
        self.conn().load(Marked { mark, query })
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        let mark = self.mark();
        self.conn().execute_returning_count(Marked {
            mark,
            query: source,
        })
    }
}

impl SimpleAsyncConnection for TenantTx {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.conn().batch_execute(query).await
    }
}
