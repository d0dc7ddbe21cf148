//! What stands in the mails of identity, written when they are sent.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::model::UserRow;
use super::one_time::{self, Subject, TokenPurpose};
use super::{invitations, query};
use crate::db::control::ControlConn;
use crate::db::error::DbResult;
use crate::error::{AppError, AppResult};
use crate::kernel::ids::{DealerId, UserId};
use crate::platform::mail::MailKind;
use crate::platform::mail::compose::{Compose, Composed, DealerLetters, Letter};
use crate::platform::mail::model::MailRow;
use crate::platform::mail::templates::render;
use crate::platform::webhooks;
use crate::platform::webhooks::health::DISABLED_AFTER;
use crate::platform::webhooks::model::{EndpointId, EndpointState};
use crate::tenancy::directory::dealer_find;

/// Writes the mails of identity; those of dealers are written by others.
#[derive(Clone)]
pub struct Letters {
    links: Links,
    dealers: Arc<dyn DealerLetters>,
}

/// Where links lead.
#[derive(Clone, Debug)]
pub struct Links(String);

impl Links {
    /// To the pages of a dashboard at `base`, such as `https://shop.example/account`.
    pub fn new(base: &str) -> Self {
        Self(base.trim_end_matches('/').to_owned())
    }

    fn with_token(&self, purpose: TokenPurpose, token: &SecretString) -> String {
        let page = match purpose {
            TokenPurpose::VerifyEmail => "verify-email",
            TokenPurpose::ResetPassword => "reset-password",
            TokenPurpose::Invitation => "invitation",
        };
        format!("{}/{page}?token={}", self.0, token.expose_secret())
    }

    fn to(&self, page: &str) -> String {
        format!("{}/{page}", self.0)
    }
}

#[derive(Serialize)]
struct Linked<'a> {
    name: &'a str,
    email: &'a str,
    link: String,
    /// How long the link is good for.
    hours: i64,
    minutes: i64,
}

#[derive(Serialize)]
struct Invited<'a> {
    inviter: Option<String>,
    email: &'a str,
    is_known: bool,
    link: String,
    until: String,
}

#[derive(Serialize)]
struct Undelivered<'a> {
    name: &'a str,
    email: &'a str,
    /// Its address.
    endpoint: &'a str,
    since: String,
    /// When it is disabled.
    until: String,
    is_gone: bool,
}

#[derive(Serialize)]
struct Notice<'a> {
    name: &'a str,
    email: &'a str,
    when: String,
    address: Option<&'a str>,
    device: Option<&'a str>,
    link: String,
}

impl Compose for Letters {
    async fn compose(
        &self,
        conn: &mut ControlConn,
        mail: &MailRow,
        now: DateTime<Utc>,
    ) -> AppResult<Composed> {
        if mail.kind == MailKind::Invitation {
            return self.invitation(conn, mail, now).await;
        }
        let user = match mail.user_id {
            Some(id) => query::find(conn, id).await?,
            None => query::find_by_email(conn, &mail.email).await?,
        };
        let Some(user) = user.filter(|user| user.email == mail.email) else {
            return Ok(Composed::Needless("nobody has this address"));
        };
        let brand = brand(conn, mail, user.id).await?;
        if let (Some(endpoint), Some(dealer)) = (mail.webhook_endpoint_id, mail.dealer_id) {
            return webhook(conn, mail, &user, brand, (dealer, endpoint)).await;
        }
        let purpose = match mail.kind {
            MailKind::VerifyEmail => Some(TokenPurpose::VerifyEmail),
            MailKind::ResetPassword => Some(TokenPurpose::ResetPassword),
            _ => None,
        };
        let letter = match purpose {
            Some(purpose) => {
                let linked = self.linked(conn, &user, purpose, now).await?;
                render(mail.kind, brand, &linked)?
            }
            None => self.notice(mail, &user, brand)?,
        };
        Ok(Composed::Letter(Box::new(letter)))
    }

    async fn compose_for_dealer(&self, mail: &MailRow) -> AppResult<Composed> {
        self.dealers.compose(mail).await
    }

    async fn tidy(&self, conn: &mut ControlConn, now: DateTime<Utc>) -> DbResult<()> {
        let before = now - chrono::TimeDelta::days(1);
        while one_time::prune(conn, before).await? > 0 {}
        Ok(())
    }
}

