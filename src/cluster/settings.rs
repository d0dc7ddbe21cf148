//! The settings a server of ours runs with.

use std::path::Path;

use super::spec::Durability;

/// Those that do not depend on anything.
///
/// The dealers' schemas make many tables: one transaction may lock hundreds of
/// them (`max_locks_per_transaction`), and each is a file that recovery would
/// sync one by one (see [`text`]).
const ALWAYS: &str = "\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
max_locks_per_transaction = 256
password_encryption = 'scram-sha-256'
autovacuum_naptime = '1min'
wal_compression = on
max_wal_size = '2GB'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_destination = 'stderr'
logging_collector = off
log_line_prefix = '%m [%p] '
";

const DURABLE: &str = "shared_buffers = '128MB'\n";

/// Nothing waits for the disk, and bulk loads need not be logged.
const DISPOSABLE: &str = "\
shared_buffers = '64MB'
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = '256MB'
wal_level = minimal
max_wal_senders = 0
";

/// One sync of the file system after a crash, not one per file; Linux only.
const SYNC_AT_ONCE: &str = "recovery_init_sync_method = 'syncfs'\n";

/// The settings file of a server with its data in `pgdata`. What `initdb` found
/// out about the machine comes first; `ALTER SYSTEM` still has the last word.
pub(super) fn text(pgdata: &Path, port: u16, durability: Durability) -> String {
    let machine = pgdata.join("postgresql.conf");
    let include = machine.display().to_string().replace('\'', "''");
    let rest = match durability {
        Durability::Durable => DURABLE,
        Durability::Disposable => DISPOSABLE,
    };
    let sync = if cfg!(target_os = "linux") {
        SYNC_AT_ONCE
    } else {
        ""
    };
    format!("# Written at each start.\ninclude '{include}'\nport = {port}\n{ALWAYS}{rest}{sync}")
}
