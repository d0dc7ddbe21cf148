//! Kinds of events: their names, versions and payloads.
//!
//! A feature declares its own in `events.rs`; `roots` lists all.
//! docs/events.md is written from them.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kernel::shape::{Shape, Shaped};

/// What is the same for all events of one kind.
#[derive(Debug)]
pub struct Kind {
    /// Its name, as in `product.updated`.
    pub name: &'static str,
    /// Counts changes of the payload that a reader could trip over.
    pub version: i16,
    /// The kind of record it happens to.
    pub entity: &'static str,
    /// Who may hear of it.
    pub audience: Audience,
    /// What has happened, for people.
    pub about: &'static [&'static str],
    /// What the payload holds.
    pub fields: &'static [Field],
}

/// A field of a payload.
#[derive(Debug)]
pub struct Field {
    /// Its name in Rust.
    pub name: &'static str,
    /// What it is in JSON.
    pub shape: Shape,
    /// What it says, for people.
    pub about: &'static [&'static str],
}

/// Who may hear of an event that is about no customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The dealer's own people.
    Staff,
    /// People of his customers too.
    Everybody,
}

/// Something that has happened; declared by `events!`.
pub trait Fact: Send + Sync {
    /// Of which kind it is.
    const KIND: &'static Kind;

    /// The record that it happened to.
    fn entity(&self) -> Uuid;

    /// The customer whom it is about, if it is about one.
    fn customer(&self) -> Option<Uuid> {
        None
    }

    /// What readers learn.
    fn payload(&self) -> Value;
}

impl Field {
    /// Its name in JSON: `listPrice` for `list_price`.
    pub fn key(&self) -> String {
        camel(self.name)
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let mut letters = word.chars();
        let initial = letters.next().map(|letter| letter.to_ascii_uppercase());
        text + &initial.into_iter().chain(letters).collect::<String>()
    })
}

/// Adds a field to a payload.
pub(crate) fn put(payload: &mut Map<String, Value>, name: &str, value: &impl Shaped) {
    // Texts, numbers and ids have no way to fail.
    let value = serde_json::to_value(value).unwrap_or(Value::Null);
    payload.insert(camel(name), value);
}

/// A name without the mark that Rust wants before its own words: `return`.
pub(crate) const fn word(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', rest @ ..] => match std::str::from_utf8(rest) {
            Ok(rest) => rest,
            Err(_) => name,
        },
        _ => name,
    }
}

/// Declares what readers learn of a record, and the events that tell it. The first
/// field is the record; `of` names the field with the customer whom it is about.
macro_rules! events {
    (@customer $facts:ident) => {{
        let _nobody = $facts;
        None
    }};
    (@customer $facts:ident $customer:ident) => {
        Some($facts.$customer.uuid())
    };
    (
        $(#[$doc:meta])*
        pub struct $facts:ident {
            $(#[doc = $entity_about:literal])+
            $entity:ident: $id:ty,
            $( $(#[doc = $field_about:literal])+ $field:ident: $type:ty, )*
        }
        for $audience:ident $(of $customer:ident)?:
        $( $(#[doc = $about:literal])+ $name:ident = $text:literal, version $version:literal; )+
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $facts {
            $(#[doc = $entity_about])+
            pub $entity: $id,
            $( $(#[doc = $field_about])+ pub $field: $type, )*
        }

        impl $facts {
            /// The kind of record, in the words of an event.
            pub const ENTITY: &'static str = $crate::events::word(stringify!($entity));

            const FIELDS: &'static [$crate::events::Field] = &[
                $crate::events::Field {
                    name: $crate::events::word(stringify!($entity)),
                    shape: <$id as $crate::kernel::shape::Shaped>::SHAPE,
                    about: &[$($entity_about),+],
                },
                $( $crate::events::Field {
                    name: stringify!($field),
                    shape: <$type as $crate::kernel::shape::Shaped>::SHAPE,
                    about: &[$($field_about),+],
                }, )*
            ];

            fn customer(&self) -> Option<uuid::Uuid> {
                let facts = self;
                $crate::events::events!(@customer facts $($customer)?)
            }

            fn payload(&self) -> serde_json::Value {
                let mut payload = serde_json::Map::new();
                $crate::events::put(&mut payload, $crate::events::word(stringify!($entity)), &self.$entity);
                $( $crate::events::put(&mut payload, stringify!($field), &self.$field); )*
                serde_json::Value::Object(payload)
            }
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug)]
            pub struct $name(pub $facts);

            impl $crate::events::Fact for $name {
                const KIND: &'static $crate::events::Kind = &$crate::events::Kind {
                    name: $text,
                    version: $version,
                    entity: $facts::ENTITY,
                    audience: $crate::events::Audience::$audience,
                    about: &[$($about),+],
                    fields: $facts::FIELDS,
                };

                fn entity(&self) -> uuid::Uuid {
                    self.0.$entity.uuid()
                }

                fn customer(&self) -> Option<uuid::Uuid> {
                    self.0.customer()
                }

                fn payload(&self) -> serde_json::Value {
                    self.0.payload()
                }
            }
        )+
    };
}
pub(crate) use events;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_in_graphql() {
        assert_eq!(camel("sku"), "sku");
        assert_eq!(camel("list_price"), "listPrice");
        assert_eq!(camel("a_b_c"), "aBC");
    }

    #[test]
    fn words_of_rust_are_names_like_others() {
        assert_eq!(word(stringify!(r#return)), "return");
        assert_eq!(word(stringify!(quote)), "quote");
    }
}
