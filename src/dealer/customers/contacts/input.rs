//! Inputs of contacts.

use async_graphql::{InputObject, MaybeUndefined};

use super::model::{ContactChanges, ContactId};
use crate::dealer::customers::model::CustomerId;
use crate::graphql::idempotency::IdempotencyKey;
use crate::graphql::payload::{given, given_text};
use crate::graphql::scalars::Decimal;
use crate::kernel::checks::Checks;
use crate::kernel::ids::UserId;

/// How a contact is reached, and what it does at the portal. Absent fields keep their value, null
/// clears.
#[derive(InputObject, Debug, Default)]
pub struct ContactDetails {
    /// What the person is there, at most 100 characters.
    pub role: MaybeUndefined<String>,
    /// Where calls go, at most 40 characters.
    pub phone: MaybeUndefined<String>,
    /// Where mails go.
    pub email: MaybeUndefined<String>,
    /// The member who signs in at the portal as this person: one who stands for the customer.
    pub user_id: MaybeUndefined<UserId>,
    /// What the person orders at the portal, accepts of quotes and approves without asking, tax
    /// included; any amount if null. Whoever has a limit asks for goods without a price yet, too.
    pub order_limit: MaybeUndefined<Decimal>,
    /// Whether the person approves at the portal what others have placed.
    pub approves_orders: Option<bool>,
}

impl ContactDetails {
    /// As changes of a row, checked; `digits` are those of the dealer's currency.
    pub(super) fn checked(
        self,
        checks: &mut Checks,
        none: ContactChanges,
        digits: u32,
    ) -> ContactChanges {
        let role = given_text(checks, &["input", "role"], self.role, 100);
        let phone = given_text(checks, &["input", "phone"], self.phone, 40);
        let email = given(self.email).map(|email| {
            let email = email.filter(|text| !text.trim().is_empty());
            email.map(|text| checks.email(&["input", "email"], &text))
        });
        let limit = given(self.order_limit);
        let path = ["input", "orderLimit"];
        let limit = limit.map(|limit| limit.map(|it| checks.money(&path, it.0, digits)));
        ContactChanges {
            role,
            phone,
            email,
            user_id: given(self.user_id).map(|user| user.map(UserId::uuid)),
            order_limit: limit,
            approves_orders: self.approves_orders,
            ..none
        }
    }
}

/// A contact to add.
#[derive(InputObject, Debug)]
pub struct ContactAddInput {
    /// At which customer.
    pub customer_id: CustomerId,
    /// Name of the person, 1 to 200 characters.
    pub name: String,
    /// How the person is reached.
    #[graphql(flatten)]
    pub details: ContactDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// What to change; absent fields keep their value.
#[derive(InputObject, Debug)]
pub struct ContactUpdateInput {
    /// Which contact.
    pub id: ContactId,
    /// The version that was read; another one is refused with CONFLICT.
    pub expected_version: i32,
    /// New name, 1 to 200 characters.
    pub name: Option<String>,
    /// How the person is reached.
    #[graphql(flatten)]
    pub details: ContactDetails,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Which contact to remove.
#[derive(InputObject, Debug)]
pub struct ContactRemoveInput {
    /// Which contact.
    pub id: ContactId,
    /// By which this is done once, however often it is sent.
    pub idempotency_key: Option<IdempotencyKey>,
}
