//! Filling the stock, by one process at a time.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::stock::{self, Stock};
use crate::db::owner::{OwnerConn, OwnerPool, take_turn};
use crate::kernel::clock::Clock;
use crate::kernel::ids::DealerId;
use crate::tenancy::build;
use crate::tenancy::migrate::MigrateError;

diesel::define_sql_function! { fn pg_try_advisory_lock(key: BigInt) -> Bool; }
diesel::define_sql_function! { fn hashtextextended(text: Text, seed: BigInt) -> BigInt; }

/// The name of the lock that a process holds while it fills the stock.
const TURN: &str = "tubex fills spares";
/// Empty schemas of one transaction: less than 2,000 rows of catalogs.
const MOST_EMPTY: usize = 128;
/// Failures that end a refill: it is not about single schemas then.
const MOST_FAILED: usize = 3;

/// Keeps schemas in stock.
#[derive(Clone)]
pub struct Spares {
    owner: OwnerPool,
    request_role: String,
    clock: Clock,
}

/// What to do while another process fills the stock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Leave it to that one.
    Try,
    /// Come after it.
    Wait,
}

/// What a refill did.
#[derive(Debug, Default)]
pub struct Refill {
    /// Spares that became whole.
    pub made: usize,
    /// Those that did not; they are tried again by the next refill.
    pub failed: Vec<(DealerId, MigrateError)>,
    /// Another process is at it, so nothing was done.
    pub elsewhere: bool,
}

impl Spares {
    /// A stock filled over `owner`, one connection of which is held as long as a
    /// refill lasts.
    pub const fn new(owner: OwnerPool, request_role: String, clock: Clock) -> Self {
        Self {
            owner,
            request_role,
            clock,
        }
    }

    /// What is in stock. Blocks.
    pub fn stock(&self) -> Result<Stock, MigrateError> {
        self.owner.run_blocking(stock::count)
    }

    /// Makes spares until `target` are whole, and finishes first what an earlier
    /// refill left half-made. `pace` is asked between two of them whether to go on;
    /// it may take its time. Blocks.
    pub fn refill(
        &self,
        target: usize,
        turn: Turn,
        pace: &dyn Fn() -> bool,
    ) -> Result<Refill, MigrateError> {
        self.owner.run_blocking(|conn| {
            if !take(conn, turn)? {
                let elsewhere = true;
                return Ok(Refill {
                    elsewhere,
                    ..Refill::default()
                });
            }
            let refill = self.fill(conn, target, pace);
            // A connection that is gone holds no lock; the first error tells.
            let freed = conn.batch_execute("SELECT pg_advisory_unlock_all()");
            let refill = refill?;
            freed?;
            Ok(refill)
        })
    }

    fn fill(
        &self,
        conn: &mut OwnerConn,
        target: usize,
        pace: &dyn Fn() -> bool,
    ) -> Result<Refill, MigrateError> {
        let mut refill = Refill::default();
        loop {
            let missing = target.saturating_sub(stock::count(conn)?.whole);
            if missing == 0 || refill.failed.len() >= MOST_FAILED {
                return Ok(refill);
            }
            let failed: Vec<DealerId> = refill.failed.iter().map(|(id, _)| *id).collect();
            let Some(site) = stock::next(conn, &failed)? else {
                // Some for later, too: the next time should be far away.
                let count = missing.max(2 * target).min(MOST_EMPTY);
                stock::add_empty(conn, count, &self.request_role, self.clock.now())?;
                continue;
            };
            match build::fill(conn, &site) {
                Ok(()) => refill.made += 1,
                Err(error) if error.is_everybodys() => return Err(error),
                Err(error) => {
                    tracing::error!(spare = %site.dealer, %error, "a spare could not be filled");
                    refill.failed.push((site.dealer, error));
                }
            }
            if missing > 1 && !pace() {
                return Ok(refill);
            }
        }
    }
}

/// Whether the stock is ours to fill.
fn take(conn: &mut OwnerConn, turn: Turn) -> Result<bool, MigrateError> {
    match turn {
        Turn::Try => {
            let lock = pg_try_advisory_lock(hashtextextended(TURN, 0));
            Ok(diesel::select(lock).get_result(conn)?)
        }
        Turn::Wait => {
            let lock = format!("SELECT pg_advisory_lock(hashtextextended('{TURN}', 0))");
            take_turn(conn, &lock)?;
            Ok(true)
        }
    }
}
