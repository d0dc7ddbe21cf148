//! The chain of hashes: what a seal covers, and what is hashed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, SmallInt};
use sha2::{Digest, Sha256};

use crate::db::owner::OwnerConn;
use crate::db::tenant_tables::audit_seals;

/// Most rows of one seal.
pub(super) const MOST: i64 = 1000;
/// Bytes of a row's hash that are kept.
const KEPT: usize = 16;
/// Bytes of an entry: the id and the hash.
const ENTRY: usize = 8 + KEPT;
/// What is hashed before everything else.
const FIRST: &[u8] = b"tubex audit seal 1";

/// A seal over rows.
pub(super) const ROWS: &str = "ROWS";
/// A seal over the emptying of a part of the log: what earlier seals covered there
/// is gone.
pub(super) const EMPTIED: &str = "EMPTIED";

/// A row as its seal knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: i64,
    hash: [u8; KEPT],
}

/// A link of the chain, as stored.
#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = audit_seals, check_for_backend(diesel::pg::Pg))]
pub(super) struct Seal {
    pub(super) number: i64,
    pub(super) kind: String,
    pub(super) slot: i16,
    pub(super) after_id: i64,
    pub(super) last_id: i64,
    pub(super) entries: Vec<u8>,
    pub(super) entries_hash: Vec<u8>,
    pub(super) hash: Vec<u8>,
    pub(super) at: chrono::DateTime<chrono::Utc>,
}

/// What stands in a row, hashed by the database: it writes each value in one way.
#[derive(QueryableByName)]
struct Hashed {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = SmallInt)]
    slot: i16,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
}

/// Rows behind `$1` up to `$2`, the first of them first.
const HASHED: &str = "\
    SELECT id, slot, sha256(convert_to(ROW(id, slot, (extract(epoch FROM at) * 1000000)::bigint, \
               action, entity, entity_id, part, old, new, actor, impersonator, via, request_id, tx \
           )::text, 'UTF8')) AS hash \
    FROM audit_log WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3";

/// The rows behind `after`, up to `last` and `most` of them, each with its slot.
pub(super) fn entries(
    conn: &mut OwnerConn,
    (after, last): (i64, i64),
    most: i64,
) -> QueryResult<Vec<(i16, Entry)>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "diesel does not know records as text"
    )]
    let query = diesel::sql_query(HASHED)
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(last)
        .bind::<BigInt, _>(most);
    let rows: Vec<Hashed> = query.load(conn)?;
    let entry = |row: Hashed| {
        let mut hash = [0; KEPT];
        for (kept, byte) in hash.iter_mut().zip(row.hash) {
            *kept = byte;
        }
        (row.slot, Entry { id: row.id, hash })
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// The newest row that this transaction sees; none if there is none.
pub(super) fn newest(conn: &mut OwnerConn) -> QueryResult<Option<i64>> {
    #[derive(QueryableByName)]
    struct Newest {
        #[diesel(sql_type = Nullable<BigInt>)]
        id: Option<i64>,
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the others of this file are text, too"
    )]
    let query = diesel::sql_query("SELECT max(id) AS id FROM audit_log");
    Ok(query.get_result::<Newest>(conn)?.id)
}

/// Entries as they are stored.
pub(super) fn packed(entries: &[Entry]) -> Vec<u8> {
    let bytes = entries.iter().flat_map(|entry| {
        let id = entry.id.to_be_bytes();
        id.into_iter().chain(entry.hash)
    });
    bytes.collect()
}

/// Entries as they were; none if this is nothing that [`packed`] gave.
pub(super) fn unpacked(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (chunks, rest) = bytes.as_chunks::<ENTRY>();
    if !rest.is_empty() {
        return None;
    }
    chunks
        .iter()
        .map(|chunk| {
            let (id, hash) = chunk.split_first_chunk::<8>()?;
            let hash = hash.try_into().ok()?;
            Some(Entry {
                id: i64::from_be_bytes(*id),
                hash,
            })
        })
        .collect()
}

/// SHA-256 of packed entries.
pub(super) fn entries_hash(packed: &[u8]) -> Vec<u8> {
    Sha256::digest(packed).to_vec()
}

impl Seal {
    /// The link behind `before`.
    pub(super) fn behind(
        before: Option<&Self>,
        (kind, slot): (&str, i16),
        entries: &[Entry],
        at: chrono::DateTime<chrono::Utc>,
    ) -> Self {
        let after_id = before.map_or(0, |seal| seal.last_id);
        let packed = packed(entries);
        // The database keeps microseconds.
        let at = chrono::DateTime::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at);
        let mut seal = Self {
            number: before.map_or(1, |seal| seal.number.saturating_add(1)),
            kind: kind.to_owned(),
            slot,
            after_id,
            last_id: entries.last().map_or(after_id, |entry| entry.id),
            entries_hash: entries_hash(&packed),
            entries: packed,
            hash: Vec::new(),
            at,
        };
        seal.hash = seal.link(before.map(|seal| &seal.hash[..]).unwrap_or_default());
        seal
    }

    /// The hash that it should have behind a seal with the hash `before`.
    pub(super) fn link(&self, before: &[u8]) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(FIRST);
        hash.update(before);
        hash.update([u8::from(self.kind == EMPTIED)]);
        for number in [self.number, self.slot.into(), self.after_id, self.last_id] {
            hash.update(number.to_be_bytes());
        }
        hash.update(self.at.timestamp_micros().to_be_bytes());
        hash.update(&self.entries_hash);
        hash.finalize().to_vec()
    }
}

/// The last seal, if there is one.
pub(super) fn last(conn: &mut OwnerConn) -> QueryResult<Option<Seal>> {
    audit_seals::table
        .order(audit_seals::number.desc())
        .select(Seal::as_select())
        .first(conn)
        .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: i64) -> Entry {
        Entry {
            id,
            hash: [7; KEPT],
        }
    }

    #[test]
    fn entries_read_back() {
        let entries = [entry(1), entry(i64::MAX)];
        assert_eq!(unpacked(&packed(&entries)).unwrap(), entries);
        assert_eq!(unpacked(&[]).unwrap(), []);
        assert!(unpacked(&[0; ENTRY + 1]).is_none());
    }

    #[test]
    fn each_link_hangs_on_the_one_before() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let first = Seal::behind(None, (ROWS, 0), &[entry(1), entry(5)], now);
        let second = Seal::behind(Some(&first), (ROWS, 0), &[entry(6)], now);
        assert_eq!((second.number, second.after_id, second.last_id), (2, 5, 6));
        assert_eq!(second.hash, second.link(&first.hash));
        assert_ne!(second.hash, second.link(&[0; 32]));
        let emptied = Seal::behind(Some(&second), (EMPTIED, 0), &[], now);
        assert_eq!((emptied.after_id, emptied.last_id), (6, 6));
    }
}
