CREATE TABLE kept_answers (
    id bytea PRIMARY KEY CHECK (octet_length(id) = 32),
    request bytea NOT NULL CHECK (octet_length(request) = 32),
    permissions text[] NOT NULL,
    answer text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX kept_answers_at ON kept_answers (at);
COMMENT ON TABLE kept_answers IS 'What was answered to changes that clients may send again.';
COMMENT ON COLUMN kept_answers.id IS 'SHA-256 of the user and his key.';
COMMENT ON COLUMN kept_answers.request IS 'SHA-256 of what was asked.';
COMMENT ON COLUMN kept_answers.permissions IS 'What the caller might do then.';
COMMENT ON COLUMN kept_answers.answer IS 'JSON of the field; empty while it is at work.';
