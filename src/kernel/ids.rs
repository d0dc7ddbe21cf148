//! Typed identifiers: a `ProductId` can not be passed where a `UnitId` is due.
//!
//! Stored as `uuid` (version 7, so that they sort by creation), written at the
//! edge as `<prefix>_<32 hex digits>`. The prefix tells `node(id:)` which table
//! to ask; it carries no right. The dealer is never part of an id: an id of
//! another dealer simply does not resolve.

use uuid::Uuid;

/// Why a text is not an id of the expected kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected an id of the form {prefix}_<32 hex digits>")]
pub struct IdError {
    /// The prefix the caller should have sent.
    pub prefix: &'static str,
}

/// Under this name an error of the GraphQL library holds the value that it is about.
pub const REFUSED: &str = "refused";

/// Splits `prd_0192…` into its prefix and its UUID.
pub fn split(text: &str) -> Option<(&str, Uuid)> {
    let (prefix, hex) = text.split_once('_')?;
    // The UUID parser also takes hyphens and braces; one spelling per id is
    // what keeps client caches from holding an object twice.
    let canonical = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    canonical
        .then(|| Uuid::try_parse(hex).ok())
        .flatten()
        .map(|uuid| (prefix, uuid))
}

/// The written form of an id with this prefix.
pub fn written(prefix: &str, id: Uuid) -> String {
    format!("{prefix}_{}", id.simple())
}

/// Declares an identifier type with its prefix.
macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Uuid)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// The prefix of the written form.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, later than all before it.
            pub fn generate() -> Self {
                Self(uuid::Uuid::now_v7())
            }

            /// The id that is stored as `uuid`.
            pub const fn from_uuid(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The stored form.
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}_{}", Self::PREFIX, self.0.simple())
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::kernel::ids::IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match $crate::kernel::ids::split(text) {
                    Some((prefix, uuid)) if prefix == Self::PREFIX => Ok(Self(uuid)),
                    _ => Err($crate::kernel::ids::IdError { prefix: Self::PREFIX }),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl $crate::kernel::shape::Shaped for $name {
            const SHAPE: $crate::kernel::shape::Shape =
                $crate::kernel::shape::Shape::Id(Self::PREFIX);
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <uuid::Uuid as diesel::serialize::ToSql<
                    diesel::sql_types::Uuid,
                    diesel::pg::Pg,
                >>::to_sql(&self.0, out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Uuid, diesel::pg::Pg> for $name {
            fn from_sql(
                value: <diesel::pg::Pg as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                <uuid::Uuid as diesel::deserialize::FromSql<
                    diesel::sql_types::Uuid,
                    diesel::pg::Pg,
                >>::from_sql(value)
                .map(Self)
            }
        }

        // In the SDL every id is the one scalar `ID`; the Rust type is what
        // keeps a product's id out of a warehouse argument.
        impl async_graphql::InputType for $name {
            type RawValueType = Self;

            fn type_name() -> std::borrow::Cow<'static, str> {
                <async_graphql::ID as async_graphql::InputType>::type_name()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                <async_graphql::ID as async_graphql::InputType>::create_type_info(registry)
            }

            fn parse(
                value: Option<async_graphql::Value>,
            ) -> async_graphql::InputValueResult<Self> {
                let id = <async_graphql::ID as async_graphql::InputType>::parse(value)
                    .map_err(async_graphql::InputValueError::propagate)?;
                id.parse().map_err(|error: $crate::kernel::ids::IdError| {
                    async_graphql::InputValueError::custom(error)
                        .with_extension($crate::kernel::ids::REFUSED, id.as_str())
                })
            }

            fn to_value(&self) -> async_graphql::Value {
                async_graphql::Value::String(self.to_string())
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }
        }
    };
}
pub(crate) use typed_id;

typed_id!(
    /// A dealer: one tenant, one Postgres schema.
    DealerId, "dlr"
);
typed_id!(
    /// A person who signs in; may belong to several dealers.
    UserId, "usr"
);
typed_id!(
    /// A customer of a dealer. Members of the dealer may stand for one.
    CustomerId, "cus"
);
typed_id!(
    /// One signed-in session of a user at one dealer.
    SessionId, "ses"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_form_reads_back() {
        let id = DealerId::generate();
        assert_eq!(id.to_string().parse::<DealerId>(), Ok(id));
        assert!(id.to_string().starts_with("dlr_"));
    }

    #[test]
    fn another_kind_is_refused() {
        let user = UserId::generate().to_string();
        assert_eq!(user.parse::<DealerId>(), Err(IdError { prefix: "dlr" }));
    }

    #[test]
    fn only_one_spelling_is_an_id() {
        let id = DealerId::generate();
        let hyphens = format!("dlr_{}", id.uuid());
        let upper = format!("dlr_{}", id.uuid().simple().to_string().to_uppercase());
        for text in [hyphens, upper, "dlr_".into(), "dlr".into(), String::new()] {
            assert!(text.parse::<DealerId>().is_err(), "{text}");
        }
    }
}
