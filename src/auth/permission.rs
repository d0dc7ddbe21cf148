//! What may be done: permissions, and sets of them as bits of one word.
//!
//! A permission is written `resource:action`. Each field of the API names the one it
//! needs; a caller has those of his roles ([`super::role`]). Nothing is allowed that
//! no role allows.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::serialize::{Output, ToSql};
use diesel::sql_types::{Array, Text};

/// Why a text names no permission.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no such permission")]
pub struct UnknownPermission;

/// Declares the permissions in the order of their bits, each with what it allows.
macro_rules! permissions {
    ($($name:ident = $text:literal, $does:literal;)*) => {
        /// One thing that may be done, `resource:action`.
        ///
        /// Roles are kept by these names, so a name is never used for anything else.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission {
            $(#[doc = $does] $name,)*
        }

        impl Permission {
            /// All there are, in the order of their bits.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name, as stored and as shown.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// What it allows, for people.
            pub const fn description(self) -> &'static str {
                match self {
                    $(Self::$name => $does,)*
                }
            }

            #[expect(clippy::as_conversions, reason = "a constant knows no other way")]
            const fn bit(self) -> u64 {
                match self {
                    $(Self::$name => 1 << (Self::$name as u8),)*
                }
            }
        }

        impl FromStr for Permission {
            type Err = UnknownPermission;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text => Ok(Self::$name),)*
                    _ => Err(UnknownPermission),
                }
            }
        }
    };
}

permissions! {
    CategoriesRead = "categories:read", "See the category tree.";
    CategoriesManage = "categories:manage", "Add, change, move and archive categories.";
    CustomersRead = "customers:read", "See customers.";
    JobsRead = "jobs:read", "See the job sites of customers.";
    ProductsRead = "products:read", "See products, their units and list prices.";
    ProductsManage = "products:manage", "Add, change, archive and restore products.";
    UnitsRead = "units:read", "See units of measure.";
    UnitsManage = "units:manage", "Add and change units of measure.";
    WarehousesRead = "warehouses:read", "See yards and stores.";
    WarehousesManage = "warehouses:manage", "Add, change and archive yards and stores.";
    StockRead = "stock:read", "See what lies where.";
    StockAdjust = "stock:adjust", "Correct quantities on hand, and say how goods are kept.";
    FilesUpload = "files:upload", "Upload files, to attach them to records.";
    BulkRun = "bulk:run", "Import and export records in bulk.";
    CostRead = "cost:read", "See what goods cost the dealer, and margins.";
    PriceOverride = "price:override", "Sell at another price than the price list's.";
    CreditRead = "credit:read", "See how much customers owe, and may owe.";
    CreditOverride = "credit:override", "Sell beyond a customer's credit limit.";
    InvoicePost = "invoice:post", "Post invoices and credit notes to the books; say in whose name.";
    MembersRead = "members:read", "See who works for the dealer, and as what.";
    MembersManage = "members:manage", "Invite people, give and take roles, remove people.";
    RolesManage = "roles:manage", "Make, change and delete the dealer's own roles.";
    SecurityRead = "security:read", "See sign-ins and changes of access.";
    SecurityManage = "security:manage", "Set what signing in at the dealer needs.";
    ApiKeysManage = "api_keys:manage", "Make, rotate and revoke API keys.";
    AppsManage = "apps:manage", "Register and remove applications of third parties.";
    WebhooksRead = "webhooks:read", "See where events are sent, and what became of it.";
    WebhooksManage = "webhooks:manage", "Say where events are sent, and send them again.";
    AuditRead = "audit:read", "See who changed what and when, with all values.";
    StockReserve = "stock:reserve", "Put goods aside, and give them free again.";
    TransfersManage = "transfers:manage", "Move goods between the dealer's places.";
    CustomersManage = "customers:manage", "Add, change, hold and archive customers and their contacts.";
    JobsManage = "jobs:manage", "Add, change, hold and close job sites.";
    CreditManage = "credit:manage", "Set how much customers may owe, and where that is checked.";
    AccountsPost = "accounts:post", "Post, reverse and allocate entries in customers' accounts.";
    PricesRead = "prices:read", "See price lists and rules, tax rates, and how a price comes about.";
    PricesManage = "prices:manage", "Set price lists and rules, and change many prices at once.";
    TaxesManage = "taxes:manage", "Set tax classes and rates.";
    SuppliersRead = "suppliers:read", "See suppliers, and what they deliver.";
    SuppliersManage = "suppliers:manage", "Add, change and archive suppliers, and say what they deliver.";
    PurchasingRead = "purchasing:read", "See purchase orders and goods receipts.";
    PurchasingManage = "purchasing:manage", "Write, send, cancel and close purchase orders.";
    PurchasingReceive = "purchasing:receive", "Receive the goods of purchase orders.";
    QuotesRead = "quotes:read", "See what is offered to customers.";
    QuotesManage = "quotes:manage", "Write, send and revise quotes.";
    OrdersRead = "orders:read", "See what customers have ordered.";
    OrdersManage = "orders:manage", "Write, confirm, change, hold and cancel orders.";
    DeliveriesRead = "deliveries:read", "See deliveries and the ways of trucks.";
    DeliveriesManage = "deliveries:manage", "Plan, load and send deliveries, and hand goods out at the counter.";
    DeliveriesConfirm = "deliveries:confirm", "Say that goods arrived, or that they could not be handed over.";
    InvoicesRead = "invoices:read", "See invoices and credit notes.";
    InvoicesManage = "invoices:manage", "Write, change and discard drafts of invoices; mail what is posted.";
    PaymentsRead = "payments:read", "See what customers have paid.";
    PaymentsManage = "payments:manage", "Record, allocate, reconcile and reverse payments.";
    ReturnsRead = "returns:read", "See what comes back from customers.";
    ReturnsManage = "returns:manage", "Write, approve, reject, receive and credit returns.";
    ReportsRead = "reports:read", "See what was sold, and how it went.";
    OrdersPlace = "orders:place", "Place orders at the portal for the own customer, and answer for those of others.";
    QuotesAnswer = "quotes:answer", "Accept and reject quotes for the customer.";
}

