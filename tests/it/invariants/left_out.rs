//! Mutations that move nothing in the shop's books, and why they are not drawn.

/// By how their names begin, or whole.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("apiKey", "keys of programs"),
    ("attachment", "files at records; tests/it/files"),
    ("backupCodes", "second factors"),
    (
        "bulk",
        "runs of jobs, which no server of this test works off; tests/it/bulk",
    ),
    ("challengeCodeSend", "signing in"),
    ("dealerRegister", "makes other dealers"),
    ("dealerSecondFactorSet", "second factors"),
    ("dealerSwitch", "signing in"),
    ("email", "signing in"),
    ("fileUpload", "files, which are streams and no inputs"),
    ("impersonationEnd", "operators"),
    ("invitation", "people"),
    ("login", "signing in"),
    ("logout", "signing in"),
    ("member", "people"),
    ("oauth", "applications"),
    ("password", "signing in"),
    ("phone", "second factors"),
    (
        "priceChangeApply",
        "takes a token of a preview; tests/it/prices/changes",
    ),
    ("role", "people"),
    ("sessionRevoke", "signing in"),
    ("stepUp", "signing in"),
    ("tokenRefresh", "signing in"),
    ("totp", "second factors"),
    ("webhook", "programs that listen"),
];

/// Whether a mutation is not drawn.
pub fn is_left_out(name: &str) -> bool {
    LEFT_OUT.iter().any(|one| name.starts_with(one.0))
}