impl Letters {
    /// Letters whose links lead there, and those of dealers.
    pub fn new(links: Links, dealers: Arc<dyn DealerLetters>) -> Self {
        Self { links, dealers }
    }

    async fn linked<'u>(
        &self,
        conn: &mut ControlConn,
        user: &'u UserRow,
        purpose: TokenPurpose,
        now: DateTime<Utc>,
    ) -> AppResult<Linked<'u>> {
        let subject = Subject::User(user.id, purpose);
        let token = one_time::mint(conn, subject, &user.email, now).await?;
        let lifetime = purpose.lifetime();
        Ok(Linked {
            name: &user.name,
            email: &user.email,
            link: self.links.with_token(purpose, &token),
            hours: lifetime.num_hours(),
            minutes: lifetime.num_minutes(),
        })
    }

    async fn invitation(
        &self,
        conn: &mut ControlConn,
        mail: &MailRow,
        now: DateTime<Utc>,
    ) -> AppResult<Composed> {
        let id = mail
            .invitation_id
            .ok_or_else(|| AppError::internal("no invitation"))?;
        let Some(invitation) = invitations::query::find_open(conn, id, now).await? else {
            return Ok(Composed::Needless("the invitation is open no more"));
        };
        let Some(dealer) = dealer_find(conn, invitation.dealer_id).await? else {
            return Ok(Composed::Needless("there is no such dealer"));
        };
        let inviter = match invitation.invited_by {
            Some(id) => query::find(conn, id).await?.map(|user| user.name),
            None => None,
        };
        let email = &invitation.email;
        let is_known = query::find_by_email(conn, email).await?.is_some();
        let token = one_time::mint(conn, Subject::Invitation(id), email, now).await?;
        let values = Invited {
            inviter,
            email,
            is_known,
            link: self.links.with_token(TokenPurpose::Invitation, &token),
            until: written(invitation.expires_at),
        };
        let letter = render(MailKind::Invitation, Some(dealer.name), &values)?;
        Ok(Composed::Letter(Box::new(letter)))
    }

    fn notice(&self, mail: &MailRow, user: &UserRow, brand: Option<String>) -> AppResult<Letter> {
        let values = Notice {
            name: &user.name,
            email: &user.email,
            when: written(mail.created_at),
            address: mail.peer_address.as_deref(),
            device: mail.peer_name.as_deref(),
            link: self.links.to("forgot-password"),
        };
        render(mail.kind, brand, &values)
    }
}

async fn webhook(
    conn: &mut ControlConn,
    mail: &MailRow,
    user: &UserRow,
    brand: Option<String>,
    (dealer, endpoint): (DealerId, EndpointId),
) -> AppResult<Composed> {
    let Some(endpoint) = webhooks::query::endpoints::find(conn, dealer, endpoint).await? else {
        return Ok(Composed::Needless("the endpoint was deleted"));
    };
    let is_enabled = endpoint.state == EndpointState::Enabled;
    if is_enabled != (mail.kind == MailKind::WebhookFailing) {
        return Ok(Composed::Needless("it is not so any more"));
    }
    let Some(since) = endpoint.health.failing_since else {
        return Ok(Composed::Needless("the endpoint works again"));
    };
    let values = Undelivered {
        name: &user.name,
        email: &user.email,
        endpoint: &endpoint.url,
        since: written(since),
        until: written(since + DISABLED_AFTER),
        is_gone: endpoint.state == EndpointState::Gone,
    };
    let letter = render(mail.kind, brand, &values)?;
    Ok(Composed::Letter(Box::new(letter)))
}

/// The name of the dealer in whose name a mail is written: the one it was ordered
/// for, else the only one the user works for.
async fn brand(conn: &mut ControlConn, mail: &MailRow, user: UserId) -> AppResult<Option<String>> {
    let dealer = match (
        mail.dealer_id,
        query::find_dealers(conn, user).await?.as_slice(),
    ) {
        (Some(id), _) => id,
        (None, [only]) => *only,
        (None, _) => return Ok(None),
    };
    Ok(dealer_find(conn, dealer).await?.map(|dealer| dealer.name))
}

fn written(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y, %H:%M UTC").to_string()
}
