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
    let of_areas = of_parties(mutation)
        .or_else(|| of_prices(mutation))
        .or_else(|| of_counts(mutation))
        .or_else(|| of_lots(mutation))
        .or_else(|| of_invoices(mutation))
        .or_else(|| of_payments(mutation))
        .or_else(|| of_deliveries(mutation))
        .or_else(|| of_orders(mutation))
        .or_else(|| of_purchasing(mutation))
        .or_else(|| of_quotes(mutation))
        .or_else(|| of_returns(mutation))
        .or_else(|| of_catalogue(mutation))
        .or_else(|| of_access(mutation));
    if let Some(input) = of_areas {
        return input;
    }
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
        // Without a key: with one, it is looked at before the caller's rights are.
        "stockAdjust" => json!({ "warehouseId": nowhere("whs"), "reason": "LOSS", "lines": [] }),
        "stockHold" => {
            json!({ "productId": nowhere("prd"), "warehouseId": nowhere("whs"), "reason": "",
            "quantity": { "value": "1" } })
        }
        "stockHoldRelease" => versioned("rsv"),
        "transferCreate" => {
            json!({ "fromId": nowhere("whs"), "toId": nowhere("whs"), "lines": [] })
        }
        "transferApprove" | "transferCancel" => versioned("trf"),
        "transferDispatch" | "transferReceive" => json!({ "id": nowhere("trf"),
            "expectedVersion": 1 }),
        "stockLevelSet" => json!({ "productId": nowhere("prd"), "warehouseId": nowhere("whs") }),
        "fileUpload" => json!({ "file": nowhere("fil") }),
        "fileUploadBegin" => json!({ "name": "", "size": 0 }),
        // Which permission it takes depends on the record, and there is none.
        "attachmentAdd" => json!({ "recordId": nowhere("zzz"), "fileId": nowhere("fil") }),
        "attachmentRemove" => json!({ "id": nowhere("att") }),
        "bulkImportStart" => json!({ "kind": "PRICES", "fileId": nowhere("fil") }),
        // Which further permission it takes is told as a userError.
        "bulkExportStart" => json!({ "kind": "STOCK" }),
        "bulkOperationCancel" => json!({ "id": nowhere("blk") }),
        other => panic!("{other} needs an input here"),
    }
}

/// Those of who may do what, and of who one is.
fn of_access(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
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
        _ => return None,
    })
}

/// The same of mutations on customers, their accounts and credit.
fn of_parties(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    let held = |prefix| {
        let mut input = versioned(prefix);
        input["reason"] = json!("R");
        input
    };
    Some(match mutation {
        "customerCreate" => json!({ "code": "C", "name": "C" }),
        "customerUpdate" | "customerArchive" | "customerRestore" | "customerHoldRelease" => {
            versioned("cus")
        }
        "customerHoldSet" => held("cus"),
        "contactAdd" => json!({ "customerId": nowhere("cus"), "name": "C" }),
        "contactUpdate" => versioned("con"),
        "contactRemove" => json!({ "id": nowhere("con") }),
        "jobCreate" => json!({ "customerId": nowhere("cus"), "code": "J", "name": "J",
            "addressLine": "J", "city": "J" }),
        "jobUpdate" | "jobDeactivate" | "jobDisable" | "jobClose" | "jobReopen"
        | "jobHoldRelease" => versioned("job"),
        "jobHoldSet" => held("job"),
        "creditLimitSet" => json!({ "customerId": nowhere("cus"), "expectedVersion": 1,
            "limit": "1", "reason": "R" }),
        "creditSettingsSet" => json!({ "expectedVersion": 77 }),
        "creditOverrideGrant" => json!({ "customerId": nowhere("cus"), "amount": "1",
            "reason": "R", "until": "2000-01-01T00:00:00Z" }),
        "accountOpeningAdd" => json!({ "entries": [] }),
        "accountAdjust" => json!({ "customerId": nowhere("cus"), "amount": "1", "reason": "R" }),
        "accountEntryReverse" => json!({ "entryId": nowhere("ent"), "reason": "R" }),
        "accountAllocate" => json!({ "creditEntryId": nowhere("ent") }),
        "accountDeallocate" => json!({ "allocationId": nowhere("alc") }),
        _ => return None,
    })
}

