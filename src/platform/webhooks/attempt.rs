//! One attempt to deliver a message.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT};
use tokio::time::Instant;

use super::health::Sign;
use super::model::{ANSWER_KEPT, AttemptFault, AttemptRow, DeliveryRow};
use super::secret::{Key, signatures};
use crate::outbound::{Answer, Bounds, Client, Fault, Target};

/// Bytes that are read of an answer.
const ANSWER_READ: usize = 64 * 1024;

/// What came of it.
pub(super) struct Attempt {
    pub(super) row: AttemptRow,
    pub(super) sign: Sign,
    pub(super) took: Duration,
}

/// How messages leave.
#[derive(Clone)]
pub struct Post {
    /// Who may be called is up to it.
    pub client: Client,
    /// How long an answer is waited for.
    pub time: Duration,
}

impl Post {
    /// Sends a message at `now`, signed by all `keys`.
    pub(super) async fn attempt(
        &self,
        url: &str,
        delivery: &DeliveryRow,
        keys: &[Key],
        now: DateTime<Utc>,
    ) -> Attempt {
        let began = Instant::now();
        let sent = match (Target::parse(url), headers(delivery, keys, now)) {
            (Ok(target), Ok(headers)) => {
                let body = Bytes::from(delivery.body.clone());
                let bounds = Bounds {
                    time: self.time,
                    body: ANSWER_READ,
                };
                self.client.post(&target, headers, body, bounds).await
            }
            (Err(fault), _) => Err(Fault::Protocol(fault.to_owned())),
            (_, Err(fault)) => Err(Fault::Protocol(fault.to_string())),
        };
        Attempt::new(delivery, now, began.elapsed(), &sent)
    }
}

impl Attempt {
    fn new(
        delivery: &DeliveryRow,
        now: DateTime<Utc>,
        took: Duration,
        sent: &Result<Answer, Fault>,
    ) -> Self {
        let (status, sign, fault, text) = match sent {
            Ok(answer) => {
                let sign = sign(answer, now);
                let fault = (sign != Sign::Well).then_some(AttemptFault::Status);
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                (Some(answer.status), sign, fault, text)
            }
            Err(fault) => (None, Sign::Ill, Some(kind(fault)), fault.to_string()),
        };
        Self {
            row: AttemptRow {
                delivery_id: delivery.id,
                number: delivery.tries.saturating_add(1),
                at: now,
                took_ms: i32::try_from(took.as_millis()).unwrap_or(i32::MAX),
                status: status.and_then(|status| i16::try_from(status.as_u16()).ok()),
                fault,
                answer: kept(&text),
            },
            sign,
            took,
        }
    }
}

fn headers(
    delivery: &DeliveryRow,
    keys: &[Key],
    now: DateTime<Utc>,
) -> Result<HeaderMap, hyper::header::InvalidHeaderValue> {
    let (id, timestamp) = (&delivery.message_id, now.timestamp());
    let signature = signatures(keys, id, timestamp, &delivery.body);
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static("tubex-webhooks/1"));
    headers.insert("webhook-id", HeaderValue::try_from(id)?);
    headers.insert("webhook-timestamp", HeaderValue::from(timestamp));
    headers.insert("webhook-signature", HeaderValue::try_from(signature)?);
    Ok(headers)
}

fn sign(answer: &Answer, now: DateTime<Utc>) -> Sign {
    match answer.status {
        status if status.is_success() => Sign::Well,
        StatusCode::GONE => Sign::Gone,
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => Sign::Overloaded(retry_after(&answer.headers, now)),
        _ => Sign::Ill,
    }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    match text.parse::<u32>() {
        Ok(seconds) => Some(TimeDelta::seconds(seconds.into())),
        Err(_) => Some(DateTime::parse_from_rfc2822(text).ok()?.to_utc() - now),
    }
}

const fn kind(fault: &Fault) -> AttemptFault {
    match fault {
        Fault::Time(_) => AttemptFault::Timeout,
        Fault::Lookup(_) => AttemptFault::Lookup,
        Fault::Refused(_) => AttemptFault::Address,
        Fault::Connection(_) => AttemptFault::Connection,
        Fault::Tls(_) => AttemptFault::Tls,
        Fault::Protocol(_) => AttemptFault::Protocol,
    }
}

/// As much as is kept; the database can not store the character left out.
fn kept(text: &str) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| *c != '\0')
        .take(ANSWER_KEPT)
        .collect();
    Some(kept).filter(|kept| !kept.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, retry: Option<&str>) -> Sign {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let mut headers = HeaderMap::new();
        if let Some(retry) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_str(retry).unwrap());
        }
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers,
            body: Vec::new(),
        };
        sign(&answer, now)
    }

    #[test]
    fn a_status_says_what_it_says() {
        for (status, sign) in [
            (200, Sign::Well),
            (204, Sign::Well),
            (301, Sign::Ill),
            (307, Sign::Ill),
            (400, Sign::Ill),
            (410, Sign::Gone),
            (429, Sign::Overloaded(None)),
            (500, Sign::Ill),
            (502, Sign::Overloaded(None)),
            (503, Sign::Overloaded(None)),
            (504, Sign::Overloaded(None)),
        ] {
            assert_eq!(said(status, None), sign, "{status}");
        }
    }

    #[test]
    fn a_wish_is_seconds_or_a_date() {
        let wish = |seconds| Sign::Overloaded(Some(TimeDelta::seconds(seconds)));
        assert_eq!(said(429, Some("120")), wish(120));
        assert_eq!(said(503, Some("Fri, 15 Jan 2027 08:01:00 GMT")), wish(60));
        assert_eq!(said(503, Some("Fri, 15 Jan 2027 07:59:00 GMT")), wish(-60));
        assert_eq!(said(429, Some("soon")), Sign::Overloaded(None));
        assert_eq!(said(429, Some("-1")), Sign::Overloaded(None));
        assert_eq!(said(500, Some("120")), Sign::Ill);
    }

    #[test]
    fn the_beginning_of_an_answer_is_kept() {
        assert_eq!(kept(""), None);
        assert_eq!(kept("a\0b").as_deref(), Some("ab"));
        assert_eq!(kept(&"é".repeat(2000)).unwrap().chars().count(), 1024);
    }
}
