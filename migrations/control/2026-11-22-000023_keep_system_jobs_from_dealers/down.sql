CREATE OR REPLACE FUNCTION spine.enqueue(
    job uuid, kind text, payload jsonb, priority smallint, delay_s double precision,
    max_attempts integer, unique_key text
) RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dealer uuid;
BEGIN
    SELECT id INTO dealer FROM platform.dealers
    WHERE schema_name = current_setting('role') AND status <> 'SPARE';
    IF dealer IS NULL THEN
        RAISE EXCEPTION 'permission denied: jobs are enqueued by a dealer''s role'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN platform.put_job(job, dealer, kind, payload, priority, delay_s, max_attempts, unique_key);
END $$;
