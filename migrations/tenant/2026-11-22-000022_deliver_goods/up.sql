-- How goods come to customers.
CREATE TABLE delivery_runs (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT delivery_runs_number_unique UNIQUE,
    warehouse_id uuid NOT NULL CONSTRAINT delivery_runs_warehouse_exists REFERENCES warehouses (id),
    truck text NOT NULL CHECK (length(truck) BETWEEN 1 AND 40),
    driver uuid,
    runs_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('PLANNED', 'UNDER_WAY', 'DONE', 'CANCELLED')),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE delivery_runs IS 'A truck, its driver and its way on a day.';
COMMENT ON COLUMN delivery_runs.truck IS 'Its plate or name.';
COMMENT ON COLUMN delivery_runs.driver IS 'A member of the dealer.';
CREATE INDEX delivery_runs_day ON delivery_runs (runs_on, id);

CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT deliveries_number_unique UNIQUE,
    order_id uuid NOT NULL CONSTRAINT deliveries_order_exists REFERENCES orders (id),
    customer_id uuid NOT NULL,
    job_id uuid,
    warehouse_id uuid NOT NULL CONSTRAINT deliveries_warehouse_exists REFERENCES warehouses (id),
    run_id uuid CONSTRAINT deliveries_run_exists REFERENCES delivery_runs (id),
    stop integer CHECK (stop > 0),
    method text NOT NULL CHECK (method IN ('TRUCK', 'PICKUP')),
    state text NOT NULL
        CHECK (state IN ('PLANNED', 'LOADED', 'DISPATCHED', 'DELIVERED', 'FAILED', 'CANCELLED')),
    planned_on date NOT NULL,
    address_line text,
    city text,
    postcode text,
    instructions text CHECK (length(instructions) BETWEEN 1 AND 500),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    signer text CHECK (length(signer) BETWEEN 1 AND 100),
    failure_reason text CHECK (length(failure_reason) BETWEEN 1 AND 500),
    dispatched_at timestamptz,
    delivered_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT deliveries_run_stop_check CHECK (run_id IS NOT NULL OR stop IS NULL)
);
COMMENT ON COLUMN deliveries.stop IS '1, 2, 3 ... on the way of its run.';
COMMENT ON COLUMN deliveries.signer IS 'Who took the goods.';
CREATE INDEX deliveries_day ON deliveries (planned_on, id);
CREATE INDEX deliveries_order ON deliveries (order_id);
CREATE INDEX deliveries_customer ON deliveries (customer_id, planned_on);
CREATE INDEX deliveries_run ON deliveries (run_id, stop) WHERE run_id IS NOT NULL;

CREATE TABLE delivery_lines (
    id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES deliveries (id),
    customer_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    order_line_id uuid NOT NULL CONSTRAINT delivery_lines_order_line_exists REFERENCES order_lines (id),
    product_id uuid NOT NULL REFERENCES products (id),
    unit_id uuid NOT NULL REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity > 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity > 0),
    delivered numeric(20, 6) CHECK (delivered >= 0),
    weight numeric(20, 6) CHECK (weight > 0),
    cost numeric(20, 4),
    CONSTRAINT delivery_lines_position_unique UNIQUE (delivery_id, position)
);
COMMENT ON COLUMN delivery_lines.quantity IS 'What is to be delivered, in base units.';
COMMENT ON COLUMN delivery_lines.delivered IS 'What was handed over, in base units; none before.';
COMMENT ON COLUMN delivery_lines.weight IS 'In kilograms, by the weighbridge, if it was weighed.';
COMMENT ON COLUMN delivery_lines.cost IS 'What the goods handed over had cost; until then, what went on the truck.';
CREATE INDEX delivery_lines_order_line ON delivery_lines (order_line_id);

ALTER TABLE deliveries ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON deliveries
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE delivery_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON delivery_lines
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE delivery_runs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON delivery_runs
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
