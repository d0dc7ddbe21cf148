//! What happened to accounts, kept for those who own them.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::db::control::ControlConn;
use crate::db::control_tables::security_events;
use crate::db::error::DbResult;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::kernel::peer::Peer;

text_enum! {
    /// What happened to an account.
    pub enum EventKind {
        /// Somebody signed in.
        LoggedIn = "LOGGED_IN",
        /// Sessions were ended.
        SessionEnded = "SESSION_ENDED",
        /// A former refresh token was shown again; its session was ended.
        TokenReused = "TOKEN_REUSED",
        /// The user has chosen another password.
        PasswordChanged = "PASSWORD_CHANGED",
        /// A session went on to work for another dealer.
        DealerSwitched = "DEALER_SWITCHED",
        /// A member was given other roles.
        MemberChanged = "MEMBER_CHANGED",
        /// Somebody works for the dealer no longer.
        MemberRemoved = "MEMBER_REMOVED",
        /// The user has made, changed or deleted a role of the dealer's own.
        RoleChanged = "ROLE_CHANGED",
        /// A forgotten password was replaced, by a link in a mail.
        PasswordReset = "PASSWORD_RESET",
        /// Somebody was invited to work for the dealer.
        MemberInvited = "MEMBER_INVITED",
        /// An invitation was taken back.
        InvitationRevoked = "INVITATION_REVOKED",
        /// An invitation was accepted.
        InvitationAccepted = "INVITATION_ACCEPTED",
        /// An authenticator was taken into use.
        SecondFactorAdded = "SECOND_FACTOR_ADDED",
        /// A user did away with his authenticator.
        SecondFactorRemoved = "SECOND_FACTOR_REMOVED",
        /// An operator took a user's authenticator away, so that he can sign in.
        SecondFactorReset = "SECOND_FACTOR_RESET",
        /// A wrong code was shown.
        SecondFactorRefused = "SECOND_FACTOR_REFUSED",
        /// The dealer asks for a second factor from now on, or does not.
        SecondFactorPolicySet = "SECOND_FACTOR_POLICY_SET",
        /// A backup code was used in place of an authenticator.
        BackupCodeUsed = "BACKUP_CODE_USED",
        /// A telephone was taken into use.
        PhoneAdded = "PHONE_ADDED",
        /// A user did away with his telephone.
        PhoneRemoved = "PHONE_REMOVED",
        /// A code was asked for, to be sent to a user's telephone by SMS.
        SmsCodeSent = "SMS_CODE_SENT",
        /// New backup codes were made; those before are void.
        BackupCodesRenewed = "BACKUP_CODES_RENEWED",
        /// An API key was made.
        ApiKeyCreated = "API_KEY_CREATED",
        /// An API key was replaced by another.
        ApiKeyRotated = "API_KEY_ROTATED",
        /// An API key was revoked.
        ApiKeyRevoked = "API_KEY_REVOKED",
        /// An operator of the platform began to see the shop as a user does.
        Impersonated = "IMPERSONATED",
        /// An operator's look at the shop was ended.
        ImpersonationEnded = "IMPERSONATION_ENDED",
        /// An application of a third party was registered.
        OauthClientRegistered = "OAUTH_CLIENT_REGISTERED",
        /// What an application may ask for was changed, or what it is called.
        OauthClientChanged = "OAUTH_CLIENT_CHANGED",
        /// An application was given another secret.
        OauthClientSecretRotated = "OAUTH_CLIENT_SECRET_ROTATED",
        /// An application was removed, with all that users had granted it.
        OauthClientRemoved = "OAUTH_CLIENT_REMOVED",
        /// A user has let an application in.
        OauthConsentGiven = "OAUTH_CONSENT_GIVEN",
        /// A user lets an application in no more, or it has given its tokens back.
        OauthGrantRevoked = "OAUTH_GRANT_REVOKED",
        /// A code of an application was shown again; the tokens it had got were revoked.
        OauthCodeReplayed = "OAUTH_CODE_REPLAYED",
        /// An endpoint of webhooks was made.
        WebhookEndpointCreated = "WEBHOOK_ENDPOINT_CREATED",
        /// An endpoint of webhooks was changed.
        WebhookEndpointChanged = "WEBHOOK_ENDPOINT_CHANGED",
        /// An endpoint of webhooks was deleted.
        WebhookEndpointDeleted = "WEBHOOK_ENDPOINT_DELETED",
        /// An endpoint of webhooks was disabled, since it takes nothing.
        WebhookEndpointDisabled = "WEBHOOK_ENDPOINT_DISABLED",
        /// An endpoint of webhooks was given another secret.
        WebhookSecretRotated = "WEBHOOK_SECRET_ROTATED",
    }
}

