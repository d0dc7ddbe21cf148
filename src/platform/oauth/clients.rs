//! Use cases of applications: registering, changing, removing; and of grants: looking
//! at them, taking them back.

use chrono::TimeDelta;
use secrecy::SecretString;

use super::input::{
    OauthClientRegisterInput, OauthClientSecretRotateInput, OauthClientUpdateInput,
};
use super::model::{
    CLIENTS, CODES_KEPT, ClientId, ClientRow, GrantId, GrantRow, LONGEST_OVERLAP_DAYS, REDIRECTS,
};
use super::query::clients::{self, ClientChanges};
use super::query::{codes, grants};
use super::scope::{Scope, ScopeWord};
use super::service::Applications;
use super::{redirect, secret};
use crate::auth::operator::OperatorName;
use crate::db::control::ControlConn;
use crate::error::{AppResult, ErrorCode, Refusal, ServiceResult, UserError};
use crate::graphql::payload::given;
use crate::kernel::checks::Checks;
use crate::kernel::ids::{DealerId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::tenancy::directory::{Dealer, dealer_find};

/// Who manages applications.
#[derive(Clone, Copy)]
pub enum Registrar<'r> {
    /// A user, those of his dealer.
    Dealer {
        /// Whose applications.
        dealer: DealerId,
        /// Himself, and nobody in his name.
        user: UserId,
        /// From where he comes.
        peer: &'r Peer,
    },
    /// An operator, those that are open to the people of all dealers.
    Operator(&'r OperatorName),
}

/// An application that has just got a secret, unless it is public.
pub struct Registered {
    /// As stored.
    pub row: ClientRow,
    /// Its secret, to be shown this once.
    pub secret: Option<SecretString>,
}

/// A grant, with what its user wants to know.
pub struct Granted {
    /// As stored.
    pub grant: GrantRow,
    /// To which application.
    pub client: ClientRow,
    /// At which dealer.
    pub dealer: Dealer,
}

impl Registrar<'_> {
    /// Whose applications; the platform's if nobody's.
    pub const fn owner(self) -> Option<DealerId> {
        match self {
            Self::Dealer { dealer, .. } => Some(dealer),
            Self::Operator(_) => None,
        }
    }

    fn event(self, kind: EventKind, client: &ClientRow) -> NewEvent {
        let told = format!("{} {}", client.id, client.name);
        match self {
            Self::Dealer { dealer, user, peer } => {
                NewEvent::of(kind, peer).at(dealer, user).saying(&told)
            }
            Self::Operator(name) => {
                NewEvent::of_system(kind).saying(&format!("{told} by operator:{name}"))
            }
        }
    }
}

