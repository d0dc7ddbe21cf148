//! Files that are not what they should be are refused before anything is made.

use std::io::Cursor;

use tubex::demo::data::DEALERS;
use tubex::tenancy::transfer::{Archive, FileFault, TransferError};

use super::archives::{archive, changed, files, with_manifest, with_rows};
use super::{export, stage};
use crate::support::Server;

async fn a_file() -> (Server, Vec<u8>) {
    let server = Server::start().await;
    let dealer = server.dealer_like(&DEALERS[0]).await;
    let (_, bytes) = export(&server.app, dealer.id).await;
    (server, bytes)
}

fn check(bytes: &[u8]) -> Result<Archive<Cursor<Vec<u8>>>, FileFault> {
    let mut archive = Archive::open(Cursor::new(bytes.to_vec()))?;
    archive.verify(&|| {})?;
    Ok(archive)
}

fn reason(bytes: &[u8]) -> String {
    check(bytes).unwrap_err().to_string()
}

#[tokio::test]
async fn a_flipped_byte_is_found_wherever_it_matters() {
    let (_server, bytes) = a_file().await;
    let whole = files(&bytes);
    let mut found = 0;
    for place in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        match check(&damaged) {
            Err(_) => found += 1,
            // What the check passes is the date of a file, a bit that fills up
            // a byte or the like: nothing that is in the files.
            Ok(_) => assert_eq!(files(&damaged), whole, "byte {place}"),
        }
    }
    assert!(found > 1000, "{found}");
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_refused() {
    let (_server, bytes) = a_file().await;
    for part in 1..20 {
        let cut = bytes.len() * part / 20;
        assert!(check(&bytes[..cut]).is_err(), "{cut} of {}", bytes.len());
    }
    assert!(check(&[]).is_err());
    assert!(check(b"PK\x03\x04 but no archive").is_err());
}

#[tokio::test]
async fn the_files_are_those_of_the_manifest() {
    let (_server, bytes) = a_file().await;
    let without = |name: &str| changed(&bytes, |files| files.retain(|(file, _)| file != name));
    assert!(reason(&without("manifest.json")).contains("no manifest.json"));
    assert!(reason(&without("tables/units.csv")).contains("lacks \"tables/units.csv\""));
    for name in [
        "../../etc/passwd",
        "/tmp/x",
        "tables/more.csv",
        "MANIFEST.JSON",
    ] {
        let more = changed(&bytes, |files| files.push((name.to_owned(), Vec::new())));
        assert!(reason(&more).contains("does not name"), "{name}");
    }
    let many = (0..500).map(|number| (format!("tables/t{number}.csv"), Vec::new()));
    let many = changed(&bytes, |files| files.extend(many));
    assert!(matches!(check(&many), Err(FileFault::TooMany(_))));
}

#[tokio::test]
async fn a_directory_without_end_is_not_read() {
    let (_server, bytes) = a_file().await;
    let long = "x".repeat(60_000);
    let many = (0..200).map(|number| (format!("tables/{number}{long}"), Vec::new()));
    let many = changed(&bytes, |files| files.extend(many));
    assert!(many.len() > 20_000_000);
    assert!(reason(&many).contains("far too long"), "{}", reason(&many));
}

