DROP POLICY own_customer ON invoice_mails;
DROP POLICY added ON invoice_mails;
CREATE POLICY own_customer ON invoice_mails
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
DROP POLICY seen ON invoice_settings;
DROP POLICY added ON invoice_settings;
ALTER TABLE invoice_settings DISABLE ROW LEVEL SECURITY;
