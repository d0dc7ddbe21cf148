//! Mails that tell a user what happened to his account. They are ordered in the
//! transaction in which it happens.

use chrono::{DateTime, Utc};

use super::model::UserRow;
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::kernel::peer::Peer;
use crate::platform::mail::{Mail, MailKind, enqueue};

/// A refresh token was used again after it had been replaced, and its session is
/// over: somebody may have a copy.
pub async fn refresh_token_reused(
    conn: &mut ControlConn,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    tell(conn, MailKind::RefreshTokenReused, user, when, peer).await
}

/// The user has signed in where he had not been before.
pub async fn new_device(
    conn: &mut ControlConn,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    tell(conn, MailKind::NewDevice, user, when, peer).await
}

/// The password is another one.
pub async fn password_changed(
    conn: &mut ControlConn,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    tell(conn, MailKind::PasswordChanged, user, when, peer).await
}

/// Codes are sent to a telephone from now on, which let whoever reads them in.
pub async fn phone_added(
    conn: &mut ControlConn,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    tell(conn, MailKind::PhoneAdded, user, when, peer).await
}

/// No codes are sent to the telephone any more.
pub async fn phone_removed(
    conn: &mut ControlConn,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    tell(conn, MailKind::PhoneRemoved, user, when, peer).await
}

async fn tell(
    conn: &mut ControlConn,
    kind: MailKind,
    user: &UserRow,
    when: DateTime<Utc>,
    peer: &Peer,
) -> DbResult<()> {
    let mail = Mail {
        user: Some(user.id),
        peer: Some(peer.clone()),
        ..Mail::new(kind, &user.email, when)
    };
    enqueue(conn, mail).await?;
    Ok(())
}
