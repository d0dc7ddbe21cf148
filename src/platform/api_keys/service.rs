//! Use cases of API keys: making, rotating, revoking.

use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};

use super::input::{ApiKeyCreateInput, ApiKeyRotateInput};
use super::model::{AT_MOST, ApiKeyRow, LONGEST_DAYS, LONGEST_OVERLAP_DAYS, MOST_ADDRESSES, range};
use super::query;
use crate::auth::api_key::{ApiKeyId, FreshKey};
use crate::auth::permission::{Permission, PermissionSet};
use crate::auth::vault::Vault;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::checks::Checks;
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::access::giving::may_grant;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::mail::MailKind;

/// Makes, rotates and revokes keys.
#[derive(Clone)]
pub struct ApiKeys {
    control: ControlPool,
    vault: Vault,
    clock: Clock,
}

/// Who manages a dealer's keys.
#[derive(Clone, Copy)]
pub struct Keeper<'k> {
    /// Himself, and nobody in his name.
    pub user: UserId,
    /// Whose keys.
    pub dealer: DealerId,
    /// What he may do there himself.
    pub permissions: PermissionSet,
    /// From where he comes.
    pub peer: &'k Peer,
}

/// A key that was just made.
pub struct Made {
    /// As stored.
    pub row: ApiKeyRow,
    /// The whole, to be shown this once.
    pub fresh: FreshKey,
}

/// What a new key is to be, checked.
struct Wish {
    name: String,
    scopes: PermissionSet,
    addresses: Vec<String>,
    expires_at: DateTime<Utc>,
}

impl ApiKeys {
    /// The keys in the control plane.
    pub const fn new(control: ControlPool, vault: Vault, clock: Clock) -> Self {
        Self {
            control,
            vault,
            clock,
        }
    }

    /// The time.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Keys of a dealer, the latest first, made before the key `before`.
    pub async fn list(
        &self,
        dealer: DealerId,
        before: Option<ApiKeyId>,
        at_most: i64,
    ) -> AppResult<Vec<ApiKeyRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::find_many(&mut conn, dealer, before, at_most).await?)
    }

    /// Makes a key that can do no more than whoever makes it.
    pub async fn create(&self, by: Keeper<'_>, input: &ApiKeyCreateInput) -> ServiceResult<Made> {
        let wish = self.check(input)?;
        may_grant(by.permissions, wish.scopes, &["input", "scopes"])?;
        let made = self.make(by, wish)?;
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            self.make_room(conn, by.dealer).await?;
            query::insert(conn, &made.row).await?;
            self.record(conn, EventKind::ApiKeyCreated, by, &made.row)
                .await?;
            Ok(self.tell(conn, by).await?)
        })
        .await?;
        Ok(made)
    }

    /// Makes a key of the same kind in the place of another, which stays good for
    /// some days. The new one acts for whoever rotates.
    pub async fn rotate(&self, by: Keeper<'_>, input: &ApiKeyRotateInput) -> ServiceResult<Made> {
        let mut checks = Checks::default();
        let overlap = days(&mut checks, "overlapDays", input.overlap_days, 0);
        let life = days(&mut checks, "expiresInDays", input.expires_in_days, 1);
        checks.finish()?;
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        let old = query::find(&mut conn, by.dealer, input.id).await?;
        let old = old.ok_or_else(no_such_key)?;
        if !old.is_good(now) || old.replaced_by.is_some() {
            return Err(out_of_use());
        }
        may_grant(by.permissions, old.scopes, &["input", "id"])?;
        let wish = Wish {
            name: old.name.clone(),
            scopes: old.scopes,
            addresses: old.addresses.clone(),
            expires_at: now + life,
        };
        let made = self.make(by, wish)?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            query::insert(conn, &made.row).await?;
            if !query::replace(conn, &old, made.row.id, now + overlap).await? {
                return Err(out_of_use());
            }
            self.record(conn, EventKind::ApiKeyRotated, by, &made.row)
                .await?;
            Ok(self.tell(conn, by).await?)
        })
        .await?;
        Ok(made)
    }

    /// Revokes a key; all nodes refuse it within a second. One that was revoked
    /// before stays as it is.
    pub async fn revoke(&self, by: Keeper<'_>, id: ApiKeyId) -> ServiceResult<ApiKeyRow> {
        let now = self.clock.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<ApiKeyRow> {
            let is_changed = query::revoke(conn, by.dealer, id, now).await?;
            let row = query::find(conn, by.dealer, id).await?;
            let row = row.ok_or_else(no_such_key)?;
            if is_changed {
                self.record(conn, EventKind::ApiKeyRevoked, by, &row)
                    .await?;
            }
            Ok(row)
        })
        .await
    }

    fn check(&self, input: &ApiKeyCreateInput) -> ServiceResult<Wish> {
        let mut checks = Checks::default();
        let name = checks.text(&["input", "name"], &input.name, 1, 100);
        let life = days(&mut checks, "expiresInDays", input.expires_in_days, 1);
        let wish = Wish {
            name,
            scopes: scopes(&mut checks, &input.scopes),
            addresses: addresses(&mut checks, &input.addresses),
            expires_at: self.clock.now() + life,
        };
        checks.finish()?;
        Ok(wish)
    }

    fn make(&self, by: Keeper<'_>, wish: Wish) -> AppResult<Made> {
        let fresh = FreshKey::generate(&self.vault)?;
        let row = ApiKeyRow {
            id: ApiKeyId::generate(),
            dealer_id: by.dealer,
            created_by: by.user,
            name: wish.name,
            lookup: fresh.lookup.clone(),
            mac: fresh.mac.to_vec(),
            scopes: wish.scopes,
            addresses: wish.addresses,
            epoch: 0,
            created_at: self.clock.now(),
            expires_at: wish.expires_at,
            revoked_at: None,
            last_used_at: None,
            replaced_by: None,
        };
        Ok(Made { row, fresh })
    }

    async fn make_room(&self, conn: &mut ControlConn, dealer: DealerId) -> ServiceResult<()> {
        let now = self.clock.now();
        query::prune(conn, dealer, now).await?;
        if query::count_good(conn, dealer, now).await? < AT_MOST {
            return Ok(());
        }
        let message = format!("a dealer has at most {AT_MOST} keys; revoke one first");
        Err(UserError::general(ErrorCode::LimitExceeded, message).into())
    }

    async fn record(
        &self,
        conn: &mut ControlConn,
        kind: EventKind,
        by: Keeper<'_>,
        key: &ApiKeyRow,
    ) -> AppResult<()> {
        let event = NewEvent::of(kind, by.peer).at(by.dealer, by.user);
        let what = format!("{} {}", key.id, key.name);
        Ok(record(conn, event.saying(&what), self.clock.now()).await?)
    }

    /// Has whoever made a key told by mail: it is a way in without his password.
    async fn tell(&self, conn: &mut ControlConn, by: Keeper<'_>) -> AppResult<()> {
        let occasion = Occasion::of(self.clock.now(), by.peer);
        Ok(notices::tell_by_id(conn, MailKind::ApiKeyCreated, by.user, occasion).await?)
    }
}

