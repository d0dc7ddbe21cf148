//! `GET /metrics`: every figure is one line of `page` or of what it calls.
//!
//! Figures are read where they are kept, when they are asked for. What is counted
//! in the database is left out while the database is away.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use crate::app::{App, OperatorApp};
use crate::http::endpoint::Endpoint;
use crate::jobs::JobState;
use crate::jobs::figures::{Backlog, KindFigures};
use crate::kernel::metric::Counter;
use crate::platform::operator::fleet::Census;
use crate::platform::operator::model::StatusCount;
use crate::platform::webhooks::figures as webhooks;
use crate::platform::webhooks::model::EndpointState;
use crate::telemetry::exposition::{self, Exposition};
use crate::telemetry::process;

/// Shows the figures to whoever may see them.
pub(super) async fn metrics(endpoint: Data<OperatorApp>, request: HttpRequest) -> HttpResponse {
    if !endpoint.metrics_open
        && let Err(error) = endpoint.admit_sender(&request).await
    {
        return HttpResponse::Unauthorized()
            .insert_header((WWW_AUTHENTICATE, "Bearer"))
            .body(format!("{error}\n"));
    }
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, exposition::CONTENT_TYPE))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page(&endpoint.app).await)
}

async fn page(app: &App) -> String {
    let mut page = Exposition::default();
    let version = [("version", env!("CARGO_PKG_VERSION"))];
    page.gauges("tubex_build_info", "The program, always 1.", [(version, 1)]);
    operations(&mut page, app);
    request_pool(&mut page, app);
    cache(&mut page, app);
    jobs(&mut page, app);
    webhooks(&mut page, app);
    control_plane(&mut page, app).await;
    process(&mut page, app);
    page.into_text()
}

#[rustfmt::skip]
fn operations(page: &mut Exposition, app: &App) {
    let serving = &app.serving;
    page.counters("tubex_operations_total", "GraphQL operations answered; for subscriptions, their answers.", serving.counts());
    page.histograms("tubex_operation_duration_seconds", "Time from an operation's arrival to its answer.", serving.times());
    page.gauge("tubex_sockets", "Websockets open.", serving.sockets.get());
    page.gauge("tubex_socket_operations", "Operations at work on websockets.", serving.socket_operations.get());
    page.gauge("tubex_followed_dealers", "Dealers whose events somebody on this node subscribes to.", app.tenants.bus().listened_dealers());
    page.counters("tubex_sockets_ended_total", "Websockets that have ended.", serving.socket_metrics.ends());
    page.counters("tubex_socket_refusals_total", "Websockets and operations on them that a limit has refused.", serving.socket_metrics.refusals());
    page.counters("tubex_socket_refreshes_total", "Access tokens sent to keep a websocket open.", serving.socket_metrics.refreshes());
    page.counter("tubex_documents_known_total", "Operations whose document was parsed and validated before.", app.documents.hits.get());
    page.counter("tubex_documents_new_total", "Operations whose document had to be parsed or validated.", app.documents.misses.get());
    page.counter("tubex_rate_limited_total", "Operations refused since their caller or dealer had used up the rate.", app.rates.refused.get());
    page.gauge("tubex_rate_limit_degraded", "Whether this node counts rates for itself since Redis is away.", u8::from(app.rates.is_degraded()));
    let accounts = app.identity.accounts();
    page.counter("tubex_password_hashes_total", "Passwords hashed or checked.", accounts.passwords().runs());
    page.counter("tubex_logins_throttled_total", "Passwords that were not looked at, after too many wrong ones.", accounts.throttle().refusals());
}

