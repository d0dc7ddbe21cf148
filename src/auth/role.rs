//! What somebody is at a dealer: roles that are the same everywhere, and each
//! dealer's own.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::permission::{Permission as P, PermissionSet};
use crate::kernel::ids::typed_id;

typed_id!(
    /// A role that a dealer has made for himself.
    RoleId, "rol"
);

/// A role that is the same at every dealer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BuiltInRole {
    /// Whose company it is. Every dealer has at least one.
    Owner,
    /// Runs the system for the owner.
    Admin,
    /// Runs a branch.
    Manager,
    /// Sells, at the counter or on the road.
    Sales,
    /// Works in the yard.
    Warehouse,
    /// Brings goods to the site.
    Driver,
    /// Buys goods and keeps the catalogue.
    Purchasing,
    /// Keeps the books.
    Accounts,
    /// Looks on.
    Viewer,
    /// A contractor at the portal, who sees what is his own.
    Customer,
}

impl BuiltInRole {
    /// All there are, the strongest first.
    pub const ALL: [Self; 10] = [
        Self::Owner,
        Self::Admin,
        Self::Manager,
        Self::Sales,
        Self::Warehouse,
        Self::Driver,
        Self::Purchasing,
        Self::Accounts,
        Self::Viewer,
        Self::Customer,
    ];

    /// Its code, as stored and as shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Sales => "sales",
            Self::Warehouse => "warehouse",
            Self::Driver => "driver",
            Self::Purchasing => "purchasing",
            Self::Accounts => "accounts",
            Self::Viewer => "viewer",
            Self::Customer => "customer",
        }
    }

    /// Who it is for.
    pub const fn description(self) -> &'static str {
        match self {
            Self::Owner => "Whose company it is. Every dealer has at least one.",
            Self::Admin => "Runs the system for the owner; can not make owners.",
            Self::Manager => "Runs a branch, and decides on prices and credit.",
            Self::Sales => "Sells, at the counter or on the road.",
            Self::Warehouse => "Works in the yard.",
            Self::Driver => "Brings goods to the site.",
            Self::Purchasing => "Buys goods and keeps the catalogue.",
            Self::Accounts => "Keeps the books.",
            Self::Viewer => "Looks on.",
            Self::Customer => "A contractor at the portal, who sees what is his own.",
        }
    }

    /// What it allows.
    pub const fn permissions(self) -> PermissionSet {
        match self {
            Self::Owner | Self::Admin => PermissionSet::ALL,
            Self::Manager => MANAGER,
            Self::Sales => SALES,
            Self::Warehouse => WAREHOUSE,
            Self::Driver => DRIVER,
            Self::Purchasing => PURCHASING,
            Self::Accounts => ACCOUNTS,
            Self::Viewer => READING,
            Self::Customer => CONTRACTOR,
        }
    }
}

/// What is sold.
const CATALOGUE: PermissionSet =
    PermissionSet::of(&[P::CategoriesRead, P::ProductsRead, P::UnitsRead]);

/// What everybody in the office may look at.
const READING: PermissionSet = CATALOGUE.and(&[
    P::CustomersRead,
    P::JobsRead,
    P::WarehousesRead,
    P::StockRead,
    P::SuppliersRead,
    P::PurchasingRead,
    P::QuotesRead,
    P::OrdersRead,
    P::DeliveriesRead,
    P::InvoicesRead,
    P::PaymentsRead,
    P::ReturnsRead,
]);

const MANAGER: PermissionSet = READING.and(&[
    P::CategoriesManage,
    P::ProductsManage,
    P::UnitsManage,
    P::WarehousesManage,
    P::StockAdjust,
    P::StockReserve,
    P::TransfersManage,
    P::FilesUpload,
    P::BulkRun,
    P::CostRead,
    P::PriceOverride,
    P::CreditRead,
    P::CreditOverride,
    P::MembersRead,
    P::CustomersManage,
    P::JobsManage,
    P::CreditManage,
    P::PricesRead,
    P::PricesManage,
    P::SuppliersManage,
    P::PurchasingManage,
    P::PurchasingReceive,
    P::QuotesManage,
    P::QuotesAnswer,
    P::OrdersManage,
    P::DeliveriesManage,
    P::DeliveriesConfirm,
    P::InvoicesManage,
    P::PaymentsManage,
    P::ReturnsManage,
    P::ReportsRead,
]);

const SALES: PermissionSet = READING.and(&[
    P::CreditRead,
    P::FilesUpload,
    P::StockReserve,
    P::CustomersManage,
    P::JobsManage,
    P::PricesRead,
    P::QuotesManage,
    P::QuotesAnswer,
    P::OrdersManage,
    P::DeliveriesManage,
    P::ReturnsManage,
]);

const WAREHOUSE: PermissionSet = READING.and(&[
    P::StockAdjust,
    P::StockReserve,
    P::TransfersManage,
    P::FilesUpload,
    P::PurchasingReceive,
    P::DeliveriesManage,
    P::DeliveriesConfirm,
    P::ReturnsManage,
]);

const DRIVER: PermissionSet = PermissionSet::of(&[
    P::CustomersRead,
    P::JobsRead,
    P::ProductsRead,
    P::UnitsRead,
    P::WarehousesRead,
    P::FilesUpload,
    P::DeliveriesRead,
    P::DeliveriesConfirm,
]);

