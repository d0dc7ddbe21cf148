-- A contractor at the portal reads and writes what is his own. For everybody else the setting is
-- not there, or empty where a contractor was served by the same connection before.
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON customers USING (
    coalesce(current_setting('tubex.customer', true), '') = ''
    OR id = nullif(current_setting('tubex.customer', true), '')::uuid
);
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON jobs USING (
    coalesce(current_setting('tubex.customer', true), '') = ''
    OR customer_id = nullif(current_setting('tubex.customer', true), '')::uuid
);
