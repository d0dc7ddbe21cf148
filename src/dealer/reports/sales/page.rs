//! Pages of parts: a statement each.

use std::sync::Arc;

use async_graphql::Context;
use chrono::NaiveDate;

use super::cached::{GroupCount, PeriodPage, RankedPage};
use super::input::{By, Rank, Window};
use super::query::{self, Place};
use super::row::SalesRow;
use crate::db::keyset::{Cursor, PageRequest, foreign_cursor};
use crate::error::AppResult;
use crate::graphql::connection::{Connection, PageArgs, TotalCount, connect_placed};
use crate::graphql::context::ContextExt;
use crate::graphql::scope::UnitOfWork;

/// One page of parts: one statement.
pub(super) async fn rows(
    ctx: &Context<'_>,
    (by, rank): (By, Rank),
    window: Window,
    (first, after): (Option<i32>, Option<String>),
) -> AppResult<Connection<SalesRow>> {
    let request = PageRequest::try_from(PageArgs {
        first,
        after,
        ..PageArgs::default()
    })?;
    let list = format!("sales {by:?} {rank:?} {} {}", window.from, window.to);
    let unit = ctx.unit()?;
    let found = match by {
        By::Group(group) => {
            let (what, page) = (
                (group, rank),
                (place(&request, &list)?, request.fetch_limit()),
            );
            let wanted = RankedPage { what, window, page };
            let rows = unit.cached(wanted).await?;
            let row = |row| SalesRow::Group(group, row);
            rows.into_iter().map(row).collect::<Vec<_>>()
        }
        By::Time(period) => {
            let page = (day(&request, &list)?, request.fetch_limit());
            let wanted = PeriodPage {
                period,
                window,
                page,
            };
            let rows = unit.cached(wanted).await?;
            let row = |row| SalesRow::Time(period, row);
            rows.into_iter().map(row).collect()
        }
    };
    unit.spend(found.len())?;
    let placed = |row: SalesRow| {
        let (order, values) = (list.clone(), row.place());
        (Cursor { order, values }, row)
    };
    let page = request.page(found.into_iter().map(placed).collect());
    let total = TotalCount::new(move |unit: Arc<UnitOfWork>| async move {
        match by {
            By::Group(group) => unit.cached(GroupCount(group, window)).await,
            By::Time(period) => {
                Ok(query::count_periods(&mut *unit.tx().await?, period, window).await?)
            }
        }
    });
    Ok(connect_placed(page, total))
}

/// The rank and key of a cursor of this list.
fn place(request: &PageRequest, list: &str) -> AppResult<Option<Place>> {
    let Some(cursor) = &request.cursor else {
        return Ok(None);
    };
    let place = match cursor.values.as_slice() {
        [rank, key] if cursor.order == list => rank.parse().ok().zip(key.parse().ok()),
        _ => None,
    };
    place.map(Some).ok_or_else(foreign_cursor)
}

/// The day of a cursor of this list.
fn day(request: &PageRequest, list: &str) -> AppResult<Option<NaiveDate>> {
    let Some(cursor) = &request.cursor else {
        return Ok(None);
    };
    let day = match cursor.values.as_slice() {
        [day] if cursor.order == list => day.parse().ok(),
        _ => None,
    };
    day.map(Some).ok_or_else(foreign_cursor)
}
