//! A job that does nothing for as long as it is told to: to see that workers work, and
//! how fast.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::context::JobContext;
use super::kind::{JobError, JobKind, JobResult, Limits};

/// Does nothing.
pub struct Probe;

/// For how long.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, Default)]
pub struct Idle {
    /// In milliseconds.
    #[serde(default)]
    pub takes_ms: u32,
    /// Whether to fail then.
    #[serde(default)]
    pub fails: bool,
}

impl JobKind for Probe {
    const NAME: &'static str = "platform.probe";
    const LIMITS: Limits = Limits {
        attempts: 3,
        ..Limits::DEFAULT
    };
    type Payload = Idle;

    async fn run(&self, _job: JobContext, idle: Idle) -> JobResult {
        if idle.takes_ms > 0 {
            tokio::time::sleep(Duration::from_millis(idle.takes_ms.into())).await;
        }
        if idle.fails {
            return Err(JobError::failed("the probe was told to fail"));
        }
        Ok(())
    }
}
