-- Goods that come back from customers.
CREATE TABLE returns (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT returns_number_unique UNIQUE,
    order_id uuid NOT NULL CONSTRAINT returns_order_exists REFERENCES orders (id),
    customer_id uuid NOT NULL,
    job_id uuid,
    warehouse_id uuid NOT NULL CONSTRAINT returns_warehouse_exists REFERENCES warehouses (id),
    state text NOT NULL CHECK (state IN ('REQUESTED', 'APPROVED', 'RECEIVED', 'CREDITED', 'REJECTED')),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    answer text CHECK (length(answer) BETWEEN 1 AND 500),
    credit_note_id uuid CONSTRAINT returns_credit_note_exists REFERENCES invoices (id),
    approved_at timestamptz,
    received_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT returns_credited_check CHECK (credit_note_id IS NULL OR state = 'CREDITED')
);
COMMENT ON COLUMN returns.warehouse_id IS 'Where the goods come.';
COMMENT ON COLUMN returns.answer IS 'Why it was rejected, or what was said on approval.';
CREATE INDEX returns_created ON returns (created_at, id);
CREATE INDEX returns_order ON returns (order_id);
CREATE INDEX returns_customer ON returns (customer_id, created_at);

CREATE TABLE return_lines (
    id uuid PRIMARY KEY,
    return_id uuid NOT NULL REFERENCES returns (id),
    customer_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    order_line_id uuid NOT NULL CONSTRAINT return_lines_order_line_exists REFERENCES order_lines (id),
    product_id uuid NOT NULL REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    resaleable numeric(20, 6) NOT NULL CHECK (resaleable >= 0),
    spoilt numeric(20, 6) NOT NULL CHECK (spoilt >= 0),
    restocking_fee numeric(7, 4) NOT NULL CHECK (restocking_fee BETWEEN 0 AND 100),
    CONSTRAINT return_lines_position_unique UNIQUE (return_id, position),
    CONSTRAINT return_lines_received_check CHECK (resaleable + spoilt <= quantity)
);
COMMENT ON COLUMN return_lines.quantity IS 'What shall come back, in base units.';
COMMENT ON COLUMN return_lines.resaleable IS 'What came and lies in the warehouse again, in base units.';
COMMENT ON COLUMN return_lines.spoilt IS 'What came and can not be sold, in base units.';
COMMENT ON COLUMN return_lines.restocking_fee IS 'In percent of the credit.';
CREATE INDEX return_lines_order_line ON return_lines (order_line_id);

ALTER TABLE returns ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON returns
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE return_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON return_lines
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