// Each has a bit of its own in a word.
const _: () = assert!(Permission::ALL.len() <= 64);

impl Permission {
    /// Those by which money or trust is lost: no role has one by the way, each is
    /// given for a reason.
    pub const SENSITIVE: PermissionSet = PermissionSet::of(&[
        Self::StockAdjust,
        Self::BulkRun,
        Self::CostRead,
        Self::PriceOverride,
        Self::CreditOverride,
        Self::InvoicePost,
        Self::MembersManage,
        Self::RolesManage,
        Self::SecurityManage,
        Self::ApiKeysManage,
        Self::AppsManage,
        Self::WebhooksManage,
        Self::AuditRead,
        Self::CreditManage,
        Self::AccountsPost,
        Self::PricesManage,
        Self::TaxesManage,
        Self::PurchasingManage,
        Self::PaymentsManage,
        Self::ReportsRead,
    ]);

    /// Those by which access itself is given. People use them in person: nobody who
    /// calls in another's name has them.
    pub const GIVING_ACCESS: PermissionSet = PermissionSet::of(&[
        Self::MembersManage,
        Self::RolesManage,
        Self::SecurityManage,
        Self::ApiKeysManage,
        Self::AppsManage,
        Self::WebhooksManage,
    ]);

    /// Whether it is one of [`Permission::SENSITIVE`].
    pub const fn is_sensitive(self) -> bool {
        Self::SENSITIVE.contains(self)
    }

    /// What comes with it: who manages records sees them.
    pub const fn included(self) -> Option<Self> {
        match self {
            Self::CategoriesManage => Some(Self::CategoriesRead),
            Self::ProductsManage => Some(Self::ProductsRead),
            Self::UnitsManage => Some(Self::UnitsRead),
            Self::WarehousesManage => Some(Self::WarehousesRead),
            Self::CustomersManage => Some(Self::CustomersRead),
            Self::JobsManage => Some(Self::JobsRead),
            Self::CreditOverride | Self::CreditManage | Self::AccountsPost => {
                Some(Self::CreditRead)
            }
            Self::MembersManage | Self::RolesManage => Some(Self::MembersRead),
            Self::SecurityManage => Some(Self::SecurityRead),
            Self::WebhooksManage => Some(Self::WebhooksRead),
            Self::StockAdjust | Self::StockReserve | Self::TransfersManage => Some(Self::StockRead),
            Self::PricesManage | Self::TaxesManage => Some(Self::PricesRead),
            Self::SuppliersManage => Some(Self::SuppliersRead),
            Self::PurchasingManage | Self::PurchasingReceive => Some(Self::PurchasingRead),
            Self::QuotesManage | Self::QuotesAnswer => Some(Self::QuotesRead),
            Self::OrdersManage | Self::OrdersPlace => Some(Self::OrdersRead),
            Self::DeliveriesManage | Self::DeliveriesConfirm => Some(Self::DeliveriesRead),
            Self::InvoicesManage | Self::InvoicePost => Some(Self::InvoicesRead),
            Self::PaymentsManage => Some(Self::PaymentsRead),
            Self::ReturnsManage => Some(Self::ReturnsRead),
            _ => None,
        }
    }

