//! Values as the driver's bare interface takes them, and what the floor answers.

use std::error::Error;

use bytes::BytesMut;
use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

/// Microseconds from the epoch of Unix to that of PostgreSQL.
const EPOCH: i64 = 946_684_800_000_000;

type Fault = Box<dyn Error + Sync + Send>;

/// A UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub Uuid);

impl Id {
    /// Behind a prefix, as clients write it.
    pub const fn written(self, prefix: &'static str) -> Written {
        Written(prefix, self.0)
    }
}

impl ToSql for Id {
    fn to_sql(&self, _type: &Type, out: &mut BytesMut) -> Result<IsNull, Fault> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(typ: &Type) -> bool {
        *typ == Type::UUID
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Id {
    fn from_sql(_type: &Type, bytes: &'a [u8]) -> Result<Self, Fault> {
        Ok(Self(Uuid::from_slice(bytes)?))
    }

    fn accepts(typ: &Type) -> bool {
        *typ == Type::UUID
    }
}

/// A moment.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct At(DateTime<Utc>);

impl<'a> FromSql<'a> for At {
    fn from_sql(_type: &Type, bytes: &'a [u8]) -> Result<Self, Fault> {
        let micros = i64::from_be_bytes(bytes.try_into()?) + EPOCH;
        let moment = DateTime::from_timestamp_micros(micros);
        Ok(Self(moment.ok_or("a moment beyond the calendar")?))
    }

    fn accepts(typ: &Type) -> bool {
        *typ == Type::TIMESTAMPTZ
    }
}

/// An id as clients write it.
#[derive(Clone, Copy, Debug)]
pub struct Written(&'static str, Uuid);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}_{}", self.0, self.1.simple()))
    }
}

#[derive(Serialize)]
pub struct Money<'a> {
    pub amount: &'a str,
    pub currency: &'a str,
}

/// A product with all that is asked of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Product<'a> {
    pub id: Written,
    pub sku: &'a str,
    pub name: &'a str,
    pub kind: &'a str,
    pub description: Option<&'a str>,
    pub version: i32,
    pub updated_at: At,
    pub list_price: Money<'a>,
}

/// A product as a line of a list.
#[derive(Clone, Copy, Serialize)]
pub struct Goods<'a> {
    pub id: Written,
    pub sku: &'a str,
    pub name: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<Written>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<'a> {
    pub total_count: i64,
    pub nodes: Vec<Goods<'a>>,
    #[serde(rename = "pageInfo")]
    pub info: PageInfo,
}

#[derive(Clone, Copy, Serialize)]
pub struct Customer<'a> {
    pub id: Written,
    pub code: &'a str,
    pub name: &'a str,
}

#[derive(Serialize)]
pub struct Quantity<'a> {
    pub value: &'a str,
}

#[derive(Serialize)]
pub struct Line<'a> {
    pub id: Written,
    pub quantity: Quantity<'a>,
    pub net: Money<'a>,
    pub product: Option<Goods<'a>>,
}

#[derive(Serialize)]
pub struct Order<'a> {
    pub id: Written,
    pub number: i64,
    pub state: &'a str,
    pub customer: Option<Customer<'a>>,
    pub lines: Vec<Line<'a>>,
}

#[derive(Serialize)]
pub struct NewOrder {
    pub id: Written,
    pub number: i64,
    pub state: &'static str,
}

/// A list, as ours wraps it.
#[derive(Serialize)]
pub struct Nodes<T> {
    pub nodes: Vec<T>,
}