/// An event to record.
pub struct NewEvent {
    kind: EventKind,
    user: Option<UserId>,
    dealer: Option<DealerId>,
    detail: Option<String>,
    address: Option<String>,
    client_name: Option<String>,
}

/// An event as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = security_events, check_for_backend(diesel::pg::Pg))]
pub struct EventRow {
    /// Its id, in the order of time.
    pub id: Uuid,
    /// Whose account it is.
    pub user_id: Option<UserId>,
    /// At which dealer it happened, if at one.
    pub dealer_id: Option<DealerId>,
    /// What happened.
    pub kind: EventKind,
    /// What else there is to say.
    pub detail: Option<String>,
    /// From where.
    pub address: Option<String>,
    /// By which client.
    pub client_name: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl NewEvent {
    /// Something that came from `peer`.
    pub fn of(kind: EventKind, peer: &Peer) -> Self {
        Self {
            kind,
            user: None,
            dealer: None,
            detail: None,
            address: Some(peer.address.to_string()),
            client_name: peer.user_agent.clone(),
        }
    }

    /// Something that nobody has sent for.
    pub const fn of_system(kind: EventKind) -> Self {
        Self {
            kind,
            user: None,
            dealer: None,
            detail: None,
            address: None,
            client_name: None,
        }
    }

    /// It happened to this user's account, at this dealer.
    #[must_use]
    pub const fn at(mut self, dealer: DealerId, user: UserId) -> Self {
        self.dealer = Some(dealer);
        self.user = Some(user);
        self
    }

    /// It happened at this dealer, to nobody's account.
    #[must_use]
    pub const fn at_dealer(mut self, dealer: DealerId) -> Self {
        self.dealer = Some(dealer);
        self
    }

    /// It happened to this user's account.
    #[must_use]
    pub const fn by(mut self, user: UserId) -> Self {
        self.user = Some(user);
        self
    }

    /// It concerns this session.
    #[must_use]
    pub fn about(self, session: SessionId) -> Self {
        self.saying(&session.to_string())
    }

    /// What else there is to say.
    #[must_use]
    pub fn saying(mut self, detail: &str) -> Self {
        self.detail = Some(detail.chars().take(500).collect());
        self
    }
}

/// Records an event, in the caller's transaction.
pub async fn record(conn: &mut ControlConn, event: NewEvent, now: DateTime<Utc>) -> DbResult<()> {
    let row = EventRow {
        id: Uuid::now_v7(),
        user_id: event.user,
        dealer_id: event.dealer,
        kind: event.kind,
        detail: event.detail,
        address: event.address,
        client_name: event.client_name,
        at: now,
    };
    let query = diesel::insert_into(security_events::table).values(row);
    query.execute(&mut **conn).await?;
    Ok(())
}

/// Whether a user has ever signed in.
pub async fn has_signed_in(conn: &mut ControlConn, user: UserId) -> DbResult<bool> {
    let found = security_events::table
        .filter(security_events::user_id.eq(user))
        .filter(security_events::kind.eq(EventKind::LoggedIn));
    Ok(select(exists(found)).get_result(&mut **conn).await?)
}

/// What happened at a dealer, the latest first, before the event `before`.
pub async fn at_dealer(
    conn: &mut ControlConn,
    dealer: DealerId,
    before: Option<Uuid>,
    most: i64,
) -> DbResult<Vec<EventRow>> {
    let mut query = security_events::table
        .filter(security_events::dealer_id.eq(dealer))
        .order(security_events::id.desc())
        .limit(most)
        .select(EventRow::as_select())
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(security_events::id.lt(before));
    }
    Ok(query.load(&mut **conn).await?)
}
