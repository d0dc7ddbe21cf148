//! The roots of the operators' GraphQL schema: one line per feature.

use async_graphql::{EmptySubscription, MergedObject, SDLExportOptions, Schema, SchemaBuilder};

use super::applications::{ApplicationMutation, ApplicationQuery};
use super::clone::CloneMutation;
use super::create::CreateMutation;
use super::fleet::FleetQuery;
use super::graphql::{OperatorDealerListQuery, OperatorDealerQuery};
use super::impersonate::ImpersonateMutation;
use super::jobs::{JobMutation, JobQuery};
use super::life::LifeMutation;
use super::node::NodeQuery;

/// The whole GraphQL schema of the operators' endpoint.
pub type OperatorSchema = Schema<OperatorQueryRoot, OperatorMutationRoot, EmptySubscription>;

/// What operators can read. Each field reads by itself: two fields may see what
/// happened between them.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct OperatorQueryRoot(
    OperatorDealerQuery,
    OperatorDealerListQuery,
    FleetQuery,
    NodeQuery,
    ApplicationQuery,
    JobQuery,
);

/// What operators can do. Fields run in the order of the document; each is done
/// when it answers, whatever becomes of those behind it.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct OperatorMutationRoot(
    CreateMutation,
    LifeMutation,
    CloneMutation,
    ImpersonateMutation,
    ApplicationMutation,
    JobMutation,
);

/// The schema, before limits and services are added.
pub fn operator_schema_builder()
-> SchemaBuilder<OperatorQueryRoot, OperatorMutationRoot, EmptySubscription> {
    Schema::build(
        OperatorQueryRoot::default(),
        OperatorMutationRoot::default(),
        EmptySubscription,
    )
}

/// The SDL: the reference manual of the operators' API.
pub fn operator_sdl() -> String {
    let options = SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items();
    operator_schema_builder().finish().sdl_with_options(options)
}