/// The same of mutations on prices and taxes.
fn of_prices(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "taxClassCreate" => json!({ "code": "T", "name": "T" }),
        "taxClassUpdate" => versioned("txc"),
        "taxRateSet" => json!({ "taxClassId": nowhere("txc"), "rate": "10" }),
        "priceListCreate" => json!({ "code": "L", "name": "L" }),
        "priceListUpdate" | "priceListArchive" => versioned("pls"),
        "priceRuleUpsert" => json!({ "customerId": nowhere("cus"), "productId": nowhere("prd"),
            "method": "FIXED", "value": "1" }),
        "priceRuleEnd" => versioned("prr"),
        "customerPriceListSet" => versioned("cus"),
        "jobPriceListSet" => versioned("job"),
        "productPricingSet" => versioned("prd"),
        "priceChangeApply" => json!({ "change": { "percent": "1" }, "token": "none" }),
        _ => return None,
    })
}

/// The same of mutations on counts.
fn of_counts(mutation: &str) -> Option<Value> {
    Some(match mutation {
        "stockCountOpen" => json!({ "warehouseId": nowhere("whs") }),
        "stockCountRecord" => json!({ "id": nowhere("cnt"), "lines": [] }),
        "stockCountPost" | "stockCountCancel" => {
            json!({ "id": nowhere("cnt"), "expectedVersion": 1 })
        }
        _ => return None,
    })
}

/// The same of mutations on lots.
fn of_lots(mutation: &str) -> Option<Value> {
    Some(match mutation {
        "lotTrackingSet" => json!({ "productId": nowhere("prd"), "isTracked": true }),
        _ => return None,
    })
}

/// The same of mutations on invoices; they come without a key.
fn of_invoices(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "invoiceFromDeliveries" => json!({ "deliveryIds": [nowhere("dlv")] }),
        "invoiceFromOrder" => json!({ "orderId": nowhere("ord") }),
        "invoiceUpdate" | "invoiceDiscard" | "invoicePost" => versioned("ivc"),
        "creditNoteCreate" => json!({ "invoiceId": nowhere("ivc"), "reason": "none" }),
        "invoiceSend" => json!({ "id": nowhere("ivc") }),
        "invoiceSettingsSet" => json!({ "expectedVersion": 77, "isMailed": false }),
        _ => return None,
    })
}

/// The same of mutations on payments; those of documents come without a key.
fn of_payments(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "paymentRecord" | "paymentRefund" => {
            json!({ "customerId": nowhere("cus"), "method": "CASH", "amount": "1" })
        }
        "paymentAllocate" | "paymentDeallocate" => json!({ "id": nowhere("pay") }),
        "paymentReconcile" => versioned("pay"),
        "paymentReverse" => {
            json!({ "id": nowhere("pay"), "expectedVersion": 1, "reason": "none" })
        }
        "paymentReminderSettingsSet" => {
            json!({ "expectedVersion": 0, "isOn": false, "firstAfterDays": 7 })
        }
        _ => return None,
    })
}

/// The same of mutations on deliveries; those of documents come without a key.
fn of_deliveries(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    let with = |field: &str| {
        let mut input = versioned("dlv");
        input[field] = json!("X");
        input
    };
    Some(match mutation {
        "deliveryPlan" => json!({ "orderId": nowhere("ord") }),
        "deliveryUpdate" | "deliveryLoad" | "deliveryDispatch" | "deliveryCancel" => {
            versioned("dlv")
        }
        "deliveryConfirm" => with("signer"),
        "deliveryFail" => with("reason"),
        "deliveryPickup" => json!({ "orderId": nowhere("ord"), "signer": "X" }),
        "deliveryRunCreate" => json!({ "warehouseId": nowhere("whs"), "truck": "X",
            "runsOn": "2999-12-01" }),
        "deliveryRunUpdate" | "deliveryRunStart" | "deliveryRunFinish" | "deliveryRunCancel" => {
            versioned("run")
        }
        _ => return None,
    })
}

