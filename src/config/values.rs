//! Parsers of settings' values. Their messages say what would be right and
//! never repeat a secret.

use std::net::IpAddr;
use std::num::NonZero;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

/// Any text, kept from being printed.
#[expect(clippy::unnecessary_wraps, reason = "the shape of a value parser")]
pub(super) fn secret(text: &str) -> Result<SecretString, std::convert::Infallible> {
    Ok(SecretString::from(text))
}

/// Half as many threads as can be at work at once, and one at least: so many take requests, and
/// so many run operations.
pub fn half_the_processors() -> usize {
    let all = std::thread::available_parallelism();
    all.map_or(1, NonZero::get).div_ceil(2)
}

/// The role that a connection string of PostgreSQL names.
pub(super) fn postgres_role(url: &SecretString) -> Result<String, String> {
    let parsed: Result<tokio_postgres::Config, _> = url.expose_secret().parse();
    // The driver's own message quotes the text, and with it the password.
    let config =
        parsed.map_err(|_| "must look like postgres://user:password@host/database".to_owned())?;
    match config.get_user() {
        Some(user) => Ok(user.to_owned()),
        None => Err("must name a user, as in postgres://user:password@host/database".to_owned()),
    }
}

/// Whether this is a connection string of Redis.
pub(super) fn redis_address(url: &SecretString) -> Result<(), String> {
    match redis::Client::open(url.expose_secret()) {
        Ok(_) => Ok(()),
        Err(_) => Err("must look like redis://host:6379".to_owned()),
    }
}

/// A network such as 10.0.0.0/8, or one address.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_not_a_network| one())
        .map_err(|_| "must be an address or a network such as 10.0.0.0/8".to_owned())
}

/// 1 to 1000.
pub(super) fn pool_size(text: &str) -> Result<usize, String> {
    bounded(text, 1, 1000)
}

/// 0 to 1000.
pub(super) fn spare_count(text: &str) -> Result<usize, String> {
    bounded(text, 0, 1000)
}

/// 1 to 100 million.
pub(super) fn list_size(text: &str) -> Result<usize, String> {
    bounded(text, 1, 100_000_000)
}

/// 0 to 100 million.
pub(super) fn cache_size(text: &str) -> Result<usize, String> {
    bounded(text, 0, 100_000_000)
}

/// 0 to 100.
pub(super) fn batch_size(text: &str) -> Result<usize, String> {
    bounded(text, 0, 100)
}

/// As much as the HTTP host reads, and no less than a token needs.
pub(super) fn header_size(text: &str) -> Result<usize, String> {
    bounded(text, 4096, 131_072)
}

/// Units of complexity in a minute: none, or enough for the clock to tell them apart.
pub(super) fn rate(text: &str) -> Result<u64, String> {
    let units = bounded(text, 0, 60_000_000)?;
    u64::try_from(units).map_err(|error| error.to_string())
}

/// 1 second to one hour.
pub(super) fn lease(text: &str) -> Result<Duration, String> {
    let seconds = bounded(text, 1, 3600)?;
    u64::try_from(seconds)
        .map(Duration::from_secs)
        .map_err(|error| error.to_string())
}

/// 0 to one day.
pub(super) fn milliseconds(text: &str) -> Result<Duration, String> {
    let count = bounded(text, 0, 86_400_000)?;
    u64::try_from(count)
        .map(Duration::from_millis)
        .map_err(|error| error.to_string())
}

/// As [`milliseconds`], but at least 1.
pub(super) fn some_milliseconds(text: &str) -> Result<Duration, String> {
    let some = milliseconds(text).ok().filter(|some| !some.is_zero());
    some.ok_or_else(|| "must be a whole number from 1 to 86400000".to_owned())
}

/// One hundredth of a second to half a minute: how long the server of somebody else may take.
pub(super) fn call_time(text: &str) -> Result<Duration, String> {
    let fits = |time: &Duration| (10..=30_000).contains(&time.as_millis());
    let time = milliseconds(text).ok().filter(fits);
    time.ok_or_else(|| "must be a whole number from 10 to 30000".to_owned())
}

/// 50 to one day: a connection that has to be opened first should come within it.
pub(super) fn pool_wait(text: &str) -> Result<Duration, String> {
    let enough = milliseconds(text)
        .ok()
        .filter(|wait| *wait >= Duration::from_millis(50));
    enough.ok_or_else(|| "must be a whole number from 50 to 86400000".to_owned())
}

fn bounded(text: &str, min: usize, max: usize) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        _ => Err(format!("must be a whole number from {min} to {max}")),
    }
}

/// An address such as `https://api.example.com`, without a slash at its end.
pub(super) fn public_url(text: &str) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let fits = |rest: &str| {
        !rest.is_empty()
            && !rest.ends_with('/')
            && rest
                .bytes()
                .all(|b| b.is_ascii_graphic() && !b"\"'<>&".contains(&b))
    };
    if rest.is_some_and(|rest| fits(rest) && !rest.contains(['?', '#', '@'])) {
        Ok(text.to_owned())
    } else {
        Err(
            "must be an address such as https://api.example.com, without a slash at its end"
                .to_owned(),
        )
    }
}

/// An origin such as `https://shop.example.com`, as browsers send it.
pub(super) fn origin(text: &str) -> Result<String, String> {
    let url = public_url(text)?;
    match url.split_once("://") {
        Some((_, host)) if !host.contains('/') && !host.bytes().any(|b| b.is_ascii_uppercase()) => {
            Ok(url)
        }
        _ => Err("must be an origin such as https://shop.example.com, in lower case".to_owned()),
    }
}

/// Whether a host, maybe with a port, is this machine.
pub(super) fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_checked_and_not_repeated() {
        let right = postgres_role(&"postgres://app:secret@localhost/tubex".into());
        assert_eq!(right.as_deref(), Ok("app"));
        for wrong in [
            "mysql://app:secret@localhost/tubex",
            "postgres://localhost/secret",
        ] {
            assert!(!postgres_role(&wrong.into()).unwrap_err().contains("secret"));
        }
    }

    #[test]
    fn an_address_is_a_network_of_one() {
        assert_eq!(network(" 10.0.0.1").unwrap().to_string(), "10.0.0.1/32");
        assert_eq!(network("fd00::/8").unwrap().to_string(), "fd00::/8");
        assert!(network("10.0.0.0/33").is_err());
        assert!(network("").is_err());
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(pool_size("16"), Ok(16));
        assert!(pool_size("0").is_err());
        assert!(pool_size("many").is_err());
        assert_eq!(milliseconds("1500"), Ok(Duration::from_millis(1500)));
        assert_eq!(pool_wait("50"), Ok(Duration::from_millis(50)));
        assert!(pool_wait("0").is_err());
    }
}
