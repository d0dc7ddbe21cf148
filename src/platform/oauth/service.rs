//! The parts by which applications are let in, and the way of a user from an
//! application's request to his consent.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::approval::Consent;
use super::fault::Word;
use super::model::{ClientId, ClientRow};
use super::params::Params;
use super::pending::{Pending, Stage};
use super::query::clients;
use super::request::{HINT, Request, RequestFault};
use crate::auth::token::AccessTokens;
use crate::auth::vault::Vault;
use crate::db::control::ControlPool;
use crate::error::{AppError, AppResult, ErrorCode, Refusal, ServiceResult};
use crate::kernel::clock::Clock;
use crate::kernel::ids::{DealerId, SessionId, UserId};
use crate::kernel::peer::Peer;
use crate::platform::factors::account::Factors;
use crate::platform::factors::model::ChallengeId;
use crate::platform::identity::model::UserRow;
use crate::platform::identity::service::{Credentials, Identity, SignIn};
use crate::platform::sessions::model::SessionRow;
use crate::platform::sessions::service::{Opened, Sessions};
use crate::tenancy::directory::Dealer;

/// Lets applications in.
#[derive(Clone)]
pub struct Applications {
    pub(super) control: ControlPool,
    pub(super) vault: Vault,
    pub(super) tokens: AccessTokens,
    pub(super) sessions: Sessions,
    pub(super) identity: Identity,
    pub(super) factors: Factors,
}

/// What a browser is shown next.
pub enum Step {
    /// A form.
    Ask(Box<Ask>),
    /// The way back to the application.
    Back(String),
}

/// A form.
pub struct Ask {
    /// What goes into it, sealed.
    pub pending: Pending,
    /// Which application asks.
    pub client: ClientRow,
    /// What it shows.
    pub form: Form,
    /// What was wrong with the last answer.
    pub fault: Option<String>,
}

/// What a form asks for.
pub enum Form {
    /// Address and password.
    Password,
    /// One of these dealers.
    Dealer(Vec<Dealer>),
    /// A code.
    Code,
    /// Consent.
    Consent(Box<Consent>),
}

/// What an answer leads to.
pub struct Next {
    /// What is shown.
    pub step: Step,
    /// The sign-in that has begun, if one has.
    pub signed_in: Option<SignedIn>,
}

/// A sign-in that has just begun.
pub struct SignedIn {
    /// Its session.
    pub session: SessionId,
    /// By which the device is known from now on.
    pub device: Option<SecretString>,
}

impl Applications {
    /// Lets applications in, with users who sign in as they do elsewhere.
    pub fn new(
        control: ControlPool,
        vault: Vault,
        tokens: AccessTokens,
        identity: Identity,
        factors: Factors,
    ) -> Self {
        let sessions = factors.sessions().clone();
        Self {
            control,
            vault,
            tokens,
            sessions,
            identity,
            factors,
        }
    }

    /// The time.
    pub const fn clock(&self) -> &Clock {
        self.sessions.clock()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock().now()
    }

    /// Who answers.
    pub fn issuer(&self) -> &str {
        self.tokens.ring().issuer()
    }

