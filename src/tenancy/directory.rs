//! The tenant directory: from a dealer's id to his schema and state.
//!
//! What has been read stays in memory; `watch` hears of changes, and
//! `news` tells how far what is in memory may be believed. While the watch is
//! well, a request asks the database nothing about its dealer.

mod confirm;
mod dealer;
mod news;
mod watch;

use std::sync::Arc;
use std::time::{Duration, Instant};

use moka::future::Cache;
use secrecy::SecretString;

pub(super) use dealer::DealerRow;
pub use dealer::{
    Dealer, DealerStatus, active_between, dealer_find, dealer_find_by_name, dealer_list,
    dealer_lock,
};
use news::{Moment, News};
use watch::Watch;
pub use watch::Watching;

use super::context::{Actor, Standing, TenantContext};
use super::dealer_roles::{DealerRoles, dealer_roles};
use super::migrate::MigrationSet;
use crate::auth::principal::Principal;
use crate::auth::revoked::{self, Ears, Revoked};
use crate::db::connect::Connector;
use crate::db::control::{ControlConn, ControlPool};
use crate::db::error::{DbError, DbResult};
use crate::db::limits::{self, in_time};
use crate::error::{AppError, AppResult, ErrorCode};
use crate::kernel::ids::DealerId;
use crate::kernel::listeners::Listener;
use crate::kernel::metric::Counter;

/// Dealers kept in memory; the least used leave first.
const CAPACITY: u64 = 20_000;
/// How long a dealer is kept in memory; changes are heard of long before.
const KEPT_FOR: Duration = Duration::from_mins(10);
/// How often a dealer is looked up who changes all the time.
const ATTEMPTS: usize = 3;

/// Finds dealers by id, from memory where it can, and opens contexts on them.
#[derive(Clone)]
pub struct Directory {
    control: ControlPool,
    dealers: Cache<DealerId, Entry>,
    news: Arc<News>,
    revoked: Arc<Revoked>,
    /// When this node itself has last read what was revoked; see `confirm.rs`.
    confirmed: Cache<(), Instant>,
    needed: Option<Arc<str>>,
    lookups: Arc<Counter>,
}

/// Hears of what may end the rights of one caller: changes of his dealer, and what
/// is revoked of him.
pub struct Listening {
    dealer: Listener<DealerId>,
    caller: Option<Ears>,
}

/// A dealer, and the roles he has made for himself.
type Known = (Arc<Dealer>, Arc<DealerRoles>);

/// What was read of a dealer, and when. None if there is no such dealer.
#[derive(Clone)]
struct Entry {
    known: Option<Known>,
    read: Moment,
}

impl Directory {
    /// A directory over the control plane, for a program with the tenant set `set`.
    /// Until it is watched, it reads each dealer anew every second.
    pub fn new(control: ControlPool, set: &MigrationSet) -> Self {
        Self {
            control,
            dealers: Cache::builder()
                .max_capacity(CAPACITY)
                .time_to_live(KEPT_FOR)
                .build(),
            news: Arc::new(News::new()),
            revoked: Arc::default(),
            confirmed: Cache::builder().max_capacity(1).build(),
            needed: set.needed().map(Arc::from),
            lookups: Arc::default(),
        }
    }

    /// Begins to hear of changes, over a connection of its own to `url`.
    pub fn watch(&self, connector: &Connector, url: SecretString) -> Watching {
        let watch = Watch {
            connector: connector.clone(),
            url,
            control: self.control.clone(),
            news: Arc::clone(&self.news),
            revoked: Arc::clone(&self.revoked),
        };
        watch.start(self.clone().stand_in())
    }

    /// Lets a verified caller in at the dealer his token names: to read only, if
    /// the dealer is suspended or the token says so.
    pub async fn admit(&self, principal: Principal) -> AppResult<TenantContext> {
        let is_sure = self.is_sure().await;
        self.revoked.check(&principal)?;
        let known = self.dealer_of(&principal).await?;
        if principal.grant().dealer_epoch < known.0.token_epoch {
            return Err(revoked::signed_out());
        }
        let standing = match Standing::of(known.0.status) {
            Some(Standing::Open) if !is_sure => Some(Standing::Unsure),
            Some(Standing::Open) if principal.is_read_only() => Some(Standing::LookOnly),
            standing => standing,
        };
        self.context(known, Actor::User(Box::new(principal)), standing)
    }

    /// What has been revoked.
    pub fn revoked(&self) -> &Revoked {
        &self.revoked
    }

    /// Opens a context for a named part of the system itself, which may read what
    /// is archived, too.
    pub async fn admit_system(
        &self,
        dealer: DealerId,
        part: &'static str,
    ) -> AppResult<TenantContext> {
        let archived = Some(Standing::ReadOnly);
        self.admit_part(dealer, part, archived).await
    }

    /// As [`Directory::admit_system`], for somebody outside: who is archived is closed.
    pub async fn admit_for_reader(
        &self,
        dealer: DealerId,
        part: &'static str,
    ) -> AppResult<TenantContext> {
        self.admit_part(dealer, part, None).await
    }

    async fn admit_part(
        &self,
        dealer: DealerId,
        part: &'static str,
        when_archived: Option<Standing>,
    ) -> AppResult<TenantContext> {
        let known = self.find(dealer).await?.ok_or_else(unknown)?;
        let standing = match known.0.status {
            DealerStatus::Archived => when_archived,
            status => Standing::of(status),
        };
        self.context(known, Actor::System(part), standing)
    }

