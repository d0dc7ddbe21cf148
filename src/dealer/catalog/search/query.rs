//! SQL of the search: all candidates, ranked, and one page of them.

use diesel::dsl::{AsSelect, SqlTypeOf};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::sources::{SLIPS, SLIPS_SQL, SOURCES};
use crate::db::error::DbResult;
use crate::db::tenant_tables::search_words;
use crate::dealer::catalog::products::model::ProductRow;
use crate::kernel::gtin;
use crate::kernel::words::{can_be_healed, fold, forms, words};
use crate::tenancy::TenantTx;

/// Most words that are looked for; what stands behind them is left out.
const MOST_WORDS: usize = 8;
/// Letters of an unfinished word from which on it stands for all that begin with it.
const UNFINISHED: usize = 2;
/// Slips are looked for where fewer products than this were found without.
const FEW: i64 = 5;

/// How a product was found.
#[derive(async_graphql::Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundBy {
    /// By a barcode on one of its units.
    Barcode,
    /// By its whole SKU.
    Sku,
    /// By the code that a supplier has for it.
    SupplierSku,
    /// By the beginning of its SKU.
    SkuBegins,
    /// By words of its SKU and name.
    Words,
    /// By words that are written otherwise.
    Similar,
}

impl FoundBy {
    /// What a rank tells.
    fn of(rank: i32) -> Self {
        if rank >= SLIPS {
            return Self::Similar;
        }
        let mut sources = SOURCES.iter().rev();
        let source = sources.find(|source| source.rank <= rank);
        source.map_or(Self::Similar, |source| source.tells)
    }
}

/// A product that was found. The place of one is by rank, name and id.
#[derive(Clone, Debug)]
pub struct Found {
    /// The lower, the nearer to what was asked for.
    pub rank: i32,
    /// How it was found.
    pub by: FoundBy,
    /// The product.
    pub row: ProductRow,
}

/// What is searched for.
#[derive(Clone, Debug)]
pub(super) struct Search {
    barcode: String,
    folded: String,
    beyond: String,
    lowered: String,
    words: String,
    slips: Vec<String>,
    slip_forms: Vec<String>,
    by_suppliers: bool,
}

/// The rank, name and id of a product that was found.
pub(super) type Place = (i32, String, Uuid);

/// A page of what is found.
#[derive(QueryId)]
struct Page {
    of: Search,
    columns: AsSelect<ProductRow, Pg>,
    after: Place,
    most: i64,
}

impl Search {
    /// What `text` asks for, by suppliers' codes, too, or not; none if there is nothing in it
    /// to look for.
    pub(super) fn of(text: &str, by_suppliers: bool) -> Option<Self> {
        let text = text.trim();
        let folded = fold(text);
        let asked: Vec<&str> = words(&folded).take(MOST_WORDS).collect();
        let last = asked.last().copied()?;
        let mut lexemes: Vec<String> = asked.iter().map(|word| format!("'{word}'")).collect();
        let may_go_on = folded.ends_with(last) && last.chars().count() >= UNFINISHED;
        if let (true, Some(lexeme)) = (may_go_on, lexemes.last_mut()) {
            lexeme.push_str(":*");
        }
        let heal = |word: &&str| {
            if !can_be_healed(word) {
                return String::new();
            }
            let forms: Vec<String> = forms(word).into_iter().collect();
            forms.join(" ")
        };
        Some(Self {
            barcode: gtin::scanned(text),
            beyond: format!("{folded}\u{10ffff}"),
            lowered: text.to_lowercase(),
            words: lexemes.join(" & "),
            slip_forms: asked.iter().map(heal).collect(),
            slips: asked.into_iter().map(str::to_owned).collect(),
            folded,
            by_suppliers,
        })
    }

    /// The text by which cursors know the search.
    pub(super) fn folded(&self) -> &str {
        &self.folded
    }

    fn asked<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("WITH asked AS MATERIALIZED (SELECT ");
        out.push_bind_param::<Text, _>(&self.barcode)?;
        out.push_sql("::text AS barcode, ");
        out.push_bind_param::<Text, _>(&self.folded)?;
        out.push_sql("::text AS folded, ");
        out.push_bind_param::<Text, _>(&self.beyond)?;
        out.push_sql("::text AS beyond, ");
        out.push_bind_param::<Text, _>(&self.lowered)?;
        out.push_sql("::text AS lowered, ");
        out.push_bind_param::<Text, _>(&self.words)?;
        out.push_sql("::tsquery AS words, ");
        // In the words of one statement for all: what differs between callers is its plan's gate.
        out.push_bind_param::<Bool, _>(&self.by_suppliers)?;
        out.push_sql("::boolean AS by_suppliers), slips AS (SELECT * FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.slips)?;
        out.push_sql("::text[], ");
        out.push_bind_param::<Array<Text>, _>(&self.slip_forms)?;
        out.push_sql("::text[]) AS slips (word, forms))");
        Ok(())
    }
}

