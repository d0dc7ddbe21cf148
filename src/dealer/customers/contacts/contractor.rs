//! What somebody of a customer's may order at the portal, by the contact he is.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::model::ContactRow;
use super::query;
use crate::dealer::customers::model::CustomerId;
use crate::error::AppResult;
use crate::tenancy::{TenantContext, TenantTx};

/// Somebody of a customer's people at the portal. Who is no contact has no limit, since the
/// dealer looks at every order, and approves nothing.
#[derive(Clone, Copy, Debug)]
pub struct Contractor {
    /// Who it is.
    pub user: Uuid,
    /// For whom he stands.
    pub customer: CustomerId,
    /// What he orders or approves without asking, tax included; any amount if absent.
    pub limit: Option<Decimal>,
    /// Whether he approves what others have placed.
    pub approves: bool,
}

impl Contractor {
    pub(super) fn among((user, customer): (Uuid, CustomerId), contacts: &[ContactRow]) -> Self {
        let contact = contacts.iter().find(|row| row.user_id == Some(user));
        Self {
            user,
            customer,
            limit: contact.and_then(|row| row.order_limit),
            approves: contact.is_some_and(|row| row.approves_orders),
        }
    }

    /// Whether so much is his to decide.
    pub fn reaches(&self, gross: Decimal) -> bool {
        self.limit.is_none_or(|limit| gross <= limit)
    }
}

/// Whose transaction it is, if one of a customer's people is at work.
pub async fn contractor(tx: &mut TenantTx) -> AppResult<Option<Contractor>> {
    let Some(who) = named(tx.context()) else {
        return Ok(None);
    };
    let contacts = query::find_by_customers(tx, &[who.1]).await?;
    Ok(Some(Contractor::among(who, &contacts)))
}

/// The user and his customer, if it is one of a customer's people.
pub(super) fn named(context: &TenantContext) -> Option<(Uuid, CustomerId)> {
    let principal = context.principal()?;
    let customer = principal.customer()?;
    Some((principal.user().uuid(), CustomerId::from_uuid(customer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_and_not_passed() {
        let mut who = Contractor {
            user: Uuid::nil(),
            customer: CustomerId::from_uuid(Uuid::nil()),
            limit: Some(Decimal::ONE_HUNDRED),
            approves: false,
        };
        assert!(who.reaches(Decimal::ONE_HUNDRED));
        assert!(!who.reaches(Decimal::ONE_HUNDRED + Decimal::new(1, 2)));
        who.limit = None;
        assert!(who.reaches(Decimal::MAX));
    }
}
