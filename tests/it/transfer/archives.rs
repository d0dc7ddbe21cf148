//! Archives that nobody's export made.

use std::io::{Cursor, Read, Write};

use serde_json::Value;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The files of an archive.
pub type Files = Vec<(String, Vec<u8>)>;

pub fn files(bytes: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|place| {
            let mut file = zip.by_index(place).unwrap();
            let mut text = Vec::new();
            file.read_to_end(&mut text).unwrap();
            (file.name().unwrap().into_owned(), text)
        })
        .collect()
}

/// The text of one file.
pub fn text(bytes: &[u8], name: &str) -> String {
    let (_, text) = files(bytes)
        .into_iter()
        .find(|(file, _)| file == name)
        .unwrap();
    String::from_utf8(text).unwrap()
}

pub fn archive(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The archive with its files changed.
pub fn changed(bytes: &[u8], change: impl FnOnce(&mut Files)) -> Vec<u8> {
    let mut files = files(bytes);
    change(&mut files);
    archive(&files)
}

/// The archive with its manifest changed.
pub fn with_manifest(bytes: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    changed(bytes, |files| {
        let (_, text) = files
            .iter_mut()
            .find(|(name, _)| name == "manifest.json")
            .unwrap();
        let mut manifest = serde_json::from_slice(text).unwrap();
        change(&mut manifest);
        *text = serde_json::to_vec(&manifest).unwrap();
    })
}

/// The archive with the rows of a table replaced, and a manifest to match.
pub fn with_rows(bytes: &[u8], table: &str, csv: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let file = format!("tables/{table}.csv");
    let hash = tubex::kernel::hex::encode(&Sha256::digest(csv));
    let bytes = changed(bytes, |files| {
        let (_, text) = files.iter_mut().find(|(name, _)| *name == file).unwrap();
        *text = csv.as_bytes().to_vec();
    });
    with_manifest(&bytes, |manifest| {
        let tables = manifest["tables"].as_array_mut().unwrap();
        let entry = tables.iter_mut().find(|entry| entry["name"] == table);
        let entry = entry.unwrap();
        entry["rows"] = (csv.lines().count() - 1).into();
        entry["bytes"] = csv.len().into();
        entry["sha256"] = hash.into();
    })
}
