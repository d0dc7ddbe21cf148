CREATE TABLE customers (
    id uuid PRIMARY KEY,
    code text NOT NULL CONSTRAINT customers_code_unique UNIQUE,
    name text NOT NULL,
    tax_id text,
    terms_days smallint NOT NULL CHECK (terms_days BETWEEN 0 AND 365),
    credit_limit numeric(18, 4) NOT NULL CHECK (credit_limit >= 0),
    archived_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX customers_name ON customers (name, id);

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT jobs_customer_exists REFERENCES customers (id),
    code text NOT NULL,
    name text NOT NULL,
    address_line text NOT NULL,
    city text NOT NULL,
    po_number text,
    status text NOT NULL CHECK (status IN ('ACTIVE', 'INACTIVE', 'HOLD', 'DISABLED', 'CLOSED')),
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT jobs_code_unique UNIQUE (customer_id, code)
);
COMMENT ON TABLE jobs IS 'Job sites of a customer: where goods go and what they are billed under.';
