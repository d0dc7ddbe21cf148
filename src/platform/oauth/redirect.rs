//! Where users are sent back to.
//!
//! An address counts letter by letter. It is registered in the one spelling that
//! browsers give it, so that there is nothing to be read in two ways.

use url::{Host, Url};

/// Longest address, in bytes.
pub const LONGEST: usize = 500;

/// The address if users may be sent there, else what would be right.
pub fn check(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return Err(format!("an address may have {LONGEST} characters at most"));
    }
    let url = Url::parse(text).map_err(|_| {
        "must be whole addresses, such as https://app.example.com/callback".to_owned()
    })?;
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(&url)) {
        return Err(
            "must be addresses with https; with http only those of the user's own machine, \
             such as http://127.0.0.1/callback"
                .to_owned(),
        );
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return Err("must have neither a user's name nor a fragment".to_owned());
    }
    if text.contains('*') {
        return Err(
            "must be addresses, not patterns: each is compared letter by letter".to_owned(),
        );
    }
    if url.as_str() != text {
        return Err(format!("write {url} in place of {text}"));
    }
    Ok(())
}

/// Whether `asked` is the registered address. Programs on a user's machine take
/// whatever port is free there (RFC 8252, 7.3), so that of a loopback address does
/// not count.
pub fn is_same(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    match (without_port(registered), without_port(asked)) {
        (Some(registered), Some(asked)) => registered == asked,
        _ => false,
    }
}

/// Whether it leads to a program on the user's own machine, which could be any.
pub fn is_local(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| is_loopback(&url))
}

/// What a page may send its form to so that the answer can lead there.
pub fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    Some(url.origin().ascii_serialization())
}

/// The address with these parameters added.
pub fn with(address: &str, params: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(params);
    let joint = match address.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{address}{joint}{}", query.finish())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The address without its port, if it is one by number on the user's machine and
/// in the spelling that browsers give it.
fn without_port(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    let by_number = matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
    if url.as_str() != text || url.scheme() != "http" || !by_number || !is_loopback(&url) {
        return None;
    }
    url.set_port(None).ok()?;
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_addresses_that_nobody_can_listen_to() {
        for right in [
            "https://app.example.com/callback",
            "https://app.example.com/callback?from=tubex",
            "https://app.example.com:8443/",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:3000/callback",
            "http://[::1]/callback",
            "http://localhost:3000/callback",
        ] {
            assert_eq!(check(right), Ok(()), "{right}");
        }
        for wrong in [
            "",
            "app.example.com/callback",
            "http://app.example.com/callback",
            "http://127.0.0.1.example.com/callback",
            "https://app.example.com",
            "https://APP.example.com/",
            "https://app.example.com/a/../b",
            "https://app.example.com/#fragment",
            "https://me@app.example.com/",
            "https://*.example.com/",
            "https://app.example.com/ callback",
            "https://app.example.com\\@evil.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.example.app:/callback",
            "//app.example.com/",
        ] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn letter_by_letter_but_for_the_port_of_the_own_machine() {
        let https = "https://app.example.com/callback";
        for other in [
            "https://app.example.com/callback/",
            "https://app.example.com/callback?x=1",
            "https://app.example.com/Callback",
            "https://app.example.com:443/callback",
            "https://app.example.com:444/callback",
            "http://app.example.com/callback",
            "https://app.example.com.evil.example/callback",
            "https://app.example.com/callback#",
        ] {
            assert!(!is_same(https, other), "{other}");
        }
        assert!(is_same(https, https));
        let local = "http://127.0.0.1/callback";
        assert!(is_same(local, "http://127.0.0.1:51004/callback"));
        for other in [
            "http://127.0.0.1:51004/other",
            "http://127.0.0.2:51004/callback",
            "https://127.0.0.1:51004/callback",
            "http://localhost:51004/callback",
            "http://127.0.0.1:51004@evil.example/callback",
            "http://127.1:51004/callback",
        ] {
            assert!(!is_same(local, other), "{other}");
        }
        let named = "http://localhost:3000/callback";
        assert!(!is_same(named, "http://localhost:3001/callback"));
    }

    #[test]
    fn parameters_are_added_to_those_there_are() {
        let params = [("code", "a b"), ("state", "&=")];
        assert_eq!(
            with("https://a.test/", &params),
            "https://a.test/?code=a+b&state=%26%3D"
        );
        assert_eq!(
            with("https://a.test/?x=1", &[("y", "2")]),
            "https://a.test/?x=1&y=2"
        );
    }
}
