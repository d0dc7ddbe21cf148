//! The way up the category tree, as SQL. diesel knows no WITH RECURSIVE.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Uuid as SqlUuid};
use uuid::Uuid;

/// A query begins with it, and reads from `above`: for each of these categories (`start`),
/// the category itself and those above it (`id`), with how far they are (`far`).
#[derive(Clone, Debug, QueryId)]
pub(super) struct Above(pub Vec<Uuid>);

impl QueryFragment<Pg> for Above {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "WITH RECURSIVE above (start, id, parent_id, far) AS (\
             SELECT near.id, near.id, near.parent_id, 0 FROM categories near WHERE near.id = ANY(",
        );
        out.push_bind_param::<Array<SqlUuid>, _>(&self.0)?;
        out.push_sql(
            ") UNION ALL \
             SELECT above.start, next.id, next.parent_id, above.far + 1 FROM categories next \
             JOIN above ON next.id = above.parent_id WHERE above.far < 100) ",
        );
        Ok(())
    }
}
