//! Amounts to the last digit, for cases of the trade and for all there are.

use proptest::prelude::*;

use super::*;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn line(price: &str, (num, den): (i64, i64), base: &str, digits: u32) -> Decimal {
    let per = Ratio::new(num, den).unwrap();
    line_amount(decimal(price), per, decimal(base), digits).unwrap()
}

#[test]
fn currencies_have_their_digits() {
    for (currency, digits) in [("VND", 0), ("JPY", 0), ("EUR", 2), ("USD", 2), ("KWD", 3)] {
        assert_eq!(digits_of(currency), digits, "{currency}");
    }
    assert_eq!(digits_of("CLF"), 4);
}

#[test]
fn a_third_of_a_cent_is_not_lost() {
    let parts = shared(decimal("100"), &[Decimal::ONE; 3], 2).unwrap();
    assert_eq!(parts, ["33.33", "33.34", "33.33"].map(decimal));
    assert_eq!(shared(decimal("1"), &[Decimal::ZERO; 2], 2), None);
    assert_eq!(shared(decimal("1"), &[], 2), None);
}

#[test]
fn halves_go_away_from_zero() {
    for (amount, digits, wanted) in [
        ("0.125", 2, "0.13"),
        ("-0.125", 2, "-0.13"),
        ("0.124999", 2, "0.12"),
        ("2.5", 0, "3"),
        ("-2.5", 0, "-3"),
    ] {
        assert_eq!(
            rounded(decimal(amount), digits),
            decimal(wanted),
            "{amount}"
        );
    }
    assert_eq!(line("0.0250", (1, 1), "1", 2), decimal("0.03"));
    assert_eq!(line("0.0250", (1, 1), "-1", 2), decimal("-0.03"));
}

/// A 2x4 of 8 ft is 16/3 board feet, so a thousand of them are 375/2 pieces.
#[test]
fn timber_priced_per_thousand_board_feet_comes_out_to_the_cent() {
    let thousand = (375, 2);
    assert_eq!(line("450", thousand, "1", 2), decimal("2.40"));
    assert_eq!(line("450", thousand, "294", 2), decimal("705.60"));
    assert_eq!(line("449.95", thousand, "3", 2), decimal("7.20"));
    // 2x10 of 16 ft: 26 2/3 board feet.
    assert_eq!(line("612.5", (75, 2), "7", 2), decimal("114.33"));
}

#[test]
fn bars_kept_by_the_bar_and_priced_by_the_kilo() {
    // One kilo is 1/10.39 of a bar.
    assert_eq!(line("15500", (100, 1039), "200", 0), decimal("32209000"));
}

#[test]
fn three_billion_dong_and_more_fit() {
    assert_eq!(line("3000000000", (1, 1), "1", 0), decimal("3000000000"));
    let lines = [(decimal("3000000000"), decimal("10")); 3];
    let totals = totals(&lines, 0).unwrap();
    assert_eq!(totals.gross, decimal("9900000000"));
    let most = "99999999999999.9999";
    assert_eq!(line(most, (1, 1), "1", 4), decimal(most));
    let one = Ratio::ONE;
    let twice = line_amount(decimal(most), one, Decimal::TWO, 4);
    assert_eq!(twice, Err(MoneyError::TooLarge));
    let all = decimal("99999999999999.999999");
    let much = line_amount(decimal(most), Ratio::new(1, i64::MAX).unwrap(), all, 2);
    assert_eq!(much, Err(MoneyError::TooLarge));
    let fine = line_amount(decimal("0.00001"), one, Decimal::ONE, 2);
    assert_eq!(fine, Err(MoneyError::TooFine));
}

#[test]
fn tax_is_taken_of_the_sum_of_a_rate() {
    // Alone each of these would be taxed 0.01; together it is 0.02.
    let lines = [
        (decimal("0.07"), decimal("10.00")),
        (decimal("0.07"), decimal("10")),
        (decimal("0.07"), decimal("10")),
        (decimal("5.00"), decimal("0")),
    ];
    let totals = totals(&lines, 2).unwrap();
    let groups: Vec<_> = totals
        .groups
        .iter()
        .map(|g| (g.rate, g.net, g.tax))
        .collect();
    let wanted = [("0", "5.00", "0"), ("10", "0.21", "0.02")];
    let wanted = wanted.map(|(r, n, t)| (decimal(r), decimal(n), decimal(t)));
    assert_eq!(groups, wanted);
    assert_eq!((totals.net, totals.tax), (decimal("5.21"), decimal("0.02")));
    assert_eq!(totals.gross, decimal("5.23"));
}

#[test]
fn a_percentage_of_a_price_is_a_price() {
    assert_eq!(
        changed_by(decimal("12.3333"), decimal("-7.5")),
        Ok(decimal("11.4083"))
    );
    assert_eq!(changed_by(decimal("80"), decimal("25")), Ok(decimal("100")));
    assert_eq!(changed_by(decimal("80"), decimal("-100")), Ok(decimal("0")));
}

fn price() -> impl Strategy<Value = Decimal> {
    (0_i64..=10_000_000_000_000).prop_map(|units| Decimal::new(units, 4))
}

fn goods() -> impl Strategy<Value = Decimal> {
    (1_i64..=1_000_000_000).prop_map(|millionths| Decimal::new(millionths, 6))
}

fn factor() -> impl Strategy<Value = (i64, i64)> {
    (1_i64..=1_000_000, 1_i64..=1_000_000)
}

/// Millionths of a millionth, without any of the code above.
fn exact(price: Decimal, (num, den): (i64, i64), base: Decimal) -> (i128, i128) {
    let whole = |value: Decimal, scale: u32| {
        let mut value = value;
        value.rescale(scale);
        value.mantissa()
    };
    let product = whole(price, 4) * whole(base, 6) * i128::from(den);
    (product, i128::from(num) * 10_i128.pow(10))
}