    /// Whether it is `other` or includes it.
    pub fn covers(self, other: Self) -> bool {
        self == other || self.included() == Some(other)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Permissions, one bit each. Stored as their names, of which those that this
/// program does not know allow nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Array<Text>)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// None.
    pub const NONE: Self = Self(0);

    /// All there are.
    pub const ALL: Self = Self::of(Permission::ALL);

    /// These.
    pub const fn of(mut permissions: &[Permission]) -> Self {
        let mut bits = 0;
        while let [first, rest @ ..] = permissions {
            bits |= first.bit();
            permissions = rest;
        }
        Self(bits)
    }

    /// Whether it holds `permission`.
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether it holds all of `others`.
    pub const fn contains_all(self, others: Self) -> bool {
        others.0 & !self.0 == 0
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What either holds.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With these.
    #[must_use]
    pub const fn and(self, permissions: &[Permission]) -> Self {
        self.union(Self::of(permissions))
    }

    /// What both hold.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// What it holds and `other` does not.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// With what its permissions include.
    #[must_use]
    pub fn with_included(self) -> Self {
        self.union(self.iter().filter_map(Permission::included).collect())
    }

    /// Its permissions, in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let bits = permissions.into_iter().map(Permission::bit);
        Self(bits.fold(0, |all, bit| all | bit))
    }
}

impl ToSql<Array<Text>, Pg> for PermissionSet {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> diesel::serialize::Result {
        let names: Vec<&str> = self.iter().map(Permission::as_str).collect();
        <Vec<&str> as ToSql<Array<Text>, Pg>>::to_sql(&names, &mut out.reborrow())
    }
}

impl FromSql<Array<Text>, Pg> for PermissionSet {
    fn from_sql(
        value: <Pg as diesel::backend::Backend>::RawValue<'_>,
    ) -> diesel::deserialize::Result<Self> {
        let names = <Vec<String> as FromSql<Array<Text>, Pg>>::from_sql(value)?;
        Ok(names.iter().filter_map(|name| name.parse().ok()).collect())
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(Permission::as_str))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_resource_and_action_and_read_back() {
        for permission in Permission::ALL {
            let name = permission.as_str();
            let (resource, action) = name.split_once(':').unwrap();
            let is_word = |text: &str| !text.is_empty() && text.bytes().all(is_word_byte);
            assert!(is_word(resource) && is_word(action), "{name}");
            assert_eq!(name.parse(), Ok(*permission));
        }
        assert_eq!("products:eat".parse::<Permission>(), Err(UnknownPermission));
    }

    fn is_word_byte(byte: u8) -> bool {
        byte.is_ascii_lowercase() || byte == b'_'
    }

    #[test]
    fn each_has_a_bit_of_its_own() {
        let bits = Permission::ALL.iter().map(|permission| permission.bit());
        assert_eq!(
            bits.fold(0, |all, bit| all ^ bit).count_ones(),
            u32::try_from(Permission::ALL.len()).unwrap()
        );
        assert_eq!(PermissionSet::ALL.iter().count(), Permission::ALL.len());
    }

    #[test]
    fn who_manages_sees_and_one_step_is_enough() {
        for permission in Permission::ALL {
            let (_, action) = permission.as_str().split_once(':').unwrap();
            assert!(action != "manage" || permission.included().is_some() || is_alone(*permission));
            let included = permission.included();
            assert_eq!(included.and_then(Permission::included), None);
        }
    }

    /// There is nothing to see but for those who manage.
    fn is_alone(permission: Permission) -> bool {
        matches!(
            permission,
            Permission::ApiKeysManage | Permission::AppsManage
        )
    }

    #[test]
    fn sets_do_what_sets_do() {
        let some = PermissionSet::of(&[Permission::StockRead, Permission::CostRead]);
        let cost = PermissionSet::of(&[Permission::CostRead]);
        assert!(some.contains_all(cost) && !cost.contains_all(some));
        assert_eq!(some.intersection(cost), cost);
        assert_eq!(some.without(cost).union(cost), some);
        assert_eq!(some.iter().collect::<PermissionSet>(), some);
        assert!(PermissionSet::NONE.is_empty() && !cost.is_empty());
        assert_eq!(format!("{some:?}"), r#"{"stock:read", "cost:read"}"#);
    }
}
