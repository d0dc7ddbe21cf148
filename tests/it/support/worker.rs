//! Workers of a test's own, with all kinds of jobs that the program has.

use std::sync::Arc;
use std::time::Duration;

use tubex::app::jobs::registry;
use tubex::config::JobSettings;
use tubex::jobs::Worker;

use super::server::Server;

impl Server {
    /// A worker of this process, whose files lie where the server's do.
    pub fn worker(&self) -> Worker {
        let settings = JobSettings {
            workers_jobs: 4,
            job_lease_s: Duration::from_mins(1),
            ..self.app.settings.jobs.clone()
        };
        let depot = tubex::app::files::depot(&self.app.settings.files).unwrap();
        let app = &self.app;
        let registry = Arc::new(registry(&app.core, &settings, &depot));
        let worker = app.core.worker(app.job_parts(), registry, &settings);
        worker.unwrap().unwrap()
    }
}
