-- What became of every row, by whom. Only triggers add rows, by `spine.audit`; the runner attaches
-- them to all other tables, and takes from the dealer's role all but SELECT (src/tenancy/audit).

-- lint: allow sequence: rows are added by the owner's function, and no role of a dealer needs it
CREATE SEQUENCE audit_ids;

-- Three tables of eight months each, in turn: what is old goes as a whole, without DELETE, and no
-- table is ever made or dropped for it. `spine.audit_put` finds the one whose turn it is. Not as
-- partitions of one table: to make one, PostgreSQL reads the constraints of all dealers.
CREATE TABLE audit_log_0 (
    id bigint PRIMARY KEY DEFAULT nextval('audit_ids'),
    slot smallint NOT NULL CHECK (slot = 0),
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
    tx bigint NOT NULL
);
COMMENT ON TABLE audit_log_0 IS 'What became of every row, and what was refused. Rows are added by triggers, and never changed.';
COMMENT ON COLUMN audit_log_0.slot IS 'Which third of two years it was.';
COMMENT ON COLUMN audit_log_0.entity IS 'A table, or operation for what happened to no row.';
COMMENT ON COLUMN audit_log_0.entity_id IS 'First column of the row''s key, or the operation.';
COMMENT ON COLUMN audit_log_0.part IS 'The other columns of its key.';
COMMENT ON COLUMN audit_log_0.old IS 'What changed, as it was.';
COMMENT ON COLUMN audit_log_0.new IS 'What changed, as it became.';
COMMENT ON COLUMN audit_log_0.impersonator IS 'The operator who acted as the actor.';
COMMENT ON COLUMN audit_log_0.via IS 'The key or application that acted as the actor.';
CREATE INDEX audit_log_0_entity ON audit_log_0 (entity, entity_id, id);

CREATE TABLE audit_log_1 (
    id bigint PRIMARY KEY DEFAULT nextval('audit_ids'),
    slot smallint NOT NULL CHECK (slot = 1),
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
    tx bigint NOT NULL
);
CREATE INDEX audit_log_1_entity ON audit_log_1 (entity, entity_id, id);

CREATE TABLE audit_log_2 (
    id bigint PRIMARY KEY DEFAULT nextval('audit_ids'),
    slot smallint NOT NULL CHECK (slot = 2),
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
    tx bigint NOT NULL
);
CREATE INDEX audit_log_2_entity ON audit_log_2 (entity, entity_id, id);

-- Read with the rights of whoever reads.
CREATE VIEW audit_log WITH (security_invoker = true) AS
    SELECT * FROM audit_log_0 UNION ALL SELECT * FROM audit_log_1 UNION ALL SELECT * FROM audit_log_2;

-- A contractor at the portal sees none of it.
ALTER TABLE audit_log_0 ENABLE ROW LEVEL SECURITY;
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_people ON audit_log_0 FOR SELECT
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE audit_log_1 ENABLE ROW LEVEL SECURITY;
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_people ON audit_log_1 FOR SELECT
    USING (coalesce(nullif(current_setting('tubex.customer', true), '') = '', true));
ALTER TABLE audit_log_2 ENABLE ROW LEVEL SECURITY;
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_people ON audit_log_2 FOR SELECT
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
