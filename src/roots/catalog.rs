//! The parts of the schema on what a dealer sells.

use async_graphql::MergedObject;

use crate::dealer::catalog::attributes::events::{
    AttributeArchived, AttributeCreated, AttributeUpdated,
};
use crate::dealer::catalog::attributes::graphql::{AttributeListQuery, AttributeQuery};
use crate::dealer::catalog::attributes::mutation::AttributeMutation;
use crate::dealer::catalog::attributes::values::mutation::ValueMutation;
use crate::dealer::catalog::barcodes::graphql::BarcodeQuery;
use crate::dealer::catalog::barcodes::mutation::BarcodeMutation;
use crate::dealer::catalog::categories::events::{
    CategoryArchived, CategoryCreated, CategoryDeleted, CategoryUpdated,
};
use crate::dealer::catalog::categories::graphql::{CategoryListQuery, CategoryQuery};
use crate::dealer::catalog::categories::mutation::CategoryMutation;
use crate::dealer::catalog::products::events::{
    ProductArchived, ProductCreated, ProductRestored, ProductUpdated,
};
use crate::dealer::catalog::products::list::ProductQuery;
use crate::dealer::catalog::products::mutation::ProductMutation;
use crate::dealer::catalog::search::graphql::SearchQuery;
use crate::dealer::catalog::units::events::{UnitCreated, UnitUpdated};
use crate::dealer::catalog::units::graphql::{UnitListQuery, UnitMutation, UnitQuery};
use crate::dealer::catalog::upsert::mutation::UpsertMutation;
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    AttributeCreated::KIND,
    AttributeUpdated::KIND,
    AttributeArchived::KIND,
    CategoryCreated::KIND,
    CategoryUpdated::KIND,
    CategoryArchived::KIND,
    CategoryDeleted::KIND,
    ProductCreated::KIND,
    ProductUpdated::KIND,
    ProductArchived::KIND,
    ProductRestored::KIND,
    UnitCreated::KIND,
    UnitUpdated::KIND,
];

/// What can be read of it.
#[derive(MergedObject, Default)]
pub(super) struct CatalogQueries(
    AttributeQuery,
    AttributeListQuery,
    BarcodeQuery,
    CategoryQuery,
    CategoryListQuery,
    ProductQuery,
    SearchQuery,
    UnitQuery,
    UnitListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct CatalogMutations(
    AttributeMutation,
    BarcodeMutation,
    CategoryMutation,
    ProductMutation,
    UnitMutation,
    UpsertMutation,
    ValueMutation,
);
