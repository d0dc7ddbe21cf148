//! The parts of the schema on what a dealer sells.

use async_graphql::MergedObject;

use crate::dealer::catalog::categories::events::{
    CategoryArchived, CategoryCreated, CategoryUpdated,
};
use crate::dealer::catalog::categories::graphql::{
    CategoryListQuery, CategoryMutation, CategoryQuery,
};
use crate::dealer::catalog::products::events::{
    ProductArchived, ProductCreated, ProductRestored, ProductUpdated,
};
use crate::dealer::catalog::products::graphql::ProductQuery;
use crate::dealer::catalog::products::mutation::ProductMutation;
use crate::dealer::catalog::units::events::{UnitCreated, UnitUpdated};
use crate::dealer::catalog::units::graphql::{UnitListQuery, UnitMutation, UnitQuery};
use crate::events::{Fact, Kind};

/// Its kinds of events.
pub(super) const EVENTS: &[&Kind] = &[
    CategoryCreated::KIND,
    CategoryUpdated::KIND,
    CategoryArchived::KIND,
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
    CategoryQuery,
    CategoryListQuery,
    ProductQuery,
    UnitQuery,
    UnitListQuery,
);

/// What can be done with it.
#[derive(MergedObject, Default)]
pub(super) struct CatalogMutations(CategoryMutation, ProductMutation, UnitMutation);