/// The same of mutations on orders; those of documents come without a key.
fn of_orders(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "orderCreate" => json!({ "customerId": nowhere("cus"), "warehouseId": nowhere("whs"),
            "lines": [] }),
        "orderUpdate" | "orderConfirm" | "orderAmend" | "orderCancel" | "orderClose"
        | "orderHoldRelease" | "orderApprove" | "orderWithdraw" => versioned("ord"),
        "orderDecline" => json!({ "id": nowhere("ord"), "expectedVersion": 1, "reason": "R" }),
        "orderPlace" => json!({ "lines": [] }),
        "orderHold" => json!({ "id": nowhere("ord"), "expectedVersion": 1, "reason": "" }),
        "orderLineCancel" => json!({ "lineId": nowhere("orl"), "expectedVersion": 1 }),
        "specialOrderToPurchaseOrder" => json!({ "lineIds": [] }),
        _ => return None,
    })
}

/// The same of mutations on suppliers and purchases; those of documents come without a key.
fn of_purchasing(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "supplierCreate" => json!({ "code": "S", "name": "S" }),
        "supplierUpdate" | "supplierArchive" | "supplierRestore" => versioned("sup"),
        "supplierItemSet" => json!({ "supplierId": nowhere("sup"), "productId": nowhere("prd") }),
        "supplierItemRemove" => versioned("spi"),
        "purchaseOrderCreate" => json!({ "supplierId": nowhere("sup"),
            "warehouseId": nowhere("whs"), "lines": [] }),
        "purchaseOrderUpdate"
        | "purchaseOrderSend"
        | "purchaseOrderCancel"
        | "purchaseOrderClose" => versioned("por"),
        "goodsReceive" => json!({ "purchaseOrderId": nowhere("por") }),
        "reorderToPurchaseOrders" => json!({ "warehouseId": nowhere("whs") }),
        _ => return None,
    })
}

/// The same of mutations on quotes; those that make documents come without a key.
fn of_quotes(mutation: &str) -> Option<Value> {
    let versioned = || json!({ "id": nowhere("quo"), "expectedVersion": 1 });
    Some(match mutation {
        "quoteCreate" => json!({ "customerId": nowhere("cus"), "validUntil": "2999-12-31",
            "lines": [] }),
        "quoteReject" => json!({ "id": nowhere("quo"), "expectedVersion": 1, "reason": "R" }),
        "quoteUpdate" | "quoteSend" | "quoteAccept" | "quoteRevise" | "quoteToOrder" => versioned(),
        _ => return None,
    })
}

/// The same of mutations on returns.
fn of_returns(mutation: &str) -> Option<Value> {
    let versioned = || json!({ "id": nowhere("ret"), "expectedVersion": 1 });
    Some(match mutation {
        "returnRequest" => json!({ "orderId": nowhere("ord"), "lines": [], "reason": "R" }),
        "returnReject" => json!({ "id": nowhere("ret"), "expectedVersion": 1, "answer": "A" }),
        "returnApprove" | "returnReceive" | "returnCredit" => versioned(),
        _ => return None,
    })
}

/// The same of mutations on what goods are.
fn of_catalogue(mutation: &str) -> Option<Value> {
    let versioned = |prefix| json!({ "id": nowhere(prefix), "expectedVersion": 1 });
    Some(match mutation {
        "categoryMove" | "categoryDelete" => versioned("cat"),
        "attributeCreate" => json!({ "categoryId": nowhere("cat"), "code": "A", "name": "A",
            "kind": "TEXT" }),
        "attributeUpdate" | "attributeArchive" => versioned("atr"),
        "productAttributesSet" => json!({ "id": nowhere("prd"), "expectedVersion": 1,
            "values": [] }),
        "barcodeAdd" | "barcodeRemove" => json!({ "productId": nowhere("prd"), "barcode": "B" }),
        "productBulkUpsert" => json!({ "rows": [] }),
        _ => return None,
    })
}

