//! Rows of API keys.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use ipnet::IpNet;

use crate::auth::api_key::ApiKeyId;
use crate::auth::permission::PermissionSet;
use crate::db::control_tables::api_keys;
use crate::kernel::ids::{DealerId, UserId};

/// Most keys of one dealer that are good at a time.
pub const AT_MOST: i64 = 100;
/// Most ranges of addresses of one key.
pub const MOST_ADDRESSES: usize = 20;
/// Longest life of a key, in days.
pub const LONGEST_DAYS: i64 = 3650;
/// Longest time that a replaced key is good beside its successor, in days.
pub const LONGEST_OVERLAP_DAYS: i64 = 7;
/// How long a key is kept to be looked at after its end.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(400);

/// A key as stored.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub struct ApiKeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// Whose shop it opens.
    pub dealer_id: DealerId,
    /// Who made it, and for whom it acts.
    pub created_by: UserId,
    /// What it is called.
    pub name: String,
    /// The part by which it is found.
    pub lookup: String,
    /// The authentication code of the whole key.
    pub mac: Vec<u8>,
    /// What it is for.
    pub scopes: PermissionSet,
    /// From which networks it is good; from everywhere if there are none.
    pub addresses: Vec<String>,
    /// Raised when nodes have to read it again.
    pub epoch: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops being good.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The key that took its place.
    pub replaced_by: Option<ApiKeyId>,
}

impl ApiKeyRow {
    /// Whether it can be used at `now`.
    pub fn is_good(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}

/// Reads `192.0.2.0/24` or a single address; gives it in one form.
pub fn range(text: &str) -> Option<IpNet> {
    let text = text.trim();
    let single = |address: IpAddr| IpNet::from(address.to_canonical());
    let net = text.parse().ok().or_else(|| text.parse().ok().map(single));
    net.map(|net: IpNet| net.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_one_form() {
        for (text, form) in [
            (" 192.0.2.7 ", "192.0.2.7/32"),
            ("192.0.2.7/24", "192.0.2.0/24"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ] {
            assert_eq!(range(text).unwrap().to_string(), form);
        }
        for wrong in ["", "192.0.2", "192.0.2.0/33", "example.com", "*"] {
            assert!(range(wrong).is_none(), "{wrong}");
        }
    }
}
