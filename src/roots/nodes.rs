//! Records by their ids, whatever they are.

use async_graphql::{Context, ID, Interface, Object};

use crate::dealer::catalog::attributes::graphql::Attribute;
use crate::dealer::catalog::attributes::loader::AttributeById;
use crate::dealer::catalog::attributes::model::AttributeId;
use crate::dealer::catalog::categories::graphql::Category;
use crate::dealer::catalog::categories::loader::CategoryById;
use crate::dealer::catalog::categories::model::CategoryId;
use crate::dealer::catalog::products::graphql::Product;
use crate::dealer::catalog::products::loader::ProductById;
use crate::dealer::catalog::products::model::ProductId;
use crate::dealer::catalog::units::graphql::Unit;
use crate::dealer::catalog::units::loader::UnitById;
use crate::dealer::catalog::units::model::UnitId;
use crate::dealer::customers::graphql::Customer;
use crate::dealer::customers::jobs::graphql::Job;
use crate::dealer::customers::jobs::loader::JobById;
use crate::dealer::customers::jobs::model::JobId;
use crate::dealer::customers::loader::CustomerById;
use crate::dealer::customers::model::CustomerId;
use crate::dealer::deliveries::graphql::Delivery;
use crate::dealer::deliveries::loader::DeliveryById;
use crate::dealer::deliveries::model::{DeliveryId, DeliveryRunId};
use crate::dealer::deliveries::runs::graphql::DeliveryRun;
use crate::dealer::deliveries::runs::loader::DeliveryRunById;
use crate::dealer::invoices::graphql::Invoice;
use crate::dealer::invoices::loader::InvoiceById;
use crate::dealer::invoices::model::InvoiceId;
use crate::dealer::orders::graphql::Order;
use crate::dealer::orders::line::OrderLine;
use crate::dealer::orders::loader::{OrderById, OrderLineById};
use crate::dealer::orders::model::{OrderId, OrderLineId};
use crate::dealer::payments::graphql::Payment;
use crate::dealer::payments::loader::PaymentById;
use crate::dealer::payments::model::PaymentId;
use crate::dealer::prices::lists::graphql::PriceList;
use crate::dealer::prices::lists::loader::PriceListById;
use crate::dealer::prices::lists::model::PriceListId;
use crate::dealer::prices::taxes::graphql::TaxClass;
use crate::dealer::prices::taxes::loader::TaxClassById;
use crate::dealer::prices::taxes::model::TaxClassId;
use crate::dealer::purchasing::orders::graphql::PurchaseOrder;
use crate::dealer::purchasing::orders::loader::PurchaseOrderById;
use crate::dealer::purchasing::orders::model::PurchaseOrderId;
use crate::dealer::purchasing::receipts::graphql::GoodsReceipt;
use crate::dealer::purchasing::receipts::loader::GoodsReceiptById;
use crate::dealer::purchasing::receipts::model::GoodsReceiptId;
use crate::dealer::purchasing::suppliers::graphql::Supplier;
use crate::dealer::purchasing::suppliers::loader::SupplierById;
use crate::dealer::purchasing::suppliers::model::SupplierId;
use crate::dealer::quotes::graphql::Quote;
use crate::dealer::quotes::loader::QuoteById;
use crate::dealer::quotes::model::QuoteId;
use crate::dealer::returns::graphql::Return;
use crate::dealer::returns::loader::ReturnById;
use crate::dealer::returns::model::ReturnId;
use crate::dealer::stock::counts::graphql::StockCount;
use crate::dealer::stock::counts::loader::StockCountById;
use crate::dealer::stock::counts::model::StockCountId;
use crate::dealer::stock::holds::graphql::StockReservation;
use crate::dealer::stock::holds::loader::ReservationById;
use crate::dealer::stock::holds::model::ReservationId;
use crate::dealer::stock::lots::graphql::Lot;
use crate::dealer::stock::lots::loader::LotById;
use crate::dealer::stock::lots::model::LotId;
use crate::dealer::stock::transfers::graphql::Transfer;
use crate::dealer::stock::transfers::loader::TransferById;
use crate::dealer::stock::transfers::model::TransferId;
use crate::dealer::stock::warehouses::graphql::Warehouse;
use crate::dealer::stock::warehouses::loader::WarehouseById;
use crate::dealer::stock::warehouses::model::WarehouseId;
use crate::error::{AppError, AppResult};
use crate::graphql::context::ContextExt;
use crate::graphql::permit::{AnyCaller, Permission as P, for_any_caller};
use crate::kernel::ids;

/// Most ids of one `nodes` field.
const MAX_NODES: usize = 200;

