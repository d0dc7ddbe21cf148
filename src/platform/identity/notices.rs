//! Mails that tell a user what happened to his account. They are ordered in the
//! transaction in which it happens.

use chrono::{DateTime, Utc};

use super::model::UserRow;
use super::query;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;
use crate::platform::mail::{Mail, MailKind, enqueue};

/// When something happened, and who did it, from where; nobody, if it was an operator.
#[derive(Clone, Copy)]
pub struct Occasion<'p> {
    /// When.
    pub when: DateTime<Utc>,
    /// From where.
    pub peer: Option<&'p Peer>,
}

impl<'p> Occasion<'p> {
    /// What somebody does at this moment.
    pub const fn of(when: DateTime<Utc>, peer: &'p Peer) -> Self {
        Self {
            when,
            peer: Some(peer),
        }
    }
}

/// Tells a user.
pub async fn tell(
    conn: &mut ControlConn,
    kind: MailKind,
    user: &UserRow,
    occasion: Occasion<'_>,
) -> DbResult<()> {
    let mail = Mail {
        user: Some(user.id),
        peer: occasion.peer.cloned(),
        ..Mail::new(kind, &user.email, occasion.when)
    };
    enqueue(conn, mail).await?;
    Ok(())
}

/// As [`tell`], for who knows no more than the user's id.
pub async fn tell_by_id(
    conn: &mut ControlConn,
    kind: MailKind,
    user: UserId,
    occasion: Occasion<'_>,
) -> DbResult<()> {
    match query::find(conn, user).await? {
        Some(user) => tell(conn, kind, &user, occasion).await,
        None => Ok(()),
    }
}
