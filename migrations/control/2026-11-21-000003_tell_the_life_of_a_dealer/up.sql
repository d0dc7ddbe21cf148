-- A spare is a schema without a dealer yet: registering one is an update of its row.
ALTER TABLE dealers
    DROP CONSTRAINT dealers_status_check,
    DROP CONSTRAINT dealers_check,
    ADD CONSTRAINT dealers_status_check CHECK (status IN
        ('SPARE', 'PROVISIONING', 'ACTIVE', 'SUSPENDED', 'ARCHIVED', 'DELETING', 'DROPPED')),
    ADD CONSTRAINT dealers_activated_check
        CHECK ((status IN ('SPARE', 'PROVISIONING')) = (activated_at IS NULL)),
    ADD COLUMN status_reason text,
    ADD COLUMN status_changed_at timestamptz,
    ADD COLUMN delete_after timestamptz,
    ADD CONSTRAINT dealers_delete_after_check
        CHECK ((status = 'DELETING') = (delete_after IS NOT NULL));
COMMENT ON COLUMN dealers.status_reason IS 'Why the operator set the status, in his words.';
COMMENT ON COLUMN dealers.delete_after IS 'When the schema of a dealer who is DELETING may go.';
CREATE INDEX dealers_spare ON dealers (created_at) WHERE status = 'SPARE';
