//! Codes by SMS: what they open, what they never open, and how they leave.

mod absent;
pub mod bridge;
mod flow;
mod limits;
mod once;
mod provider;
mod strength;

use std::path::PathBuf;

use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_postgres::Client as Owner;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;
use tubex::platform::mail::transport::{MailDir, StoredMail};
use tubex::platform::rounds::Rounds;

use crate::factors::phone::Phone as Authenticator;
use crate::factors::{CONFIRM, ENROL, LOGIN, STEP_UP, VERIFY, code, run, text};
use crate::support::{Client, PASSWORD, Server, TestDealer, own_settings, owner_of};

const ADD: &str = "mutation($input: PhoneEnrolInput!) { phoneEnrol(input: $input) {
    sentTo expiresAt userErrors { code message path } } }";
const TAKE: &str = "mutation($input: PhoneConfirmInput!) { phoneConfirm(input: $input) {
    accessToken expiresAt userErrors { code path } } }";
const REMOVE: &str = "mutation($input: PhoneRemoveInput) { phoneRemove(input: $input) {
    accessToken userErrors { code path } } }";
const SEND: &str = "mutation($input: ChallengeCodeSendInput!) { challengeCodeSend(input: $input) {
    sentTo expiresAt userErrors { code message path } } }";
const SEND_AGAIN: &str = "mutation { stepUpCodeSend {
    sentTo expiresAt userErrors { code message path } } }";

/// A telephone, as people write it, and as it is kept and shown.
const PHONE: &str = "+84 91 234 56 78";
const DIALLED: &str = "+84912345678";
const MASKED: &str = "+84*******78";

/// A server with a database of its own at a time that the test sets, whose messages
/// lie in a folder, and a dealer.
struct Booth {
    server: Server,
    dealer: TestDealer,
    owner: Owner,
    dir: PathBuf,
}

/// Somebody with an authenticator and a telephone, signed in by the former.
struct Both {
    client: Client,
    authenticator: Authenticator,
}

impl Drop for Booth {
    fn drop(&mut self) {
        // Nothing is lost if it stays.
        let _removed = std::fs::remove_dir_all(&self.dir);
    }
}

impl Booth {
    async fn open(name: &'static str) -> Self {
        Self::open_with(name, |_settings| {}).await
    }

    async fn open_with(name: &'static str, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let database = own_settings(name).await;
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let dir = dir.join(format!("messages-{name}-{}", std::process::id()));
        let clock = Clock::fixed("2026-11-21T14:05:00Z".parse().unwrap());
        let server = Server::start_on(&database, clock, |settings| {
            settings.mail.mail_dir = Some(dir.clone());
            change(settings);
        })
        .await;
        Self {
            dealer: server.dealer().await,
            owner: owner_of(&database).await,
            server,
            dir,
        }
    }

    fn wait(&self, time: TimeDelta) {
        let clock = &self.server.clock;
        clock.set(clock.now() + time);
    }

    /// Sends what is due, and gives the messages so far, newest first.
    async fn messages(&self) -> Vec<StoredMail> {
        let outbox = self.server.app.sms_outbox().unwrap();
        while outbox.pass().await.unwrap() > 0 {}
        let mails = MailDir::new(self.dir.clone()).list(1000).unwrap();
        let messages = mails.into_iter().filter(|mail| mail.from == "SMS");
        messages.collect()
    }

    /// The code of the newest message.
    async fn newest_code(&self) -> String {
        code_in(&self.messages().await[0].text)
    }

    async fn login(&self) -> Value {
        let input = json!({ "email": self.dealer.email, "password": PASSWORD,
            "dealerId": self.dealer.id.to_string() });
        run(&self.server.anonymous(), LOGIN, input).await
    }

    async fn challenge(&self) -> String {
        text(&self.login().await["challenge"]["id"])
    }

    /// Has a code sent for a sign-in; gives the payload.
    async fn send(&self, challenge: &str) -> Value {
        let input = json!({ "challengeId": challenge });
        run(&self.server.anonymous(), SEND, input).await
    }

    async fn verify(&self, challenge: &str, code: &str) -> Value {
        let input = json!({ "challengeId": challenge, "code": code });
        run(&self.server.anonymous(), VERIFY, input).await
    }

    fn client(&self, payload: &Value) -> Client {
        Client::new(&self.server.url, Some(text(&payload["accessToken"])))
    }

    /// Adds a telephone to an account; gives the client that goes on.
    async fn add(&self, client: &Client, phone: &str) -> Client {
        let sent = run(client, ADD, json!({ "phone": phone })).await;
        assert_eq!(sent["userErrors"], json!([]));
        let shown = json!({ "code": self.newest_code().await });
        let taken = run(client, TAKE, shown).await;
        assert_eq!(taken["userErrors"], json!([]));
        self.client(&taken)
    }

    /// Somebody whose only second factor is a telephone, signed in.
    async fn with_phone(&self) -> Client {
        let client = self.client(&self.login().await);
        let client = self.add(&client, PHONE).await;
        self.wait(TimeDelta::minutes(1));
        client
    }

    async fn with_both(&self) -> Both {
        let client = self.client(&self.login().await);
        let begun = run(&client, ENROL, json!({})).await;
        let authenticator = Authenticator::scan(&text(&begun["uri"]));
        let shown = authenticator.code(self.server.clock.now());
        let confirmed = run(&client, CONFIRM, json!({ "code": shown })).await;
        let client = self.add(&self.client(&confirmed), PHONE).await;
        self.wait(TimeDelta::minutes(1));
        Both {
            client,
            authenticator,
        }
    }

    /// Signs in by a code sent to the telephone.
    async fn sign_in_by_sms(&self) -> Client {
        let challenge = self.challenge().await;
        assert_eq!(code(&self.send(&challenge).await), "none");
        let shown = self.newest_code().await;
        let opened = self.verify(&challenge, &shown).await;
        assert_eq!(code(&opened), "none");
        self.wait(TimeDelta::minutes(1));
        self.client(&opened)
    }

    /// The code sent by which the caller may prove that it is him.
    async fn step_up_code(&self, client: &Client) -> String {
        let data = client.get(SEND_AGAIN).await;
        assert_eq!(code(&data["stepUpCodeSend"]), "none");
        self.newest_code().await
    }

    async fn step_up(&self, client: &Client, shown: &str) -> Value {
        run(client, STEP_UP, json!({ "code": shown })).await
    }

    /// Kinds of what has happened at the dealer, the latest first.
    async fn events(&self, client: &Client) -> Vec<String> {
        let data = client.get("{ securityEvents { kind } }").await;
        let events = data["securityEvents"].as_array().unwrap();
        events.iter().map(|event| text(&event["kind"])).collect()
    }

    /// One column of a query, as text.
    async fn column(&self, query: &str) -> Vec<String> {
        let rows = self.owner.query(query, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

fn code_in(text: &str) -> String {
    let (_, rest) = text.split_once(": ").unwrap();
    rest[..6].to_owned()
}

/// A code that is not this one.
fn wrong(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}
