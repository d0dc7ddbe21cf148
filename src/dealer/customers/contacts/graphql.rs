//! The surface of contacts: objects.

use async_graphql::{ID, Object};
use chrono::{DateTime, Utc};

use super::model::ContactRow;
use crate::graphql::permit::{Permission as P, has_permission};

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
