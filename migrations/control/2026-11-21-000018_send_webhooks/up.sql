CREATE TABLE webhook_endpoints (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL REFERENCES dealers (id) ON DELETE CASCADE,
    created_by uuid REFERENCES users (id) ON DELETE SET NULL,
    url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    description text CHECK (length(description) BETWEEN 1 AND 500),
    events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 100),
    state text NOT NULL CHECK (state IN ('ENABLED', 'DISABLED', 'FAILED', 'GONE', 'DELETED')),
    version integer NOT NULL CHECK (version > 0),
    since_event bigint NOT NULL CHECK (since_event >= 0),
    due_at timestamptz,
    failures integer NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since timestamptz,
    resting_until timestamptz,
    warned_at timestamptz,
    last_success_at timestamptz,
    last_failure_at timestamptz,
    delivered bigint NOT NULL DEFAULT 0,
    failed bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK ((failures = 0) = (failing_since IS NULL))
);
COMMENT ON TABLE webhook_endpoints IS 'Where dealers want to be told of events.';
COMMENT ON COLUMN webhook_endpoints.events IS 'Names of events, or the beginning of one and a star.';
COMMENT ON COLUMN webhook_endpoints.state IS 'DISABLED by people, FAILED since it failed for days, GONE since it said so. DELETED ones are about to be thrown away.';
COMMENT ON COLUMN webhook_endpoints.since_event IS 'It is told of the dealer''s events behind this one.';
COMMENT ON COLUMN webhook_endpoints.due_at IS 'When its deliveries have to be looked at; none if nothing waits. Whoever has that done moves it ahead, so that it comes back if he dies.';
COMMENT ON COLUMN webhook_endpoints.failures IS 'Attempts that failed since the last that did not.';
COMMENT ON COLUMN webhook_endpoints.resting_until IS 'Until then nothing is sent there, whatever is due.';
COMMENT ON COLUMN webhook_endpoints.warned_at IS 'When the dealer was told by mail that it fails.';
CREATE INDEX webhook_endpoints_dealer ON webhook_endpoints (dealer_id, id);
CREATE INDEX webhook_endpoints_created_by ON webhook_endpoints (created_by) WHERE created_by IS NOT NULL;
CREATE INDEX webhook_endpoints_due ON webhook_endpoints (due_at) WHERE state = 'ENABLED' AND due_at IS NOT NULL;

CREATE TABLE webhook_secrets (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    signature text NOT NULL CHECK (signature IN ('HMAC_SHA256', 'ED25519')),
    sealed bytea NOT NULL CHECK (length(sealed) BETWEEN 48 AND 200),
    public_key text CHECK (length(public_key) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);
COMMENT ON TABLE webhook_secrets IS 'By which deliveries are signed: the present one of each endpoint, and for a while those before it.';
COMMENT ON COLUMN webhook_secrets.sealed IS 'Encrypted under the secret of the installation.';
COMMENT ON COLUMN webhook_secrets.expires_at IS 'When it is used no more; never if it is the present one.';
CREATE INDEX webhook_secrets_endpoint ON webhook_secrets (endpoint_id, id);

CREATE TABLE webhook_feeds (
    dealer_id uuid PRIMARY KEY REFERENCES dealers (id) ON DELETE CASCADE,
    delivered_through bigint NOT NULL CHECK (delivered_through >= 0),
    look_at timestamptz NOT NULL
);
COMMENT ON TABLE webhook_feeds IS 'How far the events of dealers have become deliveries. There is a row for a dealer as long as one of his endpoints is enabled.';
COMMENT ON COLUMN webhook_feeds.delivered_through IS 'The last event of which all deliveries are written down. Later events are not deleted.';
COMMENT ON COLUMN webhook_feeds.look_at IS 'When is looked for events of which no hint came.';
CREATE INDEX webhook_feeds_look ON webhook_feeds (look_at);

CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    dealer_id uuid NOT NULL,
    endpoint_id uuid NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    message_id text COLLATE "C" NOT NULL CHECK (length(message_id) BETWEEN 1 AND 100),
    event_id bigint,
    event text NOT NULL CHECK (length(event) BETWEEN 1 AND 100),
    happened_at timestamptz NOT NULL,
    body text NOT NULL CHECK (octet_length(body) <= 20000),
    state text NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    CONSTRAINT webhook_deliveries_once UNIQUE (endpoint_id, message_id),
    CHECK ((state = 'PENDING') = (finished_at IS NULL))
);
COMMENT ON TABLE webhook_deliveries IS 'Messages to endpoints, one for each event; for 30 days also those that were delivered, or given up.';
COMMENT ON COLUMN webhook_deliveries.message_id IS 'By which the receiver knows that he has it already: the same for all attempts and replays.';
COMMENT ON COLUMN webhook_deliveries.event_id IS 'None if it is a test.';
COMMENT ON COLUMN webhook_deliveries.body IS 'As it is sent, each time the same.';
COMMENT ON COLUMN webhook_deliveries.attempts IS 'Since it was ordered, or replayed.';
COMMENT ON COLUMN webhook_deliveries.tries IS 'All attempts.';
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, due_at, id) WHERE state = 'PENDING';
CREATE INDEX webhook_deliveries_dealer ON webhook_deliveries (dealer_id, created_at, id);
CREATE INDEX webhook_deliveries_happened ON webhook_deliveries (endpoint_id, happened_at);
CREATE INDEX webhook_deliveries_created ON webhook_deliveries (created_at);

CREATE TABLE webhook_attempts (
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    at timestamptz NOT NULL,
    took_ms integer NOT NULL CHECK (took_ms >= 0),
    status smallint,
    fault text CHECK (fault IN ('STATUS', 'TIMEOUT', 'LOOKUP', 'ADDRESS', 'CONNECTION', 'TLS', 'PROTOCOL')),
    answer text CHECK (length(answer) <= 1024),
    PRIMARY KEY (delivery_id, number)
);
COMMENT ON TABLE webhook_attempts IS 'What became of each attempt to deliver a message.';
COMMENT ON COLUMN webhook_attempts.fault IS 'None if it was taken.';
COMMENT ON COLUMN webhook_attempts.answer IS 'The beginning of what the receiver answered, or why there is no answer.';

-- The endpoint that a mail is about; what it says of it is found when it is written.
ALTER TABLE mails ADD COLUMN webhook_endpoint_id uuid REFERENCES webhook_endpoints (id) ON DELETE CASCADE;
CREATE INDEX mails_webhook_endpoint ON mails (webhook_endpoint_id) WHERE webhook_endpoint_id IS NOT NULL;
