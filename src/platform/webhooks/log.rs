//! Deliveries together with their attempts.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::model::{AttemptRow, DeliveryId, DeliveryRow};

/// A delivery and what became of it.
#[derive(Clone, Debug)]
pub struct LoggedRow {
    /// Its id.
    pub id: DeliveryId,
    /// When it was ordered.
    pub created_at: DateTime<Utc>,
    /// The delivery.
    pub delivery: DeliveryRow,
    /// Its attempts, the first one first.
    pub attempts: Vec<AttemptRow>,
}

impl LoggedRow {
    /// Each of `rows` with its own of `attempts`.
    pub fn join(rows: Vec<DeliveryRow>, attempts: Vec<AttemptRow>) -> Vec<Self> {
        let mut by_delivery: HashMap<DeliveryId, Vec<AttemptRow>> = HashMap::new();
        for attempt in attempts {
            by_delivery
                .entry(attempt.delivery_id)
                .or_default()
                .push(attempt);
        }
        let joined = rows.into_iter().map(|delivery| Self {
            id: delivery.id,
            created_at: delivery.created_at,
            attempts: by_delivery.remove(&delivery.id).unwrap_or_default(),
            delivery,
        });
        joined.collect()
    }
}
