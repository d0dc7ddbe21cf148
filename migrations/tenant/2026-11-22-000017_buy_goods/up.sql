CREATE TABLE suppliers (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT suppliers_code_unique UNIQUE,
    name text NOT NULL,
    tax_id text,
    terms_days smallint NOT NULL CHECK (terms_days BETWEEN 0 AND 365),
    lead_days smallint NOT NULL CHECK (lead_days BETWEEN 0 AND 365),
    tolerance numeric(5, 2) NOT NULL CHECK (tolerance BETWEEN 0 AND 100),
    address_line text,
    city text,
    postcode text,
    country text,
    email text,
    phone text,
    notes text,
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN suppliers.lead_days IS 'Days from the sending of an order until its goods come, where an item does not say.';
COMMENT ON COLUMN suppliers.tolerance IS 'By how many percent more may come than was ordered.';

CREATE TABLE supplier_items (
    id uuid PRIMARY KEY,
    supplier_id uuid NOT NULL CONSTRAINT supplier_items_supplier_exists REFERENCES suppliers (id),
    product_id uuid NOT NULL CONSTRAINT supplier_items_product_exists REFERENCES products (id),
    sku text,
    unit_id uuid NOT NULL CONSTRAINT supplier_items_unit_exists REFERENCES units (id),
    lead_days smallint CHECK (lead_days BETWEEN 0 AND 365),
    min_quantity numeric(20, 6) NOT NULL CHECK (min_quantity >= 0),
    last_cost numeric(18, 4) CHECK (last_cost >= 0),
    is_preferred boolean NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT supplier_items_once_unique UNIQUE (supplier_id, product_id)
);
COMMENT ON TABLE supplier_items IS 'Which supplier delivers which product, and how.';
COMMENT ON COLUMN supplier_items.sku IS 'The supplier''s own code of it.';
COMMENT ON COLUMN supplier_items.unit_id IS 'In which it is bought.';
COMMENT ON COLUMN supplier_items.last_cost IS 'What one of the unit has cost last, in the dealer''s currency.';
CREATE INDEX supplier_items_product ON supplier_items (product_id, supplier_id);
CREATE INDEX supplier_items_sku ON supplier_items (lower(sku));
CREATE UNIQUE INDEX supplier_items_preferred_unique ON supplier_items (product_id) WHERE is_preferred;

CREATE TABLE purchase_orders (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT purchase_orders_number_unique UNIQUE,
    supplier_id uuid NOT NULL CONSTRAINT purchase_orders_supplier_exists REFERENCES suppliers (id),
    warehouse_id uuid NOT NULL CONSTRAINT purchase_orders_warehouse_exists REFERENCES warehouses (id),
    state text NOT NULL
        CHECK (state IN ('DRAFT', 'SENT', 'PARTIALLY_RECEIVED', 'RECEIVED', 'CANCELLED', 'CLOSED')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    reference text CHECK (length(reference) BETWEEN 1 AND 100),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    sent_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN purchase_orders.reference IS 'The supplier''s own number of it.';
CREATE INDEX purchase_orders_created ON purchase_orders (created_at, id);
CREATE INDEX purchase_orders_supplier ON purchase_orders (supplier_id, created_at);

CREATE TABLE purchase_order_lines (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES purchase_orders (id),
    position integer NOT NULL CHECK (position >= 0),
    product_id uuid NOT NULL CONSTRAINT purchase_order_lines_product_exists REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    unit_cost numeric(18, 4) NOT NULL CHECK (unit_cost >= 0),
    received numeric(20, 6) NOT NULL CHECK (received >= 0),
    is_open boolean NOT NULL,
    expected_on date,
    CONSTRAINT purchase_order_lines_position_unique UNIQUE (order_id, position),
    CHECK (NOT is_open OR received < quantity)
);
COMMENT ON COLUMN purchase_order_lines.num IS 'Base units per one of the unit = num / den, as it was when this was ordered.';
COMMENT ON COLUMN purchase_order_lines.quantity IS 'In base units.';
COMMENT ON COLUMN purchase_order_lines.unit_cost IS 'Of one of the unit, in the currency of the order.';
COMMENT ON COLUMN purchase_order_lines.received IS 'What has come of it, in base units.';
COMMENT ON COLUMN purchase_order_lines.is_open IS 'More of it is to come: the order is neither cancelled nor closed, and not all is here.';
COMMENT ON COLUMN purchase_order_lines.expected_on IS 'The day on which it should come; known at the latest when the order is sent.';
CREATE INDEX purchase_order_lines_open ON purchase_order_lines (product_id, order_id) WHERE is_open;

CREATE TABLE goods_receipts (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT goods_receipts_number_unique UNIQUE,
    order_id uuid NOT NULL REFERENCES purchase_orders (id),
    supplier_id uuid NOT NULL REFERENCES suppliers (id),
    warehouse_id uuid NOT NULL REFERENCES warehouses (id),
    delivery_note text CHECK (length(delivery_note) BETWEEN 1 AND 100),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE goods_receipts IS 'What came from suppliers. Rows are added, and never changed.';
CREATE INDEX goods_receipts_received ON goods_receipts (received_at, id);
CREATE INDEX goods_receipts_order ON goods_receipts (order_id, number);

CREATE TABLE goods_receipt_lines (
    id uuid PRIMARY KEY,
    receipt_id uuid NOT NULL REFERENCES goods_receipts (id),
    position integer NOT NULL CHECK (position >= 0),
    order_line_id uuid NOT NULL REFERENCES purchase_order_lines (id),
    product_id uuid NOT NULL REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    weight numeric(20, 6) CHECK (weight > 0),
    goods_cost numeric(18, 4) NOT NULL CHECK (goods_cost >= 0),
    landed_cost numeric(18, 4) NOT NULL CHECK (landed_cost >= 0),
    CONSTRAINT goods_receipt_lines_position_unique UNIQUE (receipt_id, position)
);
COMMENT ON COLUMN goods_receipt_lines.weight IS 'In kilograms, if somebody weighed it.';
COMMENT ON COLUMN goods_receipt_lines.goods_cost IS 'What the supplier takes for it.';
COMMENT ON COLUMN goods_receipt_lines.landed_cost IS 'Its share of freight and the like.';
CREATE INDEX goods_receipt_lines_order_line ON goods_receipt_lines (order_line_id);

CREATE TABLE goods_receipt_costs (
    id uuid PRIMARY KEY,
    receipt_id uuid NOT NULL REFERENCES goods_receipts (id),
    position integer NOT NULL CHECK (position >= 0),
    kind text NOT NULL CHECK (kind IN ('FREIGHT', 'DUTY', 'INSURANCE', 'HANDLING', 'OTHER')),
    basis text NOT NULL CHECK (basis IN ('VALUE', 'QUANTITY', 'WEIGHT')),
    amount numeric(18, 4) NOT NULL CHECK (amount > 0),
    note text CHECK (length(note) BETWEEN 1 AND 200),
    CONSTRAINT goods_receipt_costs_position_unique UNIQUE (receipt_id, position)
);
COMMENT ON TABLE goods_receipt_costs IS 'What it has cost to bring the goods of a receipt in.';
