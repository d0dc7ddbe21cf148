-- What was sold, kept as sums while invoices and credit notes are posted, so that no report reads
-- lines of invoices. salesReconcile proves them equal. They point to no other table: a posting has
-- looked at all that it names, and uuid 0 stands for none.
CREATE TABLE sales_by_day (
    day date PRIMARY KEY,
    net numeric(20, 4) NOT NULL,
    costed_net numeric(20, 4) NOT NULL,
    cost numeric(20, 4) NOT NULL,
    lines bigint NOT NULL
);
COMMENT ON TABLE sales_by_day IS 'Posted invoices less credit notes, by the day on which they were issued.';
COMMENT ON COLUMN sales_by_day.costed_net IS 'What of it is of goods whose cost is known.';
COMMENT ON COLUMN sales_by_day.cost IS 'What those had cost.';
COMMENT ON COLUMN sales_by_day.lines IS 'Lines of invoices; those of credit notes do not count.';

CREATE TABLE sales_by_product (
    day date NOT NULL,
    product_id uuid NOT NULL,
    net numeric(20, 4) NOT NULL,
    costed_net numeric(20, 4) NOT NULL,
    cost numeric(20, 4) NOT NULL,
    quantity numeric(24, 6) NOT NULL,
    lines bigint NOT NULL,
    PRIMARY KEY (day, product_id)
);
COMMENT ON COLUMN sales_by_product.product_id IS '0 for what is billed and is no product.';
COMMENT ON COLUMN sales_by_product.quantity IS 'In base units.';

CREATE TABLE sales_by_buyer (
    day date NOT NULL,
    customer_id uuid NOT NULL,
    job_id uuid NOT NULL,
    salesperson uuid NOT NULL,
    net numeric(20, 4) NOT NULL,
    costed_net numeric(20, 4) NOT NULL,
    cost numeric(20, 4) NOT NULL,
    lines bigint NOT NULL,
    PRIMARY KEY (day, customer_id, job_id, salesperson)
);
COMMENT ON COLUMN sales_by_buyer.job_id IS '0 for no job.';
COMMENT ON COLUMN sales_by_buyer.salesperson IS 'Who sold the order; 0 if nobody is known.';

-- How many orders were delivered when they were wanted is asked of days gone by, too.
CREATE INDEX orders_wanted ON orders (wanted_on) WHERE wanted_on IS NOT NULL;

ALTER TABLE sales_by_day ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON sales_by_day
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE sales_by_product ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_people ON sales_by_product
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE sales_by_buyer ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON sales_by_buyer
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
