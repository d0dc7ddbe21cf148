//! One document for every operation there is, which nobody who may run it is
//! refused for his rights.

use serde_json::{Value, json};

use super::schema::Field;

/// An operation and its variables.
pub struct Operation {
    pub document: String,
    pub variables: Value,
}

/// Ids that are well formed and found nowhere.
fn nowhere(prefix: &str) -> String {
    format!("{prefix}_{}", "0".repeat(32))
}

/// The input of a mutation: well formed, and of no effect where it could do harm.
fn input(mutation: &str) -> Value {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    match mutation {
        "login" => json!({ "email": "nobody@test.example", "password": "nobody's password" }),
        "dealerRegister" => json!({ "name": "", "currency": "USD", "timezone": "UTC",
            "ownerName": "", "ownerEmail": "", "ownerPassword": "" }),
        "tokenRefresh" | "logout" => json!({ "refreshToken": "tbr_none" }),
        "dealerSwitch" => json!({ "dealerId": nowhere("dlr") }),
        "sessionRevoke" => json!({ "which": "ONE", "id": nowhere("ses") }),
        "categoryCreate" => json!({ "code": "C", "name": "C" }),
        "categoryUpdate" | "categoryArchive" => versioned("cat"),
        "productCreate" => json!({ "sku": "P", "name": "P", "listPrice": "1",
            "baseUnitId": nowhere("unt") }),
        "productUpdate" | "productArchive" | "productRestore" => versioned("prd"),
        "unitCreate" => json!({ "code": "U", "name": "U", "dimension": "COUNT", "scale": 0 }),
        "unitUpdate" => versioned("unt"),
        "warehouseCreate" => json!({ "code": "W", "name": "W", "kind": "YARD" }),
        "warehouseUpdate" | "warehouseArchive" => versioned("whs"),
        "fileUpload" => json!({ "file": nowhere("fil") }),
        "fileUploadBegin" => json!({ "name": "", "size": 0 }),
        // Which permission it takes depends on the record, and there is none.
        "attachmentAdd" => json!({ "recordId": nowhere("zzz"), "fileId": nowhere("fil") }),
        "attachmentRemove" => json!({ "id": nowhere("att") }),
        "bulkImportStart" => json!({ "kind": "PRICES", "fileId": nowhere("fil") }),
        // Which further permission it takes is told as a userError.
        "bulkExportStart" => json!({ "kind": "STOCK" }),
        "bulkOperationCancel" => json!({ "id": nowhere("blk") }),
        "roleCreate" => json!({ "name": "Looker", "permissions": ["products:read"] }),
        "roleUpdate" | "roleDelete" => versioned("rol"),
        "memberRolesSet" => json!({ "userId": nowhere("usr"), "expectedVersion": 1,
            "roles": ["viewer"] }),
        "memberInvite" => json!({ "email": "", "roles": ["viewer"] }),
        "invitationRevoke" => json!({ "id": nowhere("inv") }),
        "invitationAccept" | "emailVerify" => json!({ "token": "none" }),
        "passwordChange" => json!({ "currentPassword": "nobody's password",
            "newPassword": "nobody's password, either" }),
        "passwordResetRequest" => json!({ "email": "nobody@test.example" }),
        "passwordReset" => json!({ "token": "none", "newPassword": "nobody's password" }),
        "loginVerify" | "totpConfirm" => json!({ "challengeId": nowhere("chl"), "code": "000000" }),
        "totpEnrol" | "challengeCodeSend" => json!({ "challengeId": nowhere("chl") }),
        "totpDisable" | "backupCodesRegenerate" | "phoneRemove" => json!({}),
        "phoneEnrol" => json!({ "phone": "" }),
        "stepUp" | "phoneConfirm" => json!({ "code": "000000" }),
        "dealerSecondFactorSet" => json!({ "required": false }),
        "apiKeyCreate" => json!({ "name": "", "scopes": [], "expiresInDays": 1 }),
        "apiKeyRotate" | "apiKeyRevoke" => json!({ "id": nowhere("key") }),
        "webhookEndpointCreate" => json!({ "url": "", "events": [] }),
        "webhookEndpointUpdate" => versioned("whe"),
        "webhookEndpointDelete" | "webhookEndpointSecretRotate" | "webhookEndpointTest" => {
            json!({ "id": nowhere("whe") })
        }
        "webhookReplay" => json!({ "deliveryId": nowhere("whd") }),
        "oauthClientRegister" => json!({ "name": "", "redirectUris": [], "scopes": [] }),
        "oauthClientUpdate" => versioned("app"),
        "oauthClientSecretRotate" | "oauthClientRemove" => json!({ "id": nowhere("app") }),
        "oauthGrantRevoke" => json!({ "id": nowhere("gnt") }),
        "impersonationEnd" => json!({ "id": nowhere("ses") }),
        "memberRemove" => json!({ "userId": nowhere("usr"), "expectedVersion": 1 }),
        other => panic!("{other} needs an input here"),
    }
}

/// The document of a root field.
pub fn operation(field: &Field) -> Operation {
    let name = &field.name;
    match (field.object.as_str(), name.as_str()) {
        ("Query", "node") => Operation {
            document: "query($id: ID!) { node(id: $id) { id } }".to_owned(),
            variables: json!({ "id": nowhere("zzz") }),
        },
        ("Query", "nodes") => Operation {
            document: "query($ids: [ID!]!) { nodes(ids: $ids) { id } }".to_owned(),
            variables: json!({ "ids": [nowhere("zzz")] }),
        },
        ("Query", "bulkOperation") => Operation {
            document: "query($id: ID!) { bulkOperation(id: $id) { id } }".to_owned(),
            variables: json!({ "id": nowhere("blk") }),
        },
        ("Query", "file") => Operation {
            document: "query($id: ID!) { file(id: $id) { id } }".to_owned(),
            variables: json!({ "id": nowhere("fil") }),
        },
        ("Query", "invitationPreview") => Operation {
            document: "{ invitationPreview(token: \"none\") { email } }".to_owned(),
            variables: json!({}),
        },
        ("Mutation", "emailVerificationRequest" | "stepUpCodeSend") => Operation {
            document: format!("mutation {{ {name} {{ __typename }} }}"),
            variables: json!({}),
        },
        ("Query", "lastEventId") => Operation {
            document: "{ lastEventId }".to_owned(),
            variables: json!({}),
        },
        ("Query", _) => Operation {
            document: format!("{{ {name} {{ __typename }} }}"),
            variables: json!({}),
        },
        ("Mutation", _) => {
            let first = name.chars().next().unwrap().to_ascii_uppercase();
            let ty = match name.as_str() {
                "productRestore" => "ProductArchiveInput".to_owned(),
                _ => format!("{first}{}Input", &name[1..]),
            };
            Operation {
                document: format!(
                    "mutation($input: {ty}!) {{ {name}(input: $input) {{ __typename }} }}"
                ),
                variables: json!({ "input": input(name) }),
            }
        }
        _ => Operation {
            document: format!("subscription {{ {name} {{ __typename }} }}"),
            variables: json!({}),
        },
    }
}