const PURCHASING: PermissionSet = CATALOGUE.and(&[
    P::CategoriesManage,
    P::ProductsManage,
    P::UnitsManage,
    P::WarehousesRead,
    P::StockRead,
    P::FilesUpload,
    P::BulkRun,
    P::CostRead,
    P::PricesRead,
    P::SuppliersRead,
    P::SuppliersManage,
    P::PurchasingRead,
    P::PurchasingManage,
    P::PurchasingReceive,
]);

const ACCOUNTS: PermissionSet = READING.and(&[
    P::FilesUpload,
    P::CostRead,
    P::CreditRead,
    P::CreditOverride,
    P::InvoicePost,
    P::CustomersManage,
    P::CreditManage,
    P::AccountsPost,
    P::PricesRead,
    P::TaxesManage,
    P::InvoicesManage,
    P::PaymentsManage,
    P::ReportsRead,
]);

const CONTRACTOR: PermissionSet = CATALOGUE.and(&[
    P::CustomersRead,
    P::JobsRead,
    P::CreditRead,
    P::QuotesRead,
    P::QuotesAnswer,
    P::OrdersRead,
    P::OrdersPlace,
    P::DeliveriesRead,
    P::InvoicesRead,
    P::PaymentsRead,
    P::ReturnsRead,
]);

/// A role as a membership, a token and a client name it: the code of a built-in
/// role, or the id of one of the dealer's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub enum RoleCode {
    /// The same at every dealer.
    BuiltIn(BuiltInRole),
    /// One of the dealer's own.
    Custom(RoleId),
}

impl RoleCode {
    /// [`BuiltInRole::Owner`].
    pub const OWNER: Self = Self::BuiltIn(BuiltInRole::Owner);
    /// [`BuiltInRole::Customer`].
    pub const CUSTOMER: Self = Self::BuiltIn(BuiltInRole::Customer);
}

/// Why a text names no role.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "expected the code of a built-in role, such as sales, or the id of one of the dealer's own"
)]
pub struct RoleCodeError;

impl FromStr for RoleCode {
    type Err = RoleCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut built_in = BuiltInRole::ALL.into_iter();
        match built_in.find(|role| role.as_str() == text) {
            Some(role) => Ok(Self::BuiltIn(role)),
            None => text.parse().map(Self::Custom).map_err(|_| RoleCodeError),
        }
    }
}

impl From<RoleId> for RoleCode {
    fn from(id: RoleId) -> Self {
        Self::Custom(id)
    }
}

impl From<BuiltInRole> for RoleCode {
    fn from(role: BuiltInRole) -> Self {
        Self::BuiltIn(role)
    }
}

impl fmt::Display for RoleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(role) => f.write_str(role.as_str()),
            Self::Custom(id) => id.fmt(f),
        }
    }
}

impl Serialize for RoleCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RoleCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl ToSql<Text, Pg> for RoleCode {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        let text = self.to_string();
        <str as ToSql<Text, Pg>>::to_sql(&text, &mut out.reborrow())
    }
}

impl FromSql<Text, Pg> for RoleCode {
    fn from_sql(
        value: <Pg as diesel::backend::Backend>::RawValue<'_>,
    ) -> diesel::deserialize::Result<Self> {
        let text = <String as FromSql<Text, Pg>>::from_sql(value)?;
        Ok(text.parse()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        let custom = RoleCode::from(RoleId::generate());
        let built_in = BuiltInRole::ALL.into_iter().map(RoleCode::BuiltIn);
        for code in built_in.chain([custom]) {
            assert_eq!(code.to_string().parse(), Ok(code));
            let json = serde_json::to_string(&code).unwrap();
            assert_eq!(serde_json::from_str::<RoleCode>(&json).unwrap(), code);
        }
        for text in ["", "Owner", "usr_0192", "rol_x", "root"] {
            assert_eq!(text.parse::<RoleCode>(), Err(RoleCodeError), "{text}");
        }
    }

    #[test]
    fn roles_hold_what_their_permissions_include() {
        for role in BuiltInRole::ALL {
            let permissions = role.permissions();
            assert_eq!(
                permissions,
                permissions.with_included(),
                "{}",
                role.as_str()
            );
        }
    }

    #[test]
    fn only_those_who_run_the_company_manage_access() {
        let access = PermissionSet::of(&[
            P::MembersManage,
            P::RolesManage,
            P::SecurityManage,
            P::ApiKeysManage,
            P::AppsManage,
        ]);
        for role in BuiltInRole::ALL {
            let runs = matches!(role, BuiltInRole::Owner | BuiltInRole::Admin);
            let has_some = !role.permissions().intersection(access).is_empty();
            assert_eq!(has_some, runs, "{}", role.as_str());
        }
    }

    #[test]
    fn a_contractor_and_a_viewer_have_nothing_sensitive() {
        for role in [
            BuiltInRole::Customer,
            BuiltInRole::Viewer,
            BuiltInRole::Driver,
        ] {
            let sensitive = role.permissions().intersection(P::SENSITIVE);
            assert!(sensitive.is_empty(), "{sensitive:?}");
        }
        let contractor = BuiltInRole::Customer.permissions();
        assert!(!contractor.contains(P::StockRead));
    }
}
