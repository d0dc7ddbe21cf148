-- One row, raised by the last statement of each transaction that tells events. Whoever raises it
-- holds it until his COMMIT, so ids have no gaps and stand in the order of the commits.
CREATE TABLE event_counter (
    one smallint PRIMARY KEY CHECK (one = 1),
    last bigint NOT NULL CHECK (last >= 0)
);
COMMENT ON COLUMN event_counter.last IS 'Id of the newest event.';

CREATE TABLE events (
    id bigint PRIMARY KEY,
    name text NOT NULL,
    version smallint NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    customer_id uuid,
    is_public boolean NOT NULL,
    payload jsonb NOT NULL,
    actor text NOT NULL,
    request_id uuid,
    at timestamptz NOT NULL
);
COMMENT ON TABLE events IS 'What has happened, told in the transactions in which it did. Old rows are deleted.';
COMMENT ON COLUMN events.customer_id IS 'The customer whom it is about, if it is about one.';
COMMENT ON COLUMN events.is_public IS 'Whether people of customers may hear of it, if it is about none.';

-- The dealer's role adds and reads; for changing and deleting there is no policy, so those find no
-- row. A contractor at the portal reads what is about his customer, or about none and public:
-- the second half is looked at where the first knows no answer. No IS NULL: Citus takes none here.
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY added ON events FOR INSERT WITH CHECK (true);
-- lint: allow spread-policy: FOR SELECT names the command, and no other table is asked
CREATE POLICY own_customer ON events FOR SELECT USING (
    coalesce(
        customer_id = nullif(current_setting('tubex.customer', true), '')::uuid,
        coalesce(nullif(current_setting('tubex.customer', true), '') = '', true) OR is_public
    )
);
