-- A row is there before its object and goes after it, so that no object is ever forgotten.
CREATE TABLE files (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
    content_type text NOT NULL,
    size bigint NOT NULL CHECK (size >= 0),
    sha256 bytea CHECK (octet_length(sha256) = 32),
    state text NOT NULL CHECK (state IN ('AWAITED', 'ARRIVING', 'KEPT', 'DELETED')),
    expires_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT files_kept_check CHECK (state <> 'KEPT' OR sha256 IS NOT NULL)
);
COMMENT ON TABLE files IS 'Files that were uploaded; their content lies in the object store, under dealer and id.';
COMMENT ON COLUMN files.size IS 'In bytes; until the content is there, what is set aside for it.';
COMMENT ON COLUMN files.state IS 'Only what is KEPT is shown. What is DELETED waits for its object to be deleted.';
COMMENT ON COLUMN files.expires_at IS 'When it is deleted; none while something refers to it.';
CREATE INDEX files_expires ON files (expires_at) WHERE expires_at IS NOT NULL AND state <> 'DELETED';
CREATE INDEX files_deleted ON files (id) WHERE state = 'DELETED';

CREATE TABLE file_usage (
    one smallint PRIMARY KEY CHECK (one = 1),
    bytes bigint NOT NULL CHECK (bytes >= 0)
);
COMMENT ON TABLE file_usage IS 'One row. Who attaches or takes off locks it.';
COMMENT ON COLUMN file_usage.bytes IS 'Sum of the sizes of all files that are not deleted.';

CREATE TABLE attachments (
    id uuid PRIMARY KEY,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    file_id uuid NOT NULL CONSTRAINT attachments_file_exists REFERENCES files (id),
    customer_id uuid,
    is_public boolean NOT NULL,
    caption text CHECK (length(caption) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    CONSTRAINT attachments_once_unique UNIQUE (entity, entity_id, file_id)
);
COMMENT ON TABLE attachments IS 'Files at records.';
COMMENT ON COLUMN attachments.entity IS 'The prefix of the record''s id.';
COMMENT ON COLUMN attachments.customer_id IS 'The customer whose record it is, if it is one''s.';
COMMENT ON COLUMN attachments.is_public IS 'Whether people of customers may see it, if it is no customer''s.';
CREATE INDEX attachments_file ON attachments (file_id);

-- As with events: a contractor at the portal sees what is his customer's, and what is public.
ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_customer ON attachments USING (
    coalesce(
        customer_id = nullif(current_setting('tubex.customer', true), '')::uuid,
        coalesce(nullif(current_setting('tubex.customer', true), '') = '', true) OR is_public
    )
);
