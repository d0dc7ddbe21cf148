//! Use cases: the price list of a customer or job, cost and tax class of a product.

use super::events::customer::{CustomerPriced, CustomerPricesFacts};
use super::events::job::{JobPriced, JobPricesFacts};
use super::input::{CustomerPriceListSetInput, JobPriceListSetInput, ProductPricingSetInput};
use super::query::{self, PricingChanges};
use crate::dealer::catalog::products::events::ProductUpdated;
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductRow;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::jobs::model::JobRow;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::{CustomerId, CustomerRow};
use crate::dealer::prices::lists::model::{PriceListId, PriceListRow};
use crate::dealer::prices::lists::service::usable;
use crate::error::{AppResult, Constraint, ErrorCode, ServiceResult, UserError, on_constraint};
use crate::graphql::loader::LoaderKey;
use crate::graphql::payload::given;
use crate::kernel::checks::Checks;
use crate::tenancy::TenantTx;

const CONSTRAINTS: &[Constraint] = &[Constraint {
    name: "products_tax_class_exists",
    path: &["input", "taxClassId"],
    message: "there is no such tax class",
}];

/// Gives a customer a price list, or takes his.
pub async fn set_customer_list(
    tx: &mut TenantTx,
    input: CustomerPriceListSetInput,
) -> ServiceResult<(CustomerRow, Option<PriceListRow>)> {
    let list = wanted(tx, input.price_list_id).await?;
    let which = (input.id, input.expected_version);
    let row = query::set_customer(tx, which, input.price_list_id).await?;
    let row = met(tx, row, CustomerById(input.id)).await?;
    tell_of_customer(tx, row.id, input.price_list_id);
    Ok((row, list))
}

/// Tells that a customer was given another price list, or none.
pub fn tell_of_customer(tx: &mut TenantTx, customer: CustomerId, list: Option<PriceListId>) {
    let price_list = written(list);
    tx.emit(&CustomerPriced(CustomerPricesFacts {
        customer,
        price_list,
    }));
}

/// Gives a job a price list of its own, or takes it.
pub async fn set_job_list(
    tx: &mut TenantTx,
    input: JobPriceListSetInput,
) -> ServiceResult<(JobRow, Option<PriceListRow>)> {
    let list = wanted(tx, input.price_list_id).await?;
    let which = (input.id, input.expected_version);
    let row = query::set_job(tx, which, input.price_list_id).await?;
    let row = met(tx, row, JobById(input.id)).await?;
    tx.emit(&JobPriced(JobPricesFacts {
        job: row.id,
        price_list: written(input.price_list_id),
    }));
    Ok((row, list))
}

/// Says what a product costs the dealer, and how it is taxed.
pub async fn set_pricing(
    tx: &mut TenantTx,
    input: ProductPricingSetInput,
) -> ServiceResult<ProductRow> {
    let mut checks = Checks::default();
    let cost = given(input.standard_cost)
        .map(|cost| cost.map(|cost| checks.amount(&["input", "standardCost"], cost.0)));
    checks.finish()?;
    let changes = PricingChanges {
        tax_class_id: given(input.tax_class_id),
        standard_cost: cost,
        updated_at: tx.now(),
    };
    let row = query::set_pricing(tx, (input.id, input.expected_version), changes)
        .await
        .map_err(on_constraint(CONSTRAINTS))?;
    let row = met(tx, row, ProductById(input.id)).await?;
    tx.emit(&ProductUpdated((&row).into()));
    Ok(row)
}

async fn wanted(
    tx: &mut TenantTx,
    list: Option<PriceListId>,
) -> ServiceResult<Option<PriceListRow>> {
    match list {
        Some(list) => usable(tx, list).await.map(Some),
        None => Ok(None),
    }
}

fn written(list: Option<PriceListId>) -> String {
    list.map(|list| list.to_string()).unwrap_or_default()
}

/// The row of an update by id and version, or why it met none.
async fn met<K: LoaderKey>(
    tx: &mut TenantTx,
    row: Option<K::Value>,
    key: K,
) -> ServiceResult<K::Value> {
    if let Some(row) = row {
        return Ok(row);
    }
    let found: AppResult<_> = K::load_batch(tx, &[key]).await;
    let refusal = if found?.is_empty() {
        UserError::at(
            ErrorCode::NotFound,
            &["input", "id"],
            "there is no such record",
        )
    } else {
        let message = "the record has changed since it was read; read it again";
        UserError::at(ErrorCode::Conflict, &["input", "expectedVersion"], message)
    };
    Err(refusal.into())
}
