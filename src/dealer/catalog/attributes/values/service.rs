//! Use cases of values.

use super::asked::{Asked, Said, write};
use super::input::ProductAttributesSetInput;
use crate::dealer::catalog::products::model::ProductRow;
use crate::dealer::catalog::products::service::revise;
use crate::error::ServiceResult;
use crate::tenancy::TenantTx;

/// Says what a product is.
pub async fn set(tx: &mut TenantTx, input: ProductAttributesSetInput) -> ServiceResult<ProductRow> {
    let product = revise(tx, input.id, input.expected_version).await?;
    let asked = Asked::load(tx, product.category_id, &[product.id]).await?;
    let said = Said {
        product: product.id,
        category: product.category_id,
        values: &input.values,
        path: &["input", "values"],
    };
    write(tx, vec![asked.check(&said)?]).await?;
    Ok(product)
}
