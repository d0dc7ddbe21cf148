//! What goods weigh, as their units of mass say.

use std::collections::HashMap;

use super::query::{self, Mass};
use crate::dealer::catalog::products::model::ProductId;
use crate::error::AppResult;
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// Units of mass by Recommendation 20, with their kilograms.
const MASSES: [(&str, i64); 2] = [("KGM", 1), ("TNE", 1000)];

/// Base units per kilogram of those of these products that have a unit of kilograms or tonnes;
/// one statement.
pub async fn per_kilogram(
    tx: &mut TenantTx,
    products: &[ProductId],
) -> AppResult<HashMap<ProductId, Ratio>> {
    let mut found = HashMap::new();
    if products.is_empty() {
        return Ok(found);
    }
    let codes = MASSES.map(|(code, _)| code);
    for mass in query::masses(tx, products, &codes).await? {
        if let Some(ratio) = ratio(&mass) {
            // Kilograms stand before tonnes.
            found.entry(mass.0).or_insert(ratio);
        }
    }
    Ok(found)
}

fn ratio((_, code, num, den): &Mass) -> Option<Ratio> {
    let mut known = MASSES.iter();
    let (_, kilograms) = known.find(|(known, _)| code.as_deref() == Some(*known))?;
    Ratio::new(*num, den.checked_mul(*kilograms)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tonne_is_a_thousand_kilograms() {
        let product = ProductId::generate();
        let of = |code: &str| ratio(&(product, Some(code.to_owned()), 20, 1));
        assert_eq!(of("KGM"), Ratio::new(20, 1).ok());
        assert_eq!(of("TNE"), Ratio::new(1, 50).ok());
        assert_eq!(of("MTR"), None);
    }
}
