//! An account that exists and one that does not can not be told apart.

use futures_util::future::join_all;
use tubex::error::Refusal;
use tubex::kernel::peer::Peer;

use super::{Gate, Outcome, bot, from};
use crate::support::PASSWORD;

/// Statements and hashes of one try, and its answer in words.
async fn cost(gate: &Gate, email: &str, n: usize) -> (u32, u64, String) {
    let (statements, hashes) = (gate.statements.get(), gate.hashes());
    let (password, peer) = ("a wrong guess".into(), bot(n));
    let tried = gate.accounts.authenticate(email, password, &peer);
    let answer = match tried.await {
        Ok(_) => panic!("the guess was right"),
        Err(Refusal::User(errors)) => format!("{errors:?}"),
        Err(Refusal::Fault(error)) => format!("{error:?} {:?}", error.retry_after()),
    };
    let statements = gate.statements.get() - statements;
    (statements, gate.hashes() - hashes, answer)
}

#[tokio::test]
async fn known_and_unknown_accounts_cost_and_answer_alike() {
    let gate = Gate::new("passwords_alike").await;
    let (known, unknown) = (gate.user().await.email, "nobody@test.example");
    // What comes first tidies up.
    gate.guess("first@test.example", &from("192.0.2.1")).await;
    for n in 0..12 {
        let of_known = cost(&gate, &known, 2 * n).await;
        let of_unknown = cost(&gate, unknown, 2 * n + 1).await;
        assert_eq!(of_known, of_unknown, "try {n}");
        let throttled = n >= 5;
        assert_eq!(of_known.1, u64::from(!throttled), "try {n}: {of_known:?}");
        assert_eq!(
            of_known.2.contains("THROTTLED"),
            throttled,
            "{}",
            of_known.2
        );
    }
}

#[tokio::test]
async fn a_refused_try_writes_nothing_and_soon_asks_nothing() {
    let gate = Gate::new("passwords_quiet").await;
    let (user, thief) = (gate.user().await, from("192.0.2.1"));
    for _ in 0..5 {
        gate.guess(&user.email, &thief).await;
    }
    let (statements, hashes, rows) = (gate.statements.get(), gate.hashes(), gate.rows().await);
    for _ in 0..1000 {
        let guess = gate.guess(&user.email, &thief).await;
        assert!(matches!(guess, Outcome::Wait(_)), "{guess:?}");
    }
    assert_eq!(gate.statements.get(), statements);
    assert_eq!((gate.hashes(), gate.rows().await), (hashes, rows));
    assert_eq!(gate.accounts.throttle().refusals(), 1000);
    // From elsewhere the database says so, and is asked nothing but that.
    let before = gate.statements.get();
    assert!(matches!(
        gate.guess(&user.email, &bot(1)).await,
        Outcome::Wait(_)
    ));
    assert!(gate.statements.get() - before <= 2);
}

#[tokio::test]
async fn a_flood_that_is_not_looked_at_holds_nothing_against_anybody() {
    let gate = Gate::new("passwords_flood").await;
    let mut work = crate::support::CHEAP;
    // So slow that one is at work and eight wait when the tenth comes.
    (work.cost.memory_kib, work.parallel) = (128 * 1024, 1);
    let (user, slow) = (gate.user().await, gate.twin_at(work));
    let home = gate.known(&user, &bot(100));
    let peers: Vec<Peer> = (0..30).map(bot).collect();
    let flood = join_all(peers.iter().map(|peer| async {
        let email = format!("{}@test.example", peer.address);
        let tried = slow.accounts.authenticate(&email, "x".into(), peer);
        tried.await.is_err()
    }));
    let owner = slow.try_password(&user.email, PASSWORD, &home);
    let (refused, owner) = tokio::join!(flood, owner);
    assert!(refused.iter().all(|refused| *refused));
    // Strangers do not fill the room where he waits.
    assert_eq!(owner, Outcome::Right);
    // Those that were looked at have left three rows each; his check and the new
    // hash for the dearer setting have left none.
    let looked_at = i64::try_from(slow.hashes()).unwrap() - 2;
    assert!((9..30).contains(&looked_at), "{looked_at}");
    assert_eq!(gate.rows().await, 3 * looked_at);
}
