//! A `multipart/form-data` body, field by field.

use actix_web::HttpRequest;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::rt::spawn;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt, stream};
use multer::{Field, Multipart, parse_boundary};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::error::{AppError, AppResult, ErrorCode};
use crate::http::body::next_piece;
use crate::http::params::invalid;

/// Pieces that may wait for the disk.
const QUEUE: usize = 2;

/// The body as a stream that may be read on any thread.
pub(super) fn pieces(mut body: Payload) -> impl Stream<Item = AppResult<Bytes>> + Send {
    let (to, from) = mpsc::channel(QUEUE);
    spawn(async move {
        while let Some(piece) = next_piece(&mut body).await.transpose() {
            let is_over = piece.is_err();
            if to.send(piece).await.is_err() || is_over {
                break;
            }
        }
    });
    let next = |mut from: mpsc::Receiver<_>| async move {
        let piece = from.recv().await;
        piece.map(|piece| (piece, from))
    };
    stream::unfold(from, next)
}

/// A form that is being read.
pub(super) struct Form {
    fields: Multipart<'static>,
}

impl Form {
    /// The body of a request as a form.
    pub(super) fn of(request: &HttpRequest, body: Payload) -> AppResult<Self> {
        let header = request.headers().get(CONTENT_TYPE);
        let header = header.and_then(|value| value.to_str().ok());
        let boundary = parse_boundary(header.unwrap_or_default());
        let boundary = boundary.map_err(|error| malformed(&error))?;
        Ok(Self {
            fields: Multipart::new(pieces(body), boundary),
        })
    }

    /// The next field, if there is one.
    pub(super) async fn next(&mut self) -> AppResult<Option<Field<'static>>> {
        self.fields
            .next_field()
            .await
            .map_err(|error| malformed(&error))
    }

    /// The next field, which must have this name and hold JSON of at most `limit` bytes.
    pub(super) async fn json<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        limit: usize,
    ) -> AppResult<T> {
        let field = self.next().await?;
        let mut field = field
            .filter(|field| field.name() == Some(name))
            .ok_or_else(|| {
                invalid(format!(
                    "the form needs the field `{name}` before the files"
                ))
            })?;
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|error| malformed(&error))? {
            if text.len().saturating_add(piece.len()) > limit {
                let message = format!("the field `{name}` may have at most {limit} bytes");
                return Err(AppError::new(ErrorCode::LimitExceeded, message));
            }
            text.extend_from_slice(&piece);
        }
        serde_json::from_slice(&text)
            .map_err(|error| invalid(format!("the field `{name}` can not be read: {error}")))
    }
}

/// What a field holds, piece by piece.
pub(super) fn content(field: Field<'static>) -> impl Stream<Item = AppResult<Bytes>> {
    field.map(|piece| piece.map_err(|error| malformed(&error)))
}

fn malformed(error: &multer::Error) -> AppError {
    let message = "the form can not be read, or was cut short";
    AppError::bad_input("body", message).with_cause(error.to_string())
}
