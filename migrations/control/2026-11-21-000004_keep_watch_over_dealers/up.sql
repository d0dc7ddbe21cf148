-- Dropping a dealer takes many transactions: from the first on there is no way back.
ALTER TABLE dealers
    ADD COLUMN drop_began_at timestamptz,
    ADD CONSTRAINT dealers_drop_began_check
        CHECK (drop_began_at IS NULL OR status IN ('DELETING', 'DROPPED'));
COMMENT ON COLUMN dealers.drop_began_at IS 'When the first of his tables went; he can not be brought back.';
CREATE INDEX dealers_deleting ON dealers (delete_after) WHERE status = 'DELETING';
CREATE INDEX dealers_name ON dealers (name);

CREATE TABLE dealer_actions (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id),
    action text NOT NULL CHECK (action ~ '^[A-Z_]{3,40}$'),
    actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 200),
    reason text CHECK (length(reason) BETWEEN 1 AND 500),
    detail text,
    at timestamptz NOT NULL
);
COMMENT ON TABLE dealer_actions IS 'What was done to a dealer as a tenant, by whom and why. Rows are added, never changed.';
CREATE INDEX dealer_actions_dealer ON dealer_actions (dealer_id, id);

CREATE FUNCTION dealer_actions_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of dealer_actions are neither changed nor deleted';
END $$;
CREATE TRIGGER dealer_actions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON dealer_actions
    FOR EACH STATEMENT EXECUTE FUNCTION dealer_actions_stay();

-- What nodes keep in memory of a dealer is dropped when they hear of a change: at once by
-- NOTIFY, and from this log when that was missed. The transaction's id tells what a node has
-- not seen yet, in whatever order transactions commit.
CREATE TABLE dealer_changes (
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    dealer_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (xid, dealer_id)
);
COMMENT ON TABLE dealer_changes IS 'Dealers who have changed within the last hour; nodes delete what is older.';

CREATE FUNCTION note_dealer_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid;
BEGIN
    IF TG_OP = 'DELETE' THEN
        changed := OLD.id;
    ELSE
        changed := NEW.id;
    END IF;
    INSERT INTO platform.dealer_changes (dealer_id) VALUES (changed) ON CONFLICT DO NOTHING;
    PERFORM pg_catalog.pg_notify('tubex_dealers', changed::text);
    RETURN NULL;
END $$;

-- Nobody can have asked for a spare: its id is told when it is claimed.
CREATE TRIGGER dealers_come AFTER INSERT ON dealers
    FOR EACH ROW WHEN (NEW.status <> 'SPARE') EXECUTE FUNCTION note_dealer_change();
CREATE TRIGGER dealers_change AFTER UPDATE ON dealers
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.* AND (OLD.status <> 'SPARE' OR NEW.status <> 'SPARE'))
    EXECUTE FUNCTION note_dealer_change();
CREATE TRIGGER dealers_go AFTER DELETE ON dealers
    FOR EACH ROW WHEN (OLD.status <> 'SPARE') EXECUTE FUNCTION note_dealer_change();
