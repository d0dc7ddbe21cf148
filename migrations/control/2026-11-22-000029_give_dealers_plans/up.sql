-- How much all callers of a dealer may ask for follows from his plan. What its name stands for is
-- in the settings of the nodes, so a plan can be here that a node does not know.
ALTER TABLE dealers
    ADD COLUMN plan text NOT NULL DEFAULT 'standard' CHECK (plan ~ '^[a-z][a-z0-9_-]{0,39}$');
COMMENT ON COLUMN dealers.plan IS 'Name of the plan that was agreed on with him; nodes know its rate.';