impl Applications {
    /// The applications of a dealer, or of the platform, the latest first.
    pub async fn clients(&self, owner: Option<DealerId>) -> AppResult<Vec<ClientRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(clients::find_many(&mut conn, owner, CLIENTS).await?)
    }

    /// Registers an application.
    pub async fn register(
        &self,
        by: Registrar<'_>,
        input: &OauthClientRegisterInput,
    ) -> ServiceResult<Registered> {
        let mut checks = Checks::default();
        let id = ClientId::generate();
        let secret = (!input.is_public).then(secret::generate).transpose()?;
        let mac = secret
            .as_ref()
            .map(|secret| secret::mac(&self.vault, id, secret));
        let row = ClientRow {
            id,
            dealer_id: by.owner(),
            name: checks.text(&["input", "name"], &input.name, 1, 100),
            homepage: homepage(&mut checks, input.homepage.as_deref()),
            redirect_uris: redirects(&mut checks, &input.redirect_uris),
            scope: scopes(&mut checks, &input.scopes),
            secret_mac: mac.transpose()?,
            former_mac: None,
            former_until: None,
            version: 1,
            created_at: self.now(),
        };
        checks.finish()?;
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            if clients::count(conn, by.owner()).await? >= CLIENTS {
                return Err(too_many());
            }
            clients::insert(conn, &row).await?;
            self.tell(conn, by, EventKind::OauthClientRegistered, &row)
                .await?;
            Ok(())
        })
        .await?;
        Ok(Registered { row, secret })
    }

    /// Changes an application, if nobody else has.
    pub async fn update(
        &self,
        by: Registrar<'_>,
        input: OauthClientUpdateInput,
    ) -> ServiceResult<ClientRow> {
        let mut checks = Checks::default();
        let name = input.name.as_deref();
        let uris = input.redirect_uris.as_deref();
        let words = input.scopes.as_deref();
        let homepage =
            given(input.homepage).map(|address| homepage(&mut checks, address.as_deref()));
        let changes = ClientChanges {
            name: name.map(|name| checks.text(&["input", "name"], name, 1, 100)),
            homepage,
            redirect_uris: uris.map(|uris| redirects(&mut checks, uris)),
            scope: words.map(|words| scopes(&mut checks, words)),
            version: input.expected_version.saturating_add(1),
        };
        checks.finish()?;
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<ClientRow> {
            let row = clients::find_of(conn, by.owner(), input.id).await?;
            let row = ClientRow {
                version: input.expected_version,
                ..row.ok_or_else(no_such_client)?
            };
            let row = clients::update(conn, &row, changes).await?;
            let row = row.ok_or_else(changed)?;
            self.tell(conn, by, EventKind::OauthClientChanged, &row)
                .await?;
            Ok(row)
        })
        .await
    }

    /// Gives an application another secret; the one before is good for some days.
    pub async fn rotate_secret(
        &self,
        by: Registrar<'_>,
        input: &OauthClientSecretRotateInput,
    ) -> ServiceResult<Registered> {
        let days = i64::from(input.overlap_days);
        let mut checks = Checks::default();
        let is_right = (0..=LONGEST_OVERLAP_DAYS).contains(&days);
        checks.require(is_right, &["input", "overlapDays"], "must be from 0 to 7");
        checks.finish()?;
        let until = self.now() + TimeDelta::try_days(days).unwrap_or_default();
        let secret = secret::generate()?;
        let mac = secret::mac(&self.vault, input.id, &secret)?;
        let mut conn = self.control.checkout().await?;
        let row = conn
            .transaction(async |conn| -> ServiceResult<ClientRow> {
                let row = clients::find_of(conn, by.owner(), input.id).await?;
                let row = row.ok_or_else(no_such_client)?;
                if row.is_public() {
                    return Err(keeps_none());
                }
                let row = clients::replace_secret(conn, &row, &mac, until).await?;
                let row = row.ok_or_else(changed)?;
                self.tell(conn, by, EventKind::OauthClientSecretRotated, &row)
                    .await?;
                Ok(row)
            })
            .await?;
        Ok(Registered {
            row,
            secret: Some(secret),
        })
    }

    /// Removes an application; all its tokens are refused everywhere within a second.
    pub async fn remove(&self, by: Registrar<'_>, id: ClientId) -> ServiceResult<ClientRow> {
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<ClientRow> {
            let row = clients::find_of(conn, by.owner(), id).await?;
            let row = row.ok_or_else(no_such_client)?;
            if !clients::delete(conn, id).await? {
                return Err(no_such_client());
            }
            self.tell(conn, by, EventKind::OauthClientRemoved, &row)
                .await?;
            Ok(row)
        })
        .await
    }

    async fn tell(
        &self,
        conn: &mut ControlConn,
        by: Registrar<'_>,
        kind: EventKind,
        client: &ClientRow,
    ) -> AppResult<()> {
        Ok(record(conn, by.event(kind, client), self.now()).await?)
    }

    /// What a user lets applications do, at whichever dealer.
    pub async fn grants(&self, user: UserId) -> AppResult<Vec<Granted>> {
        let mut conn = self.control.checkout().await?;
        let rows = grants::find_many(&mut conn, user).await?;
        let ids: Vec<ClientId> = rows.iter().map(|grant| grant.client_id).collect();
        let clients = clients::find_all(&mut conn, &ids).await?;
        let mut dealers: Vec<Dealer> = Vec::new();
        for grant in &rows {
            if !dealers.iter().any(|dealer| dealer.id == grant.dealer_id) {
                dealers.extend(dealer_find(&mut conn, grant.dealer_id).await?);
            }
        }
        let whole = |grant: GrantRow| {
            let client = clients.iter().find(|one| one.id == grant.client_id)?;
            let dealer = dealers.iter().find(|one| one.id == grant.dealer_id)?;
            Some(Granted {
                client: client.clone(),
                dealer: dealer.clone(),
                grant,
            })
        };
        Ok(rows.into_iter().filter_map(whole).collect())
    }

    /// Takes a user's grant back; the application's tokens are refused everywhere
    /// within a second.
    pub async fn revoke_grant(&self, user: UserId, id: GrantId, peer: &Peer) -> ServiceResult<()> {
        let now = self.now();
        let mut conn = self.control.checkout().await?;
        conn.transaction(async |conn| -> ServiceResult<()> {
            let grant = grants::delete(conn, user, id).await?;
            let grant = grant.ok_or_else(no_such_grant)?;
            let event = NewEvent::of(EventKind::OauthGrantRevoked, peer);
            let event = event.at(grant.dealer_id, user);
            let told = grant.client_id.to_string();
            record(conn, event.saying(&told), now).await?;
            Ok(())
        })
        .await
    }

    /// Deletes codes whose time is over.
    pub async fn prune(&self) -> AppResult<()> {
        let before = self.now() - CODES_KEPT;
        let mut conn = self.control.checkout().await?;
        while codes::prune(&mut conn, before).await? > 0 {}
        Ok(())
    }
}

