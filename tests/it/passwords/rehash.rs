//! A hash of another cost is renewed when its user signs in.

use tubex::auth::password::{PasswordCost, PasswordWork};

use super::{Gate, Outcome, from};
use crate::support::{CHEAP, PASSWORD, owner_of};

async fn stored(gate: &Gate, email: &str) -> String {
    let client = owner_of(&gate.settings).await;
    let query = "SELECT password_hash FROM platform.users WHERE email = $1";
    client.query_one(query, &[&email]).await.unwrap().get(0)
}

#[tokio::test]
async fn signing_in_brings_the_hash_to_the_present_cost() {
    let gate = Gate::new("passwords_rehash").await;
    let (user, home) = (gate.user().await, from("192.0.2.1"));
    let dearer = gate.twin_at(PasswordWork {
        cost: PasswordCost {
            memory_kib: 128,
            passes: 1,
        },
        ..CHEAP
    });
    // A wrong one changes nothing.
    assert_eq!(dearer.guess(&user.email, &home).await, Outcome::Wrong);
    assert_eq!(stored(&gate, &user.email).await, user.password_hash);
    for hashes in [2, 1] {
        let before = dearer.hashes();
        let right = dearer.try_password(&user.email, PASSWORD, &home).await;
        assert_eq!((right, dearer.hashes() - before), (Outcome::Right, hashes));
        let hash = stored(&gate, &user.email).await;
        assert!(hash.contains("m=128,t=1,p=1"), "{hash}");
    }
    // A node that still has the old settings is understood, and understands.
    let right = gate.try_password(&user.email, PASSWORD, &home).await;
    assert_eq!(right, Outcome::Right);
}

#[tokio::test]
async fn the_standard_cost_is_the_one_agreed_on() {
    let standard = PasswordCost::STANDARD;
    assert_eq!((standard.memory_kib, standard.passes), (47_104, 1));
}
