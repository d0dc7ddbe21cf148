CREATE TABLE trusted_operations (
    sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    document text NOT NULL,
    name text,
    imported_at timestamptz NOT NULL
);
COMMENT ON TABLE trusted_operations IS 'GraphQL documents that servers take which take no others.';
COMMENT ON COLUMN trusted_operations.sha256 IS 'Of the document, in hexadecimal: what clients send in its place.';
