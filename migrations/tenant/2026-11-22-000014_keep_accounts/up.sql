-- What is known of a customer, how far he is trusted, and what he owes.
ALTER TABLE customers
    ADD COLUMN credit_check text,
    ADD COLUMN credit_limit_reason text,
    ADD COLUMN hold_reason text,
    ADD COLUMN held_at timestamptz,
    ADD COLUMN address_line text,
    ADD COLUMN city text,
    ADD COLUMN postcode text,
    ADD COLUMN country text,
    ADD COLUMN email text,
    ADD COLUMN phone text,
    ADD COLUMN notes text;
ALTER TABLE customers ALTER COLUMN credit_check SET DEFAULT 'ORDER';
UPDATE customers SET credit_check = 'ORDER';
ALTER TABLE customers ALTER COLUMN credit_check SET NOT NULL;
ALTER TABLE customers ADD CONSTRAINT customers_credit_check_check
    CHECK (credit_check IN ('ORDER', 'DELIVERY', 'INVOICE', 'NONE'));
ALTER TABLE customers ADD CONSTRAINT customers_hold_check CHECK ((hold_reason IS NULL) = (held_at IS NULL));
COMMENT ON COLUMN customers.credit_check IS 'At which step of a sale the limit is looked at.';
COMMENT ON COLUMN customers.credit_limit_reason IS 'Why the limit is what it is.';

ALTER TABLE jobs
    ADD COLUMN credit_limit numeric(18, 4),
    ADD COLUMN credit_limit_reason text,
    ADD COLUMN hold_reason text,
    ADD COLUMN held_at timestamptz,
    ADD COLUMN postcode text,
    ADD COLUMN site_instructions text;
ALTER TABLE jobs ADD CONSTRAINT jobs_credit_limit_check CHECK (credit_limit >= 0);
ALTER TABLE jobs ADD CONSTRAINT jobs_hold_check
    CHECK ((hold_reason IS NULL) = (held_at IS NULL) AND (hold_reason IS NULL OR status = 'HOLD'));
ALTER TABLE jobs ADD CONSTRAINT jobs_customer_unique UNIQUE (customer_id, id);
COMMENT ON COLUMN jobs.credit_limit IS 'None: only the customer''s holds. Above the customer''s: that one holds.';

CREATE TABLE customer_contacts (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT customer_contacts_customer_exists REFERENCES customers (id),
    name text NOT NULL,
    role text,
    phone text,
    email text,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX customer_contacts_customer ON customer_contacts (customer_id, name);
COMMENT ON TABLE customer_contacts IS 'Who is spoken to at a customer.';

CREATE TABLE account_entries (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT account_entries_customer_exists REFERENCES customers (id),
    job_id uuid,
    kind text NOT NULL CHECK (kind IN ('OPENING', 'INVOICE', 'CREDIT_NOTE', 'PAYMENT', 'ADJUSTMENT')),
    reference text,
    note text,
    amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
    document_on date NOT NULL,
    due_on date NOT NULL,
    source_id uuid,
    reverses_id uuid CONSTRAINT account_entries_reverses_exists REFERENCES account_entries (id),
    posted_by uuid,
    posted_at timestamptz NOT NULL,
    CONSTRAINT account_entries_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id),
    CONSTRAINT account_entries_source_unique UNIQUE (kind, source_id),
    CONSTRAINT account_entries_reverses_unique UNIQUE (reverses_id),
    CONSTRAINT account_entries_sign_check CHECK (
        reverses_id IS NOT NULL
        OR CASE kind
            WHEN 'INVOICE' THEN amount > 0
            WHEN 'CREDIT_NOTE' THEN amount < 0
            WHEN 'PAYMENT' THEN amount < 0
            ELSE true
        END
    )
);
COMMENT ON TABLE account_entries IS 'What customers owe and have paid. It only grows: what was wrong is reversed.';
COMMENT ON COLUMN account_entries.amount IS 'Above zero the customer owes it; below, it is owed to him.';
COMMENT ON COLUMN account_entries.source_id IS 'The document that it was posted for, which can be posted once.';
CREATE INDEX account_entries_customer ON account_entries (customer_id, document_on, id);
CREATE INDEX account_entries_job ON account_entries (job_id, document_on, id) WHERE job_id IS NOT NULL;

