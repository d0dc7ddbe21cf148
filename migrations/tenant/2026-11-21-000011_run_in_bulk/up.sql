CREATE TABLE bulk_operations (
    id uuid PRIMARY KEY,
    direction text NOT NULL CHECK (direction IN ('IMPORT', 'EXPORT')),
    kind text NOT NULL CHECK (kind IN ('PRODUCTS', 'PRICES', 'CUSTOMERS', 'STOCK')),
    format text NOT NULL CHECK (format IN ('CSV', 'NDJSON')),
    on_error text NOT NULL CHECK (on_error IN ('STOP', 'SKIP')),
    is_dry_run boolean NOT NULL,
    state text NOT NULL
        CHECK (state IN ('QUEUED', 'RUNNING', 'DONE', 'STOPPED', 'FAILED', 'CANCELLED')),
    message text,
    input_file_id uuid,
    input_size bigint NOT NULL CHECK (input_size >= 0),
    output_file_id uuid,
    error_file_id uuid,
    place bigint NOT NULL CHECK (place >= 0),
    line bigint NOT NULL CHECK (line >= 0),
    created bigint NOT NULL CHECK (created >= 0),
    updated bigint NOT NULL CHECK (updated >= 0),
    unchanged bigint NOT NULL CHECK (unchanged >= 0),
    failed bigint NOT NULL CHECK (failed >= 0),
    written bigint NOT NULL CHECK (written >= 0),
    started_by uuid,
    created_at timestamptz NOT NULL,
    finished_at timestamptz
);
COMMENT ON TABLE bulk_operations IS 'Imports and exports of many records, and for a while what became of them.';
COMMENT ON COLUMN bulk_operations.place IS 'Bytes of the input that are done; written in the transaction in which they are done.';
COMMENT ON COLUMN bulk_operations.line IS 'The last line that is done.';
COMMENT ON COLUMN bulk_operations.input_file_id IS 'No foreign key: the file goes when its time is over.';
CREATE INDEX bulk_operations_created ON bulk_operations (created_at);

CREATE TABLE bulk_errors (
    operation_id uuid NOT NULL REFERENCES bulk_operations (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    line bigint NOT NULL,
    field text,
    code text NOT NULL,
    message text NOT NULL,
    PRIMARY KEY (operation_id, number)
);
COMMENT ON TABLE bulk_errors IS 'What is wrong with which lines of an import; of very many the first.';
