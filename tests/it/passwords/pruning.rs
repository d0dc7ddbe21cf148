//! What is remembered of wrong passwords goes by itself.

use chrono::TimeDelta;

use super::{Gate, bot};

#[tokio::test]
async fn what_is_forgotten_is_deleted_by_who_comes_next() {
    let gate = Gate::new("passwords_pruning").await;
    for n in 0..300 {
        gate.guess(&format!("user-{n}@test.example"), &bot(n)).await;
    }
    assert_eq!(gate.rows().await, 900);
    gate.pass(TimeDelta::minutes(15));
    gate.guess("one@test.example", &bot(1000)).await;
    assert_eq!(gate.rows().await, 3);
}

#[tokio::test]
async fn what_is_still_held_against_somebody_stays() {
    let gate = Gate::new("passwords_kept").await;
    for n in 0..10 {
        gate.guess("victim@test.example", &bot(n)).await;
    }
    gate.pass(TimeDelta::minutes(15));
    gate.guess("one@test.example", &bot(1000)).await;
    // The account is remembered for longer than those who tried it once.
    assert_eq!(gate.rows().await, 1 + 3);
}

#[tokio::test]
async fn a_wall_of_rows_is_taken_down_piece_by_piece() {
    let gate = Gate::new("passwords_wall").await;
    let fill = "INSERT INTO platform.login_attempts
        SELECT decode(md5(n::text), 'hex'), 0, '2020-01-01', '2020-01-01'
        FROM generate_series(1, 10000) n";
    let client = crate::support::owner_of(&gate.settings).await;
    client.execute(fill, &[]).await.unwrap();
    let mut rows = Vec::new();
    for n in 0..6 {
        gate.guess("one@test.example", &bot(n)).await;
        rows.push(gate.rows().await);
        gate.pass(TimeDelta::seconds(20));
    }
    assert!(rows[0] > 7000, "{rows:?}");
    assert!(rows[5] < 20, "{rows:?}");
}
