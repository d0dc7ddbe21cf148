CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    dealer_id uuid,
    kind text COLLATE "C" NOT NULL CHECK (kind ~ '^[a-z][a-z_]*(\.[a-z][a-z_]*)+$' AND length(kind) <= 80),
    payload jsonb NOT NULL CHECK (octet_length(payload::text) <= 65536),
    priority smallint NOT NULL CHECK (priority BETWEEN 0 AND 9),
    unique_key text CHECK (length(unique_key) BETWEEN 1 AND 200),
    state text NOT NULL CHECK (state IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'DONE', 'DEAD')),
    run_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    max_attempts integer NOT NULL CHECK (max_attempts BETWEEN 1 AND 100),
    again boolean NOT NULL DEFAULT false,
    token bigint NOT NULL DEFAULT 0,
    worker text CHECK (length(worker) <= 200),
    locked_until timestamptz,
    last_error text CHECK (length(last_error) <= 2000),
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz,
    -- What the platform does for itself is of no dealer, and no dealer can have it done.
    CONSTRAINT jobs_dealer_check CHECK ((dealer_id IS NULL) = (kind LIKE 'platform.%')),
    CONSTRAINT jobs_locked_check CHECK ((state = 'RUNNING') = (locked_until IS NOT NULL)),
    CONSTRAINT jobs_finished_check CHECK ((state IN ('DONE', 'DEAD')) = (finished_at IS NOT NULL)),
    CONSTRAINT jobs_again_check CHECK (NOT again OR state = 'RUNNING')
) WITH (
    -- A row is written three times within seconds, and those who take jobs pass by what is left of it.
    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
    autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05
);
COMMENT ON TABLE jobs IS 'Work to be done later, and for a while what became of it. Done at least once.';
COMMENT ON COLUMN jobs.dealer_id IS 'Whose work it is; the platform''s own if there is none. No foreign key: each job would lock the dealer''s row.';
COMMENT ON COLUMN jobs.priority IS 'Within a dealer: 0 is done first.';
COMMENT ON COLUMN jobs.unique_key IS 'Of those that are not finished there is one of a kind, dealer and key.';
COMMENT ON COLUMN jobs.state IS 'SCHEDULED ones become QUEUED when run_at has come.';
COMMENT ON COLUMN jobs.again IS 'It was asked for once more while it ran, so it is queued again when it ends.';
COMMENT ON COLUMN jobs.token IS 'Raised each time it is taken: only who holds the last one may say how it went.';
COMMENT ON COLUMN jobs.locked_until IS 'Until when it is left to its worker, who moves that on as long as he lives.';

-- By the lanes in which jobs are taken: a dealer and a kind; within, what is first.
CREATE INDEX jobs_queued ON jobs
    (coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind, priority, run_at, id) WHERE state = 'QUEUED';
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 'SCHEDULED';
CREATE INDEX jobs_running ON jobs (locked_until) WHERE state = 'RUNNING';
CREATE INDEX jobs_finished ON jobs (state, finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_dealer ON jobs (dealer_id, id);
CREATE UNIQUE INDEX jobs_unique ON jobs
    (coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind, unique_key)
    WHERE unique_key IS NOT NULL AND state IN ('SCHEDULED', 'QUEUED', 'RUNNING');

CREATE TABLE cron_slots (
    name text COLLATE "C" NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    slot timestamptz NOT NULL,
    job_id uuid,
    at timestamptz NOT NULL,
    PRIMARY KEY (name, slot)
);
COMMENT ON TABLE cron_slots IS 'Times at which something recurring was due. Who adds the row enqueues its job, in one transaction: there is one run for a slot.';
COMMENT ON COLUMN cron_slots.job_id IS 'None if the slot was missed and is passed over.';

-- The one way to add a job. Where one of its key waits already there is none to add, but that row
-- is locked to the end of the transaction: it must not be taken before what it is to see is there.
CREATE FUNCTION put_job(
    job uuid, dealer uuid, kind text, payload jsonb, priority smallint, delay_s double precision,
    max_attempts integer, unique_key text
) RETURNS uuid LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    due timestamptz := now() + make_interval(secs => greatest(coalesce(delay_s, 0), 0));
    put uuid;
BEGIN
    INSERT INTO platform.jobs AS present
        (id, dealer_id, kind, payload, priority, unique_key, state, run_at, max_attempts, created_at)
    VALUES (job, dealer, kind, payload, priority, unique_key,
            CASE WHEN due > now() THEN 'SCHEDULED' ELSE 'QUEUED' END, due, max_attempts, now())
    ON CONFLICT (coalesce(dealer_id, '00000000-0000-0000-0000-000000000000'), kind, unique_key)
        WHERE unique_key IS NOT NULL AND state IN ('SCHEDULED', 'QUEUED', 'RUNNING')
    DO UPDATE SET again = present.state = 'RUNNING'
    RETURNING id INTO put;
    RETURN put;
END $$;
REVOKE EXECUTE ON FUNCTION put_job FROM PUBLIC;

-- What transactions of dealers may reach of the control plane, and nothing else.
CREATE SCHEMA spine;
GRANT USAGE ON SCHEMA spine TO PUBLIC;

-- The dealer is no argument. `current_user` is the owner in here; `role` is what the transaction
-- was set to when it began. Whoever could set it to another dealer's could read his rows as well.
CREATE FUNCTION spine.enqueue(
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
GRANT EXECUTE ON FUNCTION spine.enqueue TO PUBLIC;
