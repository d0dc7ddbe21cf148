//! Bills of an order, in whatever parts, come to what the order comes to.

use proptest::prelude::*;

use super::*;
use crate::kernel::money::totals;

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A line of an order, and how much of it is billed so far.
#[derive(Clone, Copy, Debug)]
struct Line {
    net: Decimal,
    rate: Decimal,
    quantity: Decimal,
    billed: Decimal,
    billed_net: Decimal,
    billed_tax: Decimal,
}

impl Line {
    fn new(net: Decimal, rate: Decimal, quantity: Decimal) -> Self {
        Self {
            net,
            rate,
            quantity,
            billed: Decimal::ZERO,
            billed_net: Decimal::ZERO,
            billed_tax: Decimal::ZERO,
        }
    }

    /// Bills so much more of it; gives the net.
    fn bill(&mut self, now: Decimal, digits: u32) -> Decimal {
        let due = share_of(self.net, (self.billed + now, self.quantity), digits).unwrap();
        let net = step(due, self.billed_net);
        self.billed += now;
        self.billed_net += net;
        net
    }
}

/// Bills a part of each line on one invoice; gives its net and tax.
fn invoice(lines: &mut [Line], parts: &[Decimal], digits: u32) -> (Decimal, Decimal) {
    let mut rates: Vec<Decimal> = lines.iter().map(|line| line.rate).collect();
    rates.sort();
    rates.dedup();
    let before: Vec<(Decimal, Decimal)> = lines
        .iter()
        .map(|line| (line.billed_net, line.billed_tax))
        .collect();
    let nets: Vec<Decimal> = lines
        .iter_mut()
        .zip(parts)
        .map(|(line, part)| line.bill(*part, digits))
        .collect();
    let mut tax = Decimal::ZERO;
    for rate in rates {
        let of: Vec<usize> = (0..lines.len())
            .filter(|i| lines[*i].rate == rate)
            .collect();
        let so_far = of.iter().fold((Decimal::ZERO, Decimal::ZERO), |sum, i| {
            (sum.0 + before[*i].0, sum.1 + before[*i].1)
        });
        let nets: Vec<Decimal> = of.iter().map(|i| nets[*i]).collect();
        let shares = taxes(so_far, &nets, rate, digits).unwrap();
        for (i, share) in of.iter().zip(shares) {
            assert!(share >= Decimal::ZERO);
            lines[*i].billed_tax += share;
            tax += share;
        }
    }
    (nets.iter().sum(), tax)
}

fn a_line() -> impl Strategy<Value = Line> {
    let rate = prop_oneof![Just("0"), Just("5"), Just("8"), Just("19"), Just("7.7")];
    (0_i64..100_000_000, rate, 1_i64..5_000_000).prop_map(|(net, rate, quantity)| {
        Line::new(
            Decimal::new(net, 2),
            decimal(rate),
            Decimal::new(quantity, 3),
        )
    })
}

proptest! {
    #[test]
    fn bills_in_odd_parts_come_to_the_order(
        mut lines in prop::collection::vec(a_line(), 1..8),
        cuts in prop::collection::vec(prop::collection::vec(0_u32..=1000, 8), 0..6),
    ) {
        let order: Vec<_> = lines.iter().map(|line| (line.net, line.rate)).collect();
        let order = totals(&order, 2).unwrap();
        let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
        for cut in &cuts {
            let parts: Vec<Decimal> = lines.iter().zip(cut).map(|(line, cut)| {
                ((line.quantity - line.billed) * Decimal::new(i64::from(*cut), 3)).round_dp(6)
            }).collect();
            let (more, more_tax) = invoice(&mut lines, &parts, 2);
            prop_assert!(more >= Decimal::ZERO && more_tax >= Decimal::ZERO);
            net += more;
            tax += more_tax;
        }
        let rest: Vec<Decimal> = lines.iter().map(|line| line.quantity - line.billed).collect();
        let (more, more_tax) = invoice(&mut lines, &rest, 2);
        prop_assert_eq!((net + more, tax + more_tax), (order.net, order.tax));
    }

    #[test]
    fn what_is_given_back_in_parts_comes_to_what_was_billed(
        net in 1_i64..1_000_000_000,
        tax in 0_i64..200_000_000,
        cuts in prop::collection::vec(1_u32..1000, 0..6),
    ) {
        let billed = (Decimal::new(net, 2), Decimal::new(tax, 2));
        let (mut back, mut back_tax) = (Decimal::ZERO, Decimal::ZERO);
        for cut in cuts {
            let part = ((billed.0 - back) * Decimal::new(i64::from(cut), 3)).round_dp(2);
            let share: Decimal = taxes_back(billed, (back, back_tax), &[part], 2).unwrap().iter().sum();
            prop_assert!(share >= Decimal::ZERO);
            back += part;
            back_tax += share;
            prop_assert!(back_tax <= billed.1);
        }
        let rest = billed.0 - back;
        let share: Decimal = taxes_back(billed, (back, back_tax), &[rest], 2).unwrap().iter().sum();
        prop_assert_eq!(back_tax + share, billed.1);
    }
}

#[test]
fn three_thirds_of_ten_are_ten() {
    let mut lines = [Line::new(decimal("10.00"), decimal("19"), decimal("3"))];
    let bills: Vec<_> = (0..3)
        .map(|_| invoice(&mut lines, &[Decimal::ONE], 2))
        .collect();
    let texts: Vec<String> = bills
        .iter()
        .map(|(net, tax)| format!("{net} {tax}"))
        .collect();
    assert_eq!(texts, ["3.33 0.63", "3.34 0.64", "3.33 0.63"]);
}

#[test]
fn three_billion_dong_are_exact() {
    let mut lines = [Line::new(decimal("3000000000"), decimal("8"), decimal("7"))];
    let (mut net, mut tax) = (Decimal::ZERO, Decimal::ZERO);
    for part in ["0.000001", "2.333333", "4.666666"] {
        let (more, more_tax) = invoice(&mut lines, &[decimal(part)], 0);
        net += more;
        tax += more_tax;
    }
    assert_eq!((net, tax), (decimal("3000000000"), decimal("240000000")));
}

#[test]
fn a_part_is_kept_back() {
    assert_eq!(less(decimal("10.01"), decimal("15"), 2), decimal("8.51"));
    assert_eq!(less(decimal("10"), decimal("100"), 2), Decimal::ZERO);
}
