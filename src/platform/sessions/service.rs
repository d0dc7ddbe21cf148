//! Use cases of sessions: refreshing, switching the dealer, ending.

mod application;
mod ending;
mod opening;
mod proof;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

pub use self::application::{ApplicationTokens, NewApplicationSession};
pub use self::opening::NewSession;
use super::model::{EndCause, GRACE, SessionRow};
use super::query::{self, Which};
use super::refresh_token::{Family, Shown, hash};
use crate::auth::principal::{Grant, Principal};
use crate::auth::token::{AccessTokens, IssuedToken};
use crate::auth::vault::Vault;
use crate::db::control::{ControlConn, ControlPool};
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{CustomerId, DealerId, SessionId};
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::notices::{self, Occasion};
use crate::platform::identity::query as identity;
use crate::platform::mail::MailKind;
use crate::platform::oauth::model::ClientId;
use crate::tenancy::Standing;
use crate::tenancy::directory::{Dealer, dealer_find};

/// Opens, refreshes and ends sessions.
#[derive(Clone)]
pub struct Sessions {
    control: ControlPool,
    vault: Vault,
    tokens: AccessTokens,
    clock: Clock,
}

/// What a client gets to work with.
pub struct Opened {
    /// Good for a quarter of an hour at one dealer.
    pub access: IssuedToken,
    /// Good for the next access token.
    pub refresh: SecretString,
    /// Until when, unless it is used before.
    pub refresh_expires_at: DateTime<Utc>,
    /// Of which session they are.
    pub session: SessionId,
    /// Who.
    pub user: UserRow,
    /// Where.
    pub dealer: Dealer,
}

/// A user at a dealer, as the tables have them at this moment.
struct Place {
    user: UserRow,
    dealer: Dealer,
    grant: Grant,
    client: Option<ClientId>,
}

impl Sessions {
    /// Sessions in the control plane, with tokens under these keys.
    pub const fn new(
        control: ControlPool,
        vault: Vault,
        tokens: AccessTokens,
        clock: Clock,
    ) -> Self {
        Self {
            control,
            vault,
            tokens,
            clock,
        }
    }

    /// The control plane.
    pub const fn control(&self) -> &ControlPool {
        &self.control
    }

    /// The time.
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The next tokens of a session, for its refresh token.
    pub async fn refresh(&self, token: &SecretString, peer: &Peer) -> ServiceResult<Opened> {
        let (row, place) = self.renew(token, None, peer).await?;
        let refresh = self.family(row.id, &row.seed).token(row.generation)?;
        let access = self.tokens.issue(&place.grant)?;
        Ok(opened(access, refresh, &row, place))
    }

    /// Moves the family of a refresh token on, if it is good and of this application:
    /// of none, if it is the user's own.
    async fn renew(
        &self,
        token: &SecretString,
        application: Option<ClientId>,
        peer: &Peer,
    ) -> ServiceResult<(SessionRow, Place)> {
        let shown = Shown::parse(token).ok_or_else(unknown)?;
        let mut conn = self.control.checkout().await?;
        let row = query::find(&mut conn, shown.session).await?;
        let row = row.ok_or_else(unknown)?;
        if !self.family(row.id, &row.seed).is_one(&shown)? {
            return Err(unknown());
        }
        let now = self.clock.now();
        if application.is_none() && row.grant_id.is_some() {
            return Err(unknown());
        }
        if !row.is_alive(now) {
            return Err(ended());
        }
        let place = place(&mut conn, &row).await?;
        if place.client != application {
            return Err(unknown());
        }
        let row = self.next(&mut conn, &shown, row, peer).await?;
        Ok((row, place))
    }

    /// The row with the token that follows the one shown. Of those who show it at
    /// once one moves the family on, and all get the same.
    async fn next(
        &self,
        conn: &mut ControlConn,
        shown: &Shown,
        row: SessionRow,
        peer: &Peer,
    ) -> ServiceResult<SessionRow> {
        let now = self.clock.now();
        if shown.generation == row.generation {
            let next = self.family(row.id, &row.seed).token(row.generation + 1)?;
            query::rotate(conn, &row, shown.hash(), &hash(&next), now).await?;
        }
        // Whoever moved it on, this is where it stands.
        let current = query::find(conn, row.id).await?.ok_or_else(unknown)?;
        if current.ended_at.is_some() {
            return Err(ended());
        }
        let is_parent = shown.generation.saturating_add(1) == current.generation;
        if is_parent && now - current.rotated_at <= GRACE {
            return Ok(current);
        }
        self.reused(conn, &current, peer).await?;
        Err(ended())
    }

