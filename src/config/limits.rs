//! What one request may ask for, and how much a caller.

use std::time::Duration;

use clap::Args;

use super::PlanSettings;
use super::values::{batch_size, cache_size, header_size, list_size, rate, some_milliseconds};

/// What one request may ask for, beside depth, complexity and size.
#[derive(Args, Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a setting of its own"
)]
pub struct LimitSettings {
    /// Most fields of one document, its fragments written out.
    #[arg(long, env = "TUBEX_MAX_FIELDS", value_name = "N", default_value = "20000", value_parser = list_size)]
    pub max_fields: usize,

    /// Most tokens of one document.
    #[arg(long, env = "TUBEX_MAX_TOKENS", value_name = "N", default_value = "10000", value_parser = list_size)]
    pub max_tokens: usize,

    /// Most aliases of one operation.
    #[arg(long, env = "TUBEX_MAX_ALIASES", value_name = "N", default_value = "250", value_parser = list_size)]
    pub max_aliases: usize,

    /// Most root fields of one operation.
    #[arg(long, env = "TUBEX_MAX_ROOT_FIELDS", value_name = "N", default_value = "100", value_parser = list_size)]
    pub max_root_fields: usize,

    /// Most directives of one operation.
    #[arg(long, env = "TUBEX_MAX_DIRECTIVES", value_name = "N", default_value = "100", value_parser = list_size)]
    pub max_directives: usize,

    /// Most fragments of one document.
    #[arg(long, env = "TUBEX_MAX_FRAGMENTS", value_name = "N", default_value = "100", value_parser = list_size)]
    pub max_fragments: usize,

    /// Most items of one list among the arguments and variables of an operation.
    #[arg(long, env = "TUBEX_MAX_LIST_ITEMS", value_name = "N", default_value = "2000", value_parser = list_size)]
    pub max_list_items: usize,

    /// Deepest nesting of what one variable holds.
    #[arg(long, env = "TUBEX_MAX_VARIABLES_DEPTH", value_name = "N", default_value = "16", value_parser = list_size)]
    pub max_variables_depth: usize,

    /// Largest answer to one request, in bytes.
    #[arg(long, env = "TUBEX_MAX_RESPONSE_BYTES", value_name = "BYTES", default_value = "16777216", value_parser = list_size)]
    pub max_response_bytes: usize,

    /// Most that all headers of one request may take, in bytes.
    #[arg(long, env = "TUBEX_MAX_HEADER_BYTES", value_name = "BYTES", default_value = "32768", value_parser = header_size)]
    pub max_header_bytes: usize,

    /// Most operations that one request may hold as a list; with 0, lists are refused.
    #[arg(long, env = "TUBEX_MAX_BATCH", value_name = "N", default_value = "0", value_parser = batch_size)]
    pub max_batch: usize,

    /// Most operations at work on this node over HTTP at once; more are told to come again.
    #[arg(long, env = "TUBEX_MAX_OPERATIONS", value_name = "N", default_value = "1024", value_parser = list_size)]
    pub max_operations: usize,

    /// Longest time that the body of an operation may take to come, in milliseconds.
    #[arg(long, env = "TUBEX_BODY_TIMEOUT_MS", value_name = "MS", default_value = "10000", value_parser = some_milliseconds)]
    pub body_timeout_ms: Duration,

    /// Whether the schema may be asked for, which GraphiQL and code generators do.
    #[arg(long, env = "TUBEX_INTROSPECTION", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub introspection: bool,

    /// Whether the refusal of an unknown field says which known ones are like it.
    #[arg(long, env = "TUBEX_SUGGESTIONS", value_name = "BOOL", default_value = "false", action = clap::ArgAction::Set)]
    pub suggestions: bool,

    /// Whether clients may send the hash of an operation in place of its text, once the
    /// server has seen the text.
    #[arg(long, env = "TUBEX_PERSISTED_QUERIES", value_name = "BOOL", default_value = "true", action = clap::ArgAction::Set)]
    pub persisted_queries: bool,

    /// Whether only the operations are taken that `tubex operations import` has let in,
    /// by their text or its hash.
    #[arg(long, env = "TUBEX_TRUSTED_OPERATIONS", value_name = "BOOL", default_value = "false", action = clap::ArgAction::Set)]
    pub trusted_operations: bool,

    /// Text of the documents that are kept parsed and validated, in KiB.
    #[arg(long, env = "TUBEX_DOCUMENT_CACHE_KIB", value_name = "KIB", default_value = "4096", value_parser = list_size)]
    pub document_cache_kib: usize,

    /// Numbers of dealers' dashboards and reports that are kept in memory, in KiB; with 0 none
    /// are, there or in Redis.
    #[arg(long, env = "TUBEX_CACHE_KIB", value_name = "KIB", default_value = "16384", value_parser = cache_size)]
    pub cache_kib: usize,

    /// Units of complexity that one user, key or stranger's address may ask for in a
    /// minute, half of them at once; with 0 there is no such limit.
    #[arg(long, env = "TUBEX_RATE_PER_CALLER", value_name = "UNITS", default_value = "600000", value_parser = rate)]
    pub rate_per_caller: u64,

    /// Units of complexity that all of one dealer may ask for in a minute, half of them
    /// at once, unless his plan says otherwise; with 0 there is no such limit.
    #[arg(long, env = "TUBEX_RATE_PER_DEALER", value_name = "UNITS", default_value = "3000000", value_parser = rate)]
    pub rate_per_dealer: u64,

    /// Dealers' plans.
    #[command(flatten)]
    pub plans: PlanSettings,
}
