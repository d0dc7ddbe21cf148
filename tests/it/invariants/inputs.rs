//! Inputs of mutations: valid ones as a rule, borderline ones now and then.

use chrono::{Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::schema::{Field, Kind, Mutation, Schema};
use super::words::{self, EDGES, LINES, SETTINGS, decimals, id_of, share};
use super::world::{Record, World};
use crate::soak::chance::Chance;

/// Makes one input.
pub struct Maker<'a> {
    pub schema: &'a Schema,
    pub world: &'a World,
    pub dice: &'a mut Chance,
    pub mutation: &'a Mutation,
    /// What it is about, if it is about one record.
    pub subject: Option<Record>,
    /// Fields of which nobody knows what they are about.
    pub unknown: Vec<String>,
}

fn today() -> NaiveDate {
    Utc::now().date_naive()
}

/// An id of that kind that nothing has.
fn nobody(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::now_v7().simple())
}

impl Maker<'_> {
    pub fn input(&mut self) -> Value {
        let input = self.mutation.input.clone();
        let mut made = self.object(&input, true);
        self.about(&mut made);
        made
    }

    fn percent(&mut self, share: usize) -> bool {
        self.dice.below(100) < share
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.dice.below(all.len())]
    }

    fn object(&mut self, ty: &str, is_root: bool) -> Value {
        let schema = self.schema;
        let Some(Kind::Input(fields)) = schema.types.get(ty) else {
            self.unknown.push(ty.to_owned());
            return Value::Null;
        };
        let mut made = Map::new();
        for field in fields {
            if field.ty.is_required || self.percent(share(&field.name)) {
                let value = self.field(field, is_root);
                made.insert(field.name.clone(), value);
            }
        }
        let mut made = Value::Object(made);
        self.fix(ty, &mut made);
        made
    }

    fn field(&mut self, field: &Field, is_root: bool) -> Value {
        if !field.ty.is_list {
            return self.one(field, is_root);
        }
        let count = 1 + self.dice.below(3);
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..count {
            let one = self.one(field, false);
            let key = |value: &Value| {
                let keys = ["productId", "lineId", "orderLineId", "entryId"];
                let named = keys.iter().find(|name| value[**name].is_string());
                named.map_or_else(|| value.clone(), |name| value[*name].clone())
            };
            if !all.iter().any(|other| key(other) == key(&one)) {
                all.push(one);
            }
        }
        json!(all)
    }

    fn one(&mut self, field: &Field, is_root: bool) -> Value {
        let schema = self.schema;
        match schema.types.get(&field.ty.name) {
            Some(Kind::Enum(values)) => {
                let at = self.dice.below(values.len());
                json!(values[at])
            }
            Some(Kind::Input(_)) => self.object(&field.ty.name, false),
            _ => self.scalar(&field.ty.name, &field.name, is_root),
        }
    }

    fn scalar(&mut self, ty: &str, name: &str, is_root: bool) -> Value {
        match ty {
            "ID" => self.id(name),
            "Decimal" if self.percent(3) => json!(self.one_of(EDGES)),
            "Decimal" => json!(self.one_of(decimals(name))),
            "Int" if name == "expectedVersion" && is_root => self.version(),
            "Int" => self.whole(name),
            "Boolean" => json!(self.percent(50)),
            "String" => self.text(name),
            "NaiveDate" => json!(self.day(name)),
            "DateTime" => json!((Utc::now() + TimeDelta::days(3)).to_rfc3339()),
            "IdempotencyKey" => json!(Uuid::now_v7().to_string()),
            _ => {
                self.unknown.push(format!("{ty} {name}"));
                Value::Null
            }
        }
    }

    fn id(&mut self, name: &str) -> Value {
        if name == "id" {
            let of = words::subject(&self.mutation.name);
            let named = self.subject.as_ref().map(|subject| subject.id.clone());
            if of.is_none() {
                self.unknown.push(name.to_owned());
            }
            return json!(named.unwrap_or_else(|| nobody(of.unwrap_or("non"))));
        }
        if LINES.contains(&name) {
            let lines = self.subject.as_ref().map(|subject| subject.lines.clone());
            let lines = lines.unwrap_or_default();
            return match lines.len() {
                0 => json!(nobody("orl")),
                count => json!(lines[self.dice.below(count)]),
            };
        }
        let Some(prefix) = id_of(name) else {
            self.unknown.push(name.to_owned());
            return Value::Null;
        };
        let states: &[&str] = match prefix {
            "dlv" => &["DELIVERED", "PLANNED", "LOADED"],
            "run" => &["PLANNED"],
            _ => &[],
        };
        let found = self.world.pick(prefix, self.dice, |record| {
            states.is_empty() || states.contains(&record.state.as_str())
        });
        json!(found.map_or_else(|| nobody(prefix), |record| record.id.clone()))
    }

    fn version(&mut self) -> Value {
        let settings = SETTINGS.iter().find(|one| one.0 == self.mutation.name);
        if let Some((_, ty)) = settings {
            return json!(self.world.versions.get(*ty).copied().unwrap_or_default());
        }
        let known = self.subject.as_ref().and_then(|subject| subject.version);
        json!(known.unwrap_or(1))
    }

    fn whole(&mut self, name: &str) -> Value {
        let below = match name {
            "scale" => 4,
            "stop" => 9,
            _ => 40,
        };
        json!(1 + self.dice.below(below))
    }

    fn text(&mut self, name: &str) -> Value {
        let some = self.dice.below(1_000_000);
        match name {
            "code" | "sku" if self.percent(80) => json!(format!("ZZ-{some}")),
            "code" | "sku" => json!("ZZ-0"),
            "barcode" | "barcodes" => json!(format!("29{some:010}")),
            "email" => json!(format!("someone-{some}@test.example")),
            "country" => json!("DE"),
            "region" => json!(""),
            "baseUnit" => json!("bag"),
            _ => json!(format!("{name} {some}")),
        }
    }

    fn day(&mut self, name: &str) -> NaiveDate {
        let days = u64::try_from(self.dice.below(9)).unwrap();
        match name {
            "documentOn" | "paidOn" | "validFrom" => today() - Days::new(days),
            "validTo" | "validUntil" | "expiresOn" => today() + Days::new(30 + days),
            _ => today() + Days::new(days),
        }
    }

    /// Sets what a field of the input says of what the mutation is about.
    fn about(&mut self, made: &mut Value) {
        let Some(subject) = self.subject.clone() else {
            return;
        };
        let named = words::IDS
            .iter()
            .filter(|one| subject.id.starts_with(one.1));
        let singular = named.filter(|one| one.0.ends_with("Id")).map(|one| one.0);
        for field in singular {
            if ["orderId", "invoiceId", "purchaseOrderId"].contains(&field)
                && !made[field].is_null()
            {
                made[field] = json!(subject.id);
            }
        }
    }

    /// Makes fields agree that have to.
    fn fix(&mut self, ty: &str, made: &mut Value) {
        self.fix_parties(made);
        let is_rare = self.percent(4);
        if is_rare {
            return;
        }
        match ty {
            "OrderLineInput" | "QuoteLineInput"
                if made.get("unitPrice").or(made.get("discount")).is_some() =>
            {
                made["priceReason"] = json!("as agreed");
            }
            "StockAdjustLineInput" => self.fix_adjustment(made),
            "PaymentAllocationInput" => either(made, ["entryId", "invoiceId"], self.percent(50)),
            "CreditLineInput" => either(made, ["amount", "quantity"], self.percent(30)),
            "PriceChangeInput" => either(made, ["amount", "percent"], self.percent(50)),
            "CreditLimitSetInput" => self.fix_limit(made),
            "PaymentReminderSettingsSetInput" => {
                (made["firstAfterDays"], made["secondAfterDays"]) = (json!(3), json!(10));
                made["thirdAfterDays"] = json!(20);
            }
            "TransferCreateInput" if made["fromId"] == made["toId"] => {
                let others = self.world.all("whs").iter();
                let other = others
                    .map(|one| json!(one.id))
                    .find(|id| *id != made["fromId"]);
                made["toId"] = other.unwrap_or_default();
            }
            "WarehouseCreateInput" => made["kind"] = json!("STORE"),
            "DeliveryConfirmLineInput" | "DeliveryPickupLineInput" => {
                made["quantity"] = json!({ "value": self.one_of(decimals("value")) });
                drop_field(made, "weight");
            }
            _ => {}
        }
        // Members are no records of the shop; files are none that it made.
        drop_field(made, "driverId");
        drop_field(made, "fileIds");
    }

    /// A job is one of the customer's, and a deposit is for an order of his.
    fn fix_parties(&mut self, made: &mut Value) {
        if let Some(order) = made["orderId"].as_str().map(str::to_owned)
            && made["customerId"].is_string()
            && let Some(of) = self.world.get(&order)
            && let Some(customer) = of.of.get("customer")
        {
            made["customerId"] = json!(customer);
        }
        let Some(customer) = made["customerId"].as_str().map(str::to_owned) else {
            return;
        };
        if made["jobId"].is_string() {
            let his = |job: &Record| job.of.get("customer") == Some(&customer);
            let job = self.world.pick("job", self.dice, his);
            match job.filter(|job| his(job)) {
                Some(job) => made["jobId"] = json!(job.id),
                None => drop_field(made, "jobId"),
            }
        }
    }

    fn fix_adjustment(&mut self, made: &mut Value) {
        if self.percent(60) {
            made["direction"] = json!("IN");
        }
        if made["direction"] == "OUT" {
            drop_field(made, "unitCost");
        }
        let product = made["productId"].as_str().unwrap_or_default();
        if self.world.tracked.contains(product) && (made["direction"] == "IN" || self.percent(50)) {
            made["lot"] = json!({ "code": self.one_of(&["L-1", "L-2", "L-3"]) });
        }
    }

    /// A limit is one customer's or one job's, and the version is that one's.
    fn fix_limit(&mut self, made: &mut Value) {
        let prefix = if self.percent(50) { "cus" } else { "job" };
        let Some(of) = self.world.pick(prefix, self.dice, |_| true).cloned() else {
            return;
        };
        drop_field(made, "customerId");
        drop_field(made, "jobId");
        made[if prefix == "cus" {
            "customerId"
        } else {
            "jobId"
        }] = json!(of.id);
        made["limit"] = json!(self.one_of(decimals("limit")));
        made["expectedVersion"] = json!(of.version.unwrap_or(1));
        if prefix == "job" {
            drop_field(made, "creditCheck");
        }
    }
}

/// Leaves one of two fields, and makes sure of it.
fn either(made: &mut Value, names: [&str; 2], is_first: bool) {
    let (kept, dropped) = if is_first {
        (names[0], names[1])
    } else {
        (names[1], names[0])
    };
    drop_field(made, dropped);
    if made.get(kept).is_none() {
        made[kept] = json!("1");
    }
}

fn drop_field(made: &mut Value, name: &str) {
    if let Some(fields) = made.as_object_mut() {
        fields.remove(name);
    }
}
