//! How much a caller and his dealer may ask for, in units of complexity.
//!
//! Nodes that have a Redis count together in it. While it is away each counts for itself,
//! at its share of the rate: neither open to all nor shut to all (PLATFORM 4.8 in short:
//! degraded). A node without one counts for itself at the whole rate.

mod local;
mod plans;
mod shared;

use std::net::IpAddr;
use std::time::Duration;

use secrecy::ExposeSecret;

use self::local::Local;
use self::plans::DealerRates;
use self::shared::Shared;
use crate::auth::principal::Principal;
use crate::config::ServerSettings;
use crate::error::{AppError, AppResult, ErrorCode};
use crate::events::RedisError;
use crate::kernel::clock::Clock;
use crate::kernel::gcra::{BURST_US, Rate};
use crate::kernel::metric::Counter;

/// Whose share is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charged {
    caller: String,
    dealer: Option<Account>,
}

/// The share of a dealer, and the plan that says how large it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Account {
    key: String,
    plan: String,
}

impl Charged {
    /// A user or a key, at his dealer, who has this plan.
    pub fn principal(principal: &Principal, plan: &str) -> Self {
        let dealer = principal.dealer();
        let caller = match principal.api_key() {
            Some(key) => format!("{{{dealer}}}:{}", key.id),
            None => format!("{{{dealer}}}:{}", principal.user()),
        };
        Self {
            caller,
            dealer: Some(Account {
                // The plan is no part of it, so that who changes it goes on owing.
                key: format!("{{{dealer}}}:all"),
                plan: plan.to_owned(),
            }),
        }
    }

    /// Somebody who has not said who he is: his address, or the network that one
    /// household has of the newer kind.
    pub fn stranger(address: IpAddr) -> Self {
        let network = match address {
            IpAddr::V4(_) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        };
        Self {
            caller: format!("stranger:{network}"),
            dealer: None,
        }
    }
}

/// One of the shares an operation is asked of.
#[derive(Clone, Copy, Debug)]
struct Share<'c> {
    name: &'static str,
    key: &'c str,
    rate: Rate,
}

/// What is left of a share.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    /// `caller` or `dealer`.
    pub name: &'static str,
    /// Units that may be asked for at once.
    pub burst: u64,
    /// Units that are left of that.
    pub units: u64,
    /// When all of them are back.
    pub whole_in: Duration,
}

/// Why an operation is refused.
struct Wait {
    name: &'static str,
    micros: u64,
}

/// The shares of all callers and dealers.
pub struct Rates {
    caller: Option<Rate>,
    dealers: DealerRates,
    local: Local,
    shared: Option<Shared>,
    clock: Clock,
    /// Operations refused.
    pub refused: Counter,
}

impl Rates {
    /// By these settings.
    pub(super) fn new(settings: &ServerSettings, clock: &Clock) -> Result<Self, RedisError> {
        let url = settings.redis_url.as_ref();
        let shared = url
            .map(|url| Shared::start(url.expose_secret()))
            .transpose()?;
        Ok(Self {
            caller: Rate::per_minute(settings.limits.rate_per_caller),
            dealers: DealerRates::new(&settings.limits),
            local: Local::default(),
            shared,
            clock: clock.clone(),
            refused: Counter::default(),
        })
    }

    /// Takes the units of an operation from all its shares, or from none: then it may be
    /// tried again after what the error hints at.
    pub async fn take(&self, charged: &Charged, units: usize) -> AppResult<Vec<Left>> {
        let share = |name, key, rate| {
            Some(Share {
                name,
                key,
                rate: rate?,
            })
        };
        let caller = share("caller", charged.caller.as_str(), self.caller);
        let dealer = charged.dealer.as_ref();
        let dealer = dealer.and_then(|account| {
            let rate = self.dealers.of(&account.plan);
            share("dealer", account.key.as_str(), rate)
        });
        let shares: Vec<Share<'_>> = caller.into_iter().chain(dealer).collect();
        if shares.is_empty() {
            return Ok(Vec::new());
        }
        let units = u64::try_from(units).unwrap_or(u64::MAX);
        self.taken(&shares, units).await.map_err(|wait| {
            self.refused.add_one();
            self.refusal(&wait, charged)
        })
    }

    async fn taken(&self, shares: &[Share<'_>], units: u64) -> Result<Vec<Left>, Wait> {
        let mut parts = 1;
        if let Some(shared) = &self.shared {
            match shared.take(shares, units).await {
                Some(taken) => return taken,
                None => parts = shared.nodes(),
            }
        }
        let divided = shares.iter().map(|share| Share {
            rate: share.rate.divided(parts),
            ..*share
        });
        let divided: Vec<Share<'_>> = divided.collect();
        let now = u64::try_from(self.clock.now().timestamp_micros()).unwrap_or(0);
        self.local.take(&divided, units, now)
    }

    fn refusal(&self, wait: &Wait, charged: &Charged) -> AppError {
        let account = charged.dealer.as_ref();
        let (whose, setting) = match (wait.name, account) {
            ("dealer", Some(account)) => {
                let setting = self.dealers.setting(&account.plan);
                ("all callers of this dealer have", setting)
            }
            _ => ("this caller has", "--rate-per-caller"),
        };
        let message = format!("{whose} used up what may be asked for in a minute ({setting})");
        AppError::new(ErrorCode::RateLimited, message)
            .with_retry_after(Duration::from_micros(wait.micros))
    }

    /// Whether nodes that should count together do.
    pub fn is_degraded(&self) -> bool {
        self.shared.as_ref().is_some_and(Shared::is_away)
    }
}

impl Share<'_> {
    /// What is left when all is back after so long.
    fn left(&self, ahead: u64) -> Left {
        Left {
            name: self.name,
            burst: self.rate.burst(),
            units: self.rate.units_in(BURST_US.saturating_sub(ahead)),
            whole_in: Duration::from_micros(ahead),
        }
    }
}
