//! The caller of a request.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::api_key::KeyUse;
use super::operator::OperatorName;
use super::permission::{Permission, PermissionSet};
use super::role::RoleCode;
use crate::kernel::ids::{DealerId, SessionId, UserId};

/// A user at one dealer, as proven by a verified access token or API key.
///
/// Made in this module only; a tenant context needs one, so nothing unverified
/// can reach a dealer's rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    pub(super) grant: Grant,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) key: Option<KeyUse>,
}

/// What an access token says of its bearer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Who it is.
    #[serde(rename = "sub")]
    pub user: UserId,
    /// The one dealer the token is good for.
    #[serde(rename = "tid")]
    pub dealer: DealerId,
    /// The session the token belongs to, by which it is revoked.
    #[serde(rename = "sid")]
    pub session: SessionId,
    /// The user's epoch; tokens of an older one are refused.
    #[serde(rename = "ver")]
    pub user_epoch: i64,
    /// The dealer's epoch; tokens of an older one are refused.
    #[serde(rename = "tve")]
    pub dealer_epoch: i64,
    /// What the user is at the dealer.
    #[serde(rename = "rol")]
    pub roles: Vec<RoleCode>,
    /// The customer whose people the user is one of, in the contractor portal.
    #[serde(rename = "cus", default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Uuid>,
    /// How the user has proven who he is, and when.
    #[serde(flatten)]
    pub proof: Proof,
    /// Who acts in the user's name, if somebody does.
    #[serde(rename = "act", default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<ActingOperator>,
    /// Whether nothing may be changed.
    #[serde(rename = "ro", default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// The application that acts for the user, and what it may do.
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub application: Option<Application>,
}

/// How and when a user has proven who he is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// By which means.
    #[serde(rename = "amr")]
    pub methods: Vec<Method>,
    /// When, in seconds of Unix time.
    #[serde(rename = "auth_time", with = "chrono::serde::ts_seconds")]
    pub at: DateTime<Utc>,
}

/// A means by which users prove who they are, in the words of RFC 8176.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// A password.
    Pwd,
    /// A code of an authenticator, or one of the codes kept for its loss.
    Otp,
    /// A code sent to a telephone.
    Sms,
    /// A link sent by mail.
    Link,
    /// An API key.
    Key,
    /// The word of an operator of the platform.
    Operator,
}

/// An operator who acts in a user's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActingOperator {
    /// The operator's name.
    pub sub: String,
}

/// An application that acts for a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Application {
    /// Which one.
    #[serde(rename = "client_id")]
    pub client: String,
    /// What the user lets it do, separated by spaces.
    pub scope: String,
}

impl Principal {
    /// Who it is.
    pub const fn user(&self) -> UserId {
        self.grant.user
    }

    /// The one dealer the token is good for.
    pub const fn dealer(&self) -> DealerId {
        self.grant.dealer
    }

    /// The session the token belongs to.
    pub const fn session(&self) -> SessionId {
        self.grant.session
    }

    /// All that the token says.
    pub const fn grant(&self) -> &Grant {
        &self.grant
    }

    /// What the user is at the dealer.
    pub fn roles(&self) -> &[RoleCode] {
        &self.grant.roles
    }

    /// The customer whose people the user is one of, in the contractor portal.
    pub const fn customer(&self) -> Option<Uuid> {
        self.grant.customer
    }

    /// How and when the user has proven who he is.
    pub const fn proof(&self) -> &Proof {
        &self.grant.proof
    }

    /// The operator who acts in the user's name, if one does.
    pub fn impersonator(&self) -> Option<OperatorName> {
        self.grant.actor.as_ref()?.sub.parse().ok()
    }

    /// Whether nothing may be changed.
    pub const fn is_read_only(&self) -> bool {
        self.grant.read_only
    }

    /// The application that acts for the user, if one does.
    pub const fn application(&self) -> Option<&Application> {
        self.grant.application.as_ref()
    }

    /// The API key by which the call was made, if it was by one.
    pub const fn api_key(&self) -> Option<&KeyUse> {
        self.key.as_ref()
    }

    /// Whether it is the user himself who calls, and nobody in his name: no
    /// operator, no application, no API key.
    pub const fn is_in_person(&self) -> bool {
        self.grant.actor.is_none() && self.grant.application.is_none() && self.key.is_none()
    }

    /// What is left of the user's permissions for whoever calls in his name.
    pub fn narrowed(&self, permissions: PermissionSet) -> PermissionSet {
        if self.is_in_person() {
            return permissions;
        }
        let scopes = match (&self.key, self.application()) {
            (Some(key), _) => key.scopes,
            (None, Some(application)) => application.permissions(),
            (None, None) => PermissionSet::ALL,
        };
        let permissions = permissions.without(Permission::GIVING_ACCESS);
        permissions.intersection(scopes)
    }

    /// Whether `fresh` may take the place of this one while work goes on: the same
    /// person at the same dealer, who may do the same.
    pub fn is_renewed_by(&self, fresh: &Self) -> bool {
        let (old, new) = (&self.grant, &fresh.grant);
        let is_same_person = old.user == new.user && old.dealer == new.dealer;
        is_same_person
            && old.roles == new.roles
            && old.customer == new.customer
            && old.actor == new.actor
            && old.read_only == new.read_only
            && old.application == new.application
            && self.key == fresh.key
    }

    /// When the token stops being valid.
    pub const fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }
}

impl Application {
    /// What of its scope are permissions, with what they include.
    pub fn permissions(&self) -> PermissionSet {
        let words = self.scope.split(' ');
        let known: PermissionSet = words.filter_map(|word| word.parse().ok()).collect();
        known.with_included()
    }
}

impl Proof {
    /// Whether a second factor was shown.
    pub fn has_second_factor(&self) -> bool {
        self.methods.iter().any(|method| method.is_second())
    }

    /// Whether it was given at most `age` ago.
    pub fn is_within(&self, age: TimeDelta, now: DateTime<Utc>) -> bool {
        now - self.at <= age
    }
}

impl Method {
    /// Whether it is one that stands beside another.
    pub const fn is_second(self) -> bool {
        matches!(self, Self::Otp | Self::Sms)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
            Self::Otp => "otp",
            Self::Sms => "sms",
            Self::Link => "link",
            Self::Key => "key",
            Self::Operator => "operator",
        }
    }

    /// The words of several, in one text.
    pub fn join(methods: &[Self]) -> String {
        let words: Vec<&str> = methods.iter().map(|method| method.as_str()).collect();
        words.join(" ")
    }

    /// The methods of a text of [`Method::join`]; what is not known is left out.
    pub fn split(text: &str) -> Vec<Self> {
        text.split(' ')
            .filter_map(|word| word.parse().ok())
            .collect()
    }
}

/// A text that is no method's word.
#[derive(Debug, thiserror::Error)]
#[error("not a method of authentication")]
pub struct MethodError;

impl FromStr for Method {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let all = [
            Self::Pwd,
            Self::Otp,
            Self::Sms,
            Self::Link,
            Self::Key,
            Self::Operator,
        ];
        let found = all.into_iter().find(|method| method.as_str() == text);
        found.ok_or(MethodError)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
const fn is_false(value: &bool) -> bool {
    !*value
}
