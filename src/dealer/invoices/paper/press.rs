//! Draws papers: a few at a time, away from the threads that answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::facts::{Paper, file_name};
use super::sheet::Sheet;
use super::{body, foot, head, logo};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::files::Depot;
use crate::kernel::pdf::Picture;
use crate::tenancy::TenantContext;

/// Papers that are drawn at once; each takes a core for some milliseconds.
const AT_ONCE: usize = 2;
/// Those who may wait for that: as many as have their turn while one is patient.
const MOST_WAITING: usize = 200;
/// How long one waits for that.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most lines of a paper: what an invoice has at most, and a credit note for several.
const MOST_LINES: usize = 2000;

/// A paper as a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    /// The name of the file.
    pub name: String,
    /// A PDF.
    pub bytes: Vec<u8>,
}

/// Draws papers.
#[derive(Clone)]
pub struct Press {
    depot: Depot,
    turns: Arc<Semaphore>,
    /// For those who draw and those who wait.
    room: Arc<Semaphore>,
}

impl Press {
    /// One with logos from a depot.
    pub fn new(depot: Depot) -> Self {
        Self {
            depot,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            room: Arc::new(Semaphore::new(AT_ONCE + MOST_WAITING)),
        }
    }

    /// Draws a paper. No transaction should be open meanwhile.
    pub async fn print(&self, context: &TenantContext, paper: Paper) -> AppResult<Printed> {
        if paper.lines.len() > MOST_LINES {
            let message = format!("a paper has at most {MOST_LINES} lines");
            return Err(AppError::new(ErrorCode::LimitExceeded, message));
        }
        let logo = self.logo(context, &paper).await?;
        let name = file_name(&paper.invoice);
        let _place = self.room.try_acquire().map_err(|_full| overloaded())?;
        let _turn = self.turn().await?;
        let drawing = tokio::task::spawn_blocking(move || drawn(&paper, logo));
        let bytes = drawing.await.map_err(AppError::internal)?;
        let bytes = bytes.map_err(AppError::internal)?;
        Ok(Printed { name, bytes })
    }

    async fn turn(&self) -> AppResult<SemaphorePermit<'_>> {
        let turn = timeout(PATIENCE, self.turns.acquire()).await;
        turn.map_err(|_elapsed| overloaded())?
            .map_err(AppError::internal)
    }

    /// The logo. One whose content is lost is left out: better a paper without than none.
    async fn logo(&self, context: &TenantContext, paper: &Paper) -> AppResult<Option<Picture>> {
        let Some(file) = paper.brand.logo_id else {
            return Ok(None);
        };
        let found = logo::content(&self.depot, context, file).await?;
        let picture = found.as_deref().map(logo::read).transpose();
        match picture {
            Ok(Some(picture)) => Ok(Some(picture)),
            Ok(None) => {
                tracing::warn!(%file, "the content of a logo is gone");
                Ok(None)
            }
            Err(error) => {
                tracing::warn!(%file, %error, "a logo can not be shown");
                Ok(None)
            }
        }
    }
}

fn overloaded() -> AppError {
    let message = "too many papers are being drawn; try again";
    AppError::overloaded(message, Duration::from_secs(5))
}

/// The bytes of a paper, which hang on nothing else than these.
fn drawn(paper: &Paper, logo: Option<Picture>) -> std::io::Result<Vec<u8>> {
    let running = (paper.seller().to_owned(), paper.title());
    let mut sheet = Sheet::new(logo, running);
    head::draw(&mut sheet, paper);
    body::draw(&mut sheet, paper);
    foot::draw(&mut sheet, paper);
    sheet.doc.finish(&paper.title())
}
