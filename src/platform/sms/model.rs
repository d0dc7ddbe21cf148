//! Text messages as stored.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::db::control_tables::text_messages;
use crate::db::text_enum::text_enum;
use crate::kernel::ids::{DealerId, UserId, typed_id};

/// How long a code is good, counted from when it is asked for.
pub const LIFETIME: TimeDelta = TimeDelta::minutes(5);

typed_id!(
    /// One text message.
    MessageId, "sms"
);

text_enum! {
    /// What the code of a message is good for.
    pub enum SmsKind {
        /// To show that messages to a telephone reach the user.
        ConfirmPhone = "CONFIRM_PHONE",
        /// To finish a sign-in.
        SignIn = "SIGN_IN",
        /// To prove within a session that it is still the user.
        StepUp = "STEP_UP",
    }
}

impl SmsKind {
    /// All that this program can write. A newer one may have ordered others.
    pub const ALL: [Self; 3] = [Self::ConfirmPhone, Self::SignIn, Self::StepUp];
}

text_enum! {
    /// What became of a message.
    pub enum SmsState {
        /// It has to be sent, or could not be while its code was good.
        Pending = "PENDING",
        /// The provider has taken it.
        Sent = "SENT",
        /// The provider will not have it.
        Refused = "REFUSED",
    }
}

/// A message as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = text_messages, check_for_backend(diesel::pg::Pg))]
pub struct SmsRow {
    /// Its id, of which its code is made.
    pub id: MessageId,
    /// What its code is good for.
    pub kind: SmsKind,
    /// To whom it goes, as E.164 writes it.
    pub phone: String,
    /// Whose code it is.
    pub user_id: UserId,
    /// In whose name it is written.
    pub dealer_id: Option<DealerId>,
    /// The sign-in or session for which the code is.
    pub subject: Uuid,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it may be tried.
    pub due_at: DateTime<Utc>,
    /// When its code stops being good.
    pub expires_at: DateTime<Utc>,
    /// How often it was taken up.
    pub attempts: i32,
    /// When its code was used.
    pub used_at: Option<DateTime<Utc>>,
}