/// A record with an id that `node` finds again.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Opaque id."))]
pub enum Node {
    /// What is asked of the products of a category.
    Attribute(Attribute),
    /// A node of the category tree.
    Category(Category),
    /// Who buys.
    Customer(Customer),
    /// Goods of an order that come to the customer.
    Delivery(Delivery),
    /// A truck, its driver and its way on a day.
    DeliveryRun(DeliveryRun),
    /// Goods that came from a supplier.
    GoodsReceipt(GoodsReceipt),
    /// What a customer is billed, or what is credited to him.
    Invoice(Invoice),
    /// A job site.
    Job(Job),
    /// Goods that were made together.
    Lot(Lot),
    /// What a customer has ordered.
    Order(Order),
    /// A line of an order.
    OrderLine(OrderLine),
    /// What a customer has paid, or was paid back.
    Payment(Payment),
    /// Prices for some customers and jobs, or for all of them.
    PriceList(PriceList),
    /// Something a dealer sells.
    Product(Product),
    /// Goods that are ordered of a supplier.
    PurchaseOrder(PurchaseOrder),
    /// What goods would cost a customer.
    Quote(Quote),
    /// Goods that come back from a customer.
    Return(Return),
    /// A count of what is there.
    StockCount(StockCount),
    /// Goods that are promised.
    StockReservation(StockReservation),
    /// Of whom the dealer buys.
    Supplier(Supplier),
    /// What a product is for the tax office.
    TaxClass(TaxClass),
    /// Goods on their way from one place to another.
    Transfer(Transfer),
    /// A unit of measure.
    Unit(Unit),
    /// A place where goods lie.
    Warehouse(Warehouse),
}

/// Lookups by id over all kinds of records.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// The record with this id; null if there is none at this dealer. Needs the
    /// permission that its type names.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> AppResult<Option<Node>> {
        find_node(ctx, &id).await
    }

    /// The records with these ids, in this order, null where there is none. Needs the
    /// permissions that their types name.
    #[graphql(guard = AnyCaller, directive = for_any_caller::apply())]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Their ids, at most 200.")] ids: Vec<ID>,
    ) -> AppResult<Vec<Option<Node>>> {
        if ids.len() > MAX_NODES {
            return Err(AppError::bad_input("ids", "may list at most 200 ids"));
        }
        let lookups = ids.iter().map(|id| find_node(ctx, id));
        futures_util::future::try_join_all(lookups).await
    }
}

async fn find_node(ctx: &Context<'_>, id: &str) -> AppResult<Option<Node>> {
    let unit = ctx.unit()?;
    let Some((prefix, uuid)) = ids::split(id) else {
        return Err(AppError::bad_input("id", "this is not an id of this API"));
    };
    macro_rules! found {
        ($key:ident, $id:ident, $object:ident, $needed:ident) => {{
            ctx.require(P::$needed)?;
            unit.load($key($id::from_uuid(uuid)))
                .await?
                .map(|row| Node::$object($object(row)))
        }};
    }
    Ok(match prefix {
        AttributeId::PREFIX => found!(AttributeById, AttributeId, Attribute, CategoriesRead),
        CategoryId::PREFIX => found!(CategoryById, CategoryId, Category, CategoriesRead),
        CustomerId::PREFIX => found!(CustomerById, CustomerId, Customer, CustomersRead),
        DeliveryId::PREFIX => found!(DeliveryById, DeliveryId, Delivery, DeliveriesRead),
        DeliveryRunId::PREFIX => {
            found!(DeliveryRunById, DeliveryRunId, DeliveryRun, DeliveriesRead)
        }
        GoodsReceiptId::PREFIX => {
            found!(
                GoodsReceiptById,
                GoodsReceiptId,
                GoodsReceipt,
                PurchasingRead
            )
        }
        InvoiceId::PREFIX => found!(InvoiceById, InvoiceId, Invoice, InvoicesRead),
        JobId::PREFIX => found!(JobById, JobId, Job, JobsRead),
        LotId::PREFIX => found!(LotById, LotId, Lot, StockRead),
        OrderId::PREFIX => found!(OrderById, OrderId, Order, OrdersRead),
        OrderLineId::PREFIX => found!(OrderLineById, OrderLineId, OrderLine, OrdersRead),
        PaymentId::PREFIX => found!(PaymentById, PaymentId, Payment, PaymentsRead),
        PriceListId::PREFIX => found!(PriceListById, PriceListId, PriceList, PricesRead),
        ProductId::PREFIX => found!(ProductById, ProductId, Product, ProductsRead),
        PurchaseOrderId::PREFIX => {
            found!(
                PurchaseOrderById,
                PurchaseOrderId,
                PurchaseOrder,
                PurchasingRead
            )
        }
        QuoteId::PREFIX => found!(QuoteById, QuoteId, Quote, QuotesRead),
        ReservationId::PREFIX => {
            found!(ReservationById, ReservationId, StockReservation, StockRead)
        }
        ReturnId::PREFIX => found!(ReturnById, ReturnId, Return, ReturnsRead),
        StockCountId::PREFIX => found!(StockCountById, StockCountId, StockCount, StockRead),
        SupplierId::PREFIX => found!(SupplierById, SupplierId, Supplier, SuppliersRead),
        TaxClassId::PREFIX => found!(TaxClassById, TaxClassId, TaxClass, PricesRead),
        TransferId::PREFIX => found!(TransferById, TransferId, Transfer, StockRead),
        UnitId::PREFIX => found!(UnitById, UnitId, Unit, UnitsRead),
        WarehouseId::PREFIX => found!(WarehouseById, WarehouseId, Warehouse, WarehousesRead),
        _ => None,
    })
}
