//! What one dealer sends about the deliveries of another.

use serde_json::{Value, json};

use super::attack::Attack;
use super::mutations::{Case, keyed, versioned, with};

const ORDER: &str = "/deliveries/nodes/0/order/id";
const DELIVERY: &str = "/deliveries/nodes/0/id";
const RUN: &str = "/deliveryRuns/nodes/0/id";
const WAREHOUSE: &str = "/warehouses/nodes/0/id";

/// A delivery of an order of the attacker's own.
fn planned(attack: &Attack) -> Value {
    keyed(json!({ "orderId": attack.attackers.at(ORDER), "plannedOn": "2026-12-01" }))
}

fn run(attack: &Attack) -> Value {
    keyed(
        json!({ "warehouseId": attack.attackers.at(WAREHOUSE), "truck": attack.attacker.email,
        "runsOn": "2026-12-01" }),
    )
}

pub const CASES: &[Case] = &[
    Case {
        field: "deliveryPlan",
        input_type: "DeliveryPlanInput",
        input: |attack| with(planned(attack), "orderId", attack.victims.at(ORDER)),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryPlan",
        input_type: "DeliveryPlanInput",
        input: |attack| {
            let own = with(planned(attack), "warehouseId", attack.victims.at(WAREHOUSE));
            with(own, "idempotencyKey", "another".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryPlan",
        input_type: "DeliveryPlanInput",
        input: |attack| {
            let own = with(planned(attack), "runId", attack.victims.at(RUN));
            with(own, "idempotencyKey", "a third".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryUpdate",
        input_type: "DeliveryUpdateInput",
        input: |attack| versioned(attack, "deliveries"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryLoad",
        input_type: "DeliveryStepInput",
        input: |attack| versioned(attack, "deliveries"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryDispatch",
        input_type: "DeliveryStepInput",
        input: |attack| keyed(versioned(attack, "deliveries")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryConfirm",
        input_type: "DeliveryConfirmInput",
        input: |attack| with(keyed(versioned(attack, "deliveries")), "signer", "X".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryFail",
        input_type: "DeliveryFailInput",
        input: |attack| with(keyed(versioned(attack, "deliveries")), "reason", "X".into()),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryCancel",
        input_type: "DeliveryStepInput",
        input: |attack| versioned(attack, "deliveries"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryPickup",
        input_type: "DeliveryPickupInput",
        input: |attack| keyed(json!({ "orderId": attack.victims.at(ORDER), "signer": "X" })),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunCreate",
        input_type: "DeliveryRunCreateInput",
        input: |attack| with(run(attack), "warehouseId", attack.victims.at(WAREHOUSE)),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunCreate",
        input_type: "DeliveryRunCreateInput",
        input: |attack| {
            let own = with(
                run(attack),
                "deliveryIds",
                json!([attack.victims.at(DELIVERY)]),
            );
            with(own, "idempotencyKey", "another".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunCreate",
        input_type: "DeliveryRunCreateInput",
        input: |attack| {
            let own = with(
                run(attack),
                "driverId",
                json!(attack.victim.owner.to_string()),
            );
            with(own, "idempotencyKey", "a third".into())
        },
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunUpdate",
        input_type: "DeliveryRunUpdateInput",
        input: |attack| versioned(attack, "deliveryRuns"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunStart",
        input_type: "DeliveryRunStepInput",
        input: |attack| keyed(versioned(attack, "deliveryRuns")),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunFinish",
        input_type: "DeliveryRunStepInput",
        input: |attack| versioned(attack, "deliveryRuns"),
        code: Some("NOT_FOUND"),
    },
    Case {
        field: "deliveryRunCancel",
        input_type: "DeliveryRunStepInput",
        input: |attack| versioned(attack, "deliveryRuns"),
        code: Some("NOT_FOUND"),
    },
];
