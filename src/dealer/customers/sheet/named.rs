//! The customers that the lines of a batch name: locked, changed in memory, written at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use super::said;
use crate::dealer::bulk::cell::Cells;
use crate::dealer::bulk::may::May;
use crate::dealer::bulk::sheets::{Refused, Taken, texts};
use crate::dealer::credit::limits;
use crate::dealer::customers::actions::CustomerAction;
use crate::dealer::customers::events::{CustomerCreated, CustomerUpdated};
use crate::dealer::customers::loader::CustomerByCode;
use crate::dealer::customers::model::CustomerRow;
use crate::dealer::customers::service;
use crate::dealer::prices::assign::loader::PriceListOfCustomer;
use crate::dealer::prices::assign::service::tell_of_customer;
use crate::dealer::prices::lists::loader::PriceListByCode;
use crate::dealer::prices::lists::model::{PriceListId, PriceListRow};
use crate::dealer::prices::lists::service::is_used;
use crate::error::{AppResult, ErrorCode, ServiceResult};
use crate::graphql::loader::LoaderKey;
use crate::graphql::permit::Permission as P;
use crate::kernel::money::digits_of;
use crate::tenancy::TenantTx;

/// What the lines of a batch name, as far as it is there.
pub struct Named {
    may: May,
    now: DateTime<Utc>,
    /// Of the dealer's currency.
    digits: u32,
    lists: HashMap<String, PriceListRow>,
    customers: BTreeMap<String, Known>,
    /// The codes of those that are to be written, in the order of their first lines.
    order: Vec<String>,
}

/// A customer as the lines so far have made him.
#[derive(Clone)]
struct Known {
    row: CustomerRow,
    list: Option<PriceListId>,
    news: BTreeSet<News>,
}

/// What is told of a customer, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    Created,
    Updated,
    Trusted,
    Priced,
}

impl Named {
    /// Looks up what these lines name, each kind in one statement, and locks the customers.
    pub async fn load(tx: &mut TenantTx, may: May, lines: &[&Cells]) -> AppResult<Self> {
        let codes: Vec<_> = texts(lines, "code")
            .into_iter()
            .map(CustomerByCode)
            .collect();
        let found = CustomerByCode::load_batch(tx, &codes).await?;
        let ids: BTreeSet<_> = found.values().map(|row| row.id).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let rows = service::lock(tx, &ids).await?;
        let of: Vec<_> = ids.iter().copied().map(PriceListOfCustomer).collect();
        let mut of = PriceListOfCustomer::load_batch(tx, &of).await?;
        let codes: Vec<_> = texts(lines, "priceList")
            .into_iter()
            .map(PriceListByCode)
            .collect();
        let lists = if codes.is_empty() {
            HashMap::new()
        } else {
            PriceListByCode::load_batch(tx, &codes).await?
        };
        let known = rows.into_iter().map(|row| {
            let list = of.remove(&PriceListOfCustomer(row.id)).map(|list| list.id);
            let news = BTreeSet::new();
            (row.code.clone(), Known { row, list, news })
        });
        Ok(Self {
            may,
            now: tx.now(),
            digits: digits_of(&tx.context().dealer().currency),
            customers: known.collect(),
            lists: lists.into_iter().map(|(key, row)| (key.0, row)).collect(),
            order: Vec::new(),
        })
    }

    /// Adds the customer of a line, or changes the one with its code. Columns that are
    /// absent change nothing.
    pub fn take(&mut self, cells: &Cells) -> Result<Taken, Refused> {
        let code = cells.get("code").unwrap_or_default();
        let before = self.customers.get(code);
        let base = match before {
            Some(known) => known.clone(),
            None => self.created(cells)?,
        };
        let after = self.changed(base, cells)?;
        if let Some(before) = before {
            if before.row == after.row && before.list == after.list {
                return Ok(Taken::Unchanged);
            }
            CustomerAction::Update
                .check(&before.row, "code")
                .map_err(Refused::unwritten)?;
        }
        let taken = before.map_or(Taken::Created, |_| Taken::Updated);
        self.keep(after);
        Ok(taken)
    }

