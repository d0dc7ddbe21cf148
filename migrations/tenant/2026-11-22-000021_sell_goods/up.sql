-- What is offered to customers, and what they have ordered.
CREATE TABLE quotes (
    id uuid PRIMARY KEY,
    number bigint NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    customer_id uuid NOT NULL CONSTRAINT quotes_customer_exists REFERENCES customers (id),
    job_id uuid,
    state text NOT NULL CHECK (state IN (
        'DRAFT', 'SENT', 'ACCEPTED', 'REJECTED', 'EXPIRED', 'CONVERTED', 'REVISED'
    )),
    warehouse_id uuid CONSTRAINT quotes_warehouse_exists REFERENCES warehouses (id),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    valid_until date NOT NULL,
    reference text CHECK (length(reference) BETWEEN 1 AND 100),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    answer_reason text CHECK (length(answer_reason) BETWEEN 1 AND 500),
    net numeric(18, 4) NOT NULL,
    tax numeric(18, 4) NOT NULL,
    salesperson uuid,
    sent_at timestamptz,
    answered_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT quotes_number_unique UNIQUE (number, revision),
    CONSTRAINT quotes_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id)
);
COMMENT ON COLUMN quotes.revision IS '1, 2, 3 ... of a number; an earlier one is REVISED.';
COMMENT ON COLUMN quotes.valid_until IS 'The last day on which it can be accepted.';
CREATE INDEX quotes_created ON quotes (created_at, id);
CREATE INDEX quotes_customer ON quotes (customer_id, created_at);
CREATE INDEX quotes_expiry ON quotes (valid_until) WHERE state = 'SENT';

CREATE TABLE quote_lines (
    id uuid PRIMARY KEY,
    quote_id uuid NOT NULL REFERENCES quotes (id),
    customer_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    product_id uuid NOT NULL CONSTRAINT quote_lines_product_exists REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    unit_price numeric(18, 4) NOT NULL CHECK (unit_price >= 0),
    price_unit_id uuid NOT NULL REFERENCES units (id),
    price_num bigint NOT NULL CHECK (price_num > 0),
    price_den bigint NOT NULL CHECK (price_den > 0),
    price_source text NOT NULL,
    price_rule_id uuid,
    price_reason text CHECK (length(price_reason) BETWEEN 1 AND 200),
    discount numeric(7, 4) NOT NULL CHECK (discount BETWEEN 0 AND 100),
    net numeric(18, 4) NOT NULL CHECK (net >= 0),
    tax_rate numeric(7, 4) NOT NULL CHECK (tax_rate >= 0),
    note text CHECK (length(note) BETWEEN 1 AND 200),
    CONSTRAINT quote_lines_position_unique UNIQUE (quote_id, position)
);
COMMENT ON TABLE quote_lines IS 'Lines of quotes; columns as in order_lines.';

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT orders_number_unique UNIQUE,
    customer_id uuid NOT NULL CONSTRAINT orders_customer_exists REFERENCES customers (id),
    job_id uuid,
    quote_id uuid CONSTRAINT orders_quote_unique UNIQUE CONSTRAINT orders_quote_exists REFERENCES quotes (id),
    state text NOT NULL CHECK (state IN ('DRAFT', 'CONFIRMED', 'CANCELLED', 'CLOSED')),
    warehouse_id uuid NOT NULL CONSTRAINT orders_warehouse_exists REFERENCES warehouses (id),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    wanted_on date,
    is_pickup boolean NOT NULL,
    address_line text,
    city text,
    postcode text,
    instructions text CHECK (length(instructions) BETWEEN 1 AND 500),
    reference text CHECK (length(reference) BETWEEN 1 AND 100),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    hold_reason text CHECK (length(hold_reason) BETWEEN 1 AND 200),
    held_at timestamptz,
    net numeric(18, 4) NOT NULL,
    tax numeric(18, 4) NOT NULL,
    salesperson uuid,
    fulfilment text NOT NULL CHECK (fulfilment IN ('NONE', 'PARTIAL', 'FULL')),
    billing text NOT NULL CHECK (billing IN ('NONE', 'PARTIAL', 'FULL')),
    confirmed_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT orders_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id),
    CONSTRAINT orders_hold_check CHECK ((hold_reason IS NULL) = (held_at IS NULL))
);
COMMENT ON COLUMN orders.warehouse_id IS 'Where goods come from whose line does not say.';
COMMENT ON COLUMN orders.wanted_on IS 'The day on which the customer wants the goods.';
COMMENT ON COLUMN orders.net IS 'Sum of the lines, less what of them is cancelled.';
COMMENT ON COLUMN orders.fulfilment IS 'How much of it is with the customer; follows from its lines.';
COMMENT ON COLUMN orders.billing IS 'How much of it is invoiced; follows from its lines.';
CREATE INDEX orders_created ON orders (created_at, id);
CREATE INDEX orders_customer ON orders (customer_id, created_at);
CREATE INDEX orders_job ON orders (job_id, created_at) WHERE job_id IS NOT NULL;
CREATE INDEX orders_open ON orders (wanted_on, id) WHERE state = 'CONFIRMED';

