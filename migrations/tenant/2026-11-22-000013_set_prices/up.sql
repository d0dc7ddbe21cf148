CREATE TABLE tax_classes (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT tax_classes_code_unique UNIQUE,
    name text NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE tax_classes IS 'What products are for the tax office: standard, reduced, exempt.';

CREATE TABLE tax_rates (
    id uuid PRIMARY KEY,
    tax_class_id uuid NOT NULL CONSTRAINT tax_rates_class_exists REFERENCES tax_classes (id),
    region text NOT NULL,
    rate numeric(7, 4) NOT NULL CHECK (rate >= 0),
    valid_from date NOT NULL,
    valid_to date CONSTRAINT tax_rates_valid_check CHECK (valid_to >= valid_from),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT tax_rates_overlap EXCLUDE USING gist (
        tax_class_id WITH =,
        region WITH =,
        daterange(valid_from, valid_to, '[]') WITH &&
    )
);
COMMENT ON COLUMN tax_rates.region IS 'Empty: wherever no rate of its own holds.';
COMMENT ON COLUMN tax_rates.rate IS 'In percent.';
COMMENT ON COLUMN tax_rates.valid_to IS 'The last day; none if no end is known.';

CREATE TABLE price_lists (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT price_lists_code_unique UNIQUE,
    name text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    priority integer NOT NULL,
    is_default boolean NOT NULL,
    valid_from date,
    valid_to date CONSTRAINT price_lists_valid_check CHECK (valid_to >= valid_from),
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON COLUMN price_lists.is_default IS 'It holds for every customer.';
COMMENT ON COLUMN price_lists.priority IS 'Of several default lists, the one with the highest is asked first.';

-- customer_id stands in the rules of a customer and in those of his jobs.
CREATE TABLE price_rules (
    id uuid PRIMARY KEY,
    price_list_id uuid CONSTRAINT price_rules_list_exists REFERENCES price_lists (id),
    customer_id uuid CONSTRAINT price_rules_customer_exists REFERENCES customers (id),
    job_id uuid CONSTRAINT price_rules_job_exists REFERENCES jobs (id),
    product_id uuid CONSTRAINT price_rules_product_exists REFERENCES products (id),
    category_id uuid CONSTRAINT price_rules_category_exists REFERENCES categories (id),
    unit_id uuid CONSTRAINT price_rules_unit_exists REFERENCES units (id),
    min_quantity numeric(20, 6) NOT NULL CHECK (min_quantity >= 0),
    min_unit_id uuid CONSTRAINT price_rules_min_unit_exists REFERENCES units (id),
    method text NOT NULL CHECK (method IN ('FIXED', 'LIST_MINUS', 'COST_PLUS')),
    value numeric(18, 4) NOT NULL CHECK (value >= 0),
    valid_from date NOT NULL,
    valid_to date CONSTRAINT price_rules_valid_check CHECK (valid_to >= valid_from),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT price_rules_holder_check CHECK (
        CASE WHEN job_id IS NULL THEN num_nonnulls(price_list_id, customer_id) <= 1
             ELSE price_list_id IS NULL AND customer_id IS NOT NULL END
    ),
    CONSTRAINT price_rules_target_check CHECK (num_nonnulls(product_id, category_id) = 1),
    CONSTRAINT price_rules_percent_check CHECK (method <> 'LIST_MINUS' OR value <= 100),
    CONSTRAINT price_rules_overlap EXCLUDE USING gist (
        coalesce(job_id, customer_id, price_list_id, '00000000-0000-0000-0000-000000000000') WITH =,
        coalesce(product_id, category_id) WITH =,
        min_quantity WITH =,
        coalesce(min_unit_id, '00000000-0000-0000-0000-000000000000') WITH =,
        daterange(valid_from, valid_to, '[]') WITH &&
    )
);
COMMENT ON TABLE price_rules IS 'Prices other than the list price: of a list, a customer, a job, or of everybody in a category.';
COMMENT ON COLUMN price_rules.unit_id IS 'What a FIXED price is for one of; none for the base unit.';
COMMENT ON COLUMN price_rules.min_unit_id IS 'The unit of min_quantity; none for the base unit.';
COMMENT ON COLUMN price_rules.value IS 'A price, or a percentage.';
CREATE INDEX price_rules_product ON price_rules (product_id, customer_id) WHERE product_id IS NOT NULL;
CREATE INDEX price_rules_category ON price_rules (category_id, customer_id) WHERE category_id IS NOT NULL;
CREATE INDEX price_rules_list ON price_rules (price_list_id) WHERE price_list_id IS NOT NULL;
CREATE INDEX price_rules_customer ON price_rules (customer_id) WHERE customer_id IS NOT NULL;

-- A contractor's own price is made of rules that hold for everybody and of his own; those of others
-- he does not meet, and he writes none.
ALTER TABLE price_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON price_rules
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true))
    WITH CHECK (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));

ALTER TABLE products ADD COLUMN tax_class_id uuid;
ALTER TABLE products ADD COLUMN standard_cost numeric(18, 4);
ALTER TABLE products ADD CONSTRAINT products_tax_class_exists FOREIGN KEY (tax_class_id) REFERENCES tax_classes (id);
ALTER TABLE products ADD CONSTRAINT products_standard_cost_check CHECK (standard_cost >= 0);
COMMENT ON COLUMN products.standard_cost IS 'What one of the base unit costs the dealer, in his currency.';
ALTER TABLE customers ADD COLUMN price_list_id uuid;
ALTER TABLE customers ADD CONSTRAINT customers_price_list_exists FOREIGN KEY (price_list_id) REFERENCES price_lists (id);
ALTER TABLE jobs ADD COLUMN price_list_id uuid;
ALTER TABLE jobs ADD CONSTRAINT jobs_price_list_exists FOREIGN KEY (price_list_id) REFERENCES price_lists (id);
