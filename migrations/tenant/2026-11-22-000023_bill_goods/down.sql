ALTER TABLE account_entries DROP CONSTRAINT account_entries_sign_check;
ALTER TABLE account_entries ADD CONSTRAINT account_entries_sign_check CHECK (
    reverses_id IS NOT NULL
    OR CASE kind
        WHEN 'INVOICE' THEN amount > 0
        WHEN 'CREDIT_NOTE' THEN amount < 0
        WHEN 'PAYMENT' THEN amount < 0
        ELSE true
    END
);
ALTER TABLE account_entries DROP CONSTRAINT account_entries_kind_check;
ALTER TABLE account_entries ADD CONSTRAINT account_entries_kind_check
    CHECK (kind IN ('OPENING', 'INVOICE', 'CREDIT_NOTE', 'PAYMENT', 'ADJUSTMENT'));
DROP TABLE payment_reminder_settings;
DROP TABLE payment_reminders;
DROP TABLE payments;
DROP TABLE invoice_lines;
DROP TABLE invoices;
