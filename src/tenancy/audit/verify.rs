//! Walking the chain: whether the log is what was sealed.

use std::collections::HashMap;
use std::fmt;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::chain::{EMPTIED, ROWS, Seal, entries, entries_hash, newest, unpacked};
use super::heads::{self, Head};
use super::seal::stand_on;
use crate::db::error::DbResult;
use crate::db::owner::OwnerConn;
use crate::db::tenant_tables::audit_seals;
use crate::kernel::hex;
use crate::tenancy::schema_name::SchemaName;

/// Seals read at once.
const PAGE: i64 = 50;

/// What is wrong first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A row is not as it was sealed.
    Changed(i64),
    /// A row is gone that was sealed.
    Removed(i64),
    /// A row is there that was not when its time was sealed.
    Inserted(i64),
    /// A seal is not as it was made.
    SealChanged(i64),
    /// A seal is gone.
    SealRemoved(i64),
    /// A seal is there that the program has not made.
    SealInserted(i64),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(id) => write!(f, "row {id} was changed after it was sealed"),
            Self::Removed(id) => write!(f, "row {id} was removed after it was sealed"),
            Self::Inserted(id) => write!(f, "row {id} was inserted after its place was sealed"),
            Self::SealChanged(number) => write!(f, "seal {number} was changed"),
            Self::SealRemoved(number) => write!(f, "seal {number} was removed"),
            Self::SealInserted(number) => write!(f, "seal {number} was inserted"),
        }
    }
}

/// How a log stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Seals of the chain.
    pub seals: i64,
    /// Rows that are as they were sealed.
    pub rows: usize,
    /// Rows that no seal covers yet.
    pub unsealed: usize,
    /// Hash of the last seal, as hex digits: whoever keeps it elsewhere can tell later
    /// that the chain was not made anew.
    pub head: Option<String>,
    /// What is wrong first, if anything is; nothing behind it was looked at.
    pub fault: Option<Fault>,
}

/// Walks the chain of one dealer from its beginning: it has to lead over the seal that
/// was known `earlier`, if one was, and to end where the sealer has ended. Blocks.
pub fn walk(conn: &mut OwnerConn, schema: &SchemaName, earlier: Option<Head>) -> DbResult<Walked> {
    Ok(conn.transaction(|conn| {
        // Nothing is sealed between two looks.
        conn.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        stand_on(conn, schema)?;
        let mut walk = Walk {
            end: heads::of(conn, schema)?,
            earlier,
            emptied: emptied(conn)?,
            before: None,
            walked: Walked::default(),
        };
        walk.chain(conn)?;
        walk.tail(conn)?;
        Ok::<_, diesel::result::Error>(walk.walked)
    })?)
}

/// For each part of the log, the last seal over its emptying.
fn emptied(conn: &mut OwnerConn) -> QueryResult<HashMap<i16, i64>> {
    let found: Vec<(i16, i64)> = audit_seals::table
        .filter(audit_seals::kind.eq(EMPTIED))
        .order(audit_seals::number)
        .select((audit_seals::slot, audit_seals::number))
        .load(conn)?;
    Ok(found.into_iter().collect())
}

struct Walk {
    /// The last seal, as the sealer has left it.
    end: Option<Head>,
    earlier: Option<Head>,
    emptied: HashMap<i16, i64>,
    before: Option<Seal>,
    walked: Walked,
}

impl Walk {
    fn chain(&mut self, conn: &mut OwnerConn) -> QueryResult<()> {
        loop {
            let number = self.before.as_ref().map_or(0, |seal| seal.number);
            let seals: Vec<Seal> = audit_seals::table
                .filter(audit_seals::number.gt(number))
                .order(audit_seals::number)
                .limit(PAGE)
                .select(Seal::as_select())
                .load(conn)?;
            if seals.is_empty() {
                self.walked.fault = self.is_cut().err();
                return Ok(());
            }
            for seal in seals {
                self.walked.fault = self.known(&seal).and_then(|()| self.link(&seal)).err();
                if self.walked.fault.is_none() {
                    self.walked.fault = self.rows(conn, &seal)?;
                }
                if self.walked.fault.is_some() {
                    return Ok(());
                }
                self.walked.seals = seal.number;
                self.walked.head = Some(hex::encode(&seal.hash));
                self.before = Some(seal);
            }
        }
    }

