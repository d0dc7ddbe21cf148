-- A contractor at the portal reads and writes what is his own. For everybody else the setting is
-- not there, or empty where the connection served a contractor before, and every row is his. In
-- this form, the planner takes that for likely; with OR it would read and sort whole tables.
ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON customers
    USING (coalesce(id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON jobs
    USING (coalesce(customer_id = nullif(current_setting('tubex.customer', true), '')::uuid, true));
