//! Taking a dealer in whose schema is there already: from a file, or a clone.

use secrecy::SecretString;

use super::note::{Note, Origin};
use super::service::{Dealers, Owner, Registration, Word, checked, checked_dealer};
use crate::error::{AppError, Refusal, ServiceResult};
use crate::kernel::checks::Checks;
use crate::kernel::ids::DealerId;
use crate::platform::identity::model::UserRow;
use crate::tenancy::directory::{Dealer, dealer_find};
use crate::tenancy::provision::NewDealer;
use crate::tenancy::transfer::{
    Replaced, Staged, TransferError, dealer_insert_staged_tx, dealer_replace_staged_tx,
};

/// Who shall own the dealer: a user on the operator's word, or a new one.
#[derive(Debug)]
pub struct NewOwner {
    /// Address he signs in with.
    pub email: String,
    /// His name, if he is new.
    pub name: String,
    /// His password, if he is new.
    pub password: SecretString,
}

/// A dealer to take in, checked before the long work begins.
pub struct Adoption {
    dealer: NewDealer,
    owner: Option<Owner>,
    note: Option<(Note, Origin)>,
}

impl Adoption {
    /// What is noted of it, in the transaction that opens the dealer.
    #[must_use]
    pub fn noted(mut self, note: Note, origin: Origin) -> Self {
        self.note = Some((note, origin));
        self
    }
}

/// A dealer who has been taken in.
pub struct Adopted {
    /// The dealer, open for business.
    pub dealer: Dealer,
    /// His owner, and whether he was no user before. Without one nobody can
    /// sign in.
    pub owner: Option<(UserRow, bool)>,
}

impl Dealers {
    /// Checks what the dealer shall be called and who shall own him.
    pub async fn prepare_adoption(
        &self,
        dealer: NewDealer,
        owner: Option<NewOwner>,
    ) -> ServiceResult<Adoption> {
        let adoption = match owner {
            None => {
                let mut checks = Checks::default();
                let dealer = checked_dealer(&mut checks, &dealer);
                checks.finish()?;
                Adoption {
                    dealer,
                    owner: None,
                    note: None,
                }
            }
            Some(owner) => {
                let registration = checked(Registration {
                    dealer,
                    owner_name: owner.name,
                    owner_email: owner.email,
                    owner_password: owner.password,
                    word: Word::Operator,
                })?;
                let owner = Some(self.owner(&registration).await?);
                let dealer = registration.dealer;
                Adoption {
                    dealer,
                    owner,
                    note: None,
                }
            }
        };
        let mut conn = self.accounts.control().checkout().await?;
        self.check_timezone(&mut conn, &adoption.dealer.timezone)
            .await?;
        Ok(adoption)
    }

    /// Opens the dealer on the staged schema: one transaction.
    pub async fn adopt(&self, staged: Staged, adoption: Adoption) -> ServiceResult<Adopted> {
        let Adoption {
            dealer,
            owner,
            note,
        } = adoption;
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        let id = conn
            .transaction(async |conn| {
                let id = dealer_insert_staged_tx(conn, &staged, &dealer, now).await?;
                if let Some(owner) = &owner {
                    owner.insert_tx(conn, id, now).await?;
                }
                if let Some((note, origin)) = &note {
                    note.adopted_tx(conn, id, origin, now).await?;
                }
                Ok::<_, Refusal>(id)
            })
            .await?;
        let dealer = dealer_find(&mut conn, id).await?;
        let dealer = dealer.ok_or_else(|| AppError::from(TransferError::NoDealer(id)))?;
        let owner = owner.map(|owner| match owner {
            Owner::New(user) => (user, true),
            Owner::Known(user) => (user, false),
        });
        Ok(Adopted { dealer, owner })
    }

    /// Gives a suspended dealer the staged schema, and notes where it came from:
    /// one transaction.
    pub async fn restore(
        &self,
        staged: Staged,
        dealer: DealerId,
        (note, origin): (Note, Origin),
    ) -> ServiceResult<Replaced> {
        let now = self.clock.now();
        let mut conn = self.accounts.control().checkout().await?;
        conn.transaction(async |conn| {
            let replaced = dealer_replace_staged_tx(conn, &staged, dealer, now).await?;
            note.adopted_tx(conn, dealer, &origin, now).await?;
            Ok::<_, Refusal>(replaced)
        })
        .await
    }

    /// Notes that a dealer's rows are about to leave in a file.
    pub async fn note_export(&self, dealer: DealerId, note: &Note) -> ServiceResult<()> {
        let mut conn = self.accounts.control().checkout().await?;
        Ok(note.exported(&mut conn, dealer, self.clock.now()).await?)
    }
}

impl From<TransferError> for Refusal {
    fn from(error: TransferError) -> Self {
        AppError::from(error).into()
    }
}