#[test]
fn a_discount_is_taken_off_before_anything_is_rounded() {
    let price = |text: &str| (text.parse::<Decimal>().unwrap(), Ratio::ONE);
    let net = |price, base: i64, discount: &str| {
        line_net(price, base.into(), discount.parse().unwrap(), 2).map(|net| net.to_string())
    };
    assert_eq!(net(price("0.3333"), 3, "0"), Ok("1.00".into()));
    assert_eq!(net(price("0.3333"), 3, "50"), Ok("0.50".into()));
    assert_eq!(net(price("19.99"), 7, "12.5"), Ok("122.44".into()));
    assert_eq!(net(price("5"), 7, "100"), Ok("0".into()));
    // Per thousand board feet, less a third: 8 of 16/3 board feet at 900 come to 25.60.
    let per = Ratio::new(375, 2).unwrap();
    let net = line_net((900.into(), per), 8.into(), "33.3333".parse().unwrap(), 2);
    assert_eq!(net.unwrap().to_string(), "25.60");
}

proptest! {
    /// The rounded amount is never further than half a step from the exact one.
    #[test]
    fn a_line_is_off_by_half_a_step_at_most(
        price in price(), factor in factor(), base in goods(), digits in 0_u32..=4,
    ) {
        let per = Ratio::new(factor.0, factor.1).unwrap();
        let Ok(amount) = line_amount(price, per, base, digits) else {
            return Ok(());
        };
        prop_assert!(amount.scale() <= digits);
        let (product, divisor) = exact(price, factor, base);
        let mut steps = amount;
        steps.rescale(digits);
        // 2 * |steps * divisor - product * 10^digits| <= divisor
        let off = steps.mantissa() * divisor - product * 10_i128.pow(digits);
        prop_assert!(2 * off.abs() <= divisor, "{amount} is off");
    }

    /// However many lines there are, what they add up to is what stands below them.
    #[test]
    fn sums_of_rounded_lines_are_the_total(
        lines in prop::collection::vec((price(), factor(), goods(), 0_i64..=3), 1..40),
        digits in 0_u32..=3,
    ) {
        let mut rounded = Vec::new();
        for (price, factor, base, rate) in lines {
            let per = Ratio::new(factor.0, factor.1).unwrap();
            if let Ok(net) = line_amount(price, per, base, digits) {
                rounded.push((net, Decimal::new(rate * 50_000, 4)));
            }
        }
        let Ok(totals) = totals(&rounded, digits) else {
            return Ok(());
        };
        let net: Decimal = rounded.iter().map(|(net, _)| net).sum();
        prop_assert_eq!(totals.net, net);
        let groups: Decimal = totals.groups.iter().map(|group| group.net + group.tax).sum();
        prop_assert_eq!(totals.gross, groups);
        prop_assert_eq!(totals.gross, totals.net + totals.tax);
        prop_assert!(totals.gross.scale() <= digits);
        for group in totals.groups {
            let exact = group.net * group.rate / Decimal::ONE_HUNDRED;
            let half = Decimal::new(5, digits + 1);
            prop_assert!((group.tax - exact).abs() <= half);
        }
    }

    /// A credit takes back what was billed, to the last cent.
    #[test]
    fn a_credit_is_the_line_with_the_other_sign(
        price in price(), factor in factor(), base in goods(), digits in 0_u32..=3,
    ) {
        let per = Ratio::new(factor.0, factor.1).unwrap();
        let billed = line_amount(price, per, base, digits);
        let credited = line_amount(price, per, -base, digits);
        prop_assert_eq!(billed.map(|amount| -amount), credited);
    }

    /// Pieces that divide without a rest add up to the whole: nothing drifts.
    #[test]
    fn whole_steps_do_not_drift(cents in 1_i64..=1_000_000, pieces in 1_i64..=500) {
        let price = Decimal::new(cents, 2);
        let one = line_amount(price, Ratio::ONE, Decimal::ONE, 2).unwrap();
        let all = line_amount(price, Ratio::ONE, pieces.into(), 2).unwrap();
        prop_assert_eq!(one * Decimal::from(pieces), all);
    }

    /// What is shared out is what there was, in parts that are as fair as cents let them be.
    #[test]
    fn shares_add_up(
        cents in 0_i64..=1_000_000_000_000,
        weights in prop::collection::vec(0_i64..=1_000_000_000, 1..60),
        digits in 0_u32..=3,
    ) {
        let total = Decimal::new(cents, digits);
        let weights: Vec<Decimal> = weights.into_iter().map(|weight| Decimal::new(weight, 6)).collect();
        let whole: Decimal = weights.iter().sum();
        let Some(parts) = shared(total, &weights, digits) else {
            prop_assert!(whole.is_zero());
            return Ok(());
        };
        prop_assert_eq!(parts.iter().sum::<Decimal>(), total);
        for (part, weight) in parts.iter().zip(&weights) {
            let fair = total * (weight / whole);
            prop_assert!(*part >= Decimal::ZERO && part.scale() <= digits);
            prop_assert!((part - fair).abs() <= Decimal::new(1, digits), "{part} for {fair}");
        }
    }
}

#[test]
fn amounts_are_written_in_full() {
    let of = |text: &str, currency| written(text.parse().unwrap(), currency);
    assert_eq!(of("12.5000", "USD"), "12.50 USD");
    assert_eq!(of("12.3450", "USD"), "12.345 USD");
    assert_eq!(of("1000000.0000", "VND"), "1000000 VND");
}
