//! A dealer's queries, as statements of his own.
//!
//! Postgres keeps the plan of a prepared statement for the `search_path` it was
//! planned under; used under another one, the statement is analysed and planned
//! anew, which costs several times the execution. So a query is prepared once
//! for each dealer who asks it, marked with his schema.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AsQuery, QueryFragment, QueryId};
use diesel_async::{AsyncConnectionCore, SimpleAsyncConnection};
use futures_util::future::BoxFuture;

use super::tx::TenantTx;
use crate::db::backend::{PgRow, Rows};

/// diesel's query methods take the transaction itself; there is no way from it
/// to the connection below.
impl AsyncConnectionCore for TenantTx {
    type ExecuteFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<usize>>;
    type LoadFuture<'conn, 'query> = BoxFuture<'conn, QueryResult<Rows>>;
    type Stream<'conn, 'query> = Rows;
    type Row<'conn, 'query> = PgRow;
    type Backend = Pg;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> Self::LoadFuture<'conn, 'query>
    where
        T: AsQuery + 'query,
        T::Query: QueryFragment<Pg> + QueryId + 'query,
    {
        let mark = self.mark();
        self.backend().load(mark, source)
    }

    fn execute_returning_count<'conn, 'query, T>(
        &'conn mut self,
        source: T,
    ) -> Self::ExecuteFuture<'conn, 'query>
    where
        T: QueryFragment<Pg> + QueryId + 'query,
    {
        let mark = self.mark();
        self.backend().execute(mark, &source)
    }
}

impl SimpleAsyncConnection for TenantTx {
    async fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.backend().batch(query).await
    }
}
