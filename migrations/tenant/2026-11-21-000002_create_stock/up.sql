CREATE TABLE warehouses (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT warehouses_code_unique UNIQUE,
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('YARD', 'STORE', 'TRANSIT', 'VIRTUAL')),
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE stock_levels (
    product_id uuid NOT NULL CONSTRAINT stock_levels_product_exists REFERENCES products (id),
    warehouse_id uuid NOT NULL
        CONSTRAINT stock_levels_warehouse_exists REFERENCES warehouses (id),
    on_hand numeric(20, 6) NOT NULL CHECK (on_hand >= 0),
    reserved numeric(20, 6) NOT NULL DEFAULT 0 CHECK (reserved BETWEEN 0 AND on_hand),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (product_id, warehouse_id)
);
COMMENT ON COLUMN stock_levels.on_hand IS 'In base units of the product.';
CREATE INDEX stock_levels_warehouse ON stock_levels (warehouse_id, product_id);
