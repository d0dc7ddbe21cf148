//! The token that tells an application who has signed in (OpenID Connect Core, 2).

use secrecy::SecretString;
use serde::Serialize;

use super::model::{ClientId, ID_TOKEN};
use crate::auth::keys::KeyRing;
use crate::auth::principal::Proof;
use crate::error::AppResult;
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::sessions::model::SessionRow;

/// What it says beside what every token does.
#[derive(Serialize)]
struct Said {
    sub: UserId,
    /// To whom it was given; the same as its audience.
    azp: ClientId,
    /// For which dealer the user has let the application in.
    dealer_id: DealerId,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
    #[serde(flatten)]
    proof: Proof,
}

/// A token about the user of a session. Its audience is the application, so it opens
/// nothing here.
pub fn issue(
    ring: &KeyRing,
    client: ClientId,
    session: &SessionRow,
    nonce: Option<String>,
) -> AppResult<SecretString> {
    let said = Said {
        sub: session.user_id,
        azp: client,
        dealer_id: session.dealer_id,
        nonce,
        proof: session.proof(),
    };
    let issued = ring.sign(&client.to_string(), said, ID_TOKEN)?;
    Ok(issued.token)
}