    /// Ends a family one of whose former tokens was shown again: somebody has a copy.
    async fn reused(&self, conn: &mut ControlConn, row: &SessionRow, peer: &Peer) -> AppResult<()> {
        let now = self.clock.now();
        conn.transaction(async |conn| -> AppResult<()> {
            let (which, cause) = (Which::One(row.id), EndCause::TokenReused);
            if query::end(conn, row.user_id, which, cause, now).await? == 0 {
                return Ok(());
            }
            let event = NewEvent::of(EventKind::TokenReused, peer).at(row.dealer_id, row.user_id);
            record(conn, event.about(row.id), now).await?;
            if let Some(user) = identity::find(conn, row.user_id).await? {
                notices::tell(
                    conn,
                    MailKind::RefreshTokenReused,
                    &user,
                    Occasion::of(now, peer),
                )
                .await?;
            }
            Ok(())
        })
        .await
    }

    /// Lets a session work for another dealer of its user.
    pub async fn switch(
        &self,
        principal: &Principal,
        dealer: DealerId,
        peer: &Peer,
    ) -> ServiceResult<(IssuedToken, Dealer)> {
        let mut conn = self.control.checkout().await?;
        let row = self.own(&mut conn, principal).await?;
        let row = SessionRow {
            dealer_id: dealer,
            ..row
        };
        let place = place(&mut conn, &row).await?;
        let access = self.tokens.issue(&place.grant)?;
        let now = self.clock.now();
        conn.transaction(async |conn| -> ServiceResult<()> {
            if !query::switch(conn, row.id, dealer).await? {
                return Err(ended());
            }
            let event = NewEvent::of(EventKind::DealerSwitched, peer).at(dealer, row.user_id);
            record(conn, event, now).await?;
            Ok(())
        })
        .await?;
        Ok((access, place.dealer))
    }

    async fn own(
        &self,
        conn: &mut ControlConn,
        principal: &Principal,
    ) -> ServiceResult<SessionRow> {
        let row = query::find(conn, principal.session()).await?;
        let is_own =
            |row: &SessionRow| row.user_id == principal.user() && row.is_alive(self.clock.now());
        row.filter(is_own).ok_or_else(|| {
            UserError::general(
                ErrorCode::NotAllowed,
                "only who has signed in himself can switch to another dealer",
            )
            .into()
        })
    }

    const fn family<'f>(&'f self, session: SessionId, seed: &'f [u8]) -> Family<'f> {
        Family {
            vault: &self.vault,
            session,
            seed,
        }
    }
}

/// What the session's user may be told at its dealer, as the tables are now.
async fn place(conn: &mut ControlConn, row: &SessionRow) -> ServiceResult<Place> {
    let user = identity::find(conn, row.user_id).await?.ok_or_else(ended)?;
    let membership = identity::find_membership(conn, row.user_id, row.dealer_id).await?;
    let membership = membership.ok_or_else(not_a_member)?;
    let dealer = dealer_find(conn, row.dealer_id)
        .await?
        .ok_or_else(not_a_member)?;
    if Standing::of(dealer.status).is_none() {
        return Err(UserError::general(
            ErrorCode::DealerNotActive,
            "this dealer is not open for business at the moment",
        )
        .into());
    }
    if dealer.second_factor_required && !row.proof().has_second_factor() {
        return Err(second_factor_missing());
    }
    let of_application = application::of(conn, row).await?;
    let client = of_application.as_ref().map(|(client, _)| *client);
    let grant = Grant {
        user: user.id,
        dealer: dealer.id,
        session: row.id,
        user_epoch: user.epoch,
        dealer_epoch: dealer.token_epoch,
        roles: membership.roles,
        customer: membership.customer_id.map(CustomerId::uuid),
        proof: row.proof(),
        actor: None,
        read_only: false,
        application: of_application.map(|(_, application)| application),
    };
    Ok(Place {
        user,
        dealer,
        grant,
        client,
    })
}

fn opened(access: IssuedToken, refresh: SecretString, row: &SessionRow, place: Place) -> Opened {
    Opened {
        access,
        refresh,
        refresh_expires_at: row.ends_at(),
        session: row.id,
        user: place.user,
        dealer: place.dealer,
    }
}

fn unknown() -> Refusal {
    UserError::general(
        ErrorCode::Unauthenticated,
        "this is not a refresh token of this server; sign in again",
    )
    .into()
}

fn ended() -> Refusal {
    UserError::general(
        ErrorCode::Unauthenticated,
        "the session has ended; sign in again",
    )
    .into()
}

fn second_factor_missing() -> Refusal {
    UserError::general(
        ErrorCode::SecondFactorRequired,
        "a second factor is needed here; sign in with it, or set one up first",
    )
    .into()
}

fn not_a_member() -> Refusal {
    UserError::at(
        ErrorCode::Forbidden,
        &["input", "dealerId"],
        "you do not work for this dealer",
    )
    .into()
}
