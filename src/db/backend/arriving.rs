//! Rows on their way, each of which has as long as an answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use diesel::QueryResult;
use futures_util::stream::{Stream, unfold};
use futures_util::{FutureExt, StreamExt};
use tokio::time::timeout;
use tokio_postgres::{Row, RowStream};

use super::error::silent;
use super::fault;

pub(super) struct Arriving {
    rows: Pin<Box<RowStream>>,
    patience: Duration,
    /// Set when one does not come: the transaction is of no more use.
    failed: Arc<AtomicBool>,
}

impl Arriving {
    pub(super) fn new(rows: RowStream, patience: Duration, failed: Arc<AtomicBool>) -> Self {
        Self {
            rows: Box::pin(rows),
            patience,
            failed,
        }
    }

    /// The next row; none after the last one.
    pub(super) async fn next(&mut self) -> QueryResult<Option<Row>> {
        // Most are there already, and need no timer.
        let row = match self.rows.next().now_or_never() {
            Some(row) => row,
            None => match timeout(self.patience, self.rows.next()).await {
                Ok(row) => row,
                Err(_elapsed) => {
                    self.failed.store(true, Ordering::Relaxed);
                    return Err(silent());
                }
            },
        };
        row.transpose().map_err(|error| fault(&self.failed, &error))
    }

    /// How many rows the statement has touched, after the last one.
    pub(super) fn affected(&self) -> u64 {
        self.rows.rows_affected().unwrap_or_default()
    }

    pub(super) fn stream(self) -> impl Stream<Item = QueryResult<Row>> + Send {
        unfold(Some(self), |arriving| async move {
            let mut arriving = arriving?;
            match arriving.next().await {
                Ok(Some(row)) => Some((Ok(row), Some(arriving))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
    }
}
