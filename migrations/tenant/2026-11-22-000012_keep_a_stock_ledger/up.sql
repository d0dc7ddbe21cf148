-- What lies where is the sum of its movements, which are added and never changed: the runner takes
-- UPDATE and DELETE from the dealer's role (BOOKS in src/tenancy/audit/tables.rs).
ALTER TABLE stock_levels ADD COLUMN value numeric(20, 4);
ALTER TABLE stock_levels ADD COLUMN last_cost numeric(20, 6);
ALTER TABLE stock_levels ADD COLUMN movements bigint;
ALTER TABLE stock_levels ADD COLUMN may_be_negative boolean;
ALTER TABLE stock_levels ADD COLUMN reorder_point numeric(20, 6);
ALTER TABLE stock_levels ADD COLUMN reorder_quantity numeric(20, 6);
ALTER TABLE stock_levels ALTER COLUMN value SET DEFAULT 0;
ALTER TABLE stock_levels ALTER COLUMN last_cost SET DEFAULT 0;
ALTER TABLE stock_levels ALTER COLUMN movements SET DEFAULT 0;
ALTER TABLE stock_levels ALTER COLUMN may_be_negative SET DEFAULT false;
UPDATE stock_levels SET value = 0, last_cost = 0, movements = (on_hand <> 0)::int, may_be_negative = false;
ALTER TABLE stock_levels ALTER COLUMN value SET NOT NULL;
ALTER TABLE stock_levels ALTER COLUMN last_cost SET NOT NULL;
ALTER TABLE stock_levels ALTER COLUMN movements SET NOT NULL;
ALTER TABLE stock_levels ALTER COLUMN may_be_negative SET NOT NULL;
ALTER TABLE stock_levels DROP CONSTRAINT stock_levels_on_hand_check;
ALTER TABLE stock_levels DROP CONSTRAINT stock_levels_check;
ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_on_hand_check CHECK (may_be_negative OR on_hand >= 0);
ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_reserved_check
    CHECK (reserved >= 0 AND (may_be_negative OR reserved <= on_hand));
ALTER TABLE stock_levels ADD CONSTRAINT stock_levels_reorder_check
    CHECK (reorder_point >= 0 AND reorder_quantity > 0);
COMMENT ON COLUMN stock_levels.value IS 'What is on hand has cost this much, in the dealer''s currency.';
COMMENT ON COLUMN stock_levels.last_cost IS 'Cost per base unit when some was last on hand.';
COMMENT ON COLUMN stock_levels.movements IS 'Number of the latest movement.';
COMMENT ON COLUMN stock_levels.reorder_point IS 'What is available and on its way should not fall below this.';
CREATE INDEX stock_levels_reorder ON stock_levels (warehouse_id, product_id) WHERE reorder_point IS NOT NULL;

CREATE TABLE stock_movements (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    kind text NOT NULL CHECK (kind IN (
        'OPENING', 'ADJUSTMENT', 'COUNT', 'TRANSFER_OUT', 'TRANSFER_IN', 'RECEIPT', 'ISSUE', 'RETURN'
    )),
    quantity numeric(20, 6) NOT NULL,
    value numeric(20, 4) NOT NULL,
    on_hand numeric(20, 6) NOT NULL,
    on_hand_value numeric(20, 4) NOT NULL,
    source text,
    source_id uuid,
    source_line uuid,
    reason text,
    note text CHECK (length(note) BETWEEN 1 AND 500),
    at timestamptz NOT NULL,
    CONSTRAINT stock_movements_number_unique UNIQUE (product_id, warehouse_id, number),
    CONSTRAINT stock_movements_level_exists FOREIGN KEY (product_id, warehouse_id)
        REFERENCES stock_levels (product_id, warehouse_id)
);
COMMENT ON TABLE stock_movements IS 'Every change of what lies where. Rows are added, and never changed.';
COMMENT ON COLUMN stock_movements.number IS '1, 2, 3 ... for each product and warehouse.';
COMMENT ON COLUMN stock_movements.quantity IS 'In base units; below zero for what went.';
COMMENT ON COLUMN stock_movements.value IS 'By how much the value of what is on hand changed.';
COMMENT ON COLUMN stock_movements.on_hand IS 'What was there afterwards.';
COMMENT ON COLUMN stock_movements.on_hand_value IS 'What that had cost.';
COMMENT ON COLUMN stock_movements.source IS 'Kind of the document that it is for.';
COMMENT ON COLUMN stock_movements.at IS 'Never before the movement with the number before.';
CREATE INDEX stock_movements_at ON stock_movements (product_id, warehouse_id, at, number);
CREATE INDEX stock_movements_latest ON stock_movements (at, id);
CREATE UNIQUE INDEX stock_movements_source_unique ON stock_movements (source_line, kind, warehouse_id)
    WHERE source_line IS NOT NULL;

INSERT INTO stock_movements
    (id, product_id, warehouse_id, number, kind, quantity, value, on_hand, on_hand_value, at)
    SELECT md5(product_id::text || warehouse_id::text)::uuid, product_id, warehouse_id, 1, 'OPENING', on_hand, 0, on_hand, 0, updated_at
    FROM stock_levels WHERE on_hand <> 0;

CREATE TABLE stock_reservations (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL,
    warehouse_id uuid NOT NULL,
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    open numeric(20, 6) NOT NULL CHECK (open BETWEEN 0 AND quantity),
    unit_id uuid NOT NULL CONSTRAINT stock_reservations_unit_exists REFERENCES units (id),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    source text NOT NULL CHECK (source IN ('HOLD', 'TRANSFER')),
    source_id uuid NOT NULL,
    reason text CHECK (length(reason) BETWEEN 1 AND 200),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT stock_reservations_level_exists FOREIGN KEY (product_id, warehouse_id)
        REFERENCES stock_levels (product_id, warehouse_id)
);
COMMENT ON TABLE stock_reservations IS 'What of the goods on hand is promised, and to what.';
COMMENT ON COLUMN stock_reservations.open IS 'What of it is neither used nor released, in base units. They add up to the level''s reserved.';
CREATE INDEX stock_reservations_level ON stock_reservations (product_id, warehouse_id);
CREATE INDEX stock_reservations_source ON stock_reservations (source_id);
CREATE INDEX stock_reservations_open ON stock_reservations (created_at, id) WHERE open > 0;