impl Query for Page {
    type SqlType = (Integer, SqlTypeOf<AsSelect<ProductRow, Pg>>);
}

impl Search {
    /// All that is found, as the table `found` of ids and ranks. diesel knows no UNION with a
    /// LIMIT in each part.
    fn ranked<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.asked(out)?;
        out.push_sql(", exact AS MATERIALIZED (");
        for (index, source) in SOURCES.iter().enumerate() {
            out.push_sql(if index == 0 { "(" } else { " UNION ALL (" });
            out.push_sql(source.sql);
            out.push_sql(")");
        }
        // What is similar is a part of the plan that is not begun where enough was found.
        out.push_sql("), similar_ones AS (SELECT * FROM (");
        out.push_sql(SLIPS_SQL);
        out.push_sql(") slipped WHERE (SELECT count(DISTINCT id) FROM exact) < ");
        out.push_bind_param::<BigInt, _>(&FEW)?;
        out.push_sql(
            "), found AS (SELECT id, min(rank) AS rank FROM (SELECT id, rank FROM exact \
             UNION ALL SELECT id, rank FROM similar_ones) every GROUP BY id) ",
        );
        Ok(())
    }
}

impl QueryFragment<Pg> for Page {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.of.ranked(&mut out)?;
        // OFFSET keeps the few that were found from being compared with all there are.
        out.push_sql("SELECT found.rank, ");
        self.columns.walk_ast(out.reborrow())?;
        out.push_sql(
            " FROM found CROSS JOIN LATERAL (SELECT * FROM products one WHERE one.id = found.id \
             AND one.archived_at IS NULL OFFSET 0) products WHERE (found.rank, products.name, products.id) > (",
        );
        out.push_bind_param::<Integer, _>(&self.after.0)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.after.1)?;
        out.push_sql(", ");
        out.push_bind_param::<SqlUuid, _>(&self.after.2)?;
        out.push_sql(") ORDER BY found.rank, products.name, products.id LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        Ok(())
    }
}

/// How many products a search finds.
#[derive(QueryId)]
struct Counted(Search);

impl Query for Counted {
    type SqlType = BigInt;
}

impl QueryFragment<Pg> for Counted {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.ranked(&mut out)?;
        out.push_sql(
            "SELECT count(*) FROM found JOIN products ON products.id = found.id \
             WHERE products.archived_at IS NULL",
        );
        Ok(())
    }
}

/// How many products a search finds, all its pages together.
pub(super) async fn count(tx: &mut TenantTx, search: Search) -> DbResult<i64> {
    Ok(Counted(search).get_result(tx).await?)
}

/// The products that a search finds behind a place, at most so many, the nearest first.
pub(super) async fn search(
    tx: &mut TenantTx,
    of: Search,
    (after, most): (Option<Place>, i64),
) -> DbResult<Vec<Found>> {
    let page = Page {
        of,
        columns: ProductRow::as_select(),
        after: after.unwrap_or((i32::MIN, String::new(), Uuid::nil())),
        most,
    };
    let rows: Vec<(i32, ProductRow)> = page.load(tx).await?;
    let found = |(rank, row)| Found {
        rank,
        by: FoundBy::of(rank),
        row,
    };
    Ok(rows.into_iter().map(found).collect())
}

/// Adds words with their forms.
pub(super) async fn learn(tx: &mut TenantTx, words: Vec<(String, Vec<String>)>) -> DbResult<()> {
    let rows = words.into_iter();
    let rows =
        rows.map(|(word, forms)| (search_words::word.eq(word), search_words::forms.eq(forms)));
    let query = diesel::insert_into(search_words::table)
        .values(rows.collect::<Vec<_>>())
        .on_conflict_do_nothing();
    query.execute(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_tell_how_a_product_was_found() {
        let told = [10, 20, 25, 30, 40, 41, 50, 57].map(FoundBy::of);
        let expected = [
            FoundBy::Barcode,
            FoundBy::Sku,
            FoundBy::SupplierSku,
            FoundBy::SkuBegins,
            FoundBy::Words,
            FoundBy::Words,
            FoundBy::Similar,
            FoundBy::Similar,
        ];
        assert_eq!(told, expected);
        assert!(SOURCES.is_sorted_by_key(|source| source.rank));
    }

    #[test]
    fn only_a_last_word_that_may_go_on_is_taken_for_a_beginning() {
        let words = |text| Search::of(text, true).unwrap().words;
        assert_eq!(words("Xi măng"), "'xi' & 'mang':*");
        assert_eq!(words("xi măng "), "'xi' & 'mang':*");
        assert_eq!(words("gạch, "), "'gach'");
        assert_eq!(words("d16 5"), "'d16' & '5'");
        assert!(Search::of(" -/% ", true).is_none());
    }
}
