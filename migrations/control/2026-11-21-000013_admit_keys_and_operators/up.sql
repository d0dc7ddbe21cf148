CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    created_by uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    lookup text NOT NULL UNIQUE CHECK (lookup ~ '^[0-9A-Za-z]{12}$'),
    mac bytea NOT NULL CHECK (length(mac) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) BETWEEN 1 AND 100),
    addresses text[] NOT NULL CHECK (cardinality(addresses) <= 20),
    epoch bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz,
    replaced_by uuid REFERENCES api_keys (id) ON DELETE SET NULL
);
COMMENT ON TABLE api_keys IS 'By which integrations call. A key acts for whoever made it, within its scopes.';
COMMENT ON COLUMN api_keys.lookup IS 'The part of the key by which its row is found; no secret.';
COMMENT ON COLUMN api_keys.mac IS 'HMAC-SHA256 of the key, under the secret of the installation; keys are kept nowhere.';
COMMENT ON COLUMN api_keys.scopes IS 'Permissions; of those its maker has it gives these.';
COMMENT ON COLUMN api_keys.addresses IS 'Networks from which it is good; from everywhere if there are none.';
COMMENT ON COLUMN api_keys.epoch IS 'Raised when nodes have to read the key again.';
CREATE INDEX api_keys_dealer ON api_keys (dealer_id, id);
CREATE INDEX api_keys_created_by ON api_keys (created_by);
CREATE INDEX api_keys_replaced_by ON api_keys (replaced_by) WHERE replaced_by IS NOT NULL;

-- What decides whether a key is good is told to all nodes, whoever changes it.
CREATE FUNCTION raise_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.epoch := OLD.epoch + 1;
    RETURN NEW;
END $$;
CREATE TRIGGER api_keys_raise BEFORE UPDATE OF revoked_at, expires_at, scopes, addresses, mac ON api_keys
    FOR EACH ROW EXECUTE FUNCTION raise_api_key();

CREATE FUNCTION revoke_api_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform.revocations (kind, subject, epoch)
    VALUES ('API_KEY', OLD.id, CASE TG_OP WHEN 'DELETE' THEN 9223372036854775807 ELSE NEW.epoch END)
    ON CONFLICT (xid, kind, subject) DO UPDATE SET epoch = EXCLUDED.epoch;
    RETURN NULL;
END $$;
CREATE TRIGGER api_keys_change AFTER UPDATE ON api_keys
    FOR EACH ROW WHEN (OLD.epoch <> NEW.epoch) EXECUTE FUNCTION revoke_api_key();
CREATE TRIGGER api_keys_go AFTER DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION revoke_api_key();

CREATE TABLE impersonations (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    operator text NOT NULL CHECK (length(operator) BETWEEN 1 AND 64),
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    read_only boolean NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    ended_by text CHECK (length(ended_by) BETWEEN 1 AND 200),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
COMMENT ON TABLE impersonations IS 'Operators of the platform who saw a shop as one of its users does. The id is that of the session in their token.';
CREATE INDEX impersonations_dealer ON impersonations (dealer_id, id);
CREATE INDEX impersonations_user ON impersonations (user_id);
CREATE TRIGGER impersonations_end AFTER UPDATE OF ended_at ON impersonations
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION revoke_session();
CREATE TRIGGER impersonations_go AFTER DELETE ON impersonations
    FOR EACH ROW WHEN (OLD.ended_at IS NULL) EXECUTE FUNCTION revoke_session();
