CREATE TABLE audit_heads (
    schema_name text PRIMARY KEY,
    number bigint NOT NULL CHECK (number > 0),
    hash bytea NOT NULL CHECK (octet_length(hash) = 32)
);
COMMENT ON TABLE audit_heads IS 'The last seal of each audit log, beside the log: who cuts the end of one off is told.';
