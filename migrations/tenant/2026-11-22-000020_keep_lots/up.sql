-- Goods that were made together, and expire together. Whoever posts looks here whatever he may see,
-- so that lots can not be left out: no policy.
CREATE TABLE lot_products (
    product_id uuid PRIMARY KEY CONSTRAINT lot_products_product_exists REFERENCES products (id),
    since timestamptz NOT NULL
);
COMMENT ON TABLE lot_products IS 'Products that are kept by lots.';

CREATE TABLE lots (
    id uuid PRIMARY KEY,
    product_id uuid NOT NULL CONSTRAINT lots_product_exists REFERENCES products (id),
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
    expires_on date NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT lots_code_unique UNIQUE (product_id, code)
);
COMMENT ON COLUMN lots.expires_on IS 'The first day on which it is too old; 9999-12-31 if it never is.';
CREATE INDEX lots_expire ON lots (expires_on, id);

CREATE TABLE lot_levels (
    lot_id uuid NOT NULL REFERENCES lots (id),
    warehouse_id uuid NOT NULL REFERENCES warehouses (id),
    on_hand numeric(20, 6) NOT NULL CHECK (on_hand >= 0),
    PRIMARY KEY (lot_id, warehouse_id)
);
COMMENT ON TABLE lot_levels IS 'How much of a lot lies where. The lots of a level add up to it.';

CREATE TABLE lot_movements (
    movement_id uuid NOT NULL REFERENCES stock_movements (id),
    lot_id uuid NOT NULL REFERENCES lots (id),
    quantity numeric(20, 6) NOT NULL CHECK (quantity <> 0),
    PRIMARY KEY (movement_id, lot_id)
);
COMMENT ON TABLE lot_movements IS 'The parts of movements by lot. Rows are added, and never changed.';
CREATE INDEX lot_movements_lot ON lot_movements (lot_id, movement_id);

-- What a supplier's code is found by. A policy keeps a condition with lower() from any index, since
-- PostgreSQL does not know that it tells nothing.
ALTER TABLE supplier_items ADD COLUMN sku_lowered text;
COMMENT ON COLUMN supplier_items.sku_lowered IS 'The supplier''s code in lower case.';
UPDATE supplier_items SET sku_lowered = lower(sku) WHERE sku IS NOT NULL;
DROP INDEX supplier_items_sku;
CREATE INDEX supplier_items_lowered ON supplier_items (sku_lowered);

-- A contractor at the portal sees nothing of what is bought of whom, nor how goods are moved and
-- counted. `price_rules` and the audit log say it the same way.
ALTER TABLE suppliers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON suppliers
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE supplier_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON supplier_items
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE purchase_orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON purchase_orders
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE purchase_order_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON purchase_order_lines
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE goods_receipts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON goods_receipts
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE goods_receipt_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON goods_receipt_lines
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE goods_receipt_costs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON goods_receipt_costs
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE stock_transfers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON stock_transfers
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE stock_transfer_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON stock_transfer_lines
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE stock_counts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON stock_counts
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE stock_count_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON stock_count_lines
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE lots ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON lots
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE lot_levels ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON lot_levels
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE lot_movements ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON lot_movements
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
