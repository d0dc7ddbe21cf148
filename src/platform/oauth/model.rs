//! Rows of applications, grants and codes.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::scope::Scope;
use crate::auth::principal::{Method, Proof};
use crate::db::control_tables::{oauth_clients, oauth_codes, oauth_grants};
use crate::kernel::ids::{DealerId, SessionId, UserId, typed_id};

/// Most applications of one dealer, and of the platform.
pub const CLIENTS: i64 = 50;
/// Most addresses to send users back to, of one application.
pub const REDIRECTS: usize = 10;
/// Most grants of one user; the one unused for longest makes room.
pub const GRANTS: i64 = 100;
/// Most codes of one grant that wait; the oldest make room.
pub const CODES: i64 = 20;
/// How long a code waits to be traded.
pub const CODE: TimeDelta = TimeDelta::seconds(60);
/// How long codes are kept after that, so that a second use is known.
pub const CODES_KEPT: TimeDelta = TimeDelta::days(1);
/// How long a user may take from an application's request to his answer.
pub const REQUEST: TimeDelta = TimeDelta::minutes(10);
/// How long a token for the application itself says who the user is.
pub const ID_TOKEN: TimeDelta = TimeDelta::minutes(15);
/// Longest time that a replaced secret is good beside its successor, in days.
pub const LONGEST_OVERLAP_DAYS: i64 = 7;

typed_id!(
    /// An application, as it names itself.
    ClientId, "app"
);
typed_id!(
    /// What a user lets an application do at a dealer.
    GrantId, "gnt"
);

/// An application as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = oauth_clients, check_for_backend(diesel::pg::Pg))]
pub struct ClientRow {
    /// Its id.
    pub id: ClientId,
    /// Whose people may let it in; those of all dealers if none.
    pub dealer_id: Option<DealerId>,
    /// What it is called.
    pub name: String,
    /// Where one reads about it.
    pub homepage: Option<String>,
    /// Where users may be sent back to.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for.
    pub scope: Scope,
    /// The authentication code of its secret; none for a public one.
    pub secret_mac: Option<Vec<u8>>,
    /// That of the secret before.
    pub former_mac: Option<Vec<u8>>,
    /// Until when the secret before is good.
    pub former_until: Option<DateTime<Utc>>,
    /// Counts changes.
    pub version: i32,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
}

/// A grant as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = oauth_grants, check_for_backend(diesel::pg::Pg))]
pub struct GrantRow {
    /// Its id.
    pub id: GrantId,
    /// To which application.
    pub client_id: ClientId,
    /// By whom.
    pub user_id: UserId,
    /// At which dealer.
    pub dealer_id: DealerId,
    /// What.
    pub scope: Scope,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it last gave a code.
    pub used_at: DateTime<Utc>,
}

/// A code as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = oauth_codes, check_for_backend(diesel::pg::Pg))]
pub struct CodeRow {
    /// SHA-256 of the code.
    pub code_hash: Vec<u8>,
    /// Of which grant.
    pub grant_id: GrantId,
    /// The user's epoch when it was made; a change of his account ends it.
    pub user_epoch: i64,
    /// Where it was sent.
    pub redirect_uri: String,
    /// SHA-256 of what the application has to show with it, in base64.
    pub challenge: String,
    /// For what it is good.
    pub scope: Scope,
    /// What the application wants to find in the token about the user.
    pub nonce: Option<String>,
    /// How the user has proven who he is.
    pub methods: String,
    /// When he has.
    pub authenticated_at: DateTime<Utc>,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
    /// When it was traded.
    pub used_at: Option<DateTime<Utc>>,
    /// For what it was traded.
    pub session_id: Option<SessionId>,
}

impl ClientRow {
    /// Whether it can keep no secret: a program on users' own devices.
    pub const fn is_public(&self) -> bool {
        self.secret_mac.is_none()
    }

    /// Whether people of `dealer` may let it in.
    pub fn is_open_to(&self, dealer: DealerId) -> bool {
        self.dealer_id.is_none_or(|own| own == dealer)
    }
}

impl CodeRow {
    /// How and when the user has proven who he is.
    pub fn proof(&self) -> Proof {
        Proof {
            methods: Method::split(&self.methods),
            at: self.authenticated_at,
        }
    }
}
