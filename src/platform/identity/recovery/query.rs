//! SQL of what mails prove about users.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::db::control::ControlConn;
use crate::db::control_tables::users;
use crate::db::error::DbResult;
use crate::kernel::ids::UserId;
use crate::platform::identity::model::UserRow;

/// Notes that mail to `email` reaches this user; none if that is not his address.
pub(super) async fn verify(
    conn: &mut ControlConn,
    user: UserId,
    email: &str,
    now: DateTime<Utc>,
) -> DbResult<Option<UserRow>> {
    let query = diesel::update(users::table.find(user))
        .filter(users::email.eq(email))
        .set(users::email_verified_at.eq(now))
        .returning(UserRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}
