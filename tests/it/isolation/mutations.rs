//! Every field of Mutation, sent by one dealer with the ids of another.

use serde_json::{Value, json};
use tubex::kernel::ids::SessionId;
use tubex::platform::factors::model::ChallengeId;

use super::attack::Attack;
use super::{
    account_mutations, assert_covered, catalogue_mutations, count_mutations, delivery_mutations,
    invoice_mutations, lot_cases, order_mutations, payment_mutations, portal_mutations,
    price_mutations, purchasing_mutations, quote_mutations, return_mutations, root_fields,
    stock_mutations,
};
use crate::support::PASSWORD;

/// Sends one mutation with ids of the victim's.
pub struct Case {
    pub field: &'static str,
    pub input_type: &'static str,
    pub input: fn(&Attack) -> Value,
    /// Code of the first user error; none where the attacker may do it to himself.
    pub code: Option<&'static str>,
}

const NEW_PRODUCT: fn(&Attack) -> Value = |attack| {
    json!({
        "sku": "STOLEN",
        "name": "Stolen",
        "listPrice": "1",
        "baseUnitId": attack.attackers.at("/units/nodes/0/id"),
    })
};

pub fn with(mut input: Value, field: &str, value: Value) -> Value {
    input[field] = value;
    input
}

pub fn versioned(attack: &Attack, list: &str) -> Value {
    json!({ "id": attack.victims.at(&format!("/{list}/nodes/0/id")), "expectedVersion": 1 })
}

pub fn keyed(mut input: Value) -> Value {
    input["idempotencyKey"] = json!("attack");
    input
}

const FILE: &str = "/products/nodes/0/attachments/0/file/id";

