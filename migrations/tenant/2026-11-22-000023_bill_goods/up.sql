-- What customers are billed, and what they pay. The accounts (000014) keep what is owed; these are
-- the documents that are posted to them.
CREATE TABLE invoices (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('INVOICE', 'CREDIT_NOTE')),
    state text NOT NULL CHECK (state IN ('DRAFT', 'POSTED')),
    number bigint,
    customer_id uuid NOT NULL CONSTRAINT invoices_customer_exists REFERENCES customers (id),
    job_id uuid,
    credits_id uuid CONSTRAINT invoices_credits_exists REFERENCES invoices (id),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    name text NOT NULL,
    tax_id text,
    address_line text,
    city text,
    postcode text,
    country text,
    reference text CHECK (length(reference) BETWEEN 1 AND 100),
    reason text CHECK (length(reason) BETWEEN 1 AND 200),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    issued_on date,
    due_on date,
    net numeric(18, 4) NOT NULL,
    tax numeric(18, 4) NOT NULL,
    entry_id uuid CONSTRAINT invoices_entry_exists REFERENCES account_entries (id),
    posted_by uuid,
    posted_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT invoices_number_unique UNIQUE (kind, number),
    CONSTRAINT invoices_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id),
    CONSTRAINT invoices_posted_check CHECK (
        CASE state
            WHEN 'DRAFT' THEN num_nonnulls(number, issued_on, due_on, entry_id, posted_at) = 0
            ELSE num_nonnulls(number, issued_on, due_on, posted_at) = 4
        END
    ),
    CONSTRAINT invoices_credit_reason_check CHECK (kind = 'INVOICE' OR reason IS NOT NULL)
);
COMMENT ON COLUMN invoices.number IS '1, 2, 3 ... of a kind without a gap, by the order of posting.';
COMMENT ON COLUMN invoices.credits_id IS 'The invoice that a credit note corrects, if its lines correct one only.';
COMMENT ON COLUMN invoices.name IS 'The customer''s, as are the next ones, as they were when it was written.';
COMMENT ON COLUMN invoices.net IS 'Above zero for credit notes, too.';
COMMENT ON COLUMN invoices.entry_id IS 'What it is in the customer''s account; none if it comes to nothing.';
CREATE INDEX invoices_customer ON invoices (customer_id, created_at);
CREATE INDEX invoices_created ON invoices (created_at, id);
CREATE INDEX invoices_issued ON invoices (issued_on, id) WHERE state = 'POSTED';

