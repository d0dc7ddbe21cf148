//! The kinds of records that files can be attached to: one line each.

use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::products::service::product_exists;
use crate::dealer::deliveries::model::DeliveryId;
use crate::dealer::deliveries::service::customer_of_delivery;
use crate::dealer::orders::model::OrderId;
use crate::dealer::orders::service::customer_of_order;
use crate::error::AppResult;
use crate::graphql::permit::Permission;
use crate::tenancy::TenantTx;

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The customer whose record it is, if it is one's.
    pub customer: Option<Uuid>,
}

/// Looks for a record of a kind.
type Find = for<'t> fn(&'t mut TenantTx, Uuid) -> BoxFuture<'t, AppResult<Option<Found>>>;

/// A kind of record that files can be attached to.
pub struct Attachable {
    /// Prefix of its ids.
    pub prefix: &'static str,
    /// What attaching to it and taking off needs.
    pub manage: Permission,
    /// Finds one.
    pub find: Find,
}

/// All there are.
const KINDS: &[Attachable] = &[
    Attachable {
        prefix: DeliveryId::PREFIX,
        manage: Permission::DeliveriesConfirm,
        find: |tx, id| {
            Box::pin(async move { Ok(of_customer(customer_of_delivery(tx, id).await?)) })
        },
    },
    Attachable {
        prefix: OrderId::PREFIX,
        manage: Permission::OrdersManage,
        find: |tx, id| Box::pin(async move { Ok(of_customer(customer_of_order(tx, id).await?)) }),
    },
    Attachable {
        prefix: ProductId::PREFIX,
        manage: Permission::ProductsManage,
        find: |tx, id| Box::pin(async move { Ok(of_nobody(product_exists(tx, id).await?)) }),
    },
];

/// The kind whose ids begin so.
pub fn of(prefix: &str) -> Option<&'static Attachable> {
    KINDS.iter().find(|kind| kind.prefix == prefix)
}

fn of_customer(customer: Option<Uuid>) -> Option<Found> {
    let customer = Some(customer?);
    Some(Found { customer })
}

fn of_nobody(exists: bool) -> Option<Found> {
    exists.then_some(Found { customer: None })
}
