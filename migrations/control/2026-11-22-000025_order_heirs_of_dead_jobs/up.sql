ALTER TABLE jobs ADD COLUMN heir_id uuid;
COMMENT ON COLUMN jobs.heir_id IS 'The job that was ordered with its death, to end what it has begun. It is not tried again then.';
