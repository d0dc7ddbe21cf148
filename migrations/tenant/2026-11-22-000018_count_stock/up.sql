CREATE TABLE stock_counts (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT stock_counts_number_unique UNIQUE,
    warehouse_id uuid NOT NULL CONSTRAINT stock_counts_warehouse_exists REFERENCES warehouses (id),
    state text NOT NULL CHECK (state IN ('OPEN', 'POSTED', 'CANCELLED')),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX stock_counts_created ON stock_counts (created_at, id);

CREATE TABLE stock_count_lines (
    id uuid PRIMARY KEY,
    count_id uuid NOT NULL REFERENCES stock_counts (id),
    position integer NOT NULL CHECK (position >= 0),
    product_id uuid NOT NULL CONSTRAINT stock_count_lines_product_exists REFERENCES products (id),
    warehouse_id uuid NOT NULL REFERENCES warehouses (id),
    is_open boolean NOT NULL,
    watermark bigint NOT NULL CHECK (watermark >= 0),
    expected numeric(20, 6) NOT NULL,
    counted numeric(20, 6) CHECK (counted >= 0),
    counted_at timestamptz,
    variance_value numeric(20, 4),
    version integer NOT NULL,
    CONSTRAINT stock_count_lines_once_unique UNIQUE (count_id, product_id)
);
COMMENT ON COLUMN stock_count_lines.is_open IS 'While its count is: a product is counted once at a time in a warehouse.';
COMMENT ON COLUMN stock_count_lines.watermark IS 'Number of the latest movement that is in expected.';
COMMENT ON COLUMN stock_count_lines.expected IS 'On hand by the books when it was counted, or else when the count was opened.';
COMMENT ON COLUMN stock_count_lines.variance_value IS 'What the variance is worth; once posted, by how much it changed the value on hand.';
CREATE UNIQUE INDEX stock_count_lines_open_unique ON stock_count_lines (warehouse_id, product_id) WHERE is_open;

ALTER TABLE stock_transfers ADD COLUMN due_on date;
COMMENT ON COLUMN stock_transfers.due_on IS 'On which day its goods should arrive, if that was said.';
CREATE INDEX stock_transfer_lines_awaited ON stock_transfer_lines (product_id) WHERE received IS NULL;