    /// What seals.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    pub(super) async fn client(&self, id: ClientId) -> AppResult<Option<ClientRow>> {
        let mut conn = self.control.checkout().await?;
        Ok(clients::find(&mut conn, id).await?)
    }

    /// The first step of a request, from a browser that may be signed in.
    pub async fn begin(
        &self,
        params: &Params,
        signed_in: Option<SessionId>,
        peer: &Peer,
    ) -> Result<Step, RequestFault> {
        let unknown = || RequestFault::Shown("There is no such application.".into());
        let id = params.get("client_id").and_then(|id| id.parse().ok());
        let client = self.client(id.ok_or_else(unknown)?).await?;
        let client = client.ok_or_else(unknown)?;
        let request = Request::read(params, &client, self.issuer(), self.now())?;
        match self.first(request.clone(), client, signed_in, peer).await {
            Ok(step) => Ok(step),
            Err(error) => {
                tracing::error!(?error, "a request of an application can not be answered");
                let word = match error.code() {
                    ErrorCode::Unavailable | ErrorCode::Overloaded => Word::TemporarilyUnavailable,
                    _ => Word::ServerError,
                };
                let back = request.back(self.issuer());
                Err(RequestFault::Back(back.refused(word, error.message())))
            }
        }
    }

    async fn first(
        &self,
        request: Request,
        client: ClientRow,
        signed_in: Option<SessionId>,
        peer: &Peer,
    ) -> AppResult<Step> {
        let session = self.enough(&request, signed_in).await?;
        match session {
            Some(session) => self.proceed(request, client, session, peer).await,
            None if request.silent => {
                let back = request.back(self.issuer());
                Ok(Step::Back(back.refused(
                    Word::LoginRequired,
                    "nobody is signed in, or it is too long ago",
                )))
            }
            None => Ok(self.ask_password(request, client, None)),
        }
    }

    /// The browser's sign-in, if it is enough for the request.
    async fn enough(
        &self,
        request: &Request,
        signed_in: Option<SessionId>,
    ) -> AppResult<Option<SessionRow>> {
        let Some(id) = signed_in else {
            return Ok(None);
        };
        let session = self.sessions.own_session(id).await?;
        Ok(session.filter(|session| request.accepts(session.authenticated_at)))
    }

    pub(super) fn ask_password(
        &self,
        request: Request,
        client: ClientRow,
        fault: Option<String>,
    ) -> Step {
        self.ask((request, client), Stage::Password, Form::Password, fault)
    }

    pub(super) fn ask(
        &self,
        (request, client): (Request, ClientRow),
        stage: Stage,
        form: Form,
        fault: Option<String>,
    ) -> Step {
        let pending = Pending {
            request,
            stage,
            at: self.now(),
        };
        Step::Ask(Box::new(Ask {
            pending,
            client,
            form,
            fault,
        }))
    }

    /// What follows on the answer to a form.
    pub async fn answer(
        &self,
        pending: Pending,
        params: &Params,
        signed_in: Option<SessionId>,
        peer: &Peer,
    ) -> Result<Next, RequestFault> {
        let gone = || RequestFault::Shown("This application is not registered any more.".into());
        let request = pending.request;
        let client = self.client(request.client).await?.ok_or_else(gone)?;
        if !request.is_right_for(&client) {
            return Err(RequestFault::Shown(
                "What this application may do has changed meanwhile. Go back to it and begin again."
                    .into(),
            ));
        }
        let asked = (request, client);
        let next = match pending.stage {
            Stage::Password => self.on_password(asked, params, peer).await,
            Stage::Dealer { user, epoch } => {
                self.on_dealer(asked, params, (user, epoch), peer).await
            }
            Stage::Code { challenge, dealer } => {
                self.on_code(asked, params, (challenge, dealer), peer).await
            }
            Stage::Consent { session } => {
                let session = Some(session).filter(|id| signed_in == Some(*id));
                self.on_consent(asked, params, session, peer).await
            }
        };
        Ok(next?)
    }

    async fn on_password(
        &self,
        mut asked: (Request, ClientRow),
        params: &Params,
        peer: &Peer,
    ) -> AppResult<Next> {
        let text = |name| params.get(name).unwrap_or_default().to_owned();
        let credentials = Credentials {
            email: text("email"),
            password: SecretString::from(text("password")),
            dealer: asked.0.dealer,
        };
        // Should the form be shown again, he need not type it again.
        asked.0.hint = Some(text("email")).filter(|email| email.len() <= HINT);
        let entered = self.identity.login(credentials, peer).await;
        self.entered(asked, entered, peer).await
    }

    async fn on_dealer(
        &self,
        asked: (Request, ClientRow),
        params: &Params,
        (user, epoch): (UserId, i64),
        peer: &Peer,
    ) -> AppResult<Next> {
        let dealer: Option<DealerId> = params.get("dealer").and_then(|id| id.parse().ok());
        let user: UserRow = self.identity.accounts().user(user).await?;
        if user.epoch != epoch || dealer.is_none() {
            return Ok(self.ask_password(asked.0, asked.1, None).into());
        }
        let entered = self.identity.enter(user, dealer, peer).await;
        self.entered(asked, entered, peer).await
    }

    async fn on_code(
        &self,
        asked: (Request, ClientRow),
        params: &Params,
        (challenge, dealer): (ChallengeId, DealerId),
        peer: &Peer,
    ) -> AppResult<Next> {
        let code = params.get("code").unwrap_or_default();
        let opened = self.factors.answer(challenge, code, peer).await;
        match opened {
            Ok(opened) => self.signed_in(asked, opened, peer).await,
            Err(Refusal::User(errors)) => {
                let is_over = errors
                    .iter()
                    .any(|error| error.code == ErrorCode::Unauthenticated);
                let fault = errors.into_iter().next().map(|error| error.message);
                if is_over {
                    let fault = Some("Signing in has taken too long. Please begin again.".into());
                    return Ok(self.ask_password(asked.0, asked.1, fault).into());
                }
                let stage = Stage::Code { challenge, dealer };
                Ok(self.ask(asked, stage, Form::Code, fault).into())
            }
            Err(Refusal::Fault(error)) => Err(error),
        }
    }

    /// Where a sign-in stands after the password.
    async fn entered(
        &self,
        asked: (Request, ClientRow),
        entered: ServiceResult<SignIn>,
        peer: &Peer,
    ) -> AppResult<Next> {
        match entered {
            Ok(SignIn::Done(opened)) => self.signed_in(asked, *opened, peer).await,
            Ok(SignIn::Choose(user, dealers)) => {
                let (user, epoch) = (user.id, user.epoch);
                let stage = Stage::Dealer { user, epoch };
                Ok(self.ask(asked, stage, Form::Dealer(dealers), None).into())
            }
            Ok(SignIn::Challenge(row)) if row.is_enrolment => {
                let fault = "This dealer asks for a second factor, and you have none yet. Sign in \
                             at the dashboard first, which helps you to set one up.";
                Ok(self
                    .ask_password(asked.0, asked.1, Some(fault.into()))
                    .into())
            }
            Ok(SignIn::Challenge(row)) => {
                let (challenge, dealer) = (row.id, row.dealer_id);
                let stage = Stage::Code { challenge, dealer };
                Ok(self.ask(asked, stage, Form::Code, None).into())
            }
            Err(Refusal::User(errors)) => {
                let fault = errors.into_iter().next().map(|error| error.message);
                Ok(self.ask_password(asked.0, asked.1, fault).into())
            }
            Err(Refusal::Fault(error)) if is_for_the_user(&error) => {
                let fault = Some(error.message().to_owned());
                Ok(self.ask_password(asked.0, asked.1, fault).into())
            }
            Err(Refusal::Fault(error)) => Err(error),
        }
    }

    async fn signed_in(
        &self,
        (request, client): (Request, ClientRow),
        opened: Opened,
        peer: &Peer,
    ) -> AppResult<Next> {
        let session = self.sessions.own_session(opened.session).await?;
        let session = session.ok_or_else(|| AppError::unauthenticated("the session has ended"))?;
        let device = self.identity.accounts().remember(opened.user.id, peer)?;
        let signed_in = SignedIn {
            session: opened.session,
            device,
        };
        Ok(Next {
            step: self.proceed(request, client, session, peer).await?,
            signed_in: Some(signed_in),
        })
    }
}

/// Whether he may just try again.
fn is_for_the_user(error: &AppError) -> bool {
    matches!(
        error.code(),
        ErrorCode::Throttled | ErrorCode::Overloaded | ErrorCode::BadUserInput
    )
}

impl From<Step> for Next {
    fn from(step: Step) -> Self {
        Self {
            step,
            signed_in: None,
        }
    }
}
