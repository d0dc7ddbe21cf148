ALTER TABLE dealers ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN dealers.second_factor_required IS 'Whether nobody works at the dealer without a second factor.';

CREATE TABLE totp_factors (
    user_id uuid PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret_sealed bytea,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    pending_sealed bytea,
    pending_until timestamptz,
    tries integer NOT NULL DEFAULT 0,
    tries_until timestamptz NOT NULL DEFAULT 'epoch',
    CHECK ((secret_sealed IS NULL) = (confirmed_at IS NULL)),
    CHECK ((pending_sealed IS NULL) = (pending_until IS NULL))
);
COMMENT ON TABLE totp_factors IS 'Authenticators of users: the one in use, and one that is being set up.';
COMMENT ON COLUMN totp_factors.secret_sealed IS 'The secret shared with the authenticator, sealed under the secret of the installation.';
COMMENT ON COLUMN totp_factors.last_step IS 'Number of the latest time step whose code was accepted; codes of it and of those before are refused.';
COMMENT ON COLUMN totp_factors.tries IS 'Codes shown since the last right one, until tries_until.';

CREATE TABLE backup_codes (
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
COMMENT ON TABLE backup_codes IS 'SHA-256 of the codes that stand in for a lost authenticator, each of them once.';

CREATE TABLE login_challenges (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    user_epoch bigint NOT NULL,
    methods text NOT NULL CHECK (methods ~ '^[a-z]+( [a-z]+)*$'),
    is_enrolment boolean NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE login_challenges IS 'Sign-ins whose password was right and that wait for a second factor, or for one to be set up.';
CREATE INDEX login_challenges_user ON login_challenges (user_id, expires_at);

-- Another second factor ends what was granted before, whoever changes it, as another role does.
CREATE TRIGGER totp_factors_change AFTER UPDATE OF secret_sealed ON totp_factors
    FOR EACH ROW WHEN (OLD.secret_sealed IS DISTINCT FROM NEW.secret_sealed)
    EXECUTE FUNCTION revoke_member();
CREATE TRIGGER totp_factors_go AFTER DELETE ON totp_factors
    FOR EACH ROW WHEN (OLD.secret_sealed IS NOT NULL) EXECUTE FUNCTION revoke_member();
