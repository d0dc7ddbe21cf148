//! What is asked of applications and grants.

use async_graphql::{InputObject, MaybeUndefined};

use super::model::{ClientId, GrantId};

/// An application to register.
#[derive(InputObject, Clone, Debug)]
pub struct OauthClientRegisterInput {
    /// What it is called, as users read it who are asked to let it in: 1 to 100
    /// characters.
    pub name: String,
    /// Where users can read about it: an address with https.
    pub homepage: Option<String>,
    /// Where users may be sent back to, 1 to 10 addresses: with https, or of the
    /// user's own machine. They are compared letter by letter; only the port of
    /// `http://127.0.0.1` and `http://[::1]` does not count.
    pub redirect_uris: Vec<String>,
    /// The most it may ask for: `openid`, `profile`, `email`, `offline_access`, and
    /// permissions such as `products:read`. Those by which access is given can not be
    /// among them.
    pub scopes: Vec<String>,
    /// Whether it can keep no secret, as programs on users' machines and in their
    /// browsers can not. It gets none, then.
    #[graphql(default)]
    pub is_public: bool,
}

/// What to change of an application; what is left out stays.
#[derive(InputObject, Clone, Debug)]
pub struct OauthClientUpdateInput {
    /// Which application.
    pub id: ClientId,
    /// The version that was read; another one by now is refused with CONFLICT.
    pub expected_version: i32,
    /// What it is called.
    pub name: Option<String>,
    /// Where users can read about it; null for nowhere.
    pub homepage: MaybeUndefined<String>,
    /// Where users may be sent back to.
    pub redirect_uris: Option<Vec<String>>,
    /// The most it may ask for. What is taken away ends for tokens that are out
    /// already when they are refreshed next: within a quarter of an hour.
    pub scopes: Option<Vec<String>>,
}

/// An application to give another secret.
#[derive(InputObject, Clone, Debug)]
pub struct OauthClientSecretRotateInput {
    /// Which application.
    pub id: ClientId,
    /// Days that the old secret is good beside the new one, 0 to 7. With 0 it ends at
    /// once.
    #[graphql(default = 1)]
    pub overlap_days: i32,
}

/// An application to remove.
#[derive(InputObject, Clone, Debug)]
pub struct OauthClientRemoveInput {
    /// Which application.
    pub id: ClientId,
}

/// A grant to take back.
#[derive(InputObject, Clone, Debug)]
pub struct OauthGrantRevokeInput {
    /// Which grant.
    pub id: GrantId,
}
