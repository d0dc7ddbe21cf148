CREATE TABLE login_attempts (
    subject bytea PRIMARY KEY CHECK (length(subject) = 16),
    serial bigint NOT NULL,
    free_at timestamptz NOT NULL,
    forgotten_at timestamptz NOT NULL
);
COMMENT ON TABLE login_attempts IS 'Wrong passwords of late, by account, address, both together, and device. Rows go when they are forgotten.';
COMMENT ON COLUMN login_attempts.subject IS 'A digest of whom the row is about; neither addresses nor e-mail addresses are kept.';
COMMENT ON COLUMN login_attempts.serial IS 'Grows with each change: who writes says which state he has read.';
COMMENT ON COLUMN login_attempts.free_at IS 'From when on another password is looked at.';
COMMENT ON COLUMN login_attempts.forgotten_at IS 'When nothing is held against the subject any more; each wrong password moves it further.';
CREATE INDEX login_attempts_forgotten ON login_attempts (forgotten_at);

ALTER TABLE users ADD COLUMN password_changed_at timestamptz;
COMMENT ON COLUMN users.password_changed_at IS 'When the user chose another password; devices known before are strangers since.';
