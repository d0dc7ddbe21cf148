//! `tubex key generate`.

use std::os::unix::fs::PermissionsExt;

use tubex::auth::vault::Vault;

use super::program::Folder;

#[test]
fn a_new_key_is_good_and_for_its_owners_eyes() {
    let folder = Folder::new();
    let path = folder.path("secret.key");
    let made = folder.run(&["key", "generate", "--output", &path, "--json"]);
    assert_eq!(made.json()["file"], path.as_str());
    let permissions = std::fs::metadata(&path).unwrap().permissions();
    assert_eq!(permissions.mode() & 0o7777, 0o600);
    assert!(Vault::from_file(path.as_ref()).is_ok());
    // The secret itself is not for the terminal.
    let secret = std::fs::read_to_string(&path).unwrap();
    assert!(!made.text().contains(secret.trim()));
}

#[test]
fn a_key_is_never_overwritten() {
    let folder = Folder::new();
    let path = folder.path("secret.key");
    folder.run(&["key", "generate", "--output", &path]);
    let first = std::fs::read(&path).unwrap();
    let again = folder.run(&["key", "generate", "--output", &path, "--json"]);
    assert!(again.reason().contains(&path), "{}", again.out);
    assert_eq!(std::fs::read(&path).unwrap(), first);
}
