//! Mails: ordered with what causes them, sent at least once, and what their links
//! do.

mod invitations;
mod invoices;
mod letters;
mod mailbox;
mod pages;
mod recovery;
mod sending;

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_postgres::Client as Owner;
use tubex::config::ServerSettings;
use tubex::kernel::clock::Clock;
use tubex::platform::dealers::service::{Registration, Word};
use tubex::platform::identity::letters::Letters;
use tubex::platform::mail::sender::Sender;
use tubex::platform::mail::transport::{MailDir, StoredMail, Transport};
use tubex::tenancy::provision::NewDealer;

use crate::support::{Client, PASSWORD, Server, own_settings, owner_of, peer};

/// A server with a database of its own, at a time that the test sets, whose mails
/// lie in a folder.
struct Post {
    server: Server,
    owner: Owner,
    /// Somebody who is not signed in, at one address.
    nobody: Client,
    dir: PathBuf,
}

impl Drop for Post {
    fn drop(&mut self) {
        // Nothing is lost if it stays.
        let _removed = std::fs::remove_dir_all(&self.dir);
    }
}

impl Post {
    async fn open(name: &'static str) -> Self {
        Self::open_with(name, |_settings| {}).await
    }

    async fn open_with(name: &'static str, change: impl FnOnce(&mut ServerSettings)) -> Self {
        let database = own_settings(name).await;
        let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        let dir = dir.join(format!("mails-{name}-{}", std::process::id()));
        let clock = Clock::fixed("2026-11-21T14:05:00Z".parse().unwrap());
        let server = Server::start_on(&database, clock, |settings| {
            settings.mail.mail_dir = Some(dir.clone());
            change(settings);
        })
        .await;
        Self {
            nobody: server.anonymous(),
            server,
            owner: owner_of(&database).await,
            dir,
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.server.clock.now()
    }

    /// Lets time pass.
    fn pass(&self, time: TimeDelta) {
        self.server.clock.set(self.now() + time);
    }

    /// What sends the mails as the settings say.
    fn sender(&self) -> Sender<Letters> {
        self.server.app.mail_sender().unwrap()
    }

    /// What sends the mails to a mail server.
    fn sender_to(&self, url: &str) -> Sender<Letters> {
        let url = SecretString::from(url);
        Sender {
            transport: Some(Transport::smtp(&url, "tubex.example").unwrap()),
            from: "Tubex <post@tubex.example>".parse().unwrap(),
            ..self.sender()
        }
    }

    /// Sends what is due, and gives the mails to `email` so far, newest first.
    async fn mails_to(&self, email: &str) -> Vec<StoredMail> {
        let sender = self.sender();
        while sender.pass().await.unwrap() > 0 {}
        let mails = MailDir::new(self.dir.clone()).list(1000).unwrap();
        mails.into_iter().filter(|mail| mail.to == email).collect()
    }

    /// The token in the newest mail to `email` with a link to this page.
    async fn token(&self, email: &str, page: &str) -> String {
        let mails = self.mails_to(email).await;
        let mut tokens = mails.iter().filter_map(|mail| token_in(&mail.text, page));
        tokens.next().expect("a mail with such a link")
    }

    /// What became of the mails of a kind, oldest first.
    async fn states(&self, kind: &str) -> Vec<String> {
        let query = "SELECT state FROM platform.mails WHERE kind = $1 ORDER BY id";
        let rows = self.owner.query(query, &[&kind]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// A dealer with an owner, and a client signed in as the latter.
    async fn dealer(&self, name: &str, email: &str) -> Client {
        let registration = Registration {
            dealer: NewDealer {
                name: name.to_owned(),
                currency: "USD".to_owned(),
                timezone: "UTC".to_owned(),
            },
            owner_name: "Olivia Owner".to_owned(),
            owner_email: email.to_owned(),
            owner_password: PASSWORD.into(),
            word: Word::Own(peer()),
        };
        self.server
            .app
            .core
            .dealers
            .register(registration)
            .await
            .unwrap();
        self.sign_in(email, PASSWORD)
            .await
            .expect("the right password")
    }

    /// A client signed in with this password, if it is right.
    async fn sign_in(&self, email: &str, password: &str) -> Option<Client> {
        let query = "mutation($input: LoginInput!) { login(input: $input) {
            accessToken dealers { id } userErrors { code } } }";
        let input = json!({ "email": email, "password": password });
        let data = self.send(query, input.clone()).await;
        // Any of several will do.
        let choice = data["login"]["dealers"][0]["id"].as_str();
        let data = match choice {
            Some(id) => {
                let mut input = input;
                input["dealerId"] = json!(id);
                self.send(query, input).await
            }
            None => data,
        };
        let token = data["login"]["accessToken"].as_str()?;
        Some(Client::new(&self.server.url, Some(token.to_owned())))
    }

    /// Sends a mutation with this input, as nobody.
    async fn send(&self, query: &str, input: Value) -> Value {
        let input = json!({ "input": input });
        self.nobody.run(query, input).await
    }
}

/// The token of the link to `page` in a text.
fn token_in(text: &str, page: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("/{page}?token="))?;
    let token = rest.split_whitespace().next().unwrap();
    assert_eq!(token.len(), 43, "256 bits");
    Some(token.to_owned())
}

/// The codes of the refusals of a payload.
fn codes(payload: &Value) -> Vec<&str> {
    let errors = payload["userErrors"].as_array().unwrap();
    errors
        .iter()
        .map(|error| error["code"].as_str().unwrap())
        .collect()
}
