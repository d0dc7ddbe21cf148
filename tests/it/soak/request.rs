//! The kinds of requests, and how they end.

use diesel::prelude::*;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use tubex::db::error::DbError;
use tubex::db::tenant_tables::{categories, warehouses};
use tubex::tenancy::TenantTx;

use super::shop::Shop;

/// What a request does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Reads all warehouses.
    Read,
    /// A GraphQL query over several levels.
    Query,
    /// Changes a row and commits.
    Write,
    /// Changes a row and takes it back.
    TakeBack,
    /// A statement fails; the transaction is rolled back.
    Fail,
    /// A statement fails, and the transaction tries to commit all the same.
    FailAndCommit,
    /// A statement runs into its time limit.
    TimeOut,
    /// The transaction is dropped without an end.
    Abandon,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As it should.
    Done,
    /// It was taken back, as it should.
    Undone,
    /// A statement failed, as it should.
    Failed,
    /// The client went away.
    CutOff,
    /// The pool had no room.
    TurnedAway,
}

impl Kind {
    /// The kind of one request in a hundred.
    pub fn of(number: usize) -> Self {
        match number {
            0..40 => Self::Read,
            40..55 => Self::Query,
            55..70 => Self::Write,
            70..80 => Self::TakeBack,
            80..86 => Self::Fail,
            86..90 => Self::FailAndCommit,
            90..94 => Self::TimeOut,
            _ => Self::Abandon,
        }
    }

    pub fn writes(self) -> bool {
        !matches!(self, Self::Read | Self::Query | Self::TimeOut)
    }
}

impl Shop {
    /// One request, from its begin to its end.
    pub async fn request(&self, dealer: usize, kind: Kind) -> Outcome {
        if kind == Kind::Query {
            return self.query(dealer).await;
        }
        let tx = match self.begin(dealer, kind.writes()).await {
            Ok(tx) => tx,
            Err(DbError::DealerBusy | DbError::PoolTimeout) => return Outcome::TurnedAway,
            Err(error) => panic!("{kind:?}: {error:?}"),
        };
        self.within(tx, dealer, kind).await
    }

    async fn within(&self, mut tx: TenantTx, dealer: usize, kind: Kind) -> Outcome {
        match kind {
            Kind::Read | Kind::Query => {
                self.read(&mut tx, dealer).await;
                tx.release();
                Outcome::Done
            }
            Kind::Write => {
                self.change(&mut tx, dealer).await;
                tx.commit().await.unwrap();
                Outcome::Done
            }
            Kind::TakeBack => {
                self.change(&mut tx, dealer).await;
                tx.rollback().await.unwrap();
                Outcome::Undone
            }
            Kind::Fail => {
                fail(&mut tx, "SELECT 1 / 0").await;
                tx.rollback().await.unwrap();
                Outcome::Failed
            }
            Kind::FailAndCommit => {
                self.change(&mut tx, dealer).await;
                fail(&mut tx, "SELECT * FROM nowhere").await;
                tx.commit().await.unwrap_err();
                Outcome::Failed
            }
            Kind::TimeOut => {
                fail(
                    &mut tx,
                    "SET LOCAL statement_timeout = 2; SELECT pg_sleep(5)",
                )
                .await;
                tx.rollback().await.unwrap();
                Outcome::Failed
            }
            Kind::Abandon => {
                self.change(&mut tx, dealer).await;
                drop(tx);
                Outcome::Undone
            }
        }
    }

    /// Reads all rows there are, each of which has to be the dealer's own.
    async fn read(&self, tx: &mut TenantTx, dealer: usize) {
        let rows: Vec<(String, String)> = warehouses::table
            .select((warehouses::code, warehouses::name))
            .load(tx)
            .await
            .unwrap();
        Self::check_warehouses(dealer, &rows);
    }

    /// Renames a row that others rename as well: they wait for each other.
    async fn change(&self, tx: &mut TenantTx, dealer: usize) {
        let mark = Self::mark(dealer);
        let changed = diesel::update(categories::table)
            .filter(categories::code.eq(format!("{mark}-0")))
            .set((
                categories::name.eq(format!("{mark} changed")),
                categories::version.eq(categories::version + 1),
            ))
            .returning(categories::name)
            .get_results::<String>(tx)
            .await
            .unwrap();
        assert_eq!(changed, [format!("{mark} changed")]);
    }
}

async fn fail(tx: &mut TenantTx, sql: &str) {
    tx.batch_execute(sql).await.unwrap_err();
}
