//! From a user who is signed in to a code for the application: by his consent, now or
//! given before.

use secrecy::{ExposeSecret, SecretString};

use super::fault::Word;
use super::model::{CODE, ClientRow, CodeRow, GrantId, GrantRow};
use super::params::Params;
use super::pending::Stage;
use super::query::{codes, grants};
use super::redirect;
use super::request::Request;
use super::secret;
use super::service::{Applications, Form, Next, Step};
use crate::auth::principal::Method;
use crate::db::control::ControlConn;
use crate::error::{AppResult, Refusal, ServiceResult};
use crate::kernel::ids::{DealerId, SessionId};
use crate::kernel::peer::Peer;
use crate::platform::factors::query as factors;
use crate::platform::identity::events::{EventKind, NewEvent, record};
use crate::platform::identity::model::UserRow;
use crate::platform::identity::service::open;
use crate::platform::sessions::model::SessionRow;
use crate::tenancy::directory::Dealer;

/// What a user is asked to consent to.
pub struct Consent {
    /// Who he is.
    pub user: UserRow,
    /// Where the application will work, unless he chooses another.
    pub dealer: Dealer,
    /// Among which dealers he may choose; none where there is no choice.
    pub choice: Vec<Dealer>,
}

/// A user at a dealer, by a sign-in that is enough to work there.
struct Visit<'p> {
    session: SessionRow,
    user: UserRow,
    dealer: Dealer,
    peer: &'p Peer,
}

impl Applications {
    /// What follows when somebody is signed in.
    pub(super) async fn proceed(
        &self,
        request: Request,
        client: ClientRow,
        session: SessionRow,
        peer: &Peer,
    ) -> AppResult<Step> {
        let dealer = request.dealer.unwrap_or(session.dealer_id);
        let visit = match self.visit(session, dealer, peer).await {
            Ok(visit) => visit,
            Err(Refusal::User(errors)) => {
                let why = errors.into_iter().next().map(|error| error.message);
                return Ok(self.elsewhere(request, client, why));
            }
            Err(Refusal::Fault(error)) => return Err(error),
        };
        let mut conn = self.control.checkout().await?;
        let granted = grants::find_of(&mut conn, client.id, visit.user.id, visit.dealer.id).await?;
        drop(conn);
        let is_granted = granted.is_some_and(|grant| grant.scope.covers(&request.scope));
        if is_granted && may_be_remembered(&request, &client) {
            return self.approve(request, client, visit).await;
        }
        if request.silent {
            let back = request.back(self.issuer());
            let message = "the user has not consented to this";
            return Ok(Step::Back(back.refused(Word::ConsentRequired, message)));
        }
        self.ask_consent(request, client, visit).await
    }

    /// This sign-in is not enough at that dealer; another may be.
    fn elsewhere(&self, request: Request, client: ClientRow, why: Option<String>) -> Step {
        if request.silent {
            let back = request.back(self.issuer());
            let why = why.unwrap_or_default();
            return Step::Back(back.refused(Word::LoginRequired, &why));
        }
        self.ask_password(request, client, why)
    }

