CREATE TABLE schema_builds (
    dealer_id uuid PRIMARY KEY REFERENCES dealers (id) ON DELETE CASCADE,
    version text,
    statements integer NOT NULL CHECK (statements >= 0),
    CHECK ((version IS NULL) = (statements = 0))
);
COMMENT ON TABLE schema_builds IS 'Schemas that are made and not filled yet; the row goes with the last statement.';
COMMENT ON COLUMN schema_builds.version IS 'The migration that is begun, if one is.';
COMMENT ON COLUMN schema_builds.statements IS 'How many of its statements are done.';
