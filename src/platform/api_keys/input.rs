//! What is asked of API keys.

use async_graphql::InputObject;

use crate::auth::api_key::ApiKeyId;

/// A key to make.
#[derive(InputObject, Clone, Debug)]
pub struct ApiKeyCreateInput {
    /// What it is called, such as the name of the program that will have it: 1 to 100
    /// characters.
    pub name: String,
    /// What it is for: permissions such as `products:read`, of which you have to have
    /// each. Those by which access is given can not be among them.
    pub scopes: Vec<String>,
    /// Networks from which it is good, such as `192.0.2.0/24` or a single address; from
    /// everywhere if left out. At most 20.
    #[graphql(default)]
    pub addresses: Vec<String>,
    /// Days until it expires, 1 to 3650.
    #[graphql(default = 365)]
    pub expires_in_days: i32,
}

/// A key to replace.
#[derive(InputObject, Clone, Debug)]
pub struct ApiKeyRotateInput {
    /// Which key.
    pub id: ApiKeyId,
    /// Days that the old key is good beside the new one, 0 to 7. With 0 it ends at
    /// once.
    #[graphql(default = 1)]
    pub overlap_days: i32,
    /// Days until the new key expires, 1 to 3650.
    #[graphql(default = 365)]
    pub expires_in_days: i32,
}

/// A key to revoke.
#[derive(InputObject, Clone, Debug)]
pub struct ApiKeyRevokeInput {
    /// Which key.
    pub id: ApiKeyId,
}