#[tokio::test]
async fn a_name_given_twice_is_refused() {
    let (_server, bytes) = a_file().await;
    let twice = changed(&bytes, |files| {
        files.push(("tables/unitX.csv".to_owned(), b"other".to_vec()));
    });
    let twice = replaced(&twice, b"tables/unitX.csv", b"tables/units.csv");
    assert!(reason(&twice).contains("duplicate"), "{}", reason(&twice));
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for place in 0..bytes.len() - from.len() {
        if &bytes[place..place + from.len()] == from {
            bytes[place..place + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

#[tokio::test]
async fn what_inflates_beyond_the_manifest_is_refused() {
    let (_server, bytes) = a_file().await;
    let bomb = changed(&bytes, |files| {
        let (_, text) = files
            .iter_mut()
            .find(|(name, _)| name == "tables/units.csv")
            .unwrap();
        text.resize(200_000_000, b' ');
    });
    assert!(bomb.len() < 2_000_000);
    assert!(reason(&bomb).contains("length"), "{}", reason(&bomb));
    let endless = changed(&bytes, |files| {
        let (_, text) = files
            .iter_mut()
            .find(|(name, _)| name == "manifest.json")
            .unwrap();
        text.resize(50_000_000, b' ');
    });
    assert!(reason(&endless).contains("length"), "{}", reason(&endless));
}

#[tokio::test]
async fn a_manifest_that_says_something_else_is_refused() {
    let (_server, bytes) = a_file().await;
    let said = |change: fn(&mut serde_json::Value)| reason(&with_manifest(&bytes, change));
    assert!(said(|m| m["format_version"] = 2.into()).contains("format version 2"));
    assert!(said(|m| m["format"] = "other".into()).contains("`format`"));
    assert!(said(|m| m["more"] = 1.into()).contains("unknown field"));
    assert!(said(|m| m["tables"][0]["name"] = "pg_class".into()).contains("knows no such table"));
    assert!(said(|m| m["tables"][0]["file"] = "x".into()).contains("another name"));
    assert!(said(|m| m["tables"][1] = m["tables"][0].clone()).contains("twice"));
    assert!(said(|m| m["tables"][0]["rows"] = 7.into()).contains("number of rows"));
    assert!(said(|m| m["tables"][0]["sha256"] = "00".into()).contains("sha256"));
    let nonsense = changed(&bytes, |files| {
        files.retain(|(name, _)| name != "manifest.json");
        files.push(("manifest.json".to_owned(), b"{ \"format".to_vec()));
    });
    assert!(reason(&nonsense).contains("manifest.json"));
}

#[tokio::test]
async fn rows_that_do_not_fit_are_refused_and_leave_nothing() {
    let (server, bytes) = a_file().await;
    let units = files(&bytes);
    let units = units.iter().find(|(name, _)| name == "tables/units.csv");
    let units = String::from_utf8(units.unwrap().1.clone()).unwrap();
    let (names, rows) = units.split_once('\n').unwrap();
    let first = rows.lines().next().unwrap();
    for (what, csv, wanted) in [
        ("a key twice", format!("{units}{first}\n"), "same key"),
        ("no parent", format!("{names}\n"), "refer to none"),
        ("too few values", format!("{names}\nx,y\n"), "does not take"),
        (
            "a wrong value",
            units.replacen(first, &first.replace(",1,", ",many,"), 1),
            "does not take",
        ),
    ] {
        let error = stage(&server.app, &with_rows(&bytes, "units", &csv)).await;
        let error = error.err().unwrap_or_else(|| panic!("{what} was taken"));
        assert!(error.to_string().contains(wanted), "{what}: {error}");
    }
}

#[tokio::test]
async fn rows_that_come_out_differently_are_refused() {
    let (server, bytes) = a_file().await;
    let units = files(&bytes);
    let units = units.iter().find(|(name, _)| name == "tables/units.csv");
    let units = String::from_utf8(units.unwrap().1.clone()).unwrap();
    // The same rows in another order: not what an export writes.
    let mut lines: Vec<&str> = units.lines().collect();
    lines[1..].reverse();
    let turned = with_rows(&bytes, "units", &(lines.join("\n") + "\n"));
    let error = stage(&server.app, &turned).await.err().unwrap();
    assert!(
        matches!(&error, TransferError::Differs(table) if table == "units"),
        "{error}"
    );
}

#[tokio::test]
async fn a_version_or_table_that_does_not_fit_is_refused() {
    let (server, bytes) = a_file().await;
    let newer = with_manifest(&bytes, |m| m["schema_version"] = "29990101000001".into());
    let error = stage(&server.app, &newer).await.err().unwrap();
    assert!(matches!(error, TransferError::UnknownVersion(_)), "{error}");
    let column = with_manifest(&bytes, |m| m["tables"][0]["columns"][0] = "other".into());
    let error = stage(&server.app, &column).await.err().unwrap().to_string();
    assert!(error.contains("columns"), "{error}");
    let mut fewer = with_manifest(&bytes, |m| {
        m["tables"]
            .as_array_mut()
            .unwrap()
            .retain(|entry| entry["name"] != "jobs");
    });
    let mut rest = files(&fewer);
    rest.retain(|(name, _)| name != "tables/jobs.csv");
    fewer = archive(&rest);
    let error = stage(&server.app, &fewer).await.err().unwrap().to_string();
    assert!(error.contains("\"jobs\""), "{error}");
}
