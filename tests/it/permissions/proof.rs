//! Whoever changes who lets others in proves anew that it is him.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::role::{BuiltInRole, RoleCode};
use tubex::kernel::clock::Clock;
use tubex::kernel::ids::UserId;

use crate::support::{Client, PASSWORD, Server, TestDealer};

/// A dealer with a second owner and somebody who sells, some time after his owner has
/// signed in.
struct Office {
    server: Server,
    dealer: TestDealer,
    owner: UserId,
    seller: UserId,
    /// A role of the dealer's own that lets others in, and one that does not.
    porter: RoleCode,
    looker: RoleCode,
}

impl Office {
    async fn open(passed: TimeDelta) -> Self {
        let server = Server::start_at(Clock::fixed(Clock::system().now()), |_settings| {}).await;
        let dealer = server.attended().await;
        let let_in = PermissionSet::of(&[Permission::MembersManage]).with_included();
        let look = PermissionSet::of(&[Permission::StockRead]);
        let office = Self {
            owner: server.member(&dealer, &[RoleCode::OWNER]).await.user,
            seller: server
                .member(&dealer, &[BuiltInRole::Sales.into()])
                .await
                .user,
            porter: server.role(&dealer, let_in).await,
            looker: server.role(&dealer, look).await,
            server,
            dealer,
        };
        office.server.clock.set(office.server.clock.now() + passed);
        office
    }

    /// What asks for a proof, and what does not; none of it depends on another.
    fn wishes(&self) -> Vec<(bool, &'static str, Value)> {
        let set = |user: UserId, role: &str| {
            let user = user.to_string();
            json!({ "userId": user, "expectedVersion": 1, "roles": [role] })
        };
        let gone = |user: UserId| json!({ "userId": user.to_string(), "expectedVersion": 1 });
        let invite = |role: &str| json!({ "email": "new@test.example", "roles": [role] });
        let (porter, looker) = (self.porter.to_string(), self.looker.to_string());
        let named = json!({ "id": looker, "expectedVersion": 1, "name": "Watcher" });
        vec![
            (true, "memberRolesSet", set(self.seller, "admin")),
            (true, "memberRolesSet", set(self.seller, "owner")),
            (true, "memberRolesSet", set(self.seller, &porter)),
            (true, "memberRolesSet", set(self.owner, "viewer")),
            (true, "memberRemove", gone(self.owner)),
            (true, "memberInvite", invite("owner")),
            (true, "memberInvite", invite("admin")),
            (true, "memberInvite", invite(&porter)),
            (
                true,
                "roleCreate",
                json!({ "name": "New", "permissions": ["stock:read"] }),
            ),
            (true, "roleUpdate", named),
            (
                true,
                "roleDelete",
                json!({ "id": looker, "expectedVersion": 1 }),
            ),
            (false, "memberRolesSet", set(self.seller, "driver")),
            (false, "memberRolesSet", set(self.seller, &looker)),
            (false, "memberRemove", gone(self.seller)),
            (false, "memberInvite", invite("sales")),
        ]
    }
}

/// The code of the refusal; none if it was done.
async fn wish(client: &Client, mutation: &str, input: &Value) -> String {
    let first = mutation[..1].to_ascii_uppercase();
    let document = format!(
        "mutation($input: {first}{}Input!) {{ {mutation}(input: $input) {{ userErrors {{ code path }} }} }}",
        &mutation[1..]
    );
    let data = client.run(&document, json!({ "input": input })).await;
    let code = &data[mutation]["userErrors"][0]["code"];
    code.as_str().unwrap_or("none").to_owned()
}

async fn attempt(office: &Office, number: usize, is_fresh: bool) {
    let wishes = office.wishes();
    let (asks, mutation, input) = &wishes[number];
    let code = wish(&office.dealer.client, mutation, input).await;
    let wanted = if *asks && !is_fresh {
        "STEP_UP_REQUIRED"
    } else {
        "none"
    };
    assert_eq!(code, wanted, "{mutation} {input}");
}

#[tokio::test]
async fn a_change_of_who_lets_others_in_asks_for_a_fresh_proof() {
    let office = Office::open(TimeDelta::seconds(601)).await;
    for (number, (asks, ..)) in office.wishes().into_iter().enumerate() {
        if asks {
            attempt(&office, number, false).await;
        }
    }
    let data = office.dealer.client.get("{ members { totalCount } }").await;
    assert_eq!(data["members"]["totalCount"], 3);
    // One who proves it goes on, in the same session.
    let step = "mutation($input: StepUpInput!) { stepUp(input: $input) {
        accessToken userErrors { code } } }";
    let input = json!({ "input": { "password": PASSWORD } });
    let proven = office.dealer.client.run(step, input).await;
    assert_eq!(proven["stepUp"]["userErrors"], json!([]));
    for (mutation, input) in [
        (
            "roleUpdate",
            json!({ "id": office.looker.to_string(), "expectedVersion": 1, "name": "Watcher" }),
        ),
        (
            "memberRolesSet",
            json!({ "userId": office.seller.to_string(), "expectedVersion": 1, "roles": ["admin"] }),
        ),
        (
            "memberRemove",
            json!({ "userId": office.owner.to_string(), "expectedVersion": 1 }),
        ),
        (
            "memberInvite",
            json!({ "email": "new@test.example", "roles": ["owner"] }),
        ),
    ] {
        let code = wish(&office.dealer.client, mutation, &input).await;
        assert_eq!(code, "none", "{mutation}");
    }
}

/// Each at an office of its own, since they would be in one another's way.
#[tokio::test]
async fn other_changes_ask_for_none_and_each_is_done_in_time() {
    let number = Office::open(TimeDelta::zero()).await.wishes().len();
    for one in 0..number {
        let late = TimeDelta::seconds(601);
        let in_time = TimeDelta::seconds(600);
        let office = Office::open(in_time).await;
        let (asks, ..) = office.wishes()[one];
        attempt(&office, one, true).await;
        if !asks {
            attempt(&Office::open(late).await, one, false).await;
        }
    }
}

/// A token that belongs to no session proves nothing, however fresh it is.
#[tokio::test]
async fn a_token_alone_changes_no_roles() {
    let office = Office::open(TimeDelta::zero()).await;
    let token = office.server.client_of(&office.dealer);
    let input = json!({ "name": "New", "permissions": ["stock:read"] });
    assert_eq!(wish(&token, "roleCreate", &input).await, "NOT_ALLOWED");
}