fn days(checks: &mut Checks, field: &str, days: i32, least: i64) -> TimeDelta {
    let most = if least == 0 {
        LONGEST_OVERLAP_DAYS
    } else {
        LONGEST_DAYS
    };
    let is_right = (least..=most).contains(&i64::from(days));
    let message = format!("must be from {least} to {most}");
    checks.require(is_right, &["input", field], &message);
    // What is refused is not reckoned with: no date is that far away.
    let days = if is_right { days.into() } else { 0 };
    TimeDelta::try_days(days).unwrap_or_default()
}

fn scopes(checks: &mut Checks, names: &[String]) -> PermissionSet {
    let mut known = PermissionSet::NONE;
    for name in names {
        match Permission::from_str(name.trim()) {
            Ok(permission) => known = known.union(PermissionSet::of(&[permission])),
            Err(_unknown) => {
                let message = format!("there is no permission {name:.60}");
                checks.fault(&["input", "scopes"], message);
            }
        }
    }
    let is_empty = names.is_empty();
    checks.require(!is_empty, &["input", "scopes"], "say what the key is for");
    let forbidden = known.intersection(Permission::GIVING_ACCESS).iter().next();
    if let Some(permission) = forbidden {
        let message = format!("no key can have {permission}: access is given by people");
        checks.fault(&["input", "scopes"], message);
    }
    known.with_included()
}

fn addresses(checks: &mut Checks, texts: &[String]) -> Vec<String> {
    let path = ["input", "addresses"];
    let is_short = texts.len() <= MOST_ADDRESSES;
    checks.require(is_short, &path, "may list at most 20 ranges");
    let mut ranges = Vec::new();
    for text in texts.iter().take(MOST_ADDRESSES) {
        match range(text) {
            Some(net) => ranges.push(net.to_string()),
            None => checks.fault(&path, "must be addresses, or ranges such as 192.0.2.0/24"),
        }
    }
    ranges
}

fn no_such_key() -> Refusal {
    let path = ["input", "id"];
    UserError::at(ErrorCode::NotFound, &path, "there is no such API key").into()
}

fn out_of_use() -> Refusal {
    let message = "the key was revoked or replaced, or has expired; make a new one";
    UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into()
}
