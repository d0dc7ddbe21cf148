//! Which tables may stand in one query.

/// Any two of these tables, as diesel's `allow_tables_to_appear_in_same_query!`.
///
/// That one writes ten impls for each pair, most of them for `ONLY` and `TABLESAMPLE`, which no
/// query here has. The compiler compares all of those with each other, and with seventy tables
/// spends more time and memory on them than on everything else. These are two for each pair.
macro_rules! in_one_query {
    ($first:ident $(, $rest:ident)* $(,)?) => {
        $(
            impl diesel::query_source::TableNotEqual<$first::table> for $rest::table {}
            impl diesel::query_source::TableNotEqual<$rest::table> for $first::table {}
        )*
        $crate::db::in_one_query::in_one_query!($($rest),*);
    };
    () => {};
}

pub(crate) use in_one_query;
