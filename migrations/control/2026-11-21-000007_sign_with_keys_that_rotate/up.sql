CREATE TABLE signing_keys (
    kid text PRIMARY KEY CHECK (kid ~ '^[0-9a-f]{16}$'),
    seed_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    active_from timestamptz NOT NULL,
    retired_at timestamptz CHECK (retired_at >= created_at)
);
COMMENT ON TABLE signing_keys IS 'Ed25519 keys of all tokens. The newest active one signs; what is not retired is published and believed.';
COMMENT ON COLUMN signing_keys.seed_sealed IS 'The private key, sealed under the secret of the installation.';
