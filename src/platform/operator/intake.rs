//! Opening a dealer on rows that come from elsewhere, on an operator's word.

use secrecy::{ExposeSecret, SecretString};

use crate::auth::password;
use crate::error::ServiceResult;
use crate::kernel::ids::DealerId;
use crate::platform::dealers::adopt::{Adoption, NewOwner};
use crate::platform::dealers::note::{Note, Origin};
use crate::platform::dealers::service::Dealers;
use crate::tenancy::provision::NewDealer;
use crate::tenancy::transfer::Staged;

/// Name of an owner if none is given.
const OWNER: &str = "Owner";

/// Who shall own a dealer: an address, and a name if he is not a user yet.
/// Without an address nobody can sign in there.
#[derive(Clone, Debug, Default)]
pub struct OwnerWanted {
    /// Address he signs in with.
    pub email: Option<String>,
    /// His name.
    pub name: Option<String>,
}

/// A dealer to open, checked before the long work begins.
pub struct Intake {
    adoption: Adoption,
    made_up: Option<SecretString>,
}

/// A dealer who has just been opened.
pub struct Opened {
    /// Who.
    pub dealer: DealerId,
    /// His schema.
    pub schema: String,
    /// The password that was made up for his owner, if he was no user before.
    pub owner_password: Option<String>,
}

impl Intake {
    /// Checks what the dealer shall be called and who shall own him.
    pub async fn prepare(
        dealers: &Dealers,
        dealer: NewDealer,
        owner: OwnerWanted,
        (note, origin): (Note, Origin),
    ) -> ServiceResult<Self> {
        let made_up = owner.email.as_ref().map(|_| password::made_up());
        let made_up = made_up.transpose()?;
        let name = owner.name.unwrap_or_else(|| OWNER.to_owned());
        let owner = owner.email.zip(made_up.clone());
        let owner = owner.map(|(email, password)| NewOwner {
            email,
            name,
            password,
        });
        let adoption = dealers.prepare_adoption(dealer, owner).await?;
        Ok(Self {
            adoption: adoption.noted(note, origin),
            made_up,
        })
    }

    /// Opens him on the staged schema.
    pub async fn open(self, dealers: &Dealers, staged: Staged) -> ServiceResult<Opened> {
        let adopted = dealers.adopt(staged, self.adoption).await?;
        let is_new = adopted.owner.is_some_and(|(_user, is_new)| is_new);
        // Of no use to somebody who had a password before.
        let shown = self.made_up.filter(|_| is_new);
        Ok(Opened {
            dealer: adopted.dealer.id,
            schema: adopted.dealer.schema.as_str().to_owned(),
            owner_password: shown.map(|password| password.expose_secret().to_owned()),
        })
    }
}