CREATE TABLE order_lines (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders (id),
    customer_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    product_id uuid NOT NULL CONSTRAINT order_lines_product_exists REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    unit_price numeric(18, 4) NOT NULL CHECK (unit_price >= 0),
    price_unit_id uuid NOT NULL REFERENCES units (id),
    price_num bigint NOT NULL CHECK (price_num > 0),
    price_den bigint NOT NULL CHECK (price_den > 0),
    price_source text NOT NULL,
    price_rule_id uuid,
    price_reason text CHECK (length(price_reason) BETWEEN 1 AND 200),
    discount numeric(7, 4) NOT NULL CHECK (discount BETWEEN 0 AND 100),
    net numeric(18, 4) NOT NULL CHECK (net >= 0),
    tax_rate numeric(7, 4) NOT NULL CHECK (tax_rate >= 0),
    sourcing text NOT NULL CHECK (sourcing IN ('STOCK', 'SPECIAL', 'DIRECT', 'NONE')),
    warehouse_id uuid CONSTRAINT order_lines_warehouse_exists REFERENCES warehouses (id),
    chooses_warehouse boolean NOT NULL,
    purchase_line_id uuid CONSTRAINT order_lines_purchase_line_exists
        REFERENCES purchase_order_lines (id) ON DELETE SET NULL,
    planned numeric(20, 6) NOT NULL CHECK (planned >= 0),
    delivered numeric(20, 6) NOT NULL CHECK (delivered >= 0),
    invoiced numeric(20, 6) NOT NULL CHECK (invoiced >= 0),
    invoiced_net numeric(18, 4) NOT NULL,
    invoiced_tax numeric(18, 4) NOT NULL,
    returned numeric(20, 6) NOT NULL,
    cancelled numeric(20, 6) NOT NULL CHECK (cancelled BETWEEN 0 AND quantity),
    note text CHECK (length(note) BETWEEN 1 AND 200),
    CONSTRAINT order_lines_position_unique UNIQUE (order_id, position),
    CONSTRAINT order_lines_returned_check CHECK (returned BETWEEN 0 AND delivered),
    CONSTRAINT order_lines_warehouse_check CHECK ((sourcing = 'STOCK') <= (warehouse_id IS NOT NULL))
);
COMMENT ON COLUMN order_lines.num IS 'Base units per one of the unit = num / den, as it was when this was ordered.';
COMMENT ON COLUMN order_lines.quantity IS 'In base units, as are all amounts of goods below.';
COMMENT ON COLUMN order_lines.unit_price IS 'For price_num / price_den base units, before the discount, tax not included.';
COMMENT ON COLUMN order_lines.discount IS 'In percent of the line.';
COMMENT ON COLUMN order_lines.net IS 'What all of it comes to, discount taken off, rounded once.';
COMMENT ON COLUMN order_lines.tax_rate IS 'In percent.';
COMMENT ON COLUMN order_lines.sourcing IS 'NONE: a service, which nobody fetches.';
COMMENT ON COLUMN order_lines.chooses_warehouse IS 'Whether a warehouse that has enough is looked for when this is confirmed.';
COMMENT ON COLUMN order_lines.purchase_line_id IS 'Goods that are ordered of a supplier for this line.';
COMMENT ON COLUMN order_lines.planned IS 'On deliveries that have not arrived yet.';
COMMENT ON COLUMN order_lines.delivered IS 'Handed over, whatever came back of it later.';
COMMENT ON COLUMN order_lines.invoiced IS 'On posted invoices.';
CREATE INDEX order_lines_product ON order_lines (product_id, order_id);
CREATE UNIQUE INDEX order_lines_purchase_line_unique ON order_lines (purchase_line_id)
    WHERE purchase_line_id IS NOT NULL;

-- Goods are promised to a line of an order, too.
ALTER TABLE stock_reservations DROP CONSTRAINT stock_reservations_source_check;
ALTER TABLE stock_reservations ADD CONSTRAINT stock_reservations_source_check
    CHECK (source IN ('HOLD', 'TRANSFER', 'ORDER'));

ALTER TABLE quotes ENABLE ROW LEVEL SECURITY;
-- A customer does not know of what is still being written.
CREATE POLICY own_customer ON quotes
    USING (
        (state <> 'DRAFT' OR coalesce(nullif(current_setting('tubex.customer', true), '') = '', true))
        AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true)
    );
ALTER TABLE quote_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON quote_lines
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON orders
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE order_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON order_lines
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
