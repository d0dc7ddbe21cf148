-- Invoices as paper: in whose name they are written, and to whom they were mailed.
CREATE TABLE invoice_settings (
    id uuid PRIMARY KEY,
    version integer NOT NULL CONSTRAINT invoice_settings_version_unique UNIQUE CHECK (version > 0),
    is_mailed boolean NOT NULL,
    name text CHECK (length(name) BETWEEN 1 AND 200),
    tax_id text CHECK (length(tax_id) BETWEEN 1 AND 50),
    address_line text CHECK (length(address_line) BETWEEN 1 AND 200),
    city text CHECK (length(city) BETWEEN 1 AND 100),
    postcode text CHECK (length(postcode) BETWEEN 1 AND 20),
    country text CHECK (length(country) BETWEEN 1 AND 100),
    phone text CHECK (length(phone) BETWEEN 1 AND 50),
    email text CHECK (length(email) BETWEEN 1 AND 254),
    payment_details text CHECK (length(payment_details) BETWEEN 1 AND 500),
    footer text CHECK (length(footer) BETWEEN 1 AND 500),
    logo_id uuid,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE invoice_settings IS 'It only grows: the last version holds, and what is posted keeps that with which it was.';
COMMENT ON COLUMN invoice_settings.is_mailed IS 'Whether invoices are mailed to their customers when they are posted.';
COMMENT ON COLUMN invoice_settings.name IS 'None: what the dealer is called here.';
COMMENT ON COLUMN invoice_settings.logo_id IS 'A file; that it is used is said in attachments.';

ALTER TABLE invoices ADD COLUMN settings_id uuid CONSTRAINT invoices_settings_exists REFERENCES invoice_settings (id);
COMMENT ON COLUMN invoices.settings_id IS 'In whose name it was posted; none if nothing was set.';

CREATE TABLE invoice_mails (
    id uuid PRIMARY KEY,
    invoice_id uuid NOT NULL CONSTRAINT invoice_mails_invoice_exists REFERENCES invoices (id),
    customer_id uuid NOT NULL CONSTRAINT invoice_mails_customer_exists REFERENCES customers (id),
    sent_to text NOT NULL,
    sent_by uuid,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE invoice_mails IS 'To whom invoices were mailed. Each is ordered with the mail, in one transaction.';
CREATE INDEX invoice_mails_invoice ON invoice_mails (invoice_id, id);
ALTER TABLE invoice_mails ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON invoice_mails
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
