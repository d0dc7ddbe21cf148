//! Sockets whose callers are not let in any more, here and on another node.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio_postgres::Client as Owner;

use super::CHANGED;
use crate::lifecycle::{apart, node, write};
use crate::support::{Server, Socket, TestDealer, owner_of, until};

/// What is promised, and some for a machine that has other work.
const SOON: Duration = Duration::from_millis(1500);
const LOGOUT: &str = "mutation { logout { ended } }";

fn token(login: &Value) -> &str {
    login["accessToken"].as_str().unwrap()
}

/// A socket on that node with an operation at work.
async fn live(server: &Server, token: &str) -> Socket {
    let mut socket = Socket::open(&server.url).await;
    socket.init(token).await;
    socket.subscribe("live", CHANGED, json!({})).await;
    socket.settle().await;
    socket
}

/// Waits for the end. The operations are told nothing: an error would keep a client
/// from taking them up again.
async fn closed_without_a_word(socket: &mut Socket, since: Instant) -> Duration {
    let (code, reason, messages) = socket.last_words().await;
    assert_eq!((code, messages), (4403, Vec::new()), "{reason}");
    assert!(reason.contains("refresh the token"), "{reason}");
    since.elapsed()
}

async fn raise_user(owner: &Owner, dealer: &TestDealer) {
    let raise = "UPDATE platform.users SET epoch = epoch + 1 WHERE id::text = $1";
    let id = dealer.owner.uuid().to_string();
    assert_eq!(owner.execute(raise, &[&id]).await.unwrap(), 1);
}

async fn raise_dealer(owner: &Owner, dealer: &TestDealer) {
    let raise = "UPDATE platform.dealers SET token_epoch = token_epoch + 1
        WHERE id::text = $1";
    let id = dealer.id.uuid().to_string();
    assert_eq!(owner.execute(raise, &[&id]).await.unwrap(), 1);
}

#[tokio::test]
async fn signing_out_ends_the_sockets_of_the_session_and_no_other() {
    let server = Server::start().await;
    let dealer = server.dealer().await;
    let (one, two) = (server.login(&dealer).await, server.login(&dealer).await);
    let mut first = live(&server, token(&one)).await;
    let mut same = live(&server, token(&one)).await;
    let mut other = live(&server, token(&two)).await;
    dealer.client.with_token(token(&one)).get(LOGOUT).await;
    let since = Instant::now();
    for socket in [&mut first, &mut same] {
        assert!(closed_without_a_word(socket, since).await < SOON);
    }
    other.settle().await;
    // Coming back with the same token is refused.
    let mut again = Socket::open(&server.url).await;
    let payload = json!({ "authorization": format!("Bearer {}", token(&one)) });
    again
        .send(json!({ "type": "connection_init", "payload": payload }))
        .await;
    assert_eq!(again.close_code().await, 4403);
}

#[tokio::test]
async fn a_raised_epoch_ends_the_sockets_of_its_user_or_its_dealer() {
    let server = Server::start().await;
    let (mine, other) = (server.dealer().await, server.dealer().await);
    let owner = owner_of(&server.database).await;
    let mut bystander = live(&server, other.client.token().unwrap()).await;
    let mut socket = live(&server, mine.client.token().unwrap()).await;
    raise_user(&owner, &mine).await;
    assert!(closed_without_a_word(&mut socket, Instant::now()).await < SOON);
    let login = server.login(&mine).await;
    let mut socket = live(&server, token(&login)).await;
    raise_dealer(&owner, &mine).await;
    assert!(closed_without_a_word(&mut socket, Instant::now()).await < SOON);
    // The next token is good again.
    let login = server.login(&mine).await;
    live(&server, token(&login)).await.settle().await;
    bystander.settle().await;
}

/// Three sockets of a dealer on another node than the one that ends their rights:
/// of a session, a user and a dealer.
struct Apart {
    owner: Owner,
    here: Server,
    there: Server,
    dealers: [TestDealer; 3],
    sockets: Vec<Socket>,
    session: Value,
}