#[rustfmt::skip]
fn request_pool(page: &mut Exposition, app: &App) {
    let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let (pool, (open, busy)) = (app.tenants.metrics(), app.tenants.connections());
    page.gauge("tubex_request_connections", "Connections open that serve shops.", open);
    page.gauge("tubex_request_busy_dealers", "Dealers with work under way.", busy);
    page.counter("tubex_request_leases_home_total", "Transactions begun at the dealer's home connection.", read(&pool.home));
    page.counter("tubex_request_leases_away_total", "Transactions begun at another connection.", read(&pool.stolen));
    page.counter("tubex_request_connections_opened_total", "Connections opened that serve shops.", read(&pool.opened));
    page.counter("tubex_request_connections_recycled_total", "Connections closed for their age, their dealers or their memory.", read(&pool.recycled));
    page.histograms("tubex_request_wait_seconds", "Wait for a connection that serves shops.", [([], &pool.wait)]);
    page.gauge("tubex_request_statements", "Statements kept by connections at rest, each with a plan that stays.", app.tenants.plans());
    page.counter("tubex_request_statements_prepared_total", "Statements prepared.", read(&pool.prepared));
    page.counter("tubex_request_statements_evicted_total", "Statements closed for others used more recently.", read(&pool.evicted));
    page.gauge("tubex_request_connection_memory_bytes", "Memory of the server process weighed last.", read(&pool.memory));
    page.counter("tubex_request_abandoned_total", "Transactions that a client left without an end.", read(&pool.abandoned));
    page.counter("tubex_request_turned_away_total", "Requests turned away because their dealer's queue was full.", read(&pool.turned_away));
}

#[rustfmt::skip]
fn cache(page: &mut Exposition, app: &App) {
    let Some(cache) = app.tenants.cache() else {
        return;
    };
    let figures = cache.figures();
    let reads = [("memory", &figures.hits), ("redis", &figures.shared_hits), ("tables", &figures.misses), ("passed_by", &figures.passed_by)];
    page.counters("tubex_cache_reads_total", "Values of the cache asked for, by where they were found; passed_by are those of callers who read the tables.", reads.map(|(from, count)| ([("from", from)], count.get())));
    page.counter("tubex_cache_outdated_total", "Values of the cache that were replaced since something had happened.", figures.outdated.get());
    page.gauge("tubex_cache_bytes", "Memory of the values of the cache.", cache.bytes());
    if let Some((failures, is_away)) = cache.redis() {
        page.counter("tubex_cache_redis_failures_total", "Times that Redis gave no answer about a value of the cache in time.", failures);
        page.gauge("tubex_cache_redis_away", "Whether values of the cache are not shared with other nodes, since Redis is away.", u8::from(is_away));
    }
}

#[rustfmt::skip]
async fn control_plane(page: &mut Exposition, app: &App) {
    let (directory, control) = (&app.directory, app.core.control.usage());
    page.counter("tubex_directory_lookups_total", "Lookups of a dealer in the directory.", directory.lookups());
    page.counter("tubex_directory_reads_total", "Dealers read from the database for that.", directory.reads());
    page.gauge("tubex_directory_dealers", "Dealers the directory keeps in memory.", directory.kept());
    page.gauge("tubex_directory_current", "Whether changes of dealers are heard of at once.", u8::from(directory.is_current()));
    page.gauge("tubex_control_connections_limit", "Most connections to the control plane.", control.size);
    page.gauge("tubex_control_connections", "Connections open to the control plane.", control.open);
    page.gauge("tubex_control_connections_in_use", "Connections at work on the control plane.", control.in_use);
    page.gauge("tubex_control_waiting", "Requests that wait for a connection to the control plane.", control.waiting);
    let census = Census::take(&app.core.control).await;
    page.gauge("tubex_control_up", "Whether the control plane answers.", u8::from(census.is_ok()));
    match census {
        Ok(census) => {
            dealers(page, &census);
            backlog(page, &census.jobs, app);
            endpoints(page, &census.webhooks);
        }
        Err(error) => tracing::warn!(%error, "dealers could not be counted for /metrics"),
    }
}

#[rustfmt::skip]
fn dealers(page: &mut Exposition, census: &Census) {
    let by_status = |count: &StatusCount| ([("status", count.status.as_str())], count.rows);
    let (ready, filling) = census.spares();
    page.gauges("tubex_dealers", "Rows of the directory by status; SPARE ones are schemas in stock.", census.statuses.iter().map(by_status));
    page.gauge("tubex_dealers_behind", "Dealers whose schemas lack migrations.", census.behind);
    page.gauge("tubex_dealers_refused", "Dealers who are refused until they have been migrated.", census.refused);
    page.gauge("tubex_spares_ready", "Schemas in stock that a new dealer can have at once.", ready);
    page.gauge("tubex_mails_pending", "Mails that wait to be sent.", census.mails.pending);
    page.gauge("tubex_mails_held_up", "Mails that were tried, in vain so far.", census.mails.held_up);
    page.gauge("tubex_spares_filling", "Schemas in stock that are being made.", filling);
}

