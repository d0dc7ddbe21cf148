//! Bags, bars, boards and boxes: the conversions dealers make every day.

use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn measure(num: i64, den: i64, scale: u32, base_scale: u32) -> Measure {
    Measure {
        factor: Ratio::new(num, den).unwrap(),
        scale,
        base_scale,
    }
}

#[test]
fn twenty_square_metres_of_tiles_are_fourteen_boxes() {
    let square_metre = measure(25, 36, 2, 0);
    assert_eq!(
        square_metre.amount(decimal("20"), Rounding::Refuse),
        Err(QuantityError::Between {
            below: decimal("13"),
            above: decimal("14"),
        })
    );
    assert_eq!(
        square_metre.amount(decimal("20"), Rounding::Up),
        Ok(Amount {
            value: decimal("20.16"),
            base: decimal("14"),
        })
    );
}

#[test]
fn bars_are_sold_by_the_kilo() {
    let kilogram = measure(100, 722, 2, 0);
    let bars = |kilograms, rounding| kilogram.amount(decimal(kilograms), rounding);
    assert_eq!(bars("72.2", Rounding::Refuse).unwrap().base, decimal("10"));
    assert!(bars("100", Rounding::Refuse).is_err());
    let amount = bars("100", Rounding::Up).unwrap();
    assert_eq!(
        (amount.base, amount.value),
        (decimal("14"), decimal("101.08"))
    );
}

#[test]
fn thirds_come_out_where_they_are_whole() {
    let cubic_metre = measure(250, 3, 3, 0);
    assert_eq!(
        cubic_metre
            .amount(decimal("3"), Rounding::Refuse)
            .unwrap()
            .base,
        decimal("250")
    );
    assert_eq!(
        cubic_metre.amount(Decimal::ONE, Rounding::Refuse),
        Err(QuantityError::Between {
            below: decimal("83"),
            above: decimal("84"),
        })
    );
}

#[test]
fn lumber_is_counted_in_pieces_by_the_thousand_board_feet() {
    // A 2x4 of 8 ft is 16/3 board feet, so a thousand of them are 187.5 pieces.
    let thousand_board_feet = measure(375, 2, 3, 0);
    assert_eq!(
        thousand_board_feet
            .amount(decimal("0.016"), Rounding::Refuse)
            .unwrap()
            .base,
        decimal("3")
    );
    assert_eq!(
        thousand_board_feet.value_of(decimal("3")),
        Ok(decimal("0.016"))
    );
    assert!(
        thousand_board_feet
            .amount(Decimal::ONE, Rounding::Refuse)
            .is_err()
    );
}

#[test]
fn a_unit_has_its_decimals_and_no_more() {
    let bag = measure(1, 1, 0, 0);
    assert_eq!(
        bag.amount(decimal("1.5"), Rounding::Refuse),
        Err(QuantityError::TooFine { scale: 0 })
    );
    assert_eq!(
        bag.amount(decimal("1.5"), Rounding::Up).unwrap().base,
        decimal("2")
    );
    // A pallet and a half of 40 bags is two pallets, if it may be rounded.
    let pallet = measure(40, 1, 0, 0);
    assert_eq!(
        pallet.amount(decimal("1.5"), Rounding::Up).unwrap().base,
        decimal("80")
    );
    assert_eq!(
        bag.amount(decimal("2.000"), Rounding::Refuse).unwrap().base,
        decimal("2")
    );
    for nothing in ["0", "-1"] {
        let refused = bag.amount(decimal(nothing), Rounding::Up);
        assert_eq!(refused, Err(QuantityError::NotPositive));
    }
}

#[test]
fn what_is_too_large_is_said() {
    let tonne = measure(i64::MAX, 1, 3, 0);
    let too_large = Err(QuantityError::TooLarge);
    assert_eq!(tonne.amount(Decimal::MAX, Rounding::Up), too_large);
    let bag = measure(1, 1, 0, 0);
    let most = decimal("99999999999999");
    assert!(bag.amount(most, Rounding::Refuse).is_ok());
    assert_eq!(bag.amount(most + Decimal::ONE, Rounding::Refuse), too_large);
}

prop_compose! {
    fn any_measure()(
        num in 1_i64..2_000_000, den in 1_i64..2_000_000, scale in 0_u32..=6, base_scale in 0_u32..=6
    ) -> Measure {
        measure(num, den, scale, base_scale)
    }
}

proptest! {
    #[test]
    fn there_and_back_is_the_same(measure in any_measure(), steps in 1_i64..1_000_000_000) {
        let value = Decimal::new(steps, measure.scale);
        if let Ok(amount) = measure.amount(value, Rounding::Refuse) {
            prop_assert_eq!(measure.value_of(amount.base), Ok(value.normalize()));
            prop_assert_eq!(measure.amount(value, Rounding::Up), Ok(amount));
            prop_assert_eq!(measure.factor.is_exactly(value, amount.base), Ok(true));
        }
    }

    #[test]
    fn rounding_goes_up_by_less_than_a_step(
        measure in any_measure(), steps in 1_i64..1_000_000_000
    ) {
        let value = Decimal::new(steps, measure.scale);
        let amount = measure.amount(value, Rounding::Up).unwrap();
        let (num, den) = (Decimal::from(measure.factor.num()), Decimal::from(measure.factor.den()));
        let step = Decimal::new(1, measure.base_scale);
        prop_assert!(amount.base * den >= value * num);
        prop_assert!((amount.base - step) * den < value * num);
        prop_assert!(amount.base.normalize().scale() <= measure.base_scale);
    }

    #[test]
    fn parts_make_the_whole(measure in any_measure(), parts in prop::collection::vec(1_i64..100_000, 1..20)) {
        let part = |steps: i64| measure.amount(Decimal::new(steps, measure.scale), Rounding::Refuse);
        let amounts: Result<Vec<_>, _> = parts.iter().map(|steps| part(*steps)).collect();
        if let Ok(amounts) = amounts {
            let sum: Decimal = amounts.iter().map(|amount| amount.base).sum();
            prop_assert_eq!(part(parts.iter().sum()).unwrap().base, sum.normalize());
        }
    }

    #[test]
    fn what_lies_between_is_named_by_its_neighbours(
        measure in any_measure(), steps in 1_i64..1_000_000_000
    ) {
        let value = Decimal::new(steps, measure.scale);
        if let Err(QuantityError::Between { below, above }) = measure.amount(value, Rounding::Refuse) {
            prop_assert_eq!(measure.amount(value, Rounding::Up).unwrap().base, above);
            prop_assert_eq!(above - below, Decimal::new(1, measure.base_scale));
        }
    }
}