impl Apart {
    async fn new(name: &'static str) -> Self {
        let (database, here) = apart(name).await;
        let there = node(&database).await;
        let dealers = [
            here.dealer().await,
            here.dealer().await,
            here.dealer().await,
        ];
        let session = here.login(&dealers[0]).await;
        let mut sockets = vec![live(&there, token(&session)).await];
        for dealer in &dealers[1..] {
            sockets.push(live(&there, there.client_of(dealer).token().unwrap()).await);
        }
        until("changes are heard of", async || {
            there.app.directory.is_current()
        })
        .await;
        let owner = owner_of(&database).await;
        Self {
            owner,
            here,
            there,
            dealers,
            sockets,
            session,
        }
    }

    /// Signs out, raises both epochs; gives how long each socket lived on.
    async fn revoke(&mut self) -> Vec<Duration> {
        let here = self.here.client_of(&self.dealers[0]);
        here.with_token(token(&self.session)).get(LOGOUT).await;
        raise_user(&self.owner, &self.dealers[1]).await;
        raise_dealer(&self.owner, &self.dealers[2]).await;
        let since = Instant::now();
        let mut lived = Vec::new();
        for socket in &mut self.sockets {
            lived.push(closed_without_a_word(socket, since).await);
        }
        lived
    }
}

#[tokio::test]
async fn what_one_node_revokes_ends_sockets_on_another_within_a_second() {
    let mut nodes = Apart::new("socket_nodes").await;
    let lived = nodes.revoke().await;
    println!("closed after {lived:?}");
    assert!(lived.iter().all(|lived| *lived < SOON), "{lived:?}");
}

#[tokio::test]
async fn sockets_end_though_the_watch_has_just_been_killed() {
    let mut nodes = Apart::new("socket_nodes_killed").await;
    let kill = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'tubex watch'";
    let killed: i64 = nodes.owner.query_one(kill, &[]).await.unwrap().get(0);
    assert_eq!(killed, 2);
    let lived = nodes.revoke().await;
    println!("with the watch killed: closed after {lived:?}");
    assert!(lived.iter().all(|lived| *lived < SOON), "{lived:?}");
}

/// The log of dealers is gone, without which no watch begins; what was revoked, and
/// the dealers, can still be read.
const NO_WATCH: &str = "CREATE OR REPLACE FUNCTION platform.note_dealer_change() RETURNS trigger
        LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
    ALTER TABLE platform.dealer_changes RENAME TO away";

async fn without_watch(nodes: &Apart) {
    nodes.owner.batch_execute(NO_WATCH).await.unwrap();
    until("the watch is silent", async || {
        !nodes.there.app.directory.is_current()
    })
    .await;
}

#[tokio::test]
async fn sockets_end_though_there_is_no_watch_at_all() {
    let mut nodes = Apart::new("socket_nodes_silent").await;
    without_watch(&nodes).await;
    let lived = nodes.revoke().await;
    println!("without a watch: closed after {lived:?}");
    assert!(lived.iter().all(|lived| *lived < SOON), "{lived:?}");
}

#[tokio::test]
async fn a_node_that_can_not_tell_refuses_changes_on_open_sockets_too() {
    let mut nodes = Apart::new("socket_nodes_unsure").await;
    let create = "mutation { unitCreate(input: { code: \"pile\", name: \"Pile\",
        dimension: COUNT, scale: 0 }) { unit { id } userErrors { code } } }";
    without_watch(&nodes).await;
    let hide = "ALTER TABLE platform.revocations RENAME TO gone";
    nodes.owner.batch_execute(hide).await.unwrap();
    let client = nodes.there.client_of(&nodes.dealers[1]);
    until("requests are refused", async || {
        write(&client).await.code() == "UNAVAILABLE"
    })
    .await;
    let socket = &mut nodes.sockets[1];
    socket.subscribe("change", create, json!({})).await;
    let answer = socket.next().await;
    let error = &answer["payload"]["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{answer:#}");
    assert_eq!(socket.next().await["type"], "complete");
    // Reading goes on.
    let units = "{ units { totalCount } }";
    socket.subscribe("read", units, json!({})).await;
    let answer = socket.next().await;
    assert!(answer["payload"]["errors"].is_null(), "{answer:#}");
}
