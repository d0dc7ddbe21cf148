//! Password hashes: argon2id behind a bounded gate.
//!
//! A hash costs tens of milliseconds and tens of megabytes by design, so at
//! most one per core runs, few may wait, and the rest is told to come back:
//! a flood of logins can not starve the shop's requests. Those who are known wait
//! in a room of their own, which strangers can not fill.

use std::sync::Arc;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::password_rules::prepared;
use crate::error::{AppError, AppResult};
use crate::kernel::metric::Counter;

/// Cost of one hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl PasswordCost {
    /// The least that serves people: 46 MiB in one pass. More memory in place of
    /// more passes, because memory is what an attacker's hardware is short of.
    pub const STANDARD: Self = Self {
        memory_kib: 47_104,
        passes: 1,
    };
}

/// How much work passwords may make.
#[derive(Clone, Copy, Debug)]
pub struct PasswordWork {
    /// Of one hash.
    pub cost: PasswordCost,
    /// Hashes at once.
    pub parallel: usize,
}

/// So many hashes at once, at the standard cost.
impl From<usize> for PasswordWork {
    fn from(parallel: usize) -> Self {
        Self {
            cost: PasswordCost::STANDARD,
            parallel,
        }
    }
}

/// What became of a password that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and its hash was made at another cost than is asked for now.
    Outdated,
}

/// Hashes and checks passwords, in the form of [`prepared`].
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    waiting_known: Arc<Semaphore>,
    runs: Arc<Counter>,
    /// Checked against when the user does not exist, so that the answer takes
    /// as long as for one who does.
    decoy: Arc<str>,
}

impl Passwords {
    /// A gate of so many hashes at once and eight times as many waiting.
    pub fn new(work: PasswordWork) -> AppResult<Self> {
        let params = Params::new(work.cost.memory_kib, work.cost.passes, 1, None)
            .map_err(|error| AppError::internal(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash_now(&argon2, &"decoy".into())?.into();
        let parallel = work.parallel.max(1);
        Ok(Self {
            argon2,
            running: Arc::new(Semaphore::new(parallel)),
            waiting: room(parallel),
            waiting_known: room(parallel),
            runs: Arc::default(),
            decoy,
        })
    }

    /// The same for those who are known: however many strangers wait, they are not
    /// told to come back.
    #[must_use]
    pub fn for_known(&self) -> Self {
        Self {
            waiting: Arc::clone(&self.waiting_known),
            ..self.clone()
        }
    }

    /// Hashes computed so far.
    pub fn runs(&self) -> u64 {
        self.runs.get()
    }

    /// The hash to store, in PHC form.
    pub async fn hash(&self, password: &SecretString) -> AppResult<String> {
        let (argon2, password) = (self.argon2.clone(), prepared(password));
        self.gated(move || hash_now(&argon2, &password)).await?
    }

    /// Whether `password` is the one behind `stored`; without a stored hash it
    /// is not, after the same time.
    pub async fn verify(
        &self,
        password: &SecretString,
        stored: Option<&str>,
    ) -> AppResult<Verdict> {
        let (argon2, password) = (self.argon2.clone(), prepared(password));
        let known = stored.is_some();
        let stored = stored.unwrap_or(&self.decoy).to_owned();
        let verdict = self
            .gated(move || verdict_now(&argon2, &password, &stored))
            .await??;
        Ok(if known { verdict } else { Verdict::Wrong })
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
        self.runs.add_one();
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

/// Room for those at work and eight times as many.
fn room(parallel: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(parallel.saturating_mul(9)))
}

fn hash_now(argon2: &Argon2<'_>, password: &SecretString) -> AppResult<String> {
    argon2
        .hash_password(password.expose_secret().as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| AppError::internal(error.to_string()))
}

fn verdict_now(argon2: &Argon2<'_>, password: &SecretString, stored: &str) -> AppResult<Verdict> {
    let hash = PasswordHash::new(stored).map_err(|error| AppError::internal(error.to_string()))?;
    match argon2.verify_password(password.expose_secret().as_bytes(), &hash) {
        Ok(()) if is_of(&hash, argon2.params()) => Ok(Verdict::Right),
        Ok(()) => Ok(Verdict::Outdated),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(Verdict::Wrong),
        Err(error) => Err(AppError::internal(error.to_string())),
    }
}

/// Whether a hash was made at this cost.
fn is_of(hash: &PasswordHash, params: &Params) -> bool {
    let made_at = Params::try_from(hash)
        .map(|made_at| (made_at.m_cost(), made_at.t_cost(), made_at.p_cost()));
    let is_id = hash.algorithm.as_str() == Algorithm::Argon2id.as_str();
    is_id && made_at == Ok((params.m_cost(), params.t_cost(), params.p_cost()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(memory_kib: u32) -> Passwords {
        let cost = PasswordCost {
            memory_kib,
            passes: 1,
        };
        Passwords::new(PasswordWork { cost, parallel: 1 }).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = passwords(64);
        let hash = passwords.hash(&"m\u{1ead}t".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        let verify = async |password: &str, stored| {
            let verdict = passwords.verify(&password.into(), stored).await;
            verdict.unwrap()
        };
        assert_eq!(verify("m\u{1ead}t", Some(&hash)).await, Verdict::Right);
        // The same letter, as another keyboard sends it.
        assert_eq!(
            verify("ma\u{323}\u{302}t", Some(&hash)).await,
            Verdict::Right
        );
        assert_eq!(verify("mat", Some(&hash)).await, Verdict::Wrong);
        assert_eq!(verify("decoy", None).await, Verdict::Wrong);
        assert_eq!(passwords.runs(), 5);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated() {
        let (old, new) = (passwords(64), passwords(128));
        let hash = old.hash(&"cement".into()).await.unwrap();
        let verdict = new.verify(&"cement".into(), Some(&hash)).await.unwrap();
        assert_eq!(verdict, Verdict::Outdated);
        let verdict = new.verify(&"gravel".into(), Some(&hash)).await.unwrap();
        assert_eq!(verdict, Verdict::Wrong);
    }

    #[tokio::test]
    async fn a_flood_is_told_to_come_back() {
        let passwords = passwords(64);
        let password = "x".into();
        let flood = (0..50).map(|_| passwords.verify(&password, None));
        let answers = futures_util::future::join_all(flood).await;
        let refused = answers.iter().filter(|answer| answer.is_err()).count();
        assert_eq!(refused, 50 - 9);
    }

    #[tokio::test]
    async fn a_flood_of_strangers_does_not_turn_away_who_is_known() {
        let (passwords, password) = (passwords(64), "x".into());
        let known = passwords.for_known();
        let flood = (0..50).map(|_| passwords.verify(&password, None));
        let flood = futures_util::future::join_all(flood);
        let (strangers, known) = tokio::join!(flood, known.verify(&password, None));
        assert!(strangers.iter().any(Result::is_err));
        assert_eq!(known.unwrap(), Verdict::Wrong);
    }
}
