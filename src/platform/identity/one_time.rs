//! Tokens that are good for one thing, once: what links in mails carry.
//!
//! A token is 32 random bytes, of which the hash is kept. It is made when its mail
//! is sent ([`super::letters`]) and stands there and nowhere else. Whoever has it
//! has read that mail, so its address is known to be his.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use secrecy::SecretString;

use super::invitations::model::InvitationId;
use crate::auth::text;
use crate::db::control::ControlConn;
use crate::db::control_tables::one_time_tokens;
use crate::db::error::{DbError, DbResult};
use crate::db::text_enum::text_enum;
use crate::error::{AppResult, ErrorCode, Refusal, UserError};
use crate::kernel::ids::UserId;

/// Most rows that go in one statement, so that it is short.
const PRUNE_AT_ONCE: i64 = 1000;

text_enum! {
    /// What a token is good for.
    pub enum TokenPurpose {
        /// Shows that mail reaches a user.
        VerifyEmail = "VERIFY_EMAIL",
        /// Sets another password.
        ResetPassword = "RESET_PASSWORD",
        /// Accepts an invitation.
        Invitation = "INVITATION",
    }
}

impl TokenPurpose {
    /// How long a token is good for.
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::VerifyEmail => TimeDelta::hours(24),
            Self::ResetPassword => TimeDelta::minutes(30),
            Self::Invitation => TimeDelta::days(7),
        }
    }
}

/// A token as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = one_time_tokens, check_for_backend(diesel::pg::Pg))]
pub struct TokenRow {
    /// SHA-256 of the token.
    token_hash: Vec<u8>,
    /// What it is good for.
    pub purpose: TokenPurpose,
    /// Where it was sent.
    pub email: String,
    /// Whose it is; none for invitations.
    pub user_id: Option<UserId>,
    /// Which invitation it accepts; none for other purposes.
    pub invitation_id: Option<InvitationId>,
    created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Whom a token is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject {
    /// A user and his address or password.
    User(UserId, TokenPurpose),
    /// Whoever is invited.
    Invitation(InvitationId),
}

/// A new token for the reader of mail to `email`. Others for the same subject stay
/// good: their mails may have arrived.
pub async fn mint(
    conn: &mut ControlConn,
    subject: Subject,
    email: &str,
    now: DateTime<Utc>,
) -> AppResult<SecretString> {
    let token = text::url_safe(&text::random::<32>()?);
    let (purpose, user_id, invitation_id) = match subject {
        Subject::User(user, purpose) => (purpose, Some(user), None),
        Subject::Invitation(id) => (TokenPurpose::Invitation, None, Some(id)),
    };
    let row = TokenRow {
        token_hash: hash(&token),
        purpose,
        email: email.to_owned(),
        user_id,
        invitation_id,
        created_at: now,
        expires_at: now + purpose.lifetime(),
    };
    let query = diesel::insert_into(one_time_tokens::table).values(row);
    let inserted = query.execute(&mut **conn).await;
    inserted.map_err(DbError::from)?;
    Ok(token.into())
}

/// What a token is for, if it is good at this moment. Does not use it up.
pub async fn find(
    conn: &mut ControlConn,
    purpose: TokenPurpose,
    token: &str,
    now: DateTime<Utc>,
) -> DbResult<Option<TokenRow>> {
    let query = one_time_tokens::table
        .find(hash(token))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
        .select(TokenRow::as_select());
    Ok(query.first(&mut **conn).await.optional()?)
}

/// As [`find`], and the token is used up: of two at the same moment, one gets it.
pub async fn use_up(
    conn: &mut ControlConn,
    purpose: TokenPurpose,
    token: &str,
    now: DateTime<Utc>,
) -> DbResult<Option<TokenRow>> {
    let query = diesel::update(one_time_tokens::table.find(hash(token)))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .filter(one_time_tokens::expires_at.gt(now))
        .set(one_time_tokens::used_at.eq(now))
        .returning(TokenRow::as_returning());
    Ok(query.get_result(&mut **conn).await.optional()?)
}

/// Uses up all tokens of a user for `purpose`.
pub async fn use_up_all(
    conn: &mut ControlConn,
    user: UserId,
    purpose: TokenPurpose,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let query = diesel::update(one_time_tokens::table)
        .filter(one_time_tokens::user_id.eq(user))
        .filter(one_time_tokens::purpose.eq(purpose))
        .filter(one_time_tokens::used_at.is_null())
        .set(one_time_tokens::used_at.eq(now));
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Deletes tokens whose time was over before `before`, some at a time; gives how
/// many.
pub async fn prune(conn: &mut ControlConn, before: DateTime<Utc>) -> DbResult<usize> {
    let old = one_time_tokens::table
        .filter(one_time_tokens::expires_at.lt(before))
        .limit(PRUNE_AT_ONCE)
        .select(one_time_tokens::token_hash);
    let hashes: Vec<Vec<u8>> = old.load(&mut **conn).await?;
    let gone = one_time_tokens::table.filter(one_time_tokens::token_hash.eq_any(hashes));
    Ok(diesel::delete(gone).execute(&mut **conn).await?)
}

/// The refusal of a token that is good for nothing, whyever: used, too old,
/// replaced, or made up.
pub fn spent() -> Refusal {
    UserError::at(
        ErrorCode::NotFound,
        &["input", "token"],
        "this link has been used or replaced, or is too old; ask for a new one",
    )
    .into()
}

fn hash(token: &str) -> Vec<u8> {
    text::sha256(token.as_bytes()).to_vec()
}
