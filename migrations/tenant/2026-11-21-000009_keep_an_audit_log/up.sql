-- What became of every row, by whom. Only triggers add rows, by `spine.audit`; the runner attaches
-- them to all other tables, and takes from the dealer's role all but SELECT (src/tenancy/audit).

-- lint: allow sequence: rows are added by the owner's function, and no role of a dealer needs it
CREATE SEQUENCE audit_ids;

-- Three tables of eight months each, in turn: what is old goes as a whole, without DELETE, and no
-- table is ever made or dropped for it. `spine.audit_put` finds the one whose turn it is.
CREATE TABLE audit_log (
    id bigint NOT NULL DEFAULT nextval('audit_ids'),
    slot smallint NOT NULL,
    at timestamptz NOT NULL,
    action text NOT NULL,
    entity text NOT NULL,
    entity_id text NOT NULL,
    part text,
    old jsonb,
    new jsonb,
    actor text NOT NULL,
    impersonator text,
    via text,
    request_id uuid,
    tx bigint NOT NULL,
    PRIMARY KEY (id, slot)
) PARTITION BY LIST (slot);
COMMENT ON TABLE audit_log IS 'What became of every row, and what was refused. Rows are added by triggers, and never changed.';
COMMENT ON COLUMN audit_log.slot IS 'Which third of two years it was.';
COMMENT ON COLUMN audit_log.entity IS 'A table, or operation for what happened to no row.';
COMMENT ON COLUMN audit_log.entity_id IS 'First column of the row''s key, or the operation.';
COMMENT ON COLUMN audit_log.part IS 'The other columns of its key.';
COMMENT ON COLUMN audit_log.old IS 'What changed, as it was.';
COMMENT ON COLUMN audit_log.new IS 'What changed, as it became.';
COMMENT ON COLUMN audit_log.impersonator IS 'The operator who acted as the actor.';
COMMENT ON COLUMN audit_log.via IS 'The key or application that acted as the actor.';
CREATE INDEX audit_log_entity ON audit_log (entity, entity_id, id);

-- lint: allow primary-key: a part has the key of its table
-- lint: allow spread-table: a part of a table is neither of a type nor temporary
CREATE TABLE audit_log_0 PARTITION OF audit_log FOR VALUES IN (0);
-- lint: allow primary-key: a part has the key of its table
-- lint: allow spread-table: a part of a table is neither of a type nor temporary
CREATE TABLE audit_log_1 PARTITION OF audit_log FOR VALUES IN (1);
-- lint: allow primary-key: a part has the key of its table
-- lint: allow spread-table: a part of a table is neither of a type nor temporary
CREATE TABLE audit_log_2 PARTITION OF audit_log FOR VALUES IN (2);

-- A contractor at the portal sees none of it.
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY;
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_people ON audit_log FOR SELECT
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));

CREATE TABLE audit_seals (
    number bigint PRIMARY KEY CHECK (number > 0),
    kind text NOT NULL CHECK (kind IN ('ROWS', 'EMPTIED')),
    slot smallint NOT NULL,
    after_id bigint NOT NULL,
    last_id bigint NOT NULL,
    entries bytea NOT NULL,
    entries_hash bytea NOT NULL CHECK (octet_length(entries_hash) = 32),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    at timestamptz NOT NULL
);
COMMENT ON TABLE audit_seals IS 'A chain of hashes over the audit log: each seal covers the rows behind the one before.';
COMMENT ON COLUMN audit_seals.entries IS 'Id and hash of each row, 24 bytes each; none when the rows are gone.';
COMMENT ON COLUMN audit_seals.hash IS 'SHA-256 over the hash of the seal before and this one''s columns.';
