//! The floor's statements.
//!
//! Names are qualified with the dealer's schema, and each statement is prepared once for each
//! dealer and connection: nothing is set before a read, neither a path nor a role, and no
//! transaction is opened around one. That is the least that a schema per dealer can cost; a
//! statement prepared for a path would be planned anew for each dealer.

/// What the floor asks of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Product,
    List,
    Page,
    Count,
    Orders,
    Customers,
    Lines,
    Goods,
    InsertOrder,
    InsertLines,
}

impl Query {
    /// The statement for a schema, whose name needs no quotes.
    pub fn of(self, schema: &str) -> String {
        let text = match self {
            Self::Product => PRODUCT,
            Self::List => LIST,
            Self::Page => "SELECT id, sku, name FROM {s}.products ORDER BY name, id LIMIT 21",
            Self::Count => "SELECT count(*) FROM {s}.products",
            Self::Orders => ORDERS,
            Self::Customers => "SELECT id, code, name FROM {s}.customers WHERE id = ANY($1)",
            Self::Lines => LINES,
            Self::Goods => "SELECT id, sku, name FROM {s}.products WHERE id = ANY($1)",
            Self::InsertOrder => INSERT_ORDER,
            Self::InsertLines => INSERT_LINES,
        };
        text.replace("{s}", schema)
    }
}

const PRODUCT: &str = "
SELECT id, sku, name, kind, description, version, updated_at, list_price::text
FROM {s}.products WHERE id = $1";

const LIST: &str = "
SELECT id, sku, name, kind, description, version, updated_at, list_price::text
FROM {s}.products ORDER BY name, id LIMIT 50";

const ORDERS: &str = "
SELECT id, number, state, customer_id FROM {s}.orders ORDER BY created_at DESC, id DESC LIMIT 20";

const LINES: &str = "
SELECT id, order_id, product_id, unit_quantity::text, net::text
FROM {s}.order_lines WHERE order_id = ANY($1) ORDER BY order_id, position";

/// $1 id, $2 customer, $3 warehouse, $4 currency, $5 products, $6 how much of each. In the order
/// of ours: the counter is held from here to the COMMIT.
const INSERT_ORDER: &str = "
WITH counter AS (
    INSERT INTO {s}.document_counters AS c (kind, last) VALUES ('ord', 1)
    ON CONFLICT (kind) DO UPDATE SET last = c.last + 1 RETURNING last
), total AS (
    SELECT sum(round(p.list_price * a.quantity::numeric, 2)) AS net
    FROM unnest($5::uuid[], $6::text[]) AS a (product_id, quantity)
    JOIN {s}.products p ON p.id = a.product_id
)
INSERT INTO {s}.orders (id, number, customer_id, state, warehouse_id, currency, is_pickup, net, tax,
    fulfilment, billing, version, created_at, updated_at)
SELECT $1::uuid, counter.last, $2::uuid, 'DRAFT', $3::uuid, $4::text, false, total.net, 0,
    'NONE', 'NONE', 1, now(), now()
FROM counter, total
RETURNING number";

/// $1 order, $2 customer, $3 warehouse, $4 ids, $5 products, $6 how much of each.
const INSERT_LINES: &str = "
INSERT INTO {s}.order_lines (id, order_id, customer_id, position, product_id, unit_id, num, den,
    unit_quantity, quantity, unit_price, price_unit_id, price_num, price_den, price_source,
    discount, net, tax_rate, sourcing, warehouse_id, chooses_warehouse, planned, delivered,
    invoiced, invoiced_net, invoiced_tax, returned, cancelled)
SELECT a.id, $1::uuid, $2::uuid, a.place - 1, p.id, p.base_unit_id, 1, 1,
    a.quantity::numeric, a.quantity::numeric, p.list_price, p.base_unit_id, 1, 1, 'LIST_PRICE',
    0, round(p.list_price * a.quantity::numeric, 2), 0, 'STOCK', $3::uuid, false, 0, 0,
    0, 0, 0, 0, 0
FROM unnest($4::uuid[], $5::uuid[], $6::text[]) WITH ORDINALITY AS a (id, product_id, quantity, place)
JOIN {s}.products p ON p.id = a.product_id";
