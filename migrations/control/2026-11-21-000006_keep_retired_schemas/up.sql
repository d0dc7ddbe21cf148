CREATE TABLE retired_schemas (
    schema_name text PRIMARY KEY CHECK (schema_name ~ '^t_[a-z0-9]{8,40}$'),
    dealer_id uuid REFERENCES dealers (id) ON DELETE SET NULL,
    purpose text NOT NULL CHECK (purpose IN ('FILLING', 'REPLACED')),
    retired_at timestamptz NOT NULL,
    drop_after timestamptz NOT NULL
);
COMMENT ON TABLE retired_schemas IS 'Schemas that no dealer''s row names: a sweep drops them when their time has come and nobody fills them.';
CREATE INDEX retired_schemas_due ON retired_schemas (drop_after);
