//! The roots of the GraphQL schema: one line per feature, and the node fields.

use async_graphql::{Context, ID, Interface, MergedObject, MergedSubscription, Object, Schema};
use futures_util::future::BoxFuture;

use crate::dealer::audit::graphql::AuditQuery;
use crate::dealer::catalog::categories::events::{
    CategoryArchived, CategoryCreated, CategoryUpdated,
};
use crate::dealer::catalog::categories::graphql::{
    Category, CategoryListQuery, CategoryMutation, CategoryQuery,
};
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::events::{
    ProductArchived, ProductCreated, ProductRestored, ProductUpdated,
};
use crate::dealer::catalog::products::graphql::{Product, ProductQuery};
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::products::mutation::ProductMutation;
use crate::dealer::catalog::products::subscription::ProductSubscription;
use crate::dealer::catalog::units::events::{UnitCreated, UnitUpdated};
use crate::dealer::catalog::units::graphql::{Unit, UnitListQuery, UnitMutation, UnitQuery};
use crate::dealer::catalog::units::loader::UnitById;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::graphql::{Customer, CustomerListQuery, CustomerQuery, Job};
use crate::dealer::customers::loader::{CustomerById, JobById};
use crate::dealer::customers::model::{CustomerId, JobId};
use crate::dealer::feed::graphql::FeedQuery;
use crate::dealer::stock::graphql::StockLevelQuery;
use crate::dealer::stock::warehouses::events::{
    WarehouseArchived, WarehouseCreated, WarehouseUpdated,
};
use crate::dealer::stock::warehouses::graphql::{
    Warehouse, WarehouseListQuery, WarehouseMutation, WarehouseQuery,
};
use crate::dealer::stock::warehouses::loader::WarehouseById;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::events::{Fact, Kind};
use crate::graphql::context::ContextExt;
use crate::graphql::declared;
pub use crate::graphql::declared::Undeclared;
use crate::graphql::permit::{AnyCaller, Permission as P, for_any_caller};
use crate::graphql::transactional::Transactional;
use crate::kernel::ids;
use crate::platform::access::graphql::{CustomerCheck, MemberListQuery, RoleQuery};
use crate::platform::access::mutation::AccessMutation;
use crate::platform::api_keys::graphql::ApiKeyQuery;
use crate::platform::api_keys::mutation::ApiKeyMutation;
use crate::platform::dealers::graphql::DealerMutation;
use crate::platform::factors::graphql::FactorQuery;
use crate::platform::factors::mutation::FactorMutation;
use crate::platform::factors::phone::graphql::PhoneMutation;
use crate::platform::identity::graphql::{IdentityMutation, IdentityQuery};
use crate::platform::identity::invitations::graphql::{InvitationMutation, InvitationQuery};
use crate::platform::identity::password::graphql::PasswordMutation;
use crate::platform::identity::recovery::graphql::RecoveryMutation;
use crate::platform::impersonation::graphql::{ImpersonationMutation, ImpersonationQuery};
use crate::platform::oauth::graphql::OauthQuery;
use crate::platform::oauth::mutation::OauthMutation;
use crate::platform::sessions::graphql::SessionQuery;
use crate::platform::sessions::mutation::SessionMutation;
use crate::platform::webhooks::graphql::{WebhookDeliveryListQuery, WebhookQuery};
use crate::platform::webhooks::mutation::WebhookMutation;

/// Every kind of event there is.
pub const EVENTS: &[&Kind] = &[
    CategoryCreated::KIND,
    CategoryUpdated::KIND,
    CategoryArchived::KIND,
    ProductCreated::KIND,
    ProductUpdated::KIND,
    ProductArchived::KIND,
    ProductRestored::KIND,
    UnitCreated::KIND,
    UnitUpdated::KIND,
    WarehouseCreated::KIND,
    WarehouseUpdated::KIND,
    WarehouseArchived::KIND,
];

/// Most ids of one `nodes` field.
const MAX_NODES: usize = 200;

/// The whole GraphQL schema of the dealers' endpoint.
pub type ApiSchema = Schema<QueryRoot, Transactional<MutationRoot>, SubscriptionRoot>;

/// The schema while services are added to it.
pub type ApiSchemaBuilder =
    async_graphql::SchemaBuilder<QueryRoot, Transactional<MutationRoot>, SubscriptionRoot>;

