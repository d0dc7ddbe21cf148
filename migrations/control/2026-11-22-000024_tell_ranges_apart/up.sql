-- Lets a constraint say that the same thing can not hold twice on one day: validities of prices
-- and tax rates.
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA public;