    /// Whether the seal is what others know of it.
    fn known(&self, seal: &Seal) -> Result<(), Fault> {
        if self.end.as_ref().is_some_and(|end| seal.number > end.0) {
            return Err(Fault::SealInserted(seal.number));
        }
        let mut others = self.end.iter().chain(&self.earlier);
        if others.any(|(number, hash)| *number == seal.number && *hash != seal.hash) {
            return Err(Fault::SealChanged(seal.number));
        }
        Ok(())
    }

    /// Whether seals are missing behind the last one.
    fn is_cut(&self) -> Result<(), Fault> {
        let mut others = self.end.iter().chain(&self.earlier);
        if others.any(|(number, _)| *number > self.walked.seals) {
            return Err(Fault::SealRemoved(self.walked.seals.saturating_add(1)));
        }
        Ok(())
    }

    /// Whether the seal hangs on the one before.
    fn link(&self, seal: &Seal) -> Result<(), Fault> {
        let before = self.before.as_ref();
        let expected = before.map_or(1, |seal| seal.number.saturating_add(1));
        if seal.number != expected {
            return Err(Fault::SealRemoved(expected));
        }
        let hangs = seal.after_id == before.map_or(0, |seal| seal.last_id);
        let hash = seal.link(before.map(|seal| &seal.hash[..]).unwrap_or_default());
        let is_whole = self.is_emptied(seal) || entries_hash(&seal.entries) == seal.entries_hash;
        if hangs && is_whole && hash == seal.hash {
            return Ok(());
        }
        Err(Fault::SealChanged(seal.number))
    }

    /// Whether the rows of a seal are gone as they should be.
    fn is_emptied(&self, seal: &Seal) -> bool {
        let emptied = self.emptied.get(&seal.slot);
        seal.kind == ROWS && emptied.is_some_and(|number| *number > seal.number)
    }

    /// Compares the rows that there are with those that the seal covers.
    fn rows(&mut self, conn: &mut OwnerConn, seal: &Seal) -> QueryResult<Option<Fault>> {
        let sealed = if self.is_emptied(seal) {
            Vec::new()
        } else {
            match unpacked(&seal.entries) {
                Some(sealed) => sealed,
                None => return Ok(Some(Fault::SealChanged(seal.number))),
            }
        };
        let after = if seal.number == 1 {
            i64::MIN
        } else {
            seal.after_id
        };
        let most = i64::try_from(sealed.len())
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let found = entries(conn, (after, seal.last_id), most)?;
        let mut found = found.into_iter().map(|(_, entry)| entry);
        for sealed in &sealed {
            match found.next() {
                None => return Ok(Some(Fault::Removed(sealed.id))),
                Some(found) if found.id > sealed.id => return Ok(Some(Fault::Removed(sealed.id))),
                Some(found) if found.id < sealed.id => return Ok(Some(Fault::Inserted(found.id))),
                Some(found) if found != *sealed => return Ok(Some(Fault::Changed(sealed.id))),
                Some(_same) => self.walked.rows += 1,
            }
        }
        Ok(found.next().map(|extra| Fault::Inserted(extra.id)))
    }

    /// Counts what no seal covers.
    fn tail(&mut self, conn: &mut OwnerConn) -> QueryResult<()> {
        let mut after = self.before.as_ref().map_or(0, |seal| seal.last_id);
        let last = newest(conn)?.unwrap_or(after);
        while after < last && self.walked.fault.is_none() {
            let rows = entries(conn, (after, last), super::chain::MOST)?;
            let Some((_, entry)) = rows.last() else {
                break;
            };
            after = entry.id;
            self.walked.unsealed += rows.len();
        }
        Ok(())
    }
}
