DELETE FROM dealers WHERE status = 'SPARE';
UPDATE dealers SET status = 'ARCHIVED', delete_after = NULL WHERE status IN ('DELETING', 'DROPPED');
DROP INDEX dealers_spare;
ALTER TABLE dealers
    DROP CONSTRAINT dealers_delete_after_check,
    DROP COLUMN delete_after,
    DROP COLUMN status_changed_at,
    DROP COLUMN status_reason,
    DROP CONSTRAINT dealers_activated_check,
    DROP CONSTRAINT dealers_status_check,
    ADD CONSTRAINT dealers_status_check
        CHECK (status IN ('PROVISIONING', 'ACTIVE', 'SUSPENDED', 'ARCHIVED')),
    ADD CONSTRAINT dealers_check CHECK ((status = 'PROVISIONING') = (activated_at IS NULL));
