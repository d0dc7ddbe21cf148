//! Whoever knows of goods to come.

use super::model::Incoming;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::purchasing::orders::open::open_lines;
use crate::dealer::stock::transfers;
use crate::error::AppResult;
use crate::tenancy::TenantTx;

/// What of these products is to come; one statement for each source. Who knows of more adds
/// a line here: of goods that are on hand nowhere that counts, and in no other source.
pub async fn incoming(tx: &mut TenantTx, products: &[ProductId]) -> AppResult<Vec<Incoming>> {
    let sources = [
        transfers::query::on_their_way(tx, products).await?,
        open_lines(tx, products).await?,
    ];
    Ok(sources.concat())
}
