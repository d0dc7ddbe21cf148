//! Draws papers: a few at a time, away from the threads that answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
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
/// Those who may wait for that, each with a logo in memory.
const MOST_WAITING: usize = 100;
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
        let room = Arc::clone(&self.room);
        let place = room.try_acquire_owned().map_err(|_full| overloaded())?;
        let logo = self.logo(context, &paper).await?;
        let name = file_name(&paper.invoice);
        let turn = self.turn().await?;
        let drawing = tokio::task::spawn_blocking(move || {
            // Whoever asked may have gone; a core is taken until it is drawn.
            let _held = (place, turn);
            drawn(&paper, logo.as_deref())
        });
        let bytes = drawing.await.map_err(AppError::internal)?;
        let bytes = bytes.map_err(AppError::internal)?;
        Ok(Printed { name, bytes })
    }

    async fn turn(&self) -> AppResult<OwnedSemaphorePermit> {
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        turn.map_err(|_elapsed| overloaded())?
            .map_err(AppError::internal)
    }

    /// The content of the logo. One that is lost is left out: better a paper without than none.
    async fn logo(&self, context: &TenantContext, paper: &Paper) -> AppResult<Option<Vec<u8>>> {
        let Some(file) = paper.brand.logo_id else {
            return Ok(None);
        };
        let found = logo::content(&self.depot, context, file).await?;
        if found.is_none() {
            tracing::warn!(%file, "the content of a logo is gone");
        }
        Ok(found)
    }
}

fn overloaded() -> AppError {
    let message = "too many papers are being drawn; try again";
    AppError::overloaded(message, Duration::from_secs(5))
}

/// The bytes of a paper, which hang on nothing else than these.
fn drawn(paper: &Paper, logo: Option<&[u8]>) -> std::io::Result<Vec<u8>> {
    let running = (paper.seller().to_owned(), paper.title());
    let mut sheet = Sheet::new(logo.and_then(picture), running);
    head::draw(&mut sheet, paper);
    body::draw(&mut sheet, paper);
    foot::draw(&mut sheet, paper);
    sheet.doc.finish(&paper.title())
}

/// The picture in a logo, which was looked at when it was chosen.
fn picture(content: &[u8]) -> Option<Picture> {
    let read = Picture::read(content);
    read.inspect_err(|error| tracing::warn!(%error, "a logo can not be shown"))
        .ok()
}