CREATE TABLE invoice_lines (
    id uuid PRIMARY KEY,
    invoice_id uuid NOT NULL REFERENCES invoices (id),
    customer_id uuid NOT NULL,
    position integer NOT NULL CHECK (position >= 0),
    is_posted boolean NOT NULL,
    order_line_id uuid CONSTRAINT invoice_lines_order_line_exists REFERENCES order_lines (id),
    delivery_line_id uuid CONSTRAINT invoice_lines_delivery_line_exists REFERENCES delivery_lines (id),
    credits_id uuid CONSTRAINT invoice_lines_credits_exists REFERENCES invoices (id),
    credits_line_id uuid CONSTRAINT invoice_lines_credits_line_exists REFERENCES invoice_lines (id),
    product_id uuid CONSTRAINT invoice_lines_product_exists REFERENCES products (id),
    description text NOT NULL CHECK (length(description) BETWEEN 1 AND 300),
    unit_id uuid REFERENCES units (id),
    num bigint NOT NULL CHECK (num > 0),
    den bigint NOT NULL CHECK (den > 0),
    unit_quantity numeric(20, 6) NOT NULL CHECK (unit_quantity >= 0),
    quantity numeric(20, 6) NOT NULL CHECK (quantity >= 0),
    unit_price numeric(18, 4) NOT NULL CHECK (unit_price >= 0),
    price_unit_id uuid REFERENCES units (id),
    price_num bigint NOT NULL CHECK (price_num > 0),
    price_den bigint NOT NULL CHECK (price_den > 0),
    discount numeric(7, 4) NOT NULL CHECK (discount BETWEEN 0 AND 100),
    net numeric(18, 4) NOT NULL CHECK (net >= 0),
    tax_rate numeric(7, 4) NOT NULL CHECK (tax_rate >= 0),
    tax numeric(18, 4) NOT NULL,
    cost numeric(20, 4),
    is_rebilled boolean NOT NULL,
    CONSTRAINT invoice_lines_position_unique UNIQUE (invoice_id, position)
);
COMMENT ON COLUMN invoice_lines.credits_id IS 'The invoice that a line of a credit note corrects.';
COMMENT ON COLUMN invoice_lines.quantity IS 'In base units; zero where an amount is credited and no goods.';
COMMENT ON COLUMN invoice_lines.description IS 'The product''s name as it was, or what else is billed.';
COMMENT ON COLUMN invoice_lines.tax IS 'Its share of the tax of all lines with its rate.';
COMMENT ON COLUMN invoice_lines.cost IS 'What the goods had cost, if that is known.';
COMMENT ON COLUMN invoice_lines.is_rebilled IS 'Of a credit note: what it credits can be billed once more.';
CREATE INDEX invoice_lines_order_line ON invoice_lines (order_line_id) WHERE order_line_id IS NOT NULL;
CREATE INDEX invoice_lines_delivery_line ON invoice_lines (delivery_line_id) WHERE delivery_line_id IS NOT NULL;
CREATE INDEX invoice_lines_credits ON invoice_lines (credits_id) WHERE credits_id IS NOT NULL;

