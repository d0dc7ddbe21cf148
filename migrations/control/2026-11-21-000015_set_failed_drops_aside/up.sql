-- A dealer who can not be dropped is taken up again after all the others.
CREATE TABLE drop_failures (
    dealer_id uuid PRIMARY KEY REFERENCES dealers (id) ON DELETE CASCADE,
    cause text NOT NULL,
    failed_at timestamptz NOT NULL
);
COMMENT ON TABLE drop_failures IS 'Dealers whose last drop failed, and why. The row goes with the dealer''s schema.';