-- Beside the entries, since those never change.
CREATE TABLE account_items (
    entry_id uuid PRIMARY KEY CONSTRAINT account_items_entry_exists REFERENCES account_entries (id),
    customer_id uuid NOT NULL,
    job_id uuid,
    amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
    allocated numeric(18, 4) NOT NULL,
    document_on date NOT NULL,
    due_on date NOT NULL,
    settled_on date,
    CONSTRAINT account_items_allocated_check CHECK (allocated BETWEEN least(amount, 0) AND greatest(amount, 0)),
    CONSTRAINT account_items_settled_check CHECK ((settled_on IS NOT NULL) = (allocated = amount))
);
COMMENT ON TABLE account_items IS 'How much of each entry is settled by others.';
COMMENT ON COLUMN account_items.allocated IS 'With the sign of the amount; over all entries of a customer it is zero.';
CREATE INDEX account_items_open ON account_items (customer_id, due_on) WHERE settled_on IS NULL;
CREATE INDEX account_items_settled ON account_items (settled_on) WHERE settled_on IS NOT NULL;

CREATE TABLE entry_allocations (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL,
    credit_entry_id uuid NOT NULL CONSTRAINT entry_allocations_credit_exists REFERENCES account_items (entry_id),
    debit_entry_id uuid NOT NULL CONSTRAINT entry_allocations_debit_exists REFERENCES account_items (entry_id),
    amount numeric(18, 4) NOT NULL CHECK (amount <> 0),
    undoes_id uuid CONSTRAINT entry_allocations_undoes_exists REFERENCES entry_allocations (id),
    allocated_on date NOT NULL,
    allocated_by uuid,
    allocated_at timestamptz NOT NULL,
    CONSTRAINT entry_allocations_undoes_unique UNIQUE (undoes_id),
    CONSTRAINT entry_allocations_sign_check CHECK ((undoes_id IS NOT NULL) = (amount < 0))
);
COMMENT ON TABLE entry_allocations IS 'Which credit settles which debt, and what of that was undone. It only grows.';
CREATE INDEX entry_allocations_credit ON entry_allocations (credit_entry_id);
CREATE INDEX entry_allocations_debit ON entry_allocations (debit_entry_id);
CREATE INDEX entry_allocations_customer ON entry_allocations (customer_id, allocated_on);

CREATE TABLE credit_commitments (
    source_type text NOT NULL CHECK (source_type IN ('ORDER', 'DELIVERY')),
    source_id uuid NOT NULL,
    customer_id uuid NOT NULL CONSTRAINT credit_commitments_customer_exists REFERENCES customers (id),
    job_id uuid,
    bucket text NOT NULL CHECK (bucket IN ('ORDERED', 'DELIVERED')),
    amount numeric(18, 4) NOT NULL CHECK (amount >= 0),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (source_type, source_id),
    CONSTRAINT credit_commitments_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id)
);
COMMENT ON TABLE credit_commitments IS
    'What is ordered or delivered and not invoiced: one row for each document, so nothing counts twice.';
CREATE INDEX credit_commitments_customer ON credit_commitments (customer_id);

CREATE TABLE credit_overrides (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT credit_overrides_customer_exists REFERENCES customers (id),
    job_id uuid,
    amount numeric(18, 4) NOT NULL CHECK (amount > 0),
    reason text NOT NULL,
    granted_by uuid,
    granted_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    used_amount numeric(18, 4),
    CONSTRAINT credit_overrides_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id),
    CONSTRAINT credit_overrides_used_check
        CHECK ((used_at IS NULL) = (used_amount IS NULL) AND used_amount <= amount)
);
COMMENT ON TABLE credit_overrides IS 'One sale each beyond what the check would allow.';
CREATE INDEX credit_overrides_unused ON credit_overrides (customer_id, expires_at) WHERE used_at IS NULL;

CREATE TABLE credit_settings (
    one smallint PRIMARY KEY CHECK (one = 1),
    overdue_days smallint CHECK (overdue_days BETWEEN 0 AND 365),
    version integer NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE credit_settings IS 'At most one row; without it, what is overdue stops nobody.';

-- As with jobs: a contractor at the portal sees what is his own.
ALTER TABLE customer_contacts ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON customer_contacts
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE account_items ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON account_items
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE credit_commitments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON credit_commitments
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE credit_overrides ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON credit_overrides
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));

-- These only grow: for changing and deleting there is no policy, so those find no row.
ALTER TABLE account_entries ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON account_entries FOR INSERT
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON account_entries FOR SELECT
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE entry_allocations ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON entry_allocations FOR INSERT
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON entry_allocations FOR SELECT
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
