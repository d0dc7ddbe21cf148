//! Mails on their way: taken, refused, tried again, lost by nobody.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tubex::db::error::DbError;
use tubex::platform::mail::{Mail, MailKind, enqueue};

use super::{Post, token_in};
use crate::support::{Reply, SmtpServer, decode_text, until};

const OLIVIA: &str = "olivia@test.example";

/// A dealer, for whose owner there is one mail to send.
async fn one_mail(name: &'static str) -> Post {
    let post = Post::open(name).await;
    post.dealer("Acme", OLIVIA).await;
    post
}

/// Mails to addresses that users have, `count` of them.
async fn many_mails(name: &'static str, count: usize) -> Post {
    let post = one_mail(name).await;
    let mut conn = post.server.app.core.control.checkout().await.unwrap();
    for _ in 1..count {
        let mail = Mail::new(MailKind::PasswordChanged, OLIVIA, post.now());
        enqueue(&mut conn, mail).await.unwrap();
    }
    drop(conn);
    post
}

fn header<'a>(content: &'a str, name: &str) -> &'a str {
    let mut lines = content.lines();
    let line = lines.find(|line| line.starts_with(name)).expect(name);
    line[name.len()..].trim()
}

#[tokio::test]
async fn the_mail_server_gets_the_mail() {
    let post = one_mail("send_taken").await;
    let smtp = SmtpServer::start(&[]).await;
    assert_eq!(post.sender_to(&smtp.url).pass().await.unwrap(), 1);
    let [mail] = smtp.taken().try_into().unwrap();
    assert_eq!(mail.to, OLIVIA);
    assert_eq!(header(&mail.content, "From:"), "Acme <post@tubex.example>");
    assert_eq!(header(&mail.content, "Subject:"), "Confirm your address");
    assert_eq!(
        header(&mail.content, "Date:"),
        "Sat, 21 Nov 2026 14:05:00 +0000"
    );
    assert!(
        mail.content
            .contains("Content-Type: text/html; charset=utf-8")
    );
    assert!(token_in(&mail.text(), "verify-email").is_some());
    assert_eq!(post.states("VERIFY_EMAIL").await, ["SENT"]);
    assert_eq!(post.sender_to(&smtp.url).pass().await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_not_taken_now_is_tried_again() {
    let post = one_mail("send_451").await;
    let smtp = SmtpServer::start(&[Reply::Data(451), Reply::Recipient(451), Reply::Take]).await;
    let sender = post.sender_to(&smtp.url);
    assert_eq!(sender.pass().await.unwrap(), 1);
    assert_eq!(post.states("VERIFY_EMAIL").await, ["PENDING"]);
    let backlog = sender.backlog().await.unwrap();
    assert_eq!((backlog.pending, backlog.held_up), (1, 1));
    // Not at once, and each time later: 15 s and 30 s, a quarter more or less.
    for (too_soon, in_time) in [(11, 19), (22, 38)] {
        post.pass(TimeDelta::seconds(too_soon));
        assert_eq!(sender.pass().await.unwrap(), 0);
        post.pass(TimeDelta::seconds(in_time - too_soon));
        assert_eq!(sender.pass().await.unwrap(), 1);
    }
    assert_eq!(post.states("VERIFY_EMAIL").await, ["SENT"]);
    let query = "SELECT attempts, cause FROM platform.mails";
    let row = post.owner.query_one(query, &[]).await.unwrap();
    assert_eq!(row.get::<_, i32>(0), 3);
    assert!(
        row.get::<_, String>(1).contains("451"),
        "why it took so long"
    );
    // Whoever got both would see that they are one.
    let [first, last] = smtp.tried().try_into().unwrap();
    assert_eq!(header(&first, "Message-ID:"), header(&last, "Message-ID:"));
    assert_eq!(smtp.taken().len(), 1);
    // Their links differ, and both are good.
    let link = |content: &str| token_in(&decode_text(content), "verify-email").unwrap();
    assert_ne!(link(&first), link(&last));
}

#[tokio::test]
async fn what_will_never_be_taken_is_not_tried_again() {
    let post = one_mail("send_550").await;
    let smtp = SmtpServer::start(&[Reply::Recipient(550)]).await;
    let sender = post.sender_to(&smtp.url);
    assert_eq!(sender.pass().await.unwrap(), 1);
    assert_eq!(post.states("VERIFY_EMAIL").await, ["REFUSED"]);
    post.pass(TimeDelta::hours(2));
    assert_eq!(sender.pass().await.unwrap(), 0);
    let query = "SELECT cause FROM platform.mails";
    let cause: String = post.owner.query_one(query, &[]).await.unwrap().get(0);
    assert!(
        cause.contains("550") && cause.contains("no such luck"),
        "{cause}"
    );
}

#[tokio::test]
async fn a_server_that_will_have_nothing_loses_no_mail() {
    let post = one_mail("send_554").await;
    let smtp = SmtpServer::start(&[Reply::Greeting(554)]).await;
    let sender = post.sender_to(&smtp.url);
    sender.pass().await.unwrap();
    assert_eq!(post.states("VERIFY_EMAIL").await, ["PENDING"]);
    assert!(sender.transport.as_ref().unwrap().check().await.is_err());
    smtp.relent();
    assert_eq!(sender.transport.as_ref().unwrap().check().await, Ok(()));
    post.pass(TimeDelta::minutes(1));
    sender.pass().await.unwrap();
    assert_eq!(smtp.taken().len(), 1);
    // Nor does one that is not there.
    drop(post.dealer("Second", "second@test.example").await);
    post.sender_to("smtp://127.0.0.1:1").pass().await.unwrap();
    assert_eq!(post.states("VERIFY_EMAIL").await, ["SENT", "PENDING"]);
}

#[tokio::test]
async fn who_dies_with_a_mail_in_hand_gives_it_back() {
    let post = one_mail("send_killed").await;
    let smtp = SmtpServer::start(&[Reply::Hang]).await;
    let dying = post.sender_to(&smtp.url);
    let task = tokio::spawn(async move { dying.pass().await });
    until("the mail is under way", async || !smtp.tried().is_empty()).await;
    // It is in good hands for as long as the lease lasts.
    let heir = post.sender_to(&smtp.url);
    assert_eq!(heir.pass().await.unwrap(), 0);
    task.abort();
    post.pass(TimeDelta::seconds(119));
    assert_eq!(heir.pass().await.unwrap(), 0);
    post.pass(TimeDelta::seconds(1));
    assert_eq!(heir.pass().await.unwrap(), 1);
    assert_eq!(smtp.taken().len(), 1);
    assert_eq!(post.states("VERIFY_EMAIL").await, ["SENT"]);
}

#[tokio::test]
async fn several_nodes_send_each_mail_once() {
    let post = many_mails("send_many", 60).await;
    let smtp = SmtpServer::start(&[]).await;
    let nodes = (0..4).map(|_| {
        let sender = post.sender_to(&smtp.url);
        tokio::spawn(async move { while sender.pass().await.unwrap() > 0 {} })
    });
    futures_util::future::join_all(nodes).await;
    assert_eq!(smtp.taken().len(), 60);
    let ids: std::collections::BTreeSet<String> = smtp
        .taken()
        .iter()
        .map(|mail| header(&mail.content, "Message-ID:").to_owned())
        .collect();
    assert_eq!(ids.len(), 60);
}

#[tokio::test]
async fn a_slow_mail_holds_up_no_other() {
    let post = many_mails("send_slow", 8).await;
    let smtp = SmtpServer::start(&[Reply::Hang]).await;
    let sender = post.sender_to(&smtp.url);
    let task = tokio::spawn(async move { sender.pass().await });
    until("all others are taken", async || smtp.taken().len() == 7).await;
    task.abort();
}

#[tokio::test]
async fn what_is_undone_sends_nothing() {
    let post = one_mail("send_undone").await;
    let mut conn = post.server.app.core.control.checkout().await.unwrap();
    let mail = Mail::new(MailKind::PasswordChanged, OLIVIA, post.now());
    let undone = conn
        .transaction(async |conn| {
            enqueue(conn, mail).await?;
            Err::<(), DbError>(DbError::ReadOnly)
        })
        .await;
    assert!(undone.is_err());
    drop(conn);
    let subjects: Vec<_> = post.mails_to(OLIVIA).await;
    assert_eq!(subjects.len(), 1, "{subjects:#?}");
}

#[tokio::test]
async fn a_mail_that_is_too_old_is_not_sent() {
    let post = one_mail("send_late").await;
    post.pass(TimeDelta::hours(24));
    assert!(post.mails_to(OLIVIA).await.is_empty());
    assert_eq!(post.states("VERIFY_EMAIL").await, ["EXPIRED"]);
}

#[tokio::test]
async fn mails_are_forgotten_after_a_month() {
    let post = one_mail("send_prune").await;
    post.mails_to(OLIVIA).await;
    let rows = async |table: &str| {
        let query = format!("SELECT count(*) FROM platform.{table}");
        post.owner
            .query_one(&query, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
    };
    assert_eq!((rows("mails").await, rows("one_time_tokens").await), (1, 1));
    post.pass(TimeDelta::days(30));
    post.sender().prune().await.unwrap();
    assert_eq!((rows("mails").await, rows("one_time_tokens").await), (1, 0));
    post.pass(TimeDelta::seconds(1));
    post.sender().prune().await.unwrap();
    assert_eq!(rows("mails").await, 0);
}

#[tokio::test]
async fn without_a_mail_server_mails_are_kept_while_they_are_any_use() {
    let post = Post::open_with("send_nowhere", |settings| settings.mail.mail_dir = None).await;
    post.dealer("Acme", OLIVIA).await;
    let sender = post.sender();
    assert_eq!(sender.pass().await.unwrap(), 0);
    assert_eq!(sender.backlog().await.unwrap().pending, 1);
    post.pass(TimeDelta::hours(25));
    sender.prune().await.unwrap();
    assert_eq!(post.states("VERIFY_EMAIL").await, ["EXPIRED"]);
}

#[tokio::test]
async fn it_sends_by_itself_until_it_is_told_to_stop() {
    let post = one_mail("send_run").await;
    let smtp = SmtpServer::start(&[]).await;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(post.sender_to(&smtp.url).run(stopped));
    until("the first mail is taken", async || smtp.taken().len() == 1).await;
    post.dealer("Second", "second@test.example").await;
    until("the second mail is taken", async || smtp.taken().len() == 2).await;
    stop.send_replace(true);
    let ended = tokio::time::timeout(Duration::from_secs(20), task).await;
    ended.expect("it stops").unwrap();
}

#[tokio::test]
async fn a_mail_of_a_newer_program_is_left_to_it() {
    let post = one_mail("send_newer").await;
    let change = "UPDATE platform.mails SET kind = 'SHIPMENT_LEFT'";
    post.owner.batch_execute(change).await.unwrap();
    assert!(post.mails_to(OLIVIA).await.is_empty());
    assert_eq!(post.states("SHIPMENT_LEFT").await, ["PENDING"]);
}

/// Who waits for a link to sign in with does not wait behind a dealer's hundred invoices.
#[tokio::test]
async fn what_the_platform_sends_goes_before_what_dealers_do() {
    let post = one_mail("send_turns").await;
    let many = "INSERT INTO platform.mails
            (id, kind, email, dealer_id, record_id, created_at, due_at, expires_at)
        SELECT gen_random_uuid(), 'INVOICE', 'holt@test.example', d.id, gen_random_uuid(),
               m.created_at - interval '1 hour', m.due_at - interval '1 hour', m.expires_at
        FROM platform.mails m, (SELECT id FROM platform.dealers LIMIT 1) d, generate_series(1, 20)
        WHERE m.kind = 'VERIFY_EMAIL'";
    assert_eq!(post.owner.execute(many, &[]).await.unwrap(), 20);
    assert_eq!(post.sender().pass().await.unwrap(), 8);
    assert_eq!(post.states("VERIFY_EMAIL").await, ["SENT"]);
    let sender = post.sender();
    while sender.pass().await.unwrap() > 0 {}
    assert_eq!(post.states("INVOICE").await, ["NEEDLESS"; 20]);
}
