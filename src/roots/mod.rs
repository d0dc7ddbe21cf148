//! The roots of the GraphQL schema: each area lists its features in a file of its own.

mod catalog;
mod customers;
mod deliveries;
mod invoices;
mod nodes;
mod orders;
mod payments;
mod platform;
mod prices;
mod purchasing;
mod quotes;
mod records;
mod reports;
mod returns;
mod stock;

use std::sync::LazyLock;

use async_graphql::{Context, MergedObject, MergedSubscription, Schema};
use futures_util::future::BoxFuture;

use self::catalog::{CatalogMutations, CatalogQueries};
use self::customers::{CustomerMutations, CustomerQueries};
use self::deliveries::{DeliveryMutations, DeliveryQueries};
use self::invoices::{InvoicesMutations, InvoicesQueries};
pub use self::nodes::{Node, NodeQuery};
use self::orders::{OrderMutations, OrderQueries};
use self::payments::{PaymentMutations, PaymentQueries};
use self::platform::{PlatformMutations, PlatformQueries};
use self::prices::{PriceMutations, PriceQueries};
use self::purchasing::{PurchasingMutations, PurchasingQueries};
use self::quotes::{QuotesMutations, QuotesQueries};
use self::records::{RecordMutations, RecordQueries};
use self::reports::ReportQueries;
use self::returns::{ReturnsMutations, ReturnsQueries};
use self::stock::{StockMutations, StockQueries};
use crate::dealer::bulk::subscription::BulkSubscription;
use crate::dealer::catalog::products::subscription::ProductSubscription;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::runs::graphql::MemberCheck;
use crate::dealer::deliveries::subscription::DeliverySubscription;
use crate::dealer::invoices::subscription::InvoiceSubscription;
use crate::dealer::orders::subscription::OrderSubscription;
use crate::dealer::payments::subscription::PaymentSubscription;
use crate::dealer::stock::subscription::StockSubscription;
use crate::error::AppResult;
use crate::events::Kind;
use crate::graphql::context::ContextExt;
use crate::graphql::declared;
pub use crate::graphql::declared::Undeclared;
use crate::graphql::document::Validator;
use crate::graphql::transactional::Transactional;
use crate::graphql::unread::Naming;
use crate::kernel::ids::UserId;
use crate::platform::access::graphql::{CustomerCheck, works_here};

/// Every kind of event there is.
pub static EVENTS: LazyLock<Vec<&Kind>> = LazyLock::new(|| {
    let areas = [
        catalog::EVENTS,
        customers::EVENTS,
        deliveries::EVENTS,
        invoices::EVENTS,
        orders::EVENTS,
        payments::EVENTS,
        prices::EVENTS,
        purchasing::EVENTS,
        quotes::EVENTS,
        records::EVENTS,
        returns::EVENTS,
        stock::EVENTS,
    ];
    areas.concat()
});

/// The whole GraphQL schema of the dealers' endpoint.
pub type ApiSchema = Schema<Naming<QueryRoot>, Transactional<MutationRoot>, SubscriptionRoot>;

/// The schema while services are added to it.
pub type ApiSchemaBuilder =
    async_graphql::SchemaBuilder<Naming<QueryRoot>, Transactional<MutationRoot>, SubscriptionRoot>;

/// What can be read. All fields read one consistent state.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(
    NodeQuery,
    PlatformQueries,
    RecordQueries,
    CatalogQueries,
    CustomerQueries,
    DeliveryQueries,
    InvoicesQueries,
    OrderQueries,
    PaymentQueries,
    PriceQueries,
    PurchasingQueries,
    QuotesQueries,
    ReportQueries,
    ReturnsQueries,
    StockQueries,
);

/// What can be done. Each field is one transaction; they run in the order of
/// the document.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    PlatformMutations,
    RecordMutations,
    CatalogMutations,
    CustomerMutations,
    DeliveryMutations,
    InvoicesMutations,
    OrderMutations,
    PaymentMutations,
    PriceMutations,
    PurchasingMutations,
    QuotesMutations,
    ReturnsMutations,
    StockMutations,
);

/// What can be watched, over graphql-transport-ws.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(
    BulkSubscription,
    DeliverySubscription,
    InvoiceSubscription,
    OrderSubscription,
    PaymentSubscription,
    ProductSubscription,
    StockSubscription,
);

fn customer_exists<'a>(ctx: &'a Context<'_>, id: CustomerId) -> BoxFuture<'a, AppResult<bool>> {
    Box::pin(async move { Ok(ctx.unit()?.load(CustomerById(id)).await?.is_some()) })
}

fn member_exists<'a>(ctx: &'a Context<'_>, id: UserId) -> BoxFuture<'a, AppResult<bool>> {
    Box::pin(works_here(ctx, id))
}

/// The schema, before limits and services are added.
pub fn schema_builder() -> ApiSchemaBuilder {
    Schema::build(
        Naming(QueryRoot::default()),
        Transactional(MutationRoot::default()),
        SubscriptionRoot::default(),
    )
    .data(CustomerCheck(customer_exists))
    .data(MemberCheck(member_exists))
}

/// What tells whether documents fit the schema, without limits.
pub fn validator() -> Validator {
    Validator::new(schema_builder())
}

/// Refuses a schema in which a field does not say who may use it.
pub fn check_declared(schema: &ApiSchema) -> Result<(), Undeclared> {
    declared::check(&schema.sdl())
}

/// The SDL: the reference manual of the API.
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    schema_builder().finish().sdl_with_options(options)
}

#[cfg(test)]
mod tests {
    use async_graphql::{ContainerType, Context};

    use crate::dealer::catalog::products::graphql::Product;
    use crate::dealer::catalog::quantity::graphql::Quantity;
    use crate::dealer::customers::graphql::Customer;
    use crate::dealer::deliveries::graphql::Delivery;
    use crate::dealer::invoices::graphql::Invoice;
    use crate::dealer::orders::graphql::Order;
    use crate::dealer::orders::line::OrderLine;
    use crate::dealer::stock::graphql::StockLevel;

    /// Bytes of the task that answers a field of `T`.
    fn task<T: 'static, F>(_: impl Fn(&'static T, &'static Context<'static>) -> F) -> usize {
        size_of::<F>()
    }

    /// It is moved for each field of each record of a page, and is as large as the largest that
    /// one of the fields could need: what does much is boxed.
    #[test]
    fn a_field_of_what_comes_by_the_dozen_takes_little() {
        macro_rules! tasks {
            ($($object:ty),*) => {
                [$((stringify!($object), task(<$object as ContainerType>::resolve_field))),*]
            };
        }
        let tasks = tasks!(
            Customer, Delivery, Invoice, Order, OrderLine, Product, Quantity, StockLevel
        );
        assert!(tasks.iter().all(|(_, bytes)| *bytes <= 1024), "{tasks:?}");
    }
}
