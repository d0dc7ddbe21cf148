//! Password hashes: argon2id behind a bounded gate.
//!
//! A hash costs tens of milliseconds and tens of megabytes by design, so at
//! most one per core runs, few may wait, and the rest is told to come back:
//! a flood of logins can not starve the shop's requests.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::error::{AppError, AppResult};

/// Cost of one hash.
#[derive(Clone, Copy, Debug)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Checked against when the user does not exist, so that the answer takes
    /// as long as for one who does.
    decoy: Arc<str>,
}

impl Passwords {
    /// A gate of `parallel` hashes at once and eight times as many waiting.
    pub fn new(cost: PasswordCost, parallel: usize) -> AppResult<Self> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, None)
            .map_err(|error| AppError::internal(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash_now(&argon2, "decoy")?.into();
        let parallel = parallel.max(1);
        Ok(Self {
            argon2,
            running: Arc::new(Semaphore::new(parallel)),
            waiting: Arc::new(Semaphore::new(parallel.saturating_mul(9))),
            decoy,
        })
    }

    /// The hash to store, in PHC form.
    pub async fn hash(&self, password: SecretString) -> AppResult<String> {
        let argon2 = self.argon2.clone();
        self.gated(move || hash_now(&argon2, password.expose_secret()))
            .await?
    }

    /// Whether `password` is the one behind `stored`; without a stored hash it
    /// is not, after the same time.
    pub async fn verify(&self, password: SecretString, stored: Option<String>) -> AppResult<bool> {
        let argon2 = self.argon2.clone();
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.decoy.as_ref().to_owned());
        let matches = self
            .gated(move || matches_now(&argon2, password.expose_secret(), &stored))
            .await??;
        Ok(matches && known)
    }

    async fn gated<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> AppResult<T> {
        let busy = || {
            AppError::overloaded(
                "too many passwords are being checked at this moment; try again shortly",
                Duration::from_secs(2),
            )
        };
        let _place = self.waiting.try_acquire().map_err(|_| busy())?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(AppError::internal)?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            // Kept by the work, not by the caller: a caller who goes away must
            // not make room while the hash still runs.
            drop(running);
            result
        })
        .await
        .map_err(AppError::internal)
    }
}

/// A password of 120 random bits, for somebody who was given none.
pub fn made_up() -> AppResult<SecretString> {
    use base64::Engine;
    let mut bytes = [0_u8; 15];
    getrandom::fill(&mut bytes).map_err(AppError::internal)?;
    Ok(base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(bytes)
        .into())
}

fn hash_now(argon2: &Argon2<'_>, password: &str) -> AppResult<String> {
    argon2
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AppError::internal(error.to_string()))
}

fn matches_now(argon2: &Argon2<'_>, password: &str, stored: &str) -> AppResult<bool> {
    let hash = PasswordHash::new(stored).map_err(|error| AppError::internal(error.to_string()))?;
    match argon2.verify_password(password.as_bytes(), &hash) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(AppError::internal(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords() -> Passwords {
        let cost = PasswordCost {
            memory_kib: 64,
            passes: 1,
        };
        Passwords::new(cost, 1).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = passwords();
        let hash = passwords.hash("cement".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(
            passwords
                .verify("cement".into(), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!passwords.verify("gravel".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("decoy".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_flood_is_told_to_come_back() {
        let passwords = passwords();
        let flood = (0..50).map(|_| passwords.verify("x".into(), None));
        let answers = futures_util::future::join_all(flood).await;
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        assert_eq!(refused, 50 - 9);
    }
}
