//! Finding prices.

use std::collections::{BTreeSet, HashMap};

use super::choose::choose;
use super::model::{Answer, Buyer, BuyerFacts, Candidate, PriceAsked, ProductFacts, Quote};
use super::query::{self, FactsRow};
use crate::db::error::DbResult;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::model::ProductId;
use crate::kernel::money::{digits_of, line_amount};
use crate::kernel::ratio::Ratio;
use crate::tenancy::TenantTx;

/// The prices that are asked for, two statements for each buyer.
pub async fn prices(
    tx: &mut TenantTx,
    asked: &[PriceAsked],
) -> DbResult<HashMap<PriceAsked, Answer>> {
    let mut buyers: Vec<Buyer> = Vec::new();
    for one in asked {
        if !buyers.contains(&one.buyer) {
            buyers.push(one.buyer);
        }
    }
    let mut answers = HashMap::new();
    for buyer in buyers {
        let his = asked.iter().filter(|one| one.buyer == buyer);
        for_buyer(tx, buyer, his.copied().collect(), &mut answers).await?;
    }
    Ok(answers)
}

async fn for_buyer(
    tx: &mut TenantTx,
    buyer: Buyer,
    asked: Vec<PriceAsked>,
    answers: &mut HashMap<PriceAsked, Answer>,
) -> DbResult<()> {
    let ids: BTreeSet<ProductId> = asked.iter().map(|one| one.product).collect();
    let ids: Vec<ProductId> = ids.into_iter().collect();
    let rows = query::facts(tx, &ids, &buyer).await?;
    let known = match rows.first().map(|row| buyer_of(&buyer, row)) {
        Some(Ok(known)) => known,
        Some(Err(why)) => {
            answers.extend(asked.into_iter().map(|one| (one, why.clone())));
            return Ok(());
        }
        None => {
            answers.extend(asked.into_iter().map(|one| (one, Answer::NoProduct)));
            return Ok(());
        }
    };
    let products = products_of(rows);
    let categories: BTreeSet<_> = products.values().flat_map(|p| &p.categories).collect();
    let categories = categories.into_iter().map(|id| CategoryId::from_uuid(*id));
    let rules = query::rules(tx, ids, categories.collect(), &known).await?;
    let rules = ByTarget::of(rules);
    let digits = digits_of(&tx.context().dealer().currency);
    for one in asked {
        let product = products.get(&one.product);
        let answer = product.map_or(Answer::NoProduct, |product| {
            quote(product, &known, &one, rules.about(product), digits)
        });
        answers.insert(one, answer);
    }
    Ok(())
}

/// The buyer as he is known, or why he is not.
fn buyer_of(asked: &Buyer, row: &FactsRow) -> Result<BuyerFacts, Answer> {
    let (_, _, customer, job, today) = row;
    if asked.job.is_some() && job.is_none() {
        return Err(Answer::NoJob);
    }
    let is_others = |customer| job.as_ref().is_some_and(|job| job.1 != customer);
    if asked.customer.is_some_and(is_others) {
        return Err(Answer::NoJob);
    }
    if asked.customer.is_some() && customer.is_none() {
        return Err(Answer::NoCustomer);
    }
    Ok(BuyerFacts {
        customer: customer.as_ref().map(|customer| customer.0),
        job: job.as_ref().map(|job| job.0),
        job_list: job.as_ref().and_then(|job| job.2),
        customer_list: customer.as_ref().and_then(|customer| customer.1),
        at: asked.at.unwrap_or(*today),
    })
}

fn products_of(rows: Vec<FactsRow>) -> HashMap<ProductId, ProductFacts> {
    let mut products: HashMap<ProductId, ProductFacts> = HashMap::new();
    for ((product, base_unit, list_price, cost, categories), unit, ..) in rows {
        let facts = products.entry(product).or_insert_with(|| ProductFacts {
            product,
            base_unit,
            list_price,
            cost,
            categories,
            units: HashMap::new(),
        });
        if let Some((unit, num, den)) = unit
            && let Ok(factor) = Ratio::new(num, den)
        {
            facts.units.insert(unit, factor);
        }
    }
    products
}

/// Rules by what they price, so that each product looks at its own.
struct ByTarget(HashMap<uuid::Uuid, Vec<Candidate>>);

impl ByTarget {
    fn of(rules: Vec<Candidate>) -> Self {
        let mut by: HashMap<_, Vec<Candidate>> = HashMap::new();
        for candidate in rules {
            let product = candidate.rule.product_id.map(ProductId::uuid);
            let target = product.or(candidate.rule.category_id.map(CategoryId::uuid));
            if let Some(target) = target {
                by.entry(target).or_default().push(candidate);
            }
        }
        Self(by)
    }

    fn about<'a>(&'a self, product: &'a ProductFacts) -> impl Iterator<Item = &'a Candidate> {
        let targets = std::iter::once(product.product.uuid());
        let targets = targets.chain(product.categories.iter().copied());
        targets.filter_map(|id| self.0.get(&id)).flatten()
    }
}

fn quote<'a>(
    product: &ProductFacts,
    buyer: &BuyerFacts,
    asked: &PriceAsked,
    rules: impl Iterator<Item = &'a Candidate>,
    digits: u32,
) -> Answer {
    let chosen = choose(product, buyer, asked.base, rules);
    match line_amount(chosen.price, chosen.per, asked.base, digits) {
        Err(_) => Answer::TooLarge,
        Ok(amount) => Answer::Price(Box::new(Quote {
            product: product.product,
            base: asked.base,
            unit_price: chosen.price,
            unit: chosen.unit.unwrap_or(product.base_unit),
            per: chosen.per,
            amount,
            source: chosen.source,
            rule: chosen.rule,
            beaten: chosen.beaten,
            at: buyer.at,
        })),
    }
}
