//! People with other roles than the owner's.

use secrecy::ExposeSecret;
use tubex::auth::permission::{Permission, PermissionSet};
use tubex::auth::principal::Method;
use tubex::auth::role::{RoleCode, RoleId};
use tubex::kernel::ids::{CustomerId, UserId};
use tubex::platform::sessions::service::NewSession;

use super::client::{Client, peer};
use super::owner::owner_of;
use super::server::{Server, TestDealer};

/// Somebody who works for a dealer, and a client signed in as him.
pub struct Member {
    pub user: UserId,
    pub client: Client,
}

impl Server {
    /// Somebody with these roles at `dealer`.
    pub async fn member(&self, dealer: &TestDealer, roles: &[RoleCode]) -> Member {
        self.add(dealer, roles, None).await
    }

    /// A contractor at the portal of `dealer`, who stands for this customer.
    pub async fn contractor(&self, dealer: &TestDealer, customer: CustomerId) -> Member {
        self.add(dealer, &[RoleCode::CUSTOMER], Some(customer))
            .await
    }

    async fn add(
        &self,
        dealer: &TestDealer,
        roles: &[RoleCode],
        customer: Option<CustomerId>,
    ) -> Member {
        let owner = owner_of(&self.database).await;
        let user = UserId::generate();
        let id = user.uuid().to_string();
        owner
            .execute(
                "INSERT INTO platform.users (id, email, name, password_hash, created_at)
                 VALUES ($1::text::uuid, $1 || '@test.example', 'Member ' || $1, 'none', now())",
                &[&id],
            )
            .await
            .unwrap();
        let names: Vec<String> = roles.iter().map(ToString::to_string).collect();
        let of = customer.map(|customer| customer.uuid().to_string());
        owner
            .execute(
                "INSERT INTO platform.memberships (user_id, dealer_id, roles, customer_id, created_at)
                 VALUES ($1::text::uuid, $2::text::uuid, $3, $4::text::uuid, now())",
                &[&id, &dealer.id.uuid().to_string(), &names, &of],
            )
            .await
            .unwrap();
        let client = self.client_as(dealer, user, roles, customer);
        Member { user, client }
    }

    /// A client with a token for these roles, whoever has them.
    pub fn client_as(
        &self,
        dealer: &TestDealer,
        user: UserId,
        roles: &[RoleCode],
        customer: Option<CustomerId>,
    ) -> Client {
        let mut grant = self.grant(user, dealer.id);
        grant.roles = roles.to_vec();
        grant.customer = customer.map(CustomerId::uuid);
        let issued = self.app.tokens.issue(&grant).unwrap();
        Client::new(&self.url, Some(issued.token.expose_secret().to_owned()))
    }

    /// A client of somebody who has just signed in, as those must have who change what
    /// others may do.
    pub async fn signed_in(&self, dealer: &TestDealer, user: UserId) -> Client {
        let user = self.app.core.accounts.user(user).await.unwrap();
        let new = NewSession {
            user: user.id,
            user_epoch: user.epoch,
            dealer: dealer.id,
            methods: &[Method::Pwd],
            peer: &peer(),
            is_known_device: true,
        };
        let opened = self.app.sessions.open(new).await.ok().unwrap();
        let token = opened.access.token.expose_secret();
        Client::new(&self.url, Some(token.to_owned()))
    }

    /// A new dealer whose owner has just signed in.
    pub async fn attended(&self) -> TestDealer {
        let dealer = self.dealer().await;
        let client = self.signed_in(&dealer, dealer.owner).await;
        TestDealer { client, ..dealer }
    }

    /// A role of the dealer's own that allows exactly this, known to this server.
    pub async fn role(&self, dealer: &TestDealer, permissions: PermissionSet) -> RoleCode {
        let id = RoleId::generate();
        let names: Vec<&str> = permissions.iter().map(Permission::as_str).collect();
        owner_of(&self.database)
            .await
            .execute(
                "INSERT INTO platform.roles
                 VALUES ($1::text::uuid, $2::text::uuid, $1, NULL, $3, 1, now(), now())",
                &[
                    &id.uuid().to_string(),
                    &dealer.id.uuid().to_string(),
                    &names,
                ],
            )
            .await
            .unwrap();
        self.app.directory.forget(dealer.id);
        id.into()
    }
}