#[rustfmt::skip]
fn jobs(page: &mut Exposition, app: &App) {
    let ends = |of: fn(&KindFigures) -> &Counter| app.registry.figures().map(move |(kind, figures)| ([("kind", kind)], of(figures).get()));
    page.counters("tubex_jobs_done_total", "Jobs done on this node.", ends(|figures| &figures.done));
    page.counters("tubex_jobs_failed_total", "Runs that failed on this node, to be tried again.", ends(|figures| &figures.failed));
    page.counters("tubex_jobs_dead_total", "Jobs that failed for good on this node.", ends(|figures| &figures.dead));
    page.counters("tubex_jobs_given_back_total", "Runs given back by this node, since it stopped or the dealer was closed.", ends(|figures| &figures.given_back));
    page.counters("tubex_jobs_lost_total", "Runs given up by this node because their lease was lost.", ends(|figures| &figures.lost));
    page.histograms("tubex_job_duration_seconds", "How long runs took on this node.", app.registry.figures().map(|(kind, figures)| ([("kind", kind)], &figures.took)));
    page.histograms("tubex_job_wait_seconds", "How long jobs had been due when this node took them.", app.registry.figures().map(|(kind, figures)| ([("kind", kind)], &figures.waited)));
}

#[rustfmt::skip]
fn backlog(page: &mut Exposition, backlog: &Backlog, app: &App) {
    let by_state = |(state, count): &(JobState, i64)| ([("state", state.as_str())], *count);
    let now = app.core.clock.now();
    let oldest = backlog.oldest(&app.registry).map_or(0, |since| (now - since).num_seconds().max(0));
    page.gauges("tubex_jobs", "Jobs in the database that are not done.", backlog.states.iter().map(by_state));
    page.gauge("tubex_jobs_oldest_queued_seconds", "How long the job has waited that may be taken and has waited longest, of kinds that this node knows.", oldest);
    page.gauge("tubex_jobs_unknown", "Jobs that may be taken and are of kinds that this node does not know.", backlog.unknown(&app.registry));
}

#[rustfmt::skip]
fn webhooks(page: &mut Exposition, app: &App) {
    let figures = app.webhooks.figures();
    page.counters("tubex_webhook_attempts_total", "Webhooks sent by this node, by what came of it.", figures.attempts().map(|(outcome, count)| ([("outcome", outcome)], count)));
    page.histograms("tubex_webhook_attempt_seconds", "How long receivers of webhooks took, when this node sent them.", [([], &figures.took)]);
    page.counter("tubex_webhook_deliveries_total", "Webhooks that events have become on this node.", figures.written.get());
    page.counter("tubex_webhook_gaps_total", "Times that events were gone before they became webhooks.", figures.missed.get());
}

#[rustfmt::skip]
fn endpoints(page: &mut Exposition, webhooks: &webhooks::Backlog) {
    let by_state = |(state, count): &(EndpointState, i64)| ([("state", state.as_str())], *count);
    page.gauges("tubex_webhook_endpoints", "Endpoints of webhooks by state.", webhooks.endpoints.iter().map(by_state));
    page.gauge("tubex_webhook_endpoints_failing", "Enabled endpoints that rest because they failed, or have.", webhooks.failing);
    page.gauge("tubex_webhook_endpoints_waiting", "Enabled endpoints with webhooks that are to be sent, now or later.", webhooks.due);
}

#[rustfmt::skip]
fn process(page: &mut Exposition, app: &App) {
    let started = app.serving.started.timestamp();
    page.gauge("process_start_time_seconds", "When the program began to serve, since 1970.", started);
    if let Some(bytes) = process::resident_memory() {
        page.gauge("process_resident_memory_bytes", "Memory of the process that is not swapped out.", bytes);
    }
}
