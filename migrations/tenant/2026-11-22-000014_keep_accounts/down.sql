DROP TABLE credit_settings;
DROP TABLE credit_overrides;
DROP TABLE credit_commitments;
DROP TABLE entry_allocations;
DROP TABLE account_items;
DROP TABLE account_entries;
DROP TABLE customer_contacts;
ALTER TABLE jobs DROP CONSTRAINT jobs_customer_unique;
ALTER TABLE jobs DROP CONSTRAINT jobs_hold_check;
ALTER TABLE jobs DROP CONSTRAINT jobs_credit_limit_check;
ALTER TABLE jobs
    DROP COLUMN credit_limit,
    DROP COLUMN credit_limit_reason,
    DROP COLUMN hold_reason,
    DROP COLUMN held_at,
    DROP COLUMN postcode,
    DROP COLUMN site_instructions;
ALTER TABLE customers DROP CONSTRAINT customers_hold_check;
ALTER TABLE customers DROP CONSTRAINT customers_credit_check_check;
ALTER TABLE customers
    DROP COLUMN credit_check,
    DROP COLUMN credit_limit_reason,
    DROP COLUMN hold_reason,
    DROP COLUMN held_at,
    DROP COLUMN address_line,
    DROP COLUMN city,
    DROP COLUMN postcode,
    DROP COLUMN country,
    DROP COLUMN email,
    DROP COLUMN phone,
    DROP COLUMN notes;
