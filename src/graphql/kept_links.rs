//! Links in answers that are kept.
//!
//! A link is as good as a password, for some minutes. So an answer is kept without, with
//! what each leads to; who is given that answer later gets links that are made then.

use std::sync::{Mutex, PoisonError};

use async_graphql::Value;
use serde::{Deserialize, Serialize};

use crate::error::{AppError, AppResult};
use crate::tenancy::TenantContext;

type Make = dyn Fn(&TenantContext, &str) -> AppResult<String> + Send + Sync;

/// Makes a link to what a resolver said that its own leads to.
pub struct LinkMaker(Box<Make>);

impl LinkMaker {
    /// Made so, for a caller.
    pub fn new(
        make: impl Fn(&TenantContext, &str) -> AppResult<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(make))
    }
}

/// The links of an answer that is to be kept, and what each leads to.
#[derive(Default)]
pub(super) struct MadeLinks(Mutex<Option<Vec<(String, String)>>>);

impl MadeLinks {
    /// From now on they are noted: the answer is to be kept.
    pub(super) fn watch(&self) {
        self.lock().get_or_insert_default();
    }

    /// Notes one.
    pub(super) fn note(&self, link: &str, leads_to: &str) {
        if let Some(made) = self.lock().as_mut() {
            made.push((link.to_owned(), leads_to.to_owned()));
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Vec<(String, String)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer with links, as it is kept: without them, and where each belongs. A field's
/// answer is no list, so this, which is written as one, is told from those without links.
#[derive(Serialize, Deserialize)]
struct Linkless(Value, Vec<(String, String)>);

/// The text of an answer as it is kept.
pub(super) fn written(answer: &Value, made: &MadeLinks) -> AppResult<String> {
    let made = made.lock().take().unwrap_or_default();
    if made.is_empty() {
        return serde_json::to_string(answer).map_err(AppError::internal);
    }
    let mut linkless = Linkless(answer.clone(), Vec::new());
    take_out(&mut linkless.0, &mut Vec::new(), &made, &mut linkless.1);
    serde_json::to_string(&linkless).map_err(AppError::internal)
}

/// The answer of a text, with links that are made now; `maker` is asked for if there are
/// any.
pub(super) fn read<'m>(
    text: &str,
    context: &TenantContext,
    maker: impl FnOnce() -> AppResult<&'m LinkMaker>,
) -> AppResult<Value> {
    let kept = serde_json::from_str(text).map_err(AppError::internal)?;
    let Value::List(_) = kept else {
        return Ok(kept);
    };
    let Linkless(mut answer, links) = serde_json::from_str(text).map_err(AppError::internal)?;
    let maker = maker()?;
    for (at, leads_to) in links {
        let place = place(&mut answer, &at);
        let place = place.ok_or_else(|| AppError::internal("no place for a kept link"))?;
        *place = Value::String((maker.0)(context, &leads_to)?);
    }
    Ok(answer)
}

fn take_out(
    value: &mut Value,
    at: &mut Vec<String>,
    made: &[(String, String)],
    found: &mut Vec<(String, String)>,
) {
    match value {
        Value::String(text) => {
            if let Some((_, leads_to)) = made.iter().find(|(link, _)| link == text) {
                found.push((at.join("/"), leads_to.clone()));
                text.clear();
            }
        }
        Value::List(items) => {
            for (number, item) in items.iter_mut().enumerate() {
                at.push(number.to_string());
                take_out(item, at, made, found);
                at.pop();
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                at.push(name.to_string());
                take_out(field, at, made, found);
                at.pop();
            }
        }
        _ => {}
    }
}

fn place<'v>(answer: &'v mut Value, at: &str) -> Option<&'v mut Value> {
    at.split('/').try_fold(answer, |value, step| match value {
        Value::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Object(fields) => fields.get_mut(step),
        _ => None,
    })
}