CREATE TABLE payments (
    id uuid PRIMARY KEY,
    number bigint NOT NULL CONSTRAINT payments_number_unique UNIQUE,
    direction text NOT NULL CHECK (direction IN ('IN', 'OUT')),
    state text NOT NULL CHECK (state IN ('RECORDED', 'RECONCILED', 'REVERSED')),
    customer_id uuid NOT NULL CONSTRAINT payments_customer_exists REFERENCES customers (id),
    job_id uuid,
    order_id uuid CONSTRAINT payments_order_exists REFERENCES orders (id),
    method text NOT NULL CHECK (method IN ('CASH', 'CARD', 'BANK_TRANSFER', 'CHEQUE', 'MOBILE', 'OTHER')),
    amount numeric(18, 4) NOT NULL CHECK (amount > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    paid_on date NOT NULL,
    external_ref text CHECK (length(external_ref) BETWEEN 1 AND 100),
    note text CHECK (length(note) BETWEEN 1 AND 500),
    entry_id uuid NOT NULL CONSTRAINT payments_entry_exists REFERENCES account_entries (id),
    reversal_reason text CHECK (length(reversal_reason) BETWEEN 1 AND 200),
    recorded_by uuid,
    reconciled_at timestamptz,
    reversed_at timestamptz,
    version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payments_job_exists FOREIGN KEY (customer_id, job_id) REFERENCES jobs (customer_id, id),
    CONSTRAINT payments_reversed_check CHECK ((state = 'REVERSED') = (reversed_at IS NOT NULL))
);
COMMENT ON COLUMN payments.order_id IS 'The order that it is paid for in advance, if it is a deposit.';
COMMENT ON COLUMN payments.external_ref IS 'The number that the bank or till gave it.';
COMMENT ON COLUMN payments.entry_id IS 'What it is in the customer''s account, which knows what it settles.';
CREATE UNIQUE INDEX payments_external_ref_unique ON payments (method, external_ref)
    WHERE external_ref IS NOT NULL AND state <> 'REVERSED';
CREATE INDEX payments_created ON payments (created_at, id);
CREATE INDEX payments_customer ON payments (customer_id, paid_on);

-- The order's next invoice asks for its deposits.
CREATE INDEX payments_order ON payments (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE payment_reminders (
    id uuid PRIMARY KEY,
    customer_id uuid NOT NULL CONSTRAINT payment_reminders_customer_exists REFERENCES customers (id),
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 3),
    amount numeric(18, 4) NOT NULL CHECK (amount > 0),
    oldest_due_on date NOT NULL,
    sent_on date NOT NULL,
    sent_to text,
    superseded_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT payment_reminders_once_unique UNIQUE (customer_id, sent_on)
);
COMMENT ON TABLE payment_reminders IS 'Which customers were reminded of what is overdue, and when.';
COMMENT ON COLUMN payment_reminders.oldest_due_on IS 'When the oldest of these debts was due: each level comes once for it.';
COMMENT ON COLUMN payment_reminders.sent_to IS 'None if no address was known.';
COMMENT ON COLUMN payment_reminders.superseded_at IS 'When a payment was taken back, since which it does not count any more.';
CREATE INDEX payment_reminders_created ON payment_reminders (created_at, id);

CREATE TABLE payment_reminder_settings (
    one smallint PRIMARY KEY CHECK (one = 1),
    is_on boolean NOT NULL,
    first_after_days smallint NOT NULL CHECK (first_after_days BETWEEN 1 AND 365),
    second_after_days smallint CHECK (second_after_days BETWEEN 1 AND 365),
    third_after_days smallint CHECK (third_after_days BETWEEN 1 AND 365),
    version integer NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT payment_reminder_settings_order_check CHECK (
        first_after_days < coalesce(second_after_days, 366)
        AND coalesce(second_after_days, 366) < coalesce(third_after_days, 367)
    )
);
COMMENT ON TABLE payment_reminder_settings IS 'At most one row; without it, nobody is reminded.';

-- Credit that is paid back to a customer is a debt of his that the credit settles.
ALTER TABLE account_entries DROP CONSTRAINT account_entries_kind_check;
ALTER TABLE account_entries ADD CONSTRAINT account_entries_kind_check
    CHECK (kind IN ('OPENING', 'INVOICE', 'CREDIT_NOTE', 'PAYMENT', 'ADJUSTMENT', 'REFUND'));
ALTER TABLE account_entries DROP CONSTRAINT account_entries_sign_check;
ALTER TABLE account_entries ADD CONSTRAINT account_entries_sign_check CHECK (
    reverses_id IS NOT NULL
    OR CASE kind
        WHEN 'INVOICE' THEN amount > 0
        WHEN 'CREDIT_NOTE' THEN amount < 0
        WHEN 'PAYMENT' THEN amount < 0
        WHEN 'REFUND' THEN amount > 0
        ELSE true
    END
);

-- What is posted is found by nobody who changes or deletes; what is not, by no customer.
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON invoices FOR INSERT
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON invoices FOR SELECT
    USING (
        (state = 'POSTED' OR coalesce(nullif(current_setting('tubex.customer', true), '') = '', true))
        AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true)
    );
-- lint: allow spread-policy: FOR UPDATE names the command, and no other table is asked
CREATE POLICY drafts_change ON invoices FOR UPDATE
    USING (state = 'DRAFT' AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true))
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR DELETE names the command, and no other table is asked
CREATE POLICY drafts_go ON invoices FOR DELETE
    USING (state = 'DRAFT' AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE invoice_lines ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON invoice_lines FOR INSERT
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON invoice_lines FOR SELECT
    USING (
        (is_posted OR coalesce(nullif(current_setting('tubex.customer', true), '') = '', true))
        AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true)
    );
-- lint: allow spread-policy: FOR UPDATE names the command, and no other table is asked
CREATE POLICY drafts_change ON invoice_lines FOR UPDATE
    USING (NOT is_posted AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true))
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR DELETE names the command, and no other table is asked
CREATE POLICY drafts_go ON invoice_lines FOR DELETE
    USING (NOT is_posted AND coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON payments
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE payment_reminders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON payment_reminders
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