/// What can be read. All fields read one consistent state.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct QueryRoot(
    NodeQuery,
    IdentityQuery,
    RoleQuery,
    MemberListQuery,
    SessionQuery,
    InvitationQuery,
    FactorQuery,
    ApiKeyQuery,
    ImpersonationQuery,
    OauthQuery,
    WebhookQuery,
    WebhookDeliveryListQuery,
    AuditQuery,
    CategoryQuery,
    CategoryListQuery,
    CustomerQuery,
    CustomerListQuery,
    FeedQuery,
    ProductQuery,
    StockLevelQuery,
    UnitQuery,
    UnitListQuery,
    WarehouseQuery,
    WarehouseListQuery,
);

/// What can be done. Each field is one transaction; they run in the order of
/// the document.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct MutationRoot(
    IdentityMutation,
    PasswordMutation,
    SessionMutation,
    InvitationMutation,
    RecoveryMutation,
    FactorMutation,
    PhoneMutation,
    ApiKeyMutation,
    ImpersonationMutation,
    OauthMutation,
    WebhookMutation,
    DealerMutation,
    AccessMutation,
    CategoryMutation,
    ProductMutation,
    UnitMutation,
    WarehouseMutation,
);

/// What can be watched, over graphql-transport-ws.
#[derive(MergedSubscription, Default)]
#[graphql(name = "Subscription")]
pub struct SubscriptionRoot(ProductSubscription);

/// A record with an id that `node` finds again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id."))]
pub enum Node {
    /// A node of the category tree.
    Category(Category),
    /// Who buys.
    Customer(Customer),
    /// A job site.
    Job(Job),
    /// Something a dealer sells.
    Product(Product),
    /// A unit of measure.
    Unit(Unit),
    /// A place where goods lie.
    Warehouse(Warehouse),
}

/// Lookups by id over all kinds of records.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The record with this id; null if there is none at this dealer. Needs the
    /// permission that its type names.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> AppResult<Option<Node>> {
        find_node(ctx, &id).await
    }

    /// The records with these ids, in this order, null where there is none. Needs the
    /// permissions that their types name.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, at most 200.")] ids: Vec<ID>,
    ) -> AppResult<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(AppError::bad_input("ids", "may list at most 200 ids"));
        }
        let lookups = ids.iter().map(|id| find_node(ctx, id));
        futures_util::future::try_join_all(lookups).await
    }
}

async fn find_node(ctx: &Context<'_>, id: &str) -> AppResult<Option<Node>> {
    let unit = ctx.unit()?;
    let Some((prefix, uuid)) = ids::split(id) else {
        return Err(AppError::bad_input("id", "this is not an id of this API"));
    };
    macro_rules! found {
        ($key:ident, $id:ident, $object:ident, $needed:ident) => {{
            ctx.require(P::$needed)?;
            unit.load($key($id::from_uuid(uuid)))
                .await?
                .map(|row| Node::$object($object(row)))
        }};
    }
    Ok(match prefix {
        CategoryId::PREFIX => found!(CategoryById, CategoryId, Category, CategoriesRead),
        CustomerId::PREFIX => found!(CustomerById, CustomerId, Customer, CustomersRead),
        JobId::PREFIX => found!(JobById, JobId, Job, JobsRead),
        ProductId::PREFIX => found!(ProductById, ProductId, Product, ProductsRead),
        UnitId::PREFIX => found!(UnitById, UnitId, Unit, UnitsRead),
        WarehouseId::PREFIX => found!(WarehouseById, WarehouseId, Warehouse, WarehousesRead),
        _ => None,
    })
}

fn customer_exists<'a>(ctx: &'a Context<'_>, id: CustomerId) -> BoxFuture<'a, AppResult<bool>> {
    Box::pin(async move { Ok(ctx.unit()?.load(CustomerById(id)).await?.is_some()) })
}

/// Bounds of one operation.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Levels of nested fields.
    pub depth: usize,
    /// Fields, weighted by list sizes.
    pub complexity: usize,
}

/// The schema with its limits, before services are added.
pub fn schema_builder(limits: Limits) -> ApiSchemaBuilder {
    Schema::build(
        QueryRoot::default(),
        Transactional(MutationRoot::default()),
        SubscriptionRoot::default(),
    )
    .data(CustomerCheck(customer_exists))
    .limit_depth(limits.depth)
    .limit_complexity(limits.complexity)
}

/// Refuses a schema in which a field does not say who may use it.
pub fn check_declared(schema: &ApiSchema) -> Result<(), Undeclared> {
    declared::check(&schema.sdl())
}

/// The SDL: the reference manual of the API.
pub fn sdl() -> String {
    let limits = Limits {
        depth: 0,
        complexity: 0,
    };
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    schema_builder(limits).finish().sdl_with_options(options)
}
