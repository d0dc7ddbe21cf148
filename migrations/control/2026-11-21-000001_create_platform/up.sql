-- Shared by all dealers' schemas; a dealer's own schema holds tables only.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE TABLE dealers (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    schema_name text NOT NULL UNIQUE CHECK (schema_name ~ '^t_[a-z0-9]{8,40}$'),
    status text NOT NULL CHECK (status IN ('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'ARCHIVED')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    timezone text NOT NULL,
    created_at timestamptz NOT NULL,
    activated_at timestamptz,
    schema_version text,
    CHECK ((status = 'PROVISIONING') = (activated_at IS NULL))
);
COMMENT ON COLUMN dealers.schema_version IS 'Newest tenant migration in the schema, written with it.';
COMMENT ON TABLE dealers IS 'One row per tenant; schema_name is generated and never reused.';
CREATE INDEX dealers_provisioning ON dealers (created_at) WHERE status = 'PROVISIONING';

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT users_email_unique UNIQUE CHECK (email = lower(email)),
    name text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE users IS 'People. One user may work for several dealers.';

CREATE TABLE memberships (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('OWNER')),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, dealer_id)
);
CREATE INDEX memberships_dealer ON memberships (dealer_id);
