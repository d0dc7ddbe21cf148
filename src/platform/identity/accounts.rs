//! The people who may sign in, and the check of their passwords.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use uuid::Uuid;

use super::model::UserRow;
use super::query;
use super::throttle::{Throttle, Trier};
use crate::auth::device::{Device, Devices};
use crate::auth::password::{Passwords, Verdict};
use crate::db::control::ControlPool;
use crate::error::{AppError, AppResult, ErrorCode, ServiceResult, UserError};
use crate::kernel::clock::Clock;
use crate::kernel::ids::UserId;
use crate::kernel::peer::Peer;

/// Users of the control plane.
#[derive(Clone)]
pub struct Accounts {
    control: ControlPool,
    passwords: Passwords,
    throttle: Throttle,
    devices: Option<Devices>,
    clock: Clock,
}

impl Accounts {
    /// The users in the control plane, their passwords hashed as `passwords` says.
    pub fn new(control: ControlPool, passwords: Passwords, clock: Clock) -> Self {
        Self {
            throttle: Throttle::new(control.clone(), clock.clone()),
            control,
            passwords,
            devices: None,
            clock,
        }
    }

    /// The same, which know devices that have signed in before.
    #[must_use]
    pub fn with_devices(mut self, devices: Devices) -> Self {
        self.devices = Some(devices);
        self
    }

    pub(in crate::platform) const fn control(&self) -> &ControlPool {
        &self.control
    }

    pub(in crate::platform) const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How passwords are hashed, and how often they were.
    pub const fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// What holds up those who guess.
    pub const fn throttle(&self) -> &Throttle {
        &self.throttle
    }

    /// The user behind an address and a password. The answer and its time are
    /// the same for an unknown address and a wrong password; who has tried too
    /// often is THROTTLED before either is looked at.
    pub async fn authenticate(
        &self,
        email: &str,
        password: SecretString,
        peer: &Peer,
    ) -> ServiceResult<UserRow> {
        let email = email.trim().to_lowercase();
        let device = self.device(peer)?;
        let stranger = Trier::stranger(&email, peer.address);
        if device.is_none() {
            self.throttle.glance(&stranger)?;
        }
        let mut conn = self.control.checkout().await?;
        let found = query::find_to_authenticate(&mut conn, &email).await?;
        // The hash takes long and needs no connection.
        drop(conn);
        let known = found.as_ref().zip(device);
        let known =
            known.filter(|((user, changed_at), device)| is_known(device, user.id, *changed_at));
        let trier = known.map_or(stranger, |((user, _), device)| {
            Trier::device(user.id, device.id)
        });
        let mut user = found.map(|(user, _)| user);
        let right = self.is_right(user.as_mut(), password, trier).await?;
        user.filter(|_| right).ok_or_else(|| {
            UserError::general(
                ErrorCode::InvalidCredentials,
                "the e-mail address and the password do not belong together",
            )
            .into()
        })
    }

    /// The user who is signed in and gives his password once more, for something
    /// that a token alone must not allow. Others can not use up his tries. The
    /// refusal names the field at `path`.
    pub async fn confirm(
        &self,
        user: UserId,
        password: SecretString,
        path: &[&str],
    ) -> ServiceResult<UserRow> {
        let trier = Trier::present(user);
        self.throttle.glance(&trier)?;
        let mut user = self.user(user).await?;
        if self.is_right(Some(&mut user), password, trier).await? {
            return Ok(user);
        }
        let message = "this is not your password";
        Err(UserError::at(ErrorCode::InvalidCredentials, path, message).into())
    }

    /// Whether `trier` has the password of `user`, who need not exist. A hash of
    /// another cost than is asked for now is renewed.
    async fn is_right(
        &self,
        user: Option<&mut UserRow>,
        password: SecretString,
        trier: Trier,
    ) -> AppResult<bool> {
        let passwords = if trier.is_known() {
            self.passwords.for_known()
        } else {
            self.passwords.clone()
        };
        let attempt = self.throttle.admit(trier).await?;
        let stored = user.as_ref().map(|user| user.password_hash.as_str());
        match passwords.verify(&password, stored).await {
            Ok(Verdict::Wrong) => return Ok(false),
            Ok(Verdict::Right) => {}
            Ok(Verdict::Outdated) => self.rehash(user, &password).await,
            Err(error) => {
                attempt.withdrawn().await;
                return Err(error);
            }
        }
        attempt.succeeded().await;
        Ok(true)
    }

    /// Whoever signs in does not fail for it: the next time will do.
    async fn rehash(&self, user: Option<&mut UserRow>, password: &SecretString) {
        let Some(user) = user else {
            return;
        };
        let renew = async {
            let hash = self.passwords.for_known().hash(password).await?;
            let mut conn = self.control.checkout().await?;
            query::rehash(&mut conn, user, &hash).await?;
            AppResult::Ok(hash)
        };
        match renew.await {
            Ok(hash) => user.password_hash = hash,
            Err(error) => {
                tracing::warn!(user = %user.id, ?error, "a password could not be hashed anew");
            }
        }
    }

    /// Makes the device of `peer` known as one of `user`, who has just shown all that is
    /// asked of him. Gives its token; none where no secret is at hand.
    pub fn remember(&self, user: UserId, peer: &Peer) -> AppResult<Option<SecretString>> {
        let Some(devices) = &self.devices else {
            return Ok(None);
        };
        let known = self.device(peer)?.filter(|device| device.user == user);
        let device = Device {
            id: known.map_or_else(Uuid::new_v4, |device| device.id),
            user,
            seen_at: self.clock.now(),
        };
        devices.token(&device).map(Some)
    }

    /// The device of `peer`, if it has signed in as `user` with his present password.
    pub async fn known(&self, user: UserId, peer: &Peer) -> AppResult<Option<Device>> {
        let Some(device) = self.device(peer)? else {
            return Ok(None);
        };
        let mut conn = self.control.checkout().await?;
        let changed_at = query::password_changed_at(&mut conn, user).await?;
        Ok(Some(device).filter(|device| is_known(device, user, changed_at)))
    }

    /// The device of `peer`, whoever it has signed in as.
    fn device(&self, peer: &Peer) -> AppResult<Option<Device>> {
        match (&self.devices, &peer.device) {
            (Some(devices), Some(token)) => devices.read(token, self.clock.now()),
            _ => Ok(None),
        }
    }

    /// The user with this address, whoever asks.
    pub async fn find_by_email(&self, email: &str) -> AppResult<Option<UserRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(query::find_by_email(&mut conn, email).await?)
    }

    /// The user with this id.
    pub async fn user(&self, id: UserId) -> AppResult<UserRow> {
        let mut conn = self.control.checkout().await?;
        query::find(&mut conn, id)
            .await?
            .ok_or_else(|| AppError::unauthenticated("this user does not exist any more"))
    }
}

/// Whether a device has signed in as `user`, and with his present password.
fn is_known(device: &Device, user: UserId, changed_at: Option<DateTime<Utc>>) -> bool {
    device.user == user && changed_at.is_none_or(|changed_at| device.seen_at >= changed_at)
}
