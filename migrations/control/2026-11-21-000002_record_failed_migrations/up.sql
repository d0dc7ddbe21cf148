CREATE TABLE migration_failures (
    dealer_id uuid PRIMARY KEY REFERENCES dealers (id) ON DELETE CASCADE,
    cause text NOT NULL,
    failed_at timestamptz NOT NULL
);
COMMENT ON TABLE migration_failures IS 'Dealers whose last migration failed; the row goes with the next one that succeeds.';
