CREATE TABLE oauth_clients (
    id uuid PRIMARY KEY,
    dealer_id uuid REFERENCES dealers (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    homepage text CHECK (length(homepage) BETWEEN 1 AND 500),
    redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) BETWEEN 1 AND 10),
    scope text NOT NULL CHECK (length(scope) BETWEEN 1 AND 2000),
    secret_mac bytea CHECK (length(secret_mac) = 32),
    former_mac bytea CHECK (length(former_mac) = 32),
    former_until timestamptz,
    version integer NOT NULL CHECK (version > 0),
    created_at timestamptz NOT NULL,
    CHECK ((former_mac IS NULL) = (former_until IS NULL)),
    CHECK (former_mac IS NULL OR secret_mac IS NOT NULL)
);
COMMENT ON TABLE oauth_clients IS 'Applications of third parties that users may let in, one installation of one maker each.';
COMMENT ON COLUMN oauth_clients.dealer_id IS 'Whose people may let it in; those of every dealer if null, which only operators can make.';
COMMENT ON COLUMN oauth_clients.redirect_uris IS 'Where users may be sent back to, letter by letter.';
COMMENT ON COLUMN oauth_clients.scope IS 'The most it may ask for, words with spaces between.';
COMMENT ON COLUMN oauth_clients.secret_mac IS 'HMAC-SHA256 of its secret, under the secret of the installation; null for a public one, which can keep none.';
COMMENT ON COLUMN oauth_clients.former_mac IS 'The secret before, good until former_until.';
CREATE INDEX oauth_clients_dealer ON oauth_clients (dealer_id, id);

-- What a user has let an application do at a dealer ends with his membership there.
CREATE TABLE oauth_grants (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES oauth_clients (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    dealer_id uuid NOT NULL,
    scope text NOT NULL CHECK (length(scope) BETWEEN 1 AND 2000),
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    UNIQUE (client_id, user_id, dealer_id),
    FOREIGN KEY (user_id, dealer_id) REFERENCES memberships (user_id, dealer_id) ON DELETE CASCADE
);
COMMENT ON TABLE oauth_grants IS 'What users have let applications do in their names. Revoking one deletes it, and its sessions with it.';
COMMENT ON COLUMN oauth_grants.used_at IS 'When it last gave a code.';
CREATE INDEX oauth_grants_user ON oauth_grants (user_id, dealer_id);

-- What an application works with is a session like any other, with an end of its own.
ALTER TABLE sessions
    ADD COLUMN grant_id uuid REFERENCES oauth_grants (id) ON DELETE CASCADE,
    ADD COLUMN scope text CHECK (length(scope) BETWEEN 1 AND 2000),
    ADD CONSTRAINT sessions_scope_of_grant CHECK ((grant_id IS NULL) = (scope IS NULL));
COMMENT ON COLUMN sessions.grant_id IS 'By which an application has it; null if it is its user''s own.';
COMMENT ON COLUMN sessions.scope IS 'What the application has asked for in it, words with spaces between.';
CREATE INDEX sessions_grant ON sessions (grant_id) WHERE grant_id IS NOT NULL;

CREATE TABLE oauth_codes (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    grant_id uuid NOT NULL REFERENCES oauth_grants (id) ON DELETE CASCADE,
    user_epoch bigint NOT NULL,
    redirect_uri text NOT NULL CHECK (length(redirect_uri) <= 600),
    challenge text NOT NULL CHECK (length(challenge) = 43),
    scope text NOT NULL CHECK (length(scope) BETWEEN 1 AND 2000),
    nonce text CHECK (length(nonce) <= 500),
    methods text NOT NULL CHECK (methods ~ '^[a-z]+( [a-z]+)*$'),
    authenticated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    session_id uuid REFERENCES sessions (id) ON DELETE SET NULL
);
COMMENT ON TABLE oauth_codes IS 'What applications trade for tokens, once. Kept for a day after, so that a second use is known.';
COMMENT ON COLUMN oauth_codes.code_hash IS 'SHA-256 of the code; codes are kept nowhere.';
COMMENT ON COLUMN oauth_codes.challenge IS 'SHA-256 of what only the application knows that asked, in base64.';
COMMENT ON COLUMN oauth_codes.session_id IS 'What it was traded for; ended when the code is shown again.';
CREATE INDEX oauth_codes_grant ON oauth_codes (grant_id);
CREATE INDEX oauth_codes_expires ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_session ON oauth_codes (session_id) WHERE session_id IS NOT NULL;
