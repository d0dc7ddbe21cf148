CREATE TABLE document_counters (
    kind text PRIMARY KEY,
    last bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON TABLE document_counters IS 'The latest number of each kind of document. Raised last, since whoever raises one holds it until his COMMIT.';

CREATE TABLE stock_transfers (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT stock_transfers_number_unique UNIQUE,
    from_id uuid NOT NULL CONSTRAINT stock_transfers_from_exists REFERENCES warehouses (id),
    to_id uuid NOT NULL CONSTRAINT stock_transfers_to_exists REFERENCES warehouses (id),
    state text NOT NULL CHECK (state IN ('DRAFT', 'APPROVED', 'DISPATCHED', 'RECEIVED', 'CANCELLED')),
    transit_id uuid REFERENCES warehouses (id),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (from_id <> to_id)
);
COMMENT ON COLUMN stock_transfers.transit_id IS 'Where the goods lie on their way, once they have left.';
CREATE INDEX stock_transfers_created ON stock_transfers (created_at, id);

CREATE TABLE stock_transfer_lines (
    id uuid PRIMARY KEY,
    transfer_id uuid NOT NULL REFERENCES stock_transfers (id),
    position integer NOT NULL CHECK (position >= 0),
    product_id uuid NOT NULL CONSTRAINT stock_transfer_lines_product_exists REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    received numeric(20, 6) CHECK (received >= 0),
    CONSTRAINT stock_transfer_lines_once_unique UNIQUE (transfer_id, product_id)
);
COMMENT ON COLUMN stock_transfer_lines.received IS 'What arrived, in base units; none before it has.';
