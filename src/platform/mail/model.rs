//! Mails as stored, and as ordered.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::control_tables::mails;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, UserId, typed_id};
use crate::kernel::peer::Peer;
use crate::platform::identity::invitations::model::InvitationId;
use crate::platform::webhooks::model::EndpointId;

typed_id!(
    /// One mail.
    MailId, "mai"
);

text_enum! {
    /// What a mail is about.
    pub enum MailKind {
        /// A link that shows that mail reaches its reader.
        VerifyEmail = "VERIFY_EMAIL",
        /// A link that sets another password.
        ResetPassword = "RESET_PASSWORD",
        /// A link that lets its reader work for a dealer.
        Invitation = "INVITATION",
        /// A refresh token was used twice, so somebody may have a copy.
        RefreshTokenReused = "REFRESH_TOKEN_REUSED",
        /// Somebody has signed in from where the user had not been before.
        NewDevice = "NEW_DEVICE",
        /// The password is another one.
        PasswordChanged = "PASSWORD_CHANGED",
        /// A telephone was added as a second factor.
        PhoneAdded = "PHONE_ADDED",
        /// The telephone is no second factor any more.
        PhoneRemoved = "PHONE_REMOVED",
        /// An authenticator was added as a second factor.
        AuthenticatorAdded = "AUTHENTICATOR_ADDED",
        /// There is no authenticator any more.
        AuthenticatorRemoved = "AUTHENTICATOR_REMOVED",
        /// There are new backup codes, and the old ones are void.
        BackupCodesRenewed = "BACKUP_CODES_RENEWED",
        /// An operator has taken all second factors away.
        SecondFactorReset = "SECOND_FACTOR_RESET",
        /// A key was made that acts for the user.
        ApiKeyCreated = "API_KEY_CREATED",
        /// An endpoint of webhooks has taken nothing for days.
        WebhookFailing = "WEBHOOK_FAILING",
        /// An endpoint of webhooks was disabled.
        WebhookDisabled = "WEBHOOK_DISABLED",
        /// A dealer's customer has not paid what is overdue.
        PaymentReminder = "PAYMENT_REMINDER",
        /// A dealer's customer gets an invoice or credit note.
        Invoice = "INVOICE",
    }
}

impl MailKind {
    /// All that this program can write. A newer one may have ordered others.
    pub const ALL: [Self; 17] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::Invitation,
        Self::RefreshTokenReused,
        Self::NewDevice,
        Self::PasswordChanged,
        Self::PhoneAdded,
        Self::PhoneRemoved,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::BackupCodesRenewed,
        Self::SecondFactorReset,
        Self::ApiKeyCreated,
        Self::WebhookFailing,
        Self::WebhookDisabled,
        Self::PaymentReminder,
        Self::Invoice,
    ];

    /// Whether it is ordered by a dealer's transaction, for a customer of his.
    pub const fn is_of_dealer(self) -> bool {
        matches!(self, Self::PaymentReminder | Self::Invoice)
    }

    /// After this a mail is no use any more, and is not tried again.
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::ResetPassword => TimeDelta::minutes(30),
            Self::VerifyEmail => TimeDelta::hours(24),
            Self::Invitation
            | Self::RefreshTokenReused
            | Self::NewDevice
            | Self::PasswordChanged
            | Self::PhoneAdded
            | Self::PhoneRemoved
            | Self::AuthenticatorAdded
            | Self::AuthenticatorRemoved
            | Self::BackupCodesRenewed
            | Self::SecondFactorReset
            | Self::ApiKeyCreated
            | Self::WebhookFailing
            | Self::WebhookDisabled
            | Self::PaymentReminder
            | Self::Invoice => TimeDelta::days(3),
        }
    }
}

text_enum! {
    /// What became of a mail.
    pub enum MailState {
        /// It has to be sent.
        Pending = "PENDING",
        /// The mail server has taken it.
        Sent = "SENT",
        /// There was nothing to write, such as for an address that nobody has.
        Needless = "NEEDLESS",
        /// The mail server will not have it.
        Refused = "REFUSED",
        /// It could not be sent while it was any use.
        Expired = "EXPIRED",
    }
}

/// A mail to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// What it is about.
    pub kind: MailKind,
    /// To whom.
    pub email: String,
    /// Which user it concerns; none if that is to be found out by the address.
    pub user: Option<UserId>,
    /// In whose name it is written; found out by the user if left out.
    pub dealer: Option<DealerId>,
    /// Which invitation it carries.
    pub invitation: Option<InvitationId>,
    /// Which endpoint of webhooks it is about.
    pub webhook_endpoint: Option<EndpointId>,
    /// Who caused it, if it tells of that.
    pub peer: Option<Peer>,
    /// When that was.
    pub at: DateTime<Utc>,
}

impl Mail {
    /// A mail of this kind to `email`.
    pub fn new(kind: MailKind, email: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self {
            kind,
            email: email.into(),
            user: None,
            dealer: None,
            invitation: None,
            webhook_endpoint: None,
            peer: None,
            at,
        }
    }
}

/// A mail as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = mails, check_for_backend(diesel::pg::Pg))]
pub struct MailRow {
    /// Its id, of which its Message-ID is made.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// To whom.
    pub email: String,
    /// Which user it concerns.
    pub user_id: Option<UserId>,
    /// In whose name it is written.
    pub dealer_id: Option<DealerId>,
    /// Which invitation it carries.
    pub invitation_id: Option<InvitationId>,
    /// Which endpoint of webhooks it is about.
    pub webhook_endpoint_id: Option<EndpointId>,
    /// Address of who caused it.
    pub peer_address: Option<String>,
    /// What that called itself.
    pub peer_name: Option<String>,
    /// When it was caused.
    pub created_at: DateTime<Utc>,
    /// When it may be tried.
    pub due_at: DateTime<Utc>,
    /// When it is no use any more.
    pub expires_at: DateTime<Utc>,
    /// How often it was taken up.
    pub attempts: i32,
    /// Which record of the dealer's it is about.
    pub record_id: Option<Uuid>,
}

impl From<Mail> for MailRow {
    fn from(mail: Mail) -> Self {
        let address = mail.peer.as_ref().map(|peer| peer.address.to_string());
        Self {
            id: MailId::generate(),
            kind: mail.kind,
            email: mail.email,
            user_id: mail.user,
            dealer_id: mail.dealer,
            invitation_id: mail.invitation,
            webhook_endpoint_id: mail.webhook_endpoint,
            peer_address: address,
            peer_name: mail.peer.and_then(|peer| peer.user_agent),
            created_at: mail.at,
            due_at: mail.at,
            expires_at: mail.at + mail.kind.lifetime(),
            attempts: 0,
            record_id: None,
        }
    }
}
