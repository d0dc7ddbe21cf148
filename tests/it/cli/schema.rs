//! `tubex schema`, and what every command has in common.

use super::program::Folder;

#[test]
fn the_committed_schema_is_the_one_the_program_prints() {
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let committed = std::fs::read_to_string(committed).unwrap();
    let folder = Folder::new();
    let printed = folder.run(&["schema"]);
    assert_eq!(printed.code, Some(0));
    assert!(
        printed.out.trim() == committed.trim(),
        "run `tubex schema --output schema.graphql`"
    );
    let path = folder.path("schema.graphql");
    assert_eq!(
        folder.run(&["schema", "--output", &path, "--json"]).json()["file"],
        path.as_str()
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), committed);
    let sdl = folder.run(&["schema", "--json"]).json()["sdl"].clone();
    assert_eq!(sdl, committed.as_str());
}

#[test]
fn a_file_that_can_not_be_written_is_named_with_its_flag() {
    let folder = Folder::new();
    let ended = folder.run(&["schema", "--output", "no/such/folder/x"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("--output no/such/folder/x"),
        "{}",
        ended.err
    );
    assert_eq!(ended.out, "");
}

#[test]
fn misuse_is_told_from_failure_by_the_exit_code() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["no-such-command"]).code, Some(2));
    assert_eq!(folder.run(&["--help"]).code, Some(0));
    let version = folder.run(&["--version"]);
    assert_eq!(
        version.out.trim(),
        concat!("tubex ", env!("CARGO_PKG_VERSION"))
    );
}