/// The document of a root field.
pub fn operation(field: &Field) -> Operation {
    let name = &field.name;
    match (field.object.as_str(), name.as_str()) {
        ("Query", name) => query(name),
        ("Mutation", "emailVerificationRequest" | "stepUpCodeSend") => Operation {
            document: format!("mutation {{ {name} {{ __typename }} }}"),
            variables: json!({}),
        },
        ("Mutation", _) => {
            let first = name.chars().next().unwrap().to_ascii_uppercase();
            let ty = match name.as_str() {
                "productRestore" => "ProductArchiveInput".to_owned(),
                "customerArchive" | "customerRestore" | "customerHoldRelease" => {
                    "CustomerVersionInput".to_owned()
                }
                "jobDeactivate" | "jobDisable" | "jobClose" | "jobReopen" | "jobHoldRelease" => {
                    "JobVersionInput".to_owned()
                }
                "transferApprove" | "transferCancel" | "transferDispatch" => {
                    "TransferStepInput".to_owned()
                }
                name if name.starts_with("invoice") => crate::invoices::input_type(name),
                name if name.starts_with("supplier") || name.starts_with("purchaseOrder") => {
                    crate::purchasing::input_type(name)
                }
                "quoteSend" => "QuoteStepInput".to_owned(),
                name if name.starts_with("delivery") => crate::deliveries::input_type(name),
                name if name.starts_with("order") => crate::orders::input_type(name),
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

fn query(name: &str) -> Operation {
    let id = |prefix| json!({ "id": nowhere(prefix) });
    let (document, variables) = match name {
        "node" => ("query($id: ID!) { node(id: $id) { id } }", id("zzz")),
        "nodes" => (
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": [nowhere("zzz")] }),
        ),
        "job" => ("query($id: ID!) { job(id: $id) { id } }", id("job")),
        "creditStatus" => (
            "query($id: ID!) { creditStatus(customerId: $id) { daysOverdue } }",
            id("cus"),
        ),
        "customerStatement" => (
            "query($id: ID!) { customerStatement(customerId: $id, from: \"2026-01-01\",
                to: \"2026-02-01\") { from } }",
            id("cus"),
        ),
        "receivablesAgeing" => (
            "{ receivablesAgeing(at: \"2026-01-01\") { totalCount } }",
            json!({}),
        ),
        "bulkOperation" => (
            "query($id: ID!) { bulkOperation(id: $id) { id } }",
            id("blk"),
        ),
        "priceFor" => (
            "query($id: ID!) { priceFor(productId: $id) { at } }",
            id("prd"),
        ),
        "priceChangePreview" => (
            "{ priceChangePreview(change: { percent: \"1\" }) { token } }",
            json!({}),
        ),
        "productByBarcode" => (
            "{ productByBarcode(barcode: \"none\") { barcode } }",
            json!({}),
        ),
        "productSearch" => (
            "{ productSearch(query: \"none\") { totalCount } }",
            json!({}),
        ),
        "file" => ("query($id: ID!) { file(id: $id) { id } }", id("fil")),
        "invitationPreview" => (
            "{ invitationPreview(token: \"none\") { email } }",
            json!({}),
        ),
        "lotTrace" => (
            "query($id: ID!) { lotTrace(lotId: $id) { totalCount } }",
            id("lot"),
        ),
        "salesSummary" => (
            "{ salesSummary(by: DAY, from: \"2026-01-01\", to: \"2026-02-01\") { from } }",
            json!({}),
        ),
        "topProducts" | "marginByCustomer" | "fillRate" => {
            return Operation {
                document: format!(
                    "{{ {name}(from: \"2026-01-01\", to: \"2026-02-01\") {{ __typename }} }}"
                ),
                variables: json!({}),
            };
        }
        "availability" => ("{ availability(productIds: []) { __typename } }", json!({})),
        "lastEventId" => ("{ lastEventId }", json!({})),
        _ => {
            return Operation {
                document: format!("{{ {name} {{ __typename }} }}"),
                variables: json!({}),
            };
        }
    };
    Operation {
        document: document.to_owned(),
        variables,
    }
}