    async fn visit<'p>(
        &self,
        session: SessionRow,
        dealer: DealerId,
        peer: &'p Peer,
    ) -> ServiceResult<Visit<'p>> {
        let mut conn = self.control.checkout().await?;
        let (user, dealer) = self.sessions.visit(&mut conn, &session, dealer).await?;
        Ok(Visit {
            session,
            user,
            dealer,
            peer,
        })
    }

    async fn ask_consent(
        &self,
        request: Request,
        client: ClientRow,
        visit: Visit<'_>,
    ) -> AppResult<Step> {
        let mut choice = Vec::new();
        if request.dealer.is_none() {
            let dealers = self.identity.dealers(visit.user.id).await?;
            choice = open(&dealers).into_iter().cloned().collect();
        }
        let consent = Consent {
            user: visit.user,
            dealer: visit.dealer,
            choice: if choice.len() > 1 { choice } else { Vec::new() },
        };
        let session = visit.session.id;
        let form = Form::Consent(Box::new(consent));
        Ok(self.ask((request, client), Stage::Consent { session }, form, None))
    }

    /// The user's answer, from the browser that is signed in as he.
    pub(super) async fn on_consent(
        &self,
        (mut request, client): (Request, ClientRow),
        params: &Params,
        session: Option<SessionId>,
        peer: &Peer,
    ) -> AppResult<Next> {
        let is_open = |session: &SessionRow| request.accepts(session.authenticated_at);
        let session = match session {
            Some(id) => self.sessions.own_session(id).await?.filter(is_open),
            None => None,
        };
        let Some(session) = session else {
            let fault = Some("You are not signed in any more.".to_owned());
            return Ok(self.ask_password(request, client, fault).into());
        };
        match params.get("decision") {
            Some("allow") => {}
            Some("other") => return Ok(self.ask_password(request, client, None).into()),
            _ => {
                let back = request.back(self.issuer());
                let message = "the user does not want it";
                return Ok(Step::Back(back.refused(Word::AccessDenied, message)).into());
            }
        }
        let chosen = params.get("dealer").and_then(|id| id.parse().ok());
        let dealer = request.dealer.or(chosen).unwrap_or(session.dealer_id);
        request.dealer = Some(dealer);
        let step = match self.visit(session, dealer, peer).await {
            Ok(visit) => self.approve(request, client, visit).await?,
            Err(Refusal::User(errors)) => {
                let why = errors.into_iter().next().map(|error| error.message);
                self.elsewhere(request, client, why)
            }
            Err(Refusal::Fault(error)) => return Err(error),
        };
        Ok(step.into())
    }

    async fn approve(
        &self,
        request: Request,
        client: ClientRow,
        visit: Visit<'_>,
    ) -> AppResult<Step> {
        let (code, hash) = secret::code()?;
        let mut conn = self.control.checkout().await?;
        let approved = conn
            .transaction(async |conn| -> AppResult<bool> {
                if !self.still_holds(conn, &visit).await? {
                    return Ok(false);
                }
                let grant = self.grant(conn, &request, &client, &visit).await?;
                let row = self.code(&request, &visit, grant, hash);
                codes::insert(conn, &row).await?;
                Ok(true)
            })
            .await?;
        if !approved {
            return Ok(self.ask_password(request, client, None));
        }
        let code: &SecretString = &code;
        let back = request.back(self.issuer());
        Ok(Step::Back(back.with_code(code.expose_secret())))
    }

    /// Whether the user's account and his sign-in are as they were; so they stay until
    /// the transaction is over.
    async fn still_holds(&self, conn: &mut ControlConn, visit: &Visit<'_>) -> AppResult<bool> {
        let epoch = factors::epoch_meanwhile(conn, visit.user.id).await?;
        let session = self.sessions.own_session_in(conn, visit.session.id).await?;
        Ok(epoch == Some(visit.user.epoch) && session.is_some())
    }

    async fn grant(
        &self,
        conn: &mut ControlConn,
        request: &Request,
        client: &ClientRow,
        visit: &Visit<'_>,
    ) -> AppResult<GrantId> {
        let now = self.now();
        let (user, dealer) = (visit.user.id, visit.dealer.id);
        let before = grants::find_of(conn, client.id, user, dealer).await?;
        let had = before.map(|grant| grant.scope).unwrap_or_default();
        let row = GrantRow {
            id: GrantId::generate(),
            client_id: client.id,
            user_id: user,
            dealer_id: dealer,
            scope: had.union(&request.scope),
            created_at: now,
            used_at: now,
        };
        let row = grants::put(conn, &row).await?;
        if !had.covers(&request.scope) {
            let told = format!("{} {}: {}", client.id, client.name, row.scope);
            let event = NewEvent::of(EventKind::OauthConsentGiven, visit.peer).at(dealer, user);
            record(conn, event.saying(&told), now).await?;
        }
        Ok(row.id)
    }

    fn code(&self, request: &Request, visit: &Visit<'_>, grant: GrantId, hash: Vec<u8>) -> CodeRow {
        let proof = visit.session.proof();
        CodeRow {
            code_hash: hash,
            grant_id: grant,
            user_epoch: visit.user.epoch,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            scope: request.scope.clone(),
            nonce: request.nonce.clone(),
            methods: Method::join(&proof.methods),
            authenticated_at: proof.at,
            expires_at: self.now() + CODE,
            used_at: None,
            session_id: None,
        }
    }
}

/// Whether a consent given before is enough: not if the application wants it again,
/// and not for a program on the user's machine, since any other could say that it is
/// this one (RFC 8252, 8.6).
fn may_be_remembered(request: &Request, client: &ClientRow) -> bool {
    let is_known = !client.is_public() || !redirect::is_local(&request.redirect_uri);
    is_known && !request.again
}
