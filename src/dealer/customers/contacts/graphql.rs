//! The surface of contacts: objects.

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};

use super::contractor::{Contractor, named};
use super::loader::ContactsByCustomer;
use super::model::ContactRow;
use crate::error::AppResult;
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{Permission as P, has_permission};
use crate::graphql::scalars::Money;
use crate::kernel::ids::UserId;

/// Somebody who is spoken to at a customer.
pub struct Contact(pub ContactRow);

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self(row)
    }
}

/// Somebody who is spoken to at a customer.
#[Object(directive = has_permission::apply(P::CustomersRead))]
impl Contact {
    /// Opaque id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Name of the person.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What the person is there.
    async fn role(&self) -> Option<&str> {
        self.0.role.as_deref()
    }

    /// Where calls go.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Where mails go.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The member who signs in at the portal as this person; null if nobody does.
    async fn user_id(&self) -> Option<ID> {
        let id = self.0.user_id.map(UserId::from_uuid);
        id.map(|id| id.to_string().into())
    }

    /// What the person orders at the portal, accepts of quotes and approves without asking, tax
    /// included; null if that is any amount. Whoever has a limit asks for goods without a price
    /// yet, too.
    async fn order_limit(&self, ctx: &Context<'_>) -> AppResult<Option<Money>> {
        let limit = self.0.order_limit;
        limit.map(|limit| Money::of_dealer(ctx, limit)).transpose()
    }

    /// Whether the person approves at the portal what others have placed.
    async fn approves_orders(&self) -> bool {
        self.0.approves_orders
    }

    /// Counts the changes of this record.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.0.updated_at
    }
}

/// Who of a customer's people calls; none if it is one of the dealer's own.
pub(crate) async fn contractor_of(ctx: &Context<'_>) -> AppResult<Option<Contractor>> {
    let unit = ctx.unit()?;
    let Some(who) = named(unit.context()) else {
        return Ok(None);
    };
    let contacts = unit.load_list(ContactsByCustomer(who.1)).await?;
    Ok(Some(Contractor::among(who, &contacts)))
}
