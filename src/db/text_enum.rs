//! Enums stored as `text` with a CHECK.
//!
//! Not as Postgres enum types: a type per dealer's schema has another oid in
//! each, and diesel caches the oid by name per connection, so that every
//! dealer after the first would fail on it.

/// Declares an enum that is `text` in Postgres and an enum in the SDL. Behind a `|` stands
/// what an item was called: it is read, and not written any more.
macro_rules! text_enum {
    (
        $(#[$doc:meta])*
        pub enum $name:ident { $( $(#[$item_doc:meta])* $item:ident = $text:literal $(| $old:literal)* ),+ $(,)? }
    ) => {
        $(#[$doc])*
        #[derive(
            async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq, Hash,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        pub enum $name { $( $(#[$item_doc])* #[graphql(name = $text)] $item ),+ }

        impl $name {
            /// The stored text, which is also the name in the SDL.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$item => $text ),+ }
            }

            /// Reads the stored text.
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $( $text $(| $old)* => Some(Self::$item), )+ _ => None }
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<
                    diesel::sql_types::Text,
                    diesel::pg::Pg,
                >>::to_sql(self.as_str(), out)
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(
                value: <diesel::pg::Pg as diesel::backend::Backend>::RawValue<'_>,
            ) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<
                    diesel::sql_types::Text,
                    diesel::pg::Pg,
                >>::from_sql(value)?;
                Self::from_text(&text)
                    .ok_or_else(|| format!(concat!("unknown ", stringify!($name), " {}"), text).into())
            }
        }
    };
}
pub(crate) use text_enum;