    fn created(&self, cells: &Cells) -> Result<Known, Refused> {
        let row = service::checked_new(said::created(cells)?, self.now);
        Ok(Known {
            row: row.map_err(Refused::unwritten)?,
            list: None,
            news: BTreeSet::from([News::Created]),
        })
    }

    /// The customer with all that a line says.
    fn changed(&self, known: Known, cells: &Cells) -> Result<Known, Refused> {
        let Known {
            row,
            list,
            mut news,
        } = known;
        let changes = service::checked_changes(said::changed(cells, &row)?, row.updated_at);
        let mut after = row.clone().with(changes.map_err(Refused::unwritten)?);
        if after != row {
            news.insert(News::Updated);
        }
        if let Some(input) = said::credit(cells, &row, &self.may)? {
            let changes = limits::changes_of_customer(&input, row.updated_at, self.digits);
            let names = [("limit", "creditLimit"), ("reason", "creditLimitReason")];
            let changes = changes.map_err(|refusal| Refused::unwritten(refusal).renamed(&names));
            after = after.with(changes?);
            news.insert(News::Trusted);
        }
        let now_has = self.list(cells, list)?;
        if now_has != list {
            news.insert(News::Priced);
        }
        Ok(Known {
            row: after,
            list: now_has,
            news,
        })
    }

    /// The price list that the customer is to have, who has this one.
    fn list(
        &self,
        cells: &Cells,
        has: Option<PriceListId>,
    ) -> Result<Option<PriceListId>, Refused> {
        let Some(code) = cells.get("priceList") else {
            return Ok(has);
        };
        self.may.check("priceList", P::PricesRead)?;
        let list = self.lists.get(code);
        if list.is_none() && !code.is_empty() {
            let message = "there is no price list with this code";
            return Err(Refused::at(ErrorCode::NotFound, "priceList", message));
        }
        let wanted = list.map(|list| list.id);
        if wanted != has {
            self.may.check("priceList", P::PricesManage)?;
            if let Some(list) = list {
                is_used(list, &["input", "priceList"]).map_err(Refused::unwritten)?;
            }
        }
        Ok(wanted)
    }

    fn keep(&mut self, mut known: Known) {
        let code = known.row.code.clone();
        let before = self.customers.get(&code);
        // The first of the batch that changes him, or adds him.
        if before.is_none_or(|before| before.news.is_empty()) {
            self.order.push(code.clone());
            if !known.news.contains(&News::Created) {
                known.row.version = known.row.version.saturating_add(1);
            }
        }
        known.row.updated_at = self.now;
        self.customers.insert(code, known);
    }

    /// Writes the customers that are new or other than they were, and tells of them.
    pub async fn write(mut self, tx: &mut TenantTx) -> ServiceResult<()> {
        let order = std::mem::take(&mut self.order);
        let known: Vec<_> = order
            .iter()
            .filter_map(|code| self.customers.remove(code))
            .collect();
        if known.is_empty() {
            return Ok(());
        }
        let rows = known.iter().map(|known| (known.row.clone(), known.list));
        service::store(tx, rows.collect()).await?;
        for known in &known {
            known.tell(tx);
        }
        Ok(())
    }
}

impl Known {
    fn tell(&self, tx: &mut TenantTx) {
        let is_new = self.news.contains(&News::Created);
        for news in &self.news {
            match news {
                News::Created => tx.emit(&CustomerCreated((&self.row).into())),
                News::Updated if is_new => {}
                News::Updated => tx.emit(&CustomerUpdated((&self.row).into())),
                News::Trusted => limits::tell_of_customer(tx, &self.row),
                News::Priced => tell_of_customer(tx, self.row.id, self.list),
            }
        }
    }
}
