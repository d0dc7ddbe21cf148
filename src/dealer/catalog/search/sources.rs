//! Where a search looks for candidates: the one list of it.
//!
//! A source is a query that gives `id` of a product and `rank`, bounded by LIMIT and served by
//! an index. It reads what is searched for from `asked`, of one row:
//!
//! - `barcode`: what a barcode is found by;
//! - `folded` and `beyond`: the text without accents, case and signs, and the end of all texts
//!   that begin with it;
//! - `words`: the words as a `tsquery`, the last of which may go on;
//! - `lowered`: the text in lower case;
//! - `by_suppliers`: whether the caller may know what suppliers call their goods.
//!
//! Ranks below [`SLIPS`] are for what was written as it is stored. A product that several
//! sources find has the lowest.

use super::query::FoundBy;
use crate::tenancy::outbox::Tidy;

/// The text `$what` as the indexes fold it. It stands here as in the migration `describe_goods`,
/// else they do not serve.
macro_rules! folded {
    ($what:literal) => {
        concat!(
            "lower(translate(normalize(",
            $what,
            ", NFD), U&'\\0111\\0110\\00D7\\00B2\\00B3\\0009\\000A!\"#$%&''()*+,-./:;<=>?@[\\\\]^_`{|}~\\00A0\\00D8\\00F8\\2013\\2014\\2018\\2019\\201C\\201D\\0300\\0301\\0302\\0303\\0306\\0307\\0308\\0309\\030A\\030B\\030C\\031B\\0323\\0324\\0326\\0327\\0328\\0331', 'dDx23                                           '))"
        )
    };
}

/// The words of a product's SKU and name, as the index has them.
macro_rules! words {
    () => {
        concat!(
            "array_to_tsvector(array_remove(string_to_array(",
            folded!("sku || ' ' || name"),
            ", ' '), ''))"
        )
    };
}

/// A way to find products.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    /// Ranks from here on, up to that of the next source, are its own.
    pub(super) rank: i32,
    /// What its ranks tell.
    pub(super) tells: FoundBy,
    /// The query.
    pub(super) sql: &'static str,
}

/// All of them, by rank.
pub(super) const SOURCES: &[Source] = &[
    Source {
        rank: 10,
        tells: FoundBy::Barcode,
        sql: "SELECT b.product_id AS id, 10 AS rank FROM product_barcodes b \
              WHERE b.scanned = (SELECT barcode FROM asked)",
    },
    Source {
        rank: 20,
        tells: FoundBy::Sku,
        sql: concat!(
            "SELECT p.id, 20 AS rank FROM products p WHERE p.archived_at IS NULL AND (",
            folded!("sku"),
            ") COLLATE \"C\" = (SELECT folded FROM asked) LIMIT 20"
        ),
    },
    // A code that suppliers share is not the product's alone.
    Source {
        rank: 25,
        tells: FoundBy::SupplierSku,
        sql: "SELECT p.id, 25 AS rank FROM supplier_items i JOIN products p ON p.id = i.product_id \
              WHERE (SELECT by_suppliers FROM asked) AND p.archived_at IS NULL \
              AND i.sku_lowered = (SELECT lowered FROM asked) LIMIT 20",
    },
    Source {
        rank: 30,
        tells: FoundBy::SkuBegins,
        sql: concat!(
            "SELECT p.id, 30 AS rank FROM products p WHERE p.archived_at IS NULL AND (",
            folded!("sku"),
            ") COLLATE \"C\" > (SELECT folded FROM asked) AND (",
            folded!("sku"),
            ") COLLATE \"C\" < (SELECT beyond FROM asked) ORDER BY (",
            folded!("sku"),
            ") COLLATE \"C\" LIMIT 50"
        ),
    },
    // Names that begin with the text come first.
    Source {
        rank: 40,
        tells: FoundBy::Words,
        sql: concat!(
            "SELECT p.id, CASE WHEN starts_with(lower(p.name), (SELECT lowered FROM asked)) \
             THEN 40 ELSE 41 END AS rank FROM products p WHERE p.archived_at IS NULL AND ",
            words!(),
            " @@ (SELECT words FROM asked) LIMIT 200"
        ),
    },
];

/// Ranks from here on are for what is written otherwise than it is stored: the more alike, the
/// lower.
pub(super) const SLIPS: i32 = 50;

/// The source of last resort. Each word that was asked for is replaced by the likest ones that
/// there are in SKUs and names; a number stays as it is. Of `slips`, one row for each word:
/// `word`, and its `forms` with blanks between. OFFSET has each word looked up once.
pub(super) const SLIPS_SQL: &str = concat!(
    "SELECT p.id, 50 + ceil(10 * (1 - word_similarity((SELECT lowered FROM asked), p.search_text)))::int \
     AS rank FROM products p WHERE p.archived_at IS NULL AND ",
    words!(),
    " @@ (SELECT CASE WHEN count(ways) = count(*) THEN string_agg(ways, ' & ')::tsquery END \
     FROM (SELECT CASE WHEN slips.forms = '' THEN quote_literal(slips.word) ELSE ( \
         SELECT '(' || string_agg(quote_literal(near.word), ' | ') || ')' FROM ( \
             SELECT w.word FROM search_words w \
             WHERE w.forms && string_to_array(slips.forms, ' ') OR w.word % slips.word \
             ORDER BY (w.forms && string_to_array(slips.forms, ' ')) DESC, \
                      similarity(w.word, slips.word) DESC, w.word LIMIT 5) near) END AS ways \
     FROM slips OFFSET 0) each_word) LIMIT 100"
);

/// Words that are in no product any more. Whoever writes a product learns its words when it is
/// there.
pub const FORGOTTEN: Tidy = Tidy {
    table: "search_words",
    beside: "products",
    find: concat!(
        "SELECT w.word AS key FROM search_words w TABLESAMPLE SYSTEM ($1) WHERE NOT EXISTS \
         (SELECT FROM products WHERE ",
        words!(),
        " @@ quote_literal(w.word)::tsquery) LIMIT 500"
    ),
    delete: concat!(
        "DELETE FROM search_words w WHERE w.word = ANY($1) AND NOT EXISTS \
         (SELECT FROM products WHERE ",
        words!(),
        " @@ quote_literal(w.word)::tsquery)"
    ),
};
