//! The code of a message: six digits of the authentication code of its id.
//!
//! To keep a hash of a code is to keep the code, for whoever has the secret: there
//! are a million. So nothing is kept, each attempt to send it says the same, and
//! without the secret a code can only be guessed.

use secrecy::SecretString;

use super::model::MessageId;
use crate::auth::totp;
use crate::auth::vault::{Purpose, Vault};
use crate::error::AppResult;

/// How many codes there are.
const CODES: u64 = 1_000_000;

/// The code of this message, under the present secret.
pub(super) fn of(vault: &Vault, id: MessageId) -> AppResult<SecretString> {
    let mac = vault.mac(Purpose::SmsCode, id.uuid().as_bytes())?;
    Ok(format!("{:06}", number(&mac)).into())
}

/// Whether this is the code of that message, under any secret: it may have changed
/// while the message was on its way. All are computed, so that the time tells
/// nothing.
pub(super) fn is_of(vault: &Vault, id: MessageId, shown: &str) -> AppResult<bool> {
    let Some(shown) = totp::parse(shown) else {
        return Ok(false);
    };
    let macs = vault.macs(Purpose::SmsCode, id.uuid().as_bytes())?;
    let numbers = macs.iter().map(number);
    Ok(numbers.fold(false, |is_it, number| is_it | (number == u64::from(shown))))
}

/// The first eight bytes as a number below a million; that a million does not
/// divide 2^64 makes no code likelier by more than one in 10^13.
fn number(mac: &[u8; 32]) -> u64 {
    let eight = mac.iter().take(8);
    eight.fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)) % CODES
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::auth::vault::generate_secret;

    #[test]
    fn a_code_is_that_of_its_message_also_when_the_secret_is_a_former_one() {
        let (old, new) = (generate_secret().unwrap(), generate_secret().unwrap());
        let before = Vault::from_text(&old).unwrap();
        let both = format!("{}{}", new.expose_secret(), old.expose_secret());
        let after = Vault::from_text(&both.into()).unwrap();
        let id = MessageId::generate();
        let code = of(&before, id).unwrap();
        let code = code.expose_secret();
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        assert!(is_of(&before, id, code).unwrap() && is_of(&after, id, code).unwrap());
        let (three, rest) = code.split_at(3);
        assert!(is_of(&before, id, &format!("{three} {rest}")).unwrap());
        let wrong = |shown: &str| !is_of(&before, id, shown).unwrap();
        assert!(wrong("") && wrong(three) && wrong(&format!("{code}0")));
        // One in 10^18 that all three are alike.
        let others = || is_of(&before, MessageId::generate(), code).unwrap();
        assert!(!(others() && others() && others()));
    }
}
