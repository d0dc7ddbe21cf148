//! The floor's connections: each worker has its share, and a request has one to itself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, NoTls, Row, Statement};

use super::sql::Query;

/// A dealer as the floor knows him.
#[derive(Debug)]
pub struct Dealer {
    pub number: usize,
    pub schema: String,
    pub currency: String,
}

/// A connection, and what it has prepared.
pub struct Connection {
    pub client: Client,
    number: usize,
    statements: RefCell<HashMap<(usize, Query), Statement>>,
}

impl Connection {
    async fn open(url: &str, number: usize) -> Result<Self, Error> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        // As ours: plans are kept, and must not hang on the values of one execution.
        client
            .batch_execute("SET TIME ZONE 'UTC'; SET plan_cache_mode = force_generic_plan")
            .await?;
        Ok(Self {
            client,
            number,
            statements: RefCell::default(),
        })
    }

    /// The statement for a dealer, prepared when he is met first.
    pub async fn statement(&self, dealer: &Dealer, query: Query) -> Result<Statement, Error> {
        let key = (dealer.number, query);
        let known = self.statements.borrow().get(&key).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(&query.of(&dealer.schema)).await?;
        let mut statements = self.statements.borrow_mut();
        statements.insert(key, statement.clone());
        Ok(statement)
    }

    pub async fn rows(
        &self,
        dealer: &Dealer,
        query: Query,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, Error> {
        let statement = self.statement(dealer, query).await?;
        self.client.query(&statement, values).await
    }
}

/// The connections of one worker.
pub struct Pool {
    idle: RefCell<Vec<Rc<Connection>>>,
    free: Semaphore,
    size: usize,
}

impl Pool {
    pub async fn open(url: &str, size: usize) -> Result<Self, Error> {
        let mut idle = Vec::new();
        for number in 0..size {
            idle.push(Rc::new(Connection::open(url, number).await?));
        }
        Ok(Self {
            idle: RefCell::new(idle),
            free: Semaphore::new(size),
            size,
        })
    }

    /// A connection for a request of this dealer: the one that knows him, if it is free.
    pub async fn lease(&self, dealer: &Dealer) -> Lease<'_> {
        let permit = self.free.acquire().await.unwrap();
        let mut idle = self.idle.borrow_mut();
        let home = dealer.number % self.size;
        let known = idle.iter().position(|one| one.number == home);
        let place = known.unwrap_or(idle.len() - 1);
        Lease {
            connection: idle.swap_remove(place),
            pool: self,
            _permit: permit,
        }
    }
}

/// A connection in use. It goes back with its value, before the next one is let in.
pub struct Lease<'a> {
    pub connection: Rc<Connection>,
    pool: &'a Pool,
    _permit: SemaphorePermit<'a>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let connection = Rc::clone(&self.connection);
        self.pool.idle.borrow_mut().push(connection);
    }
}
