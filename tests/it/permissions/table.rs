//! `docs/permissions.md`: generated, so that a change of who may do what is read as
//! a difference.

use std::fmt::Write;
use std::path::Path;

use tubex::auth::permission::Permission;
use tubex::auth::role::BuiltInRole;

use super::schema::{Needs, Schema};

/// Permissions that roles hold already for fields that are to come.
const AWAITED: &[(Permission, &str)] = &[(
    Permission::PriceOverride,
    "a price on an order line other than the one that was found for it",
)];

const HEAD: &str = "# Permissions

Written by `RENEW_PERMISSIONS=1 cargo test --test it the_committed_permissions`, from the roles in `src/auth/role.rs`
and the SDL. A test holds it current, and another one calls every operation as every role.

A dealer makes roles of his own out of the same permissions. *Sensitive* ones are those by which money or trust is lost.
";

fn row(line: &mut String, first: &[&str], has: impl Fn(BuiltInRole) -> bool) {
    for cell in first {
        write!(line, "| {cell} ").unwrap();
    }
    for role in BuiltInRole::ALL {
        line.push_str(if has(role) { "| x " } else { "| " });
    }
    line.push_str("|\n");
}

fn head(text: &mut String, first: &[&str]) {
    let roles = BuiltInRole::ALL.iter().map(|role| role.as_str());
    let cells: Vec<&str> = first.iter().copied().chain(roles).collect();
    writeln!(text, "| {} |", cells.join(" | ")).unwrap();
    writeln!(text, "|{}", "---|".repeat(cells.len())).unwrap();
}

fn permissions(text: &mut String) {
    text.push_str("\n## What roles allow\n\n");
    head(text, &["Permission", "Allows", "Sensitive"]);
    for permission in Permission::ALL {
        let name = format!("`{permission}`");
        let sensitive = if permission.is_sensitive() { "yes" } else { "" };
        let cells = [name.as_str(), permission.description(), sensitive];
        row(text, &cells, |role| {
            role.permissions().contains(*permission)
        });
    }
    text.push_str("\nNo field needs these yet; they are there for\n\n");
    for (permission, what) in AWAITED {
        writeln!(text, "- `{permission}`: {what}").unwrap();
    }
}

fn operations(text: &mut String, schema: &Schema) {
    text.push_str("\n## Operations\n\n");
    head(text, &["Operation", "Needs"]);
    for (field, needs) in schema.operations() {
        let path = format!("`{}`", field.path());
        row(text, &[&path, needs.name()], |role| {
            needs.is_met(role.permissions())
        });
    }
}

fn records(text: &mut String, schema: &Schema) {
    text.push_str("\n## Records, and fields that need more\n\n");
    head(text, &["Type or field", "Needs"]);
    for (name, needs) in &schema.types {
        if *needs != Needs::Nothing {
            let name = format!("`{name}`");
            row(text, &[&name, needs.name()], |role| {
                needs.is_met(role.permissions())
            });
        }
    }
    for (field, permission) in schema.guarded() {
        let path = format!("`{}`", field.path());
        let cells = [path.as_str(), permission.as_str()];
        row(text, &cells, |role| role.permissions().contains(permission));
    }
}

#[test]
fn the_committed_permissions_are_current() {
    let schema = Schema::served();
    let mut text = HEAD.to_owned();
    permissions(&mut text);
    operations(&mut text, &schema);
    records(&mut text, &schema);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/permissions.md");
    if std::env::var_os("RENEW_PERMISSIONS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == text,
        "docs/permissions.md is not current; renew it by RENEW_PERMISSIONS=1 cargo test --test it \
         the_committed_permissions, and review the difference"
    );
}

#[test]
fn every_permission_protects_something_or_is_awaited() {
    let schema = Schema::served();
    let roots = schema.operations().into_iter().map(|(_, needs)| needs);
    let inner = schema.guarded().into_iter();
    let all: Vec<Needs> = roots
        .chain(inner.map(|(_, permission)| Needs::Permission(permission)))
        .collect();
    for permission in Permission::ALL {
        let is_used = all.contains(&Needs::Permission(*permission));
        let is_awaited = AWAITED.iter().any(|(awaited, _)| awaited == permission);
        assert!(is_used != is_awaited, "{permission}");
    }
}
