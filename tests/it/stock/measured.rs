//! Amounts in any unit of a product.

use serde_json::json;

use super::Yard;

const CONVERT: &str = "query($id: ID!, $value: Decimal!, $unit: ID, $to: ID, $rounding: QuantityRounding!) {
    product(id: $id) { convert(quantity: { value: $value, unitId: $unit, rounding: $rounding }, to: $to) {
        value unit { code } inBase } } }";

/// Of a product's base unit and factors: what a value of a unit is in another one.
struct Case {
    base: &'static str,
    units: &'static [(&'static str, i64, i64)],
    value: &'static str,
    unit: &'static str,
    to: &'static str,
    rounding: &'static str,
    is: Result<(&'static str, &'static str), &'static str>,
}

const CASES: &[Case] = &[
    Case {
        base: "bag",
        units: &[("t", 20, 1)],
        value: "1.5",
        unit: "t",
        to: "bag",
        rounding: "REFUSE",
        is: Ok(("30", "30")),
    },
    Case {
        base: "box",
        units: &[("m2", 25, 36), ("pc", 1, 4)],
        value: "20",
        unit: "m2",
        to: "box",
        rounding: "UP",
        is: Ok(("14", "14")),
    },
    Case {
        base: "box",
        units: &[("m2", 25, 36), ("pc", 1, 4)],
        value: "20",
        unit: "m2",
        to: "m2",
        rounding: "UP",
        is: Ok(("20.16", "14")),
    },
    Case {
        base: "box",
        units: &[("m2", 25, 36), ("pc", 1, 4)],
        value: "20",
        unit: "m2",
        to: "pc",
        rounding: "UP",
        is: Ok(("56", "14")),
    },
    Case {
        base: "box",
        units: &[("m2", 25, 36)],
        value: "20",
        unit: "m2",
        to: "box",
        rounding: "REFUSE",
        is: Err("between 13 and 14"),
    },
    Case {
        base: "bar",
        units: &[("kg", 100, 722)],
        value: "72.2",
        unit: "kg",
        to: "bar",
        rounding: "REFUSE",
        is: Ok(("10", "10")),
    },
    Case {
        base: "bar",
        units: &[("kg", 100, 722)],
        value: "100",
        unit: "kg",
        to: "kg",
        rounding: "UP",
        is: Ok(("101.08", "14")),
    },
    Case {
        base: "pc",
        units: &[("BF", 3, 16), ("MBF", 375, 2)],
        value: "3",
        unit: "pc",
        to: "MBF",
        rounding: "REFUSE",
        is: Ok(("0.016", "3")),
    },
    Case {
        base: "pc",
        units: &[("m3", 250, 3)],
        value: "3",
        unit: "m3",
        to: "pc",
        rounding: "REFUSE",
        is: Ok(("250", "250")),
    },
    Case {
        base: "pc",
        units: &[("m3", 250, 3)],
        value: "1",
        unit: "m3",
        to: "pc",
        rounding: "REFUSE",
        is: Err("between 83 and 84"),
    },
    Case {
        base: "m3",
        units: &[("t", 2, 3)],
        value: "3",
        unit: "t",
        to: "m3",
        rounding: "REFUSE",
        is: Ok(("2", "2")),
    },
    Case {
        base: "bag",
        units: &[],
        value: "1.5",
        unit: "bag",
        to: "bag",
        rounding: "REFUSE",
        is: Err("at most 0 decimals"),
    },
    Case {
        base: "bag",
        units: &[],
        value: "-1",
        unit: "bag",
        to: "bag",
        rounding: "UP",
        is: Err("above zero"),
    },
];

#[tokio::test]
async fn an_amount_is_the_same_in_any_unit_or_it_is_said_why_not() {
    let yard = Yard::open().await;
    for (index, case) in CASES.iter().enumerate() {
        let id = yard
            .measured(&format!("P-{index}"), case.base, case.units)
            .await;
        let keys = json!({ "id": id, "value": case.value, "rounding": case.rounding,
            "unit": yard.unit(case.unit).await, "to": yard.unit(case.to).await });
        let answer = yard.client().send(CONVERT, keys).await;
        match case.is {
            Ok((value, base)) => assert_eq!(
                answer.body["data"]["product"]["convert"],
                json!({ "value": value, "unit": { "code": case.to }, "inBase": base }),
                "case {index}: {:#}",
                answer.body
            ),
            Err(words) => {
                assert_eq!(answer.code(), "BAD_USER_INPUT", "case {index}");
                let message = answer.body["errors"][0]["message"].as_str().unwrap();
                assert!(message.contains(words), "case {index}: {message}");
            }
        }
    }
}

#[tokio::test]
async fn a_unit_the_product_does_not_have_is_refused() {
    let yard = Yard::open().await;
    let id = yard.product("CEM").await;
    let (bag, tonne) = (yard.unit("bag").await, yard.unit("t").await);
    for (unit, to) in [(&tonne, &bag), (&bag, &tonne)] {
        let keys = json!({ "id": id, "value": "1", "rounding": "REFUSE", "unit": unit, "to": to });
        let answer = yard.client().send(CONVERT, keys).await;
        assert!(
            ["BAD_USER_INPUT", "NOT_FOUND"].contains(&answer.code()),
            "{:#}",
            answer.body
        );
    }
}