fn homepage(checks: &mut Checks, address: Option<&str>) -> Option<String> {
    let path = ["input", "homepage"];
    let address = checks.optional_text(&path, address, redirect::LONGEST)?;
    let is_right = address.starts_with("https://") && redirect::check(&address).is_ok();
    let message = "must be a whole address with https, such as https://app.example.com/";
    checks.require(is_right, &path, message);
    Some(address)
}

fn redirects(checks: &mut Checks, uris: &[String]) -> Vec<String> {
    let path = ["input", "redirectUris"];
    let is_right = (1..=REDIRECTS).contains(&uris.len());
    checks.require(is_right, &path, "must be 1 to 10 addresses");
    for uri in uris.iter().take(REDIRECTS) {
        if let Err(message) = redirect::check(uri) {
            checks.fault(&path, message);
        }
    }
    uris.to_vec()
}

fn scopes(checks: &mut Checks, words: &[String]) -> Scope {
    let path = ["input", "scopes"];
    checks.require(!words.is_empty(), &path, "say what it may ask for");
    let mut known = Vec::new();
    for word in words.iter().take(100) {
        match word.trim().parse::<ScopeWord>() {
            Ok(word) => known.push(word),
            Err(error) => checks.fault(&path, error.to_string()),
        }
    }
    known.into_iter().collect()
}

fn too_many() -> Refusal {
    let message = format!("there may be {CLIENTS} applications at most; remove one first");
    UserError::general(ErrorCode::LimitExceeded, message).into()
}

fn no_such_client() -> Refusal {
    let path = ["input", "id"];
    UserError::at(ErrorCode::NotFound, &path, "there is no such application").into()
}

fn no_such_grant() -> Refusal {
    let path = ["input", "id"];
    UserError::at(ErrorCode::NotFound, &path, "you have granted no such thing").into()
}

fn changed() -> Refusal {
    let path = ["input", "expectedVersion"];
    let message = "the record has changed since it was read; read it again";
    UserError::at(ErrorCode::Conflict, &path, message).into()
}

fn keeps_none() -> Refusal {
    let message = "a public application has no secret";
    UserError::at(ErrorCode::NotAllowed, &["input", "id"], message).into()
}