    /// Why the sockets of `admitted` have to close; none while the dealer is open
    /// and nothing of the caller was revoked, nor what he may do changed.
    pub async fn why_closed(&self, admitted: &TenantContext) -> AppResult<Option<AppError>> {
        let Some((dealer, roles)) = self.find(admitted.dealer().id).await? else {
            return Ok(Some(unknown()));
        };
        let is_signed_out = admitted.principal().is_some_and(|principal| {
            let is_old = principal.grant().dealer_epoch < dealer.token_epoch;
            is_old || self.revoked.check(principal).is_err()
        });
        Ok(match Standing::of(dealer.status) {
            Some(Standing::Open) if is_signed_out => Some(revoked::signed_out()),
            Some(Standing::Open) if !admitted.is_still_permitted(&roles) => Some(changed()),
            Some(Standing::Open) => None,
            Some(_) => Some(suspended()),
            None => Some(closed()),
        })
    }

    /// Hears from now on of what [`Directory::why_closed`] might say.
    pub fn listen(&self, admitted: &TenantContext) -> Listening {
        let dealer = admitted.dealer();
        let caller = admitted.principal();
        Listening {
            dealer: self
                .news
                .listeners
                .listen(dealer.id, dealer.rights_version()),
            caller: caller.map(|principal| self.revoked.listen(principal)),
        }
    }

    /// Whether changes are heard of; while they are not, each dealer is read anew
    /// every second.
    pub fn is_current(&self) -> bool {
        self.news.is_current()
    }

    /// Lookups of a dealer so far.
    pub fn lookups(&self) -> u64 {
        self.lookups.get()
    }

    /// Dealers in memory, as far as the cache has counted them.
    pub fn kept(&self) -> u64 {
        self.dealers.entry_count()
    }

    /// Dealers read from the database so far.
    pub fn reads(&self) -> u64 {
        self.news.reads()
    }

    /// For whoever has just changed a dealer and goes on with him on this node;
    /// everybody else hears of it.
    pub fn forget(&self, dealer: DealerId) {
        self.news.changed(dealer);
    }

    fn context(
        &self,
        known: Known,
        actor: Actor,
        standing: Option<Standing>,
    ) -> AppResult<TenantContext> {
        let standing = standing.ok_or_else(closed)?;
        // A newer schema will do: programs expand first and contract later.
        if known.0.version.as_deref() < self.needed.as_deref() {
            return Err(upgrading());
        }
        Ok(TenantContext::new(known, actor, standing))
    }

    /// The dealer of a caller, as new as a token of his own at least: it may have been
    /// given after a change of which this node has yet to hear.
    async fn dealer_of(&self, principal: &Principal) -> AppResult<Known> {
        let id = principal.dealer();
        let known = self.find(id).await?.ok_or_else(unknown)?;
        let is_newer = principal.grant().dealer_epoch > known.0.token_epoch;
        if !is_newer || !principal.is_in_person() {
            return Ok(known);
        }
        self.forget(id);
        self.find(id).await?.ok_or_else(unknown)
    }

    /// The dealer as he is, or was less than a second ago.
    async fn find(&self, id: DealerId) -> AppResult<Option<Known>> {
        self.lookups.add_one();
        let asked = Instant::now();
        for _attempt in 0..ATTEMPTS {
            let entry = self.dealers.try_get_with(id, self.read(id)).await;
            let entry = entry.map_err(|error: Arc<AppError>| AppError::clone(&error))?;
            if self.news.still_holds(id, entry.read, asked) {
                return Ok(entry.known);
            }
            self.dealers.invalidate(&id).await;
        }
        Ok(self.read(id).await?.known)
    }

    async fn read(&self, id: DealerId) -> AppResult<Entry> {
        let read = self.news.moment(id);
        let mut conn = self.control.checkout().await?;
        let known = in_time(limits::READ, find_known(&mut conn, id)).await?;
        Ok(Entry { known, read })
    }
}

async fn find_known(conn: &mut ControlConn, id: DealerId) -> DbResult<Option<Known>> {
    let Some(dealer) = dealer_find(conn, id).await? else {
        return Ok(None);
    };
    let roles = match dealer.roles_version {
        0 => DealerRoles::default(),
        _ => dealer_roles(conn, id).await?,
    };
    Ok(Some((Arc::new(dealer), Arc::new(roles))))
}

impl Listening {
    /// Waits for news.
    pub async fn changed(&mut self) {
        let caller = async {
            match &mut self.caller {
                Some(ears) => ears.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.dealer.changed() => {}
            () = caller => {}
        }
    }
}

fn upgrading() -> AppError {
    let message = "this dealer is being upgraded to the version of this server; \
                   try again in some seconds";
    AppError::new(ErrorCode::DealerUpgrading, message).with_retry_after(Duration::from_secs(2))
}

fn closed() -> AppError {
    let message = "this dealer is not open for business at the moment";
    AppError::new(ErrorCode::DealerNotActive, message)
}

fn changed() -> AppError {
    let message = "what you may do here has changed; connect again";
    AppError::new(ErrorCode::Forbidden, message)
}

/// The answer to what a suspended dealer may not do.
pub fn suspended() -> AppError {
    AppError::from(DbError::ReadOnly)
}

fn unknown() -> AppError {
    AppError::unauthenticated("the access token names a dealer that does not exist; sign in again")
}
