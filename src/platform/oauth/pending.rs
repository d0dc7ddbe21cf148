//! What a form of ours is about, sealed into it: nothing is kept for those who never
//! answer, and nobody can make one up.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::model::REQUEST;
use super::request::Request;
use crate::auth::text;
use crate::auth::vault::{Purpose, Vault};
use crate::error::{AppError, AppResult};
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::platform::factors::model::ChallengeId;

/// A request, and how far its user has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The request.
    pub request: Request,
    /// What the user is asked for.
    pub stage: Stage,
    /// When he was asked.
    pub at: DateTime<Utc>,
}

/// What a user is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Stage {
    /// His address and his password.
    Password,
    /// The dealer; his password was right while his epoch was this.
    Dealer {
        /// Who he is.
        user: UserId,
        /// His epoch.
        epoch: i64,
    },
    /// A code of his authenticator.
    Code {
        /// The sign-in that waits for it.
        challenge: ChallengeId,
        /// Where he signs in.
        dealer: DealerId,
    },
    /// His consent.
    Consent {
        /// His sign-in.
        session: SessionId,
    },
}

/// That a browser is signed in here, as its cookie says.
#[derive(Serialize, Deserialize)]
struct SignedIn {
    signed_in: SessionId,
}

impl Pending {
    /// As it stands in a form.
    pub fn seal(&self, vault: &Vault) -> AppResult<String> {
        seal(vault, self)
    }

    /// Reads what stood in a form; none if it is not ours or too old.
    pub fn open(vault: &Vault, text: &str, now: DateTime<Utc>) -> Option<Self> {
        let pending: Self = open(vault, text)?;
        let is_over = pending.request.is_over(now) || now - pending.at >= REQUEST;
        (!is_over).then_some(pending)
    }
}

/// The cookie of a browser that is signed in.
pub fn seal_session(vault: &Vault, session: SessionId) -> AppResult<String> {
    seal(vault, &SignedIn { signed_in: session })
}

/// The sign-in that a cookie tells of.
pub fn open_session(vault: &Vault, text: &str) -> Option<SessionId> {
    open::<SignedIn>(vault, text).map(|said| said.signed_in)
}

/// What a form carries besides, so that no other site can send it: it goes with a
/// cookie that only this browser has.
pub fn form_code(vault: &Vault, cookie: &str, sealed: &str) -> AppResult<String> {
    let mac = vault.mac(Purpose::Form, &form(cookie, sealed))?;
    Ok(text::url_safe(&mac))
}

/// Whether a form carries its code.
pub fn is_own_form(vault: &Vault, cookie: &str, sealed: &str, code: &str) -> AppResult<bool> {
    let code = text::from_url_safe(code).unwrap_or_default();
    vault.is_mac(Purpose::Form, &form(cookie, sealed), &code)
}

fn form(cookie: &str, sealed: &str) -> Vec<u8> {
    // Neither holds a dot.
    format!("{cookie}.{sealed}").into_bytes()
}

fn seal<T: Serialize>(vault: &Vault, value: &T) -> AppResult<String> {
    let plain = serde_json::to_vec(value).map_err(AppError::internal)?;
    Ok(text::url_safe(&vault.seal(Purpose::OAuth, &plain)?))
}

fn open<T: DeserializeOwned>(vault: &Vault, text: &str) -> Option<T> {
    let sealed = text::from_url_safe(text)?;
    let plain = vault.open(Purpose::OAuth, &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::vault::generate_secret;
    use crate::platform::oauth::model::ClientId;

    fn pending(now: DateTime<Utc>) -> Pending {
        let request = Request {
            client: ClientId::generate(),
            redirect_uri: "https://app.test/".to_owned(),
            state: None,
            nonce: None,
            scope: "openid".parse().unwrap(),
            challenge: "x".repeat(43),
            dealer: None,
            max_age: None,
            hint: None,
            silent: false,
            anew: false,
            again: false,
            at: now,
        };
        Pending {
            request,
            stage: Stage::Password,
            at: now,
        }
    }

    #[test]
    fn a_form_is_good_for_ten_minutes_and_nothing_else() {
        let vault = Vault::from_text(&generate_secret().unwrap()).unwrap();
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let sealed = pending(now).seal(&vault).unwrap();
        let opened = |text: &str, at| Pending::open(&vault, text, at).is_some();
        assert!(opened(&sealed, now));
        assert!(!opened(&sealed, now + REQUEST));
        let (first, rest) = sealed.split_at(40);
        let other = if rest.starts_with('A') { 'B' } else { 'A' };
        let changed = format!("{first}{other}{}", rest.get(1..).unwrap());
        assert!(!opened(&changed, now));
        assert!(open_session(&vault, &sealed).is_none());
        let session = SessionId::generate();
        let cookie = seal_session(&vault, session).unwrap();
        assert_eq!(open_session(&vault, &cookie), Some(session));
        assert!(!opened(&cookie, now));
    }

    #[test]
    fn a_form_belongs_to_a_browser() {
        let vault = Vault::from_text(&generate_secret().unwrap()).unwrap();
        let code = form_code(&vault, "mine", "sealed").unwrap();
        let is_own =
            |cookie, sealed, code: &str| is_own_form(&vault, cookie, sealed, code).unwrap();
        assert!(is_own("mine", "sealed", &code));
        assert!(!is_own("other", "sealed", &code));
        assert!(!is_own("mine", "other", &code));
        assert!(!is_own("mine", "sealed", ""));
    }
}
