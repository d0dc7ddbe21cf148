//! Keys under which changes are made once.

use serde_json::json;
use tubex::auth::text::sha256;
use uuid::Uuid;

use super::server::TestDealer;

impl TestDealer {
    /// A key of the owner's for an input. Beside one change in sixteen old answers are looked
    /// for, which is a statement more; whether beside this one hangs on its hash.
    pub fn is_tidied_beside(&self, key: &str) -> bool {
        let claim = json!([self.owner.to_string(), format!("input {key}")]);
        sha256(claim.to_string().as_bytes())[0].is_multiple_of(16)
    }

    /// A key of the owner's beside which nothing is tidied, so that statements can be counted.
    pub fn calm_key(&self) -> String {
        let mut keys = std::iter::repeat_with(|| Uuid::now_v7().to_string());
        keys.find(|key| !self.is_tidied_beside(key)).unwrap()
    }
}