const CASES: &[Case] = &[
    Case {
        field: "login",
        input_type: "LoginInput",
        input: |attack| {
            json!({
                "email": attack.attacker.email,
                "password": PASSWORD,
                "dealerId": attack.victim.id.to_string(),
            })
        },
        code: Some("FORBIDDEN"),
    },
    Case {
        field: "fileUpload",
        input_type: "FileUploadInput",
        input: |attack| json!({ "file": attack.victims.at(FILE) }),
        code: Some("BAD_USER_INPUT"),
    },
    Case {
        field: "fileUploadBegin",
        input_type: "FileUploadBeginInput",
        input: |_| json!({ "name": "own.pdf", "size": 10 }),
        code: None,
    },
    Case {
        field: "bulkImportStart",
        input_type: "BulkImportStartInput",
        input: |attack| json!({ "kind": "PRODUCTS", "fileId": attack.victims.at(FILE) }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "bulkExportStart",
        input_type: "BulkExportStartInput",
        input: |_| json!({ "kind": "CUSTOMERS" }),
        code: None,
    },
    Case {
        field: "bulkOperationCancel",
        input_type: "BulkOperationCancelInput",
        input: |attack| json!({ "id": attack.victims.at("/bulkOperations/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "attachmentAdd",
        input_type: "AttachmentAddInput",
        input: |attack| {
            json!({
                "recordId": attack.attackers.at("/products/nodes/1/id"),
                "fileId": attack.victims.at(FILE),
            })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "attachmentRemove",
        input_type: "AttachmentRemoveInput",
        input: |attack| json!({ "id": attack.victims.at("/products/nodes/0/attachments/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "passwordChange",
        input_type: "PasswordChangeInput",
        input: |_| json!({ "currentPassword": "not his own", "newPassword": "three blue umbrellas" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "emailVerify",
        input_type: "EmailVerifyInput",
        input: |attack| json!({ "token": attack.victims.at("/invitations/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "passwordResetRequest",
        input_type: "PasswordResetRequestInput",
        input: |attack| json!({ "email": attack.victim.email }),
        code: None,
    },
    Case {
        field: "passwordReset",
        input_type: "PasswordResetInput",
        input: |attack| json!({ "token": attack.victims.at("/invitations/0/id"), "newPassword": PASSWORD }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "memberInvite",
        input_type: "MemberInviteInput",
        // Whom another dealer has invited, one may invite, too.
        input: |attack| json!({ "email": attack.victims.at("/invitations/0/email"), "roles": ["sales"] }),
        code: None,
    },
    Case {
        field: "invitationRevoke",
        input_type: "InvitationRevokeInput",
        input: |attack| json!({ "id": attack.victims.at("/invitations/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "invitationAccept",
        input_type: "InvitationAcceptInput",
        input: |attack| json!({ "token": attack.victims.at("/invitations/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "tokenRefresh",
        input_type: "TokenRefreshInput",
        input: |_| json!({ "refreshToken": "tbr_AAAA" }),
        code: Some("UNAUTHENTICATED"),
    },
    Case {
        field: "logout",
        input_type: "LogoutInput",
        input: |_| json!({}),
        code: None,
    },
    Case {
        field: "dealerSwitch",
        input_type: "DealerSwitchInput",
        input: |attack| json!({ "dealerId": attack.victim.id.to_string() }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "sessionRevoke",
        input_type: "SessionRevokeInput",
        input: |_| json!({ "which": "ONE", "id": SessionId::generate().to_string() }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "loginVerify",
        input_type: "LoginVerifyInput",
        input: |_| json!({ "challengeId": ChallengeId::generate().to_string(), "code": "123456" }),
        code: Some("UNAUTHENTICATED"),
    },
    Case {
        field: "totpEnrol",
        input_type: "TotpEnrolInput",
        input: |_| json!({ "challengeId": ChallengeId::generate().to_string() }),
        code: Some("UNAUTHENTICATED"),
    },
    Case {
        field: "oauthClientRemove",
        input_type: "OauthClientRemoveInput",
        input: |attack| json!({ "id": attack.application }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "oauthGrantRevoke",
        input_type: "OauthGrantRevokeInput",
        input: |attack| json!({ "id": attack.grant }),
        code: Some("NOT_FOUND"),
    },
    // The attacker's token belongs to no session, so he is not himself here.
    Case {
        field: "oauthClientRegister",
        input_type: "OauthClientRegisterInput",
        input: |_| json!({ "name": "Mine", "redirectUris": ["https://x.test/"], "scopes": ["openid"] }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "oauthClientUpdate",
        input_type: "OauthClientUpdateInput",
        input: |attack| json!({ "id": attack.application, "expectedVersion": 1, "name": "Mine" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "oauthClientSecretRotate",
        input_type: "OauthClientSecretRotateInput",
        input: |attack| json!({ "id": attack.application }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "totpConfirm",
        input_type: "TotpConfirmInput",
        input: |_| json!({ "code": "123456" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "totpDisable",
        input_type: "TotpDisableInput",
        input: |_| json!({ "code": "123456" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "backupCodesRegenerate",
        input_type: "BackupCodesRegenerateInput",
        input: |_| json!({ "code": "123456" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "stepUp",
        input_type: "StepUpInput",
        input: |_| json!({ "password": PASSWORD }),
        code: Some("NOT_ALLOWED"),
    },
    // Nobody sends codes here; with them he would not be himself either.
    Case {
        field: "phoneEnrol",
        input_type: "PhoneEnrolInput",
        input: |_| json!({ "phone": "+84 91 234 56 78" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "challengeCodeSend",
        input_type: "ChallengeCodeSendInput",
        input: |_| json!({ "challengeId": ChallengeId::generate().to_string() }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "phoneConfirm",
        input_type: "PhoneConfirmInput",
        input: |_| json!({ "code": "123456" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "phoneRemove",
        input_type: "PhoneRemoveInput",
        input: |_| json!({ "code": "123456" }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "dealerSecondFactorSet",
        input_type: "DealerSecondFactorSetInput",
        input: |_| json!({ "required": true }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "apiKeyCreate",
        input_type: "ApiKeyCreateInput",
        input: |_| json!({ "name": "Mine", "scopes": ["units:read"] }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "apiKeyRotate",
        input_type: "ApiKeyRotateInput",
        input: |attack| json!({ "id": attack.key }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "apiKeyRevoke",
        input_type: "ApiKeyRevokeInput",
        input: |attack| json!({ "id": attack.key }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "impersonationEnd",
        input_type: "ImpersonationEndInput",
        input: |attack| json!({ "id": attack.impersonation }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "webhookEndpointCreate",
        input_type: "WebhookEndpointCreateInput",
        input: |_| json!({ "url": "https://hooks.example/", "events": ["*"] }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "webhookEndpointUpdate",
        input_type: "WebhookEndpointUpdateInput",
        input: |attack| json!({ "id": attack.endpoint, "expectedVersion": 1, "isEnabled": false }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "webhookEndpointDelete",
        input_type: "WebhookEndpointDeleteInput",
        input: |attack| json!({ "id": attack.endpoint }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "webhookEndpointSecretRotate",
        input_type: "WebhookEndpointSecretRotateInput",
        input: |attack| json!({ "id": attack.endpoint }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "webhookEndpointTest",
        input_type: "WebhookEndpointTestInput",
        input: |attack| json!({ "id": attack.endpoint }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "webhookReplay",
        input_type: "WebhookReplayInput",
        input: |attack| json!({ "deliveryId": attack.delivery }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "unitCreate",
        input_type: "UnitCreateInput",
        input: |_| json!({ "code": "drum", "name": "Drum", "dimension": "COUNT", "scale": 0 }),
        code: None,
    },
    Case {
        field: "unitUpdate",
        input_type: "UnitUpdateInput",
        input: |attack| with(versioned(attack, "units"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "categoryCreate",
        input_type: "CategoryCreateInput",
        input: |attack| json!({ "code": "X", "name": "X", "parentId": attack.victims.at("/categories/nodes/0/id") }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "categoryUpdate",
        input_type: "CategoryUpdateInput",
        input: |attack| with(versioned(attack, "categories"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "categoryArchive",
        input_type: "CategoryArchiveInput",
        input: |attack| versioned(attack, "categories"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productCreate",
        input_type: "ProductCreateInput",
        input: |attack| {
            with(
                NEW_PRODUCT(attack),
                "baseUnitId",
                attack.victims.at("/units/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productCreate",
        input_type: "ProductCreateInput",
        input: |attack| {
            with(
                NEW_PRODUCT(attack),
                "categoryId",
                attack.victims.at("/categories/nodes/0/id"),
            )
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productCreate",
        input_type: "ProductCreateInput",
        input: |attack| {
            let unit = json!({ "unitId": attack.victims.at("/units/nodes/3/id"), "num": 2 });
            with(NEW_PRODUCT(attack), "units", json!([unit]))
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productUpdate",
        input_type: "ProductUpdateInput",
        input: |attack| with(versioned(attack, "products"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productUpdate",
        input_type: "ProductUpdateInput",
        input: |attack| {
            json!({
                "id": attack.attackers.at("/products/nodes/0/id"),
                "expectedVersion": 1,
                "categoryId": attack.victims.at("/categories/nodes/0/id"),
            })
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productArchive",
        input_type: "ProductArchiveInput",
        input: |attack| versioned(attack, "products"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "productRestore",
        input_type: "ProductArchiveInput",
        input: |attack| versioned(attack, "products"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "warehouseCreate",
        input_type: "WarehouseCreateInput",
        input: |_| json!({ "code": "NEW", "name": "New", "kind": "YARD" }),
        code: None,
    },
    Case {
        field: "warehouseUpdate",
        input_type: "WarehouseUpdateInput",
        input: |attack| with(versioned(attack, "warehouses"), "name", "Stolen".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "warehouseArchive",
        input_type: "WarehouseArchiveInput",
        input: |attack| versioned(attack, "warehouses"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "roleCreate",
        input_type: "RoleCreateInput",
        input: |_| json!({ "name": "Day shift", "permissions": ["stock:read"] }),
        code: Some("NOT_ALLOWED"),
    },
    Case {
        field: "roleUpdate",
        input_type: "RoleUpdateInput",
        input: |attack| json!({ "id": victims_role(attack), "expectedVersion": 1, "name": "Stolen" }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "roleDelete",
        input_type: "RoleDeleteInput",
        input: |attack| json!({ "id": victims_role(attack), "expectedVersion": 1 }),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "memberRolesSet",
        input_type: "MemberRolesSetInput",
        input: |attack| {
            let victim = attack.victim.owner.to_string();
            with(member(attack, &json!(["viewer"])), "userId", victim.into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "memberRolesSet",
        input_type: "MemberRolesSetInput",
        input: |attack| member(attack, &json!(["owner", victims_role(attack)])),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "memberRolesSet",
        input_type: "MemberRolesSetInput",
        input: |attack| {
            let customer = attack.victims.at("/customers/nodes/0/id");
            with(member(attack, &json!(["customer"])), "customerId", customer)
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "memberRemove",
        input_type: "MemberRemoveInput",
        input: |attack| json!({ "userId": attack.victim.owner.to_string(), "expectedVersion": 1 }),
        code: Some("NOT_FOUND"),
    },
];

fn member(attack: &Attack, roles: &Value) -> Value {
    json!({ "userId": attack.attacker.owner.to_string(), "expectedVersion": 1, "roles": roles })
}

fn victims_role(attack: &Attack) -> Value {
    let mut ids = attack.victims.ids.iter();
    ids.find(|id| id.starts_with("rol_"))
        .unwrap()
        .as_str()
        .into()
}

/// Registration makes a dealer of its own and names no other; it is closed here.
/// The others take no input: they write to the caller himself.
const WITHOUT_CASE: [&str; 3] = [
    "dealerRegister",
    "emailVerificationRequest",
    "stepUpCodeSend",
];

fn all() -> impl Iterator<Item = &'static Case> {
    CASES
        .iter()
        .chain(account_mutations::CASES)
        .chain(catalogue_mutations::CASES)
        .chain(count_mutations::CASES)
        .chain(lot_cases::MUTATIONS)
        .chain(payment_mutations::CASES)
        .chain(delivery_mutations::CASES)
        .chain(order_mutations::CASES)
        .chain(portal_mutations::CASES)
        .chain(price_mutations::CASES)
        .chain(invoice_mutations::CASES)
        .chain(purchasing_mutations::CASES)
        .chain(quote_mutations::CASES)
        .chain(return_mutations::CASES)
        .chain(stock_mutations::CASES)
}

#[tokio::test]
async fn no_mutation_reaches_another_dealer() {
    let attack = Attack::prepare().await;
    let fields = root_fields(&attack.attacker.client, "mutationType").await;
    assert_covered(&fields, all().map(|case| case.field).chain(WITHOUT_CASE));
    for case in all() {
        let query = format!(
            "mutation($input: {}!) {{ {}(input: $input) {{ userErrors {{ code path message }} }} }}",
            case.input_type, case.field
        );
        let answer = attack
            .run(&query, json!({ "input": (case.input)(&attack) }))
            .await;
        assert!(
            answer.body.get("errors").is_none(),
            "{query}\n{:#}",
            answer.body
        );
        let errors = &answer.body["data"][case.field]["userErrors"];
        assert_eq!(errors[0]["code"].as_str(), case.code, "{query}\n{errors:#}");
    }
    attack.assert_untouched().await;
}
