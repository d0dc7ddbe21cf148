ALTER TABLE users ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN users.epoch IS 'Raised when all access tokens of the user have to go: password, second factor or roles have changed.';
ALTER TABLE dealers ADD COLUMN token_epoch bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN dealers.token_epoch IS 'Raised when all access tokens for the dealer have to go.';

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL CHECK (length(token_hash) = 32),
    seed bytea NOT NULL CHECK (length(seed) = 32),
    generation integer NOT NULL CHECK (generation >= 0),
    rotated_at timestamptz NOT NULL,
    methods text NOT NULL CHECK (methods ~ '^[a-z]+( [a-z]+)*$'),
    authenticated_at timestamptz NOT NULL,
    client_name text CHECK (length(client_name) <= 200),
    address text CHECK (length(address) <= 64),
    created_at timestamptz NOT NULL,
    idle_until timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_cause text CHECK (end_cause ~ '^[A-Z_]{3,40}$'),
    CHECK ((ended_at IS NULL) = (end_cause IS NULL))
);
COMMENT ON TABLE sessions IS 'Sign-ins of users. A session is a family of refresh tokens, of which one is good at a time.';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the refresh token that is good now; tokens are kept nowhere.';
COMMENT ON COLUMN sessions.seed IS 'What the tokens of the family are derived from, together with the secret of the installation.';
COMMENT ON COLUMN sessions.methods IS 'How the user has proven who he is, in the words of RFC 8176.';
CREATE INDEX sessions_user ON sessions (user_id) WHERE ended_at IS NULL;
CREATE INDEX sessions_expires ON sessions (expires_at);

-- What nodes remember is who may not come in any more. They hear of it at once by NOTIFY,
-- and from this log when that was missed, as they do of dealers.
CREATE TABLE revocations (
    xid bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
    kind text NOT NULL CHECK (kind IN ('SESSION', 'USER', 'API_KEY', 'GRANT', 'KEYS')),
    subject uuid NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (xid, kind, subject)
);
COMMENT ON TABLE revocations IS 'What was revoked within the last hour: longer than any access token lives.';
COMMENT ON COLUMN revocations.epoch IS 'Tokens of the subject of an older epoch are refused; of no meaning for what has no epochs.';
CREATE INDEX revocations_at ON revocations (at);

CREATE FUNCTION tell_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('tubex_revocations', concat_ws(' ', NEW.kind, NEW.subject, NEW.epoch));
    RETURN NULL;
END $$;
CREATE TRIGGER revocations_tell AFTER INSERT OR UPDATE ON revocations
    FOR EACH ROW EXECUTE FUNCTION tell_revocation();

-- Revoking is part of the change that calls for it, whoever makes it.
CREATE FUNCTION revoke_session() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform.revocations (kind, subject) VALUES ('SESSION', OLD.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER sessions_end AFTER UPDATE OF ended_at ON sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION revoke_session();
CREATE TRIGGER sessions_go AFTER DELETE ON sessions
    FOR EACH ROW WHEN (OLD.ended_at IS NULL) EXECUTE FUNCTION revoke_session();

CREATE FUNCTION revoke_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform.revocations (kind, subject, epoch)
    VALUES ('USER', OLD.id, CASE TG_OP WHEN 'DELETE' THEN 9223372036854775807 ELSE NEW.epoch END)
    ON CONFLICT (xid, kind, subject) DO UPDATE SET epoch = EXCLUDED.epoch;
    RETURN NULL;
END $$;
CREATE TRIGGER users_raise AFTER UPDATE OF epoch ON users
    FOR EACH ROW WHEN (OLD.epoch <> NEW.epoch) EXECUTE FUNCTION revoke_user();
CREATE TRIGGER users_go AFTER DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION revoke_user();

CREATE FUNCTION revoke_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE platform.users SET epoch = epoch + 1 WHERE id = OLD.user_id;
    RETURN NULL;
END $$;
CREATE TRIGGER memberships_change AFTER UPDATE OR DELETE ON memberships
    FOR EACH ROW EXECUTE FUNCTION revoke_member();

CREATE FUNCTION tell_keys() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO platform.revocations (kind, subject)
    VALUES ('KEYS', '00000000-0000-0000-0000-000000000000') ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER signing_keys_change AFTER INSERT OR UPDATE OR DELETE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION tell_keys();

CREATE TABLE security_events (
    id uuid PRIMARY KEY,
    user_id uuid,
    dealer_id uuid,
    kind text NOT NULL CHECK (kind ~ '^[A-Z_]{3,40}$'),
    detail text CHECK (length(detail) <= 2000),
    address text CHECK (length(address) <= 64),
    client_name text CHECK (length(client_name) <= 200),
    at timestamptz NOT NULL
);
COMMENT ON TABLE security_events IS 'What happened to accounts: sign-ins, refusals, revocations. Rows are added, never changed.';
CREATE INDEX security_events_dealer ON security_events (dealer_id, id);
CREATE INDEX security_events_user ON security_events (user_id, id);
CREATE FUNCTION security_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of security_events are neither changed nor deleted';
END $$;
CREATE TRIGGER security_events_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON security_events
    FOR EACH STATEMENT EXECUTE FUNCTION security_events_stay();
