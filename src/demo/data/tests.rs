//! The demo data holds together, and fits what the schema and services ask for.

use std::collections::{HashMap, HashSet};

use super::*;
use crate::kernel::ratio::Ratio;

const UNITS_SQL: &str = include_str!("../../../migrations/tenant_reference.sql");

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// All products of all dealers.
fn all_products() -> impl Iterator<Item = &'static DemoProduct> {
    trade_products().chain(DEALERS.iter().flat_map(|dealer| dealer.extra))
}

/// Code and scale of the units that every dealer starts with.
fn unit_scales() -> HashMap<&'static str, u32> {
    let rows = UNITS_SQL
        .lines()
        .filter_map(|line| line.trim().strip_prefix("('"));
    rows.map(|row| {
        let (code, rest) = row.split_once('\'').unwrap();
        let scale = rest.split(',').nth(3).unwrap();
        (code, scale.trim().parse().unwrap())
    })
    .collect()
}

/// The first text that occurs twice.
fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    texts.into_iter().find(|text| !seen.insert(*text))
}

fn is_code(text: &str) -> bool {
    let allowed = |c: char| c.is_alphanumeric() || "-_./".contains(c);
    (1..=64).contains(&text.chars().count()) && text.chars().all(allowed)
}

#[test]
fn the_trade_has_forty_five_products() {
    assert_eq!(trade_products().count(), 45);
    assert_eq!(repeated(all_products().map(|product| product.sku)), None);
    assert!(all_products().all(|product| is_code(product.sku)));
}

#[test]
fn factors_are_positive_and_in_lowest_terms() {
    for product in all_products() {
        for unit in product.units {
            let ratio = Ratio::new(unit.num, unit.den).unwrap();
            let stored = (ratio.num(), ratio.den());
            assert_eq!(
                (unit.num, unit.den),
                stored,
                "{} {}",
                product.sku,
                unit.unit
            );
        }
    }
}

#[test]
fn factors_agree_with_the_sizes_in_the_names() {
    let factor = |sku, code| {
        let product = all_products().find(|product| product.sku == sku).unwrap();
        let unit = product.units.iter().find(|unit| unit.unit == code).unwrap();
        Ratio::new(unit.num, unit.den).unwrap()
    };
    // What one base unit is in another unit, by size or weight.
    let sizes = [
        ("RBR-D10", "m", "11.7"),
        ("RBR-D10", "kg", "7.22"),
        ("RBR-D10", "t", "0.00722"),
        ("RBR-D12", "kg", "10.39"),
        ("RBR-D16", "kg", "18.46"),
        ("RBR-D20", "kg", "28.85"),
        ("MSH-6-200", "m2", "14.4"),
        ("HBM-200", "kg", "598.8"),
        ("ANG-50-5", "kg", "22.62"),
        ("TUB-50-2", "kg", "17.6"),
        ("LBR-2X6-12", "MBF", "0.012"),
        ("AAC-100", "m3", "0.012"),
        ("AAC-100", "m2", "0.12"),
        ("AAC-200", "m3", "0.024"),
        ("PLY-12", "m2", "2.9768"),
        ("OSB-11", "m2", "2.9768"),
        ("GYP-9", "m2", "2.9768"),
        ("INS-XPS-50", "m2", "0.72"),
        ("TIL-6060", "m2", "1.44"),
        ("TIL-3060", "m2", "1.44"),
        ("PAV-TER-400", "m2", "0.16"),
    ];
    for (sku, code, size) in sizes {
        assert_eq!(
            factor(sku, code).to_base(decimal(size)),
            Ok(Decimal::ONE),
            "{sku} {code}"
        );
    }
    // A 2x4 of 8 ft is 16/3 board feet and a 2x10 of 16 ft is 80/3.
    assert_eq!(
        factor("LBR-2X4-8", "BF").to_base(decimal("16")),
        Ok(decimal("3"))
    );
    assert_eq!(
        factor("LBR-2X10-16", "BF").to_base(decimal("80")),
        Ok(decimal("3"))
    );
}

#[test]
fn units_are_among_the_reference_rows() {
    let scales = unit_scales();
    assert_eq!(scales.len(), UNITS_SQL.matches("('").count());
    for product in all_products() {
        let units = || {
            let further = product.units.iter().map(|unit| unit.unit);
            std::iter::once(product.base_unit).chain(further)
        };
        assert_eq!(repeated(units()), None, "{}", product.sku);
        for unit in units() {
            assert!(scales.contains_key(unit), "{} {unit}", product.sku);
        }
    }
}

#[test]
fn categories_form_a_tree() {
    let mut listed = HashSet::new();
    for category in CATEGORIES {
        assert!(category.parent.is_none_or(|parent| listed.contains(parent)));
        assert!(listed.insert(category.code), "{} is twice", category.code);
    }
    assert!(all_products().all(|product| listed.contains(product.category)));
}

#[test]
fn barcodes_are_valid_and_unique() {
    for dealer in DEALERS {
        assert!((200..=250).contains(&dealer.barcode_prefix));
        let codes: Vec<String> = dealer
            .products()
            .flat_map(|product| {
                let further = product.units.iter().filter_map(|unit| unit.barcode);
                product.barcode.into_iter().chain(further)
            })
            .map(|item| dealer.barcode(item))
            .collect();
        for code in &codes {
            let digits = code.bytes().map(|digit| u32::from(digit - b'0'));
            let sum: u32 = digits
                .zip([1, 3].into_iter().cycle())
                .map(|(d, w)| d * w)
                .sum();
            assert_eq!((code.len(), sum % 10), (13, 0), "{code}");
        }
        assert_eq!(repeated(codes.iter().map(String::as_str)), None);
    }
}

#[test]
fn dealers_differ() {
    let distinct = |text: fn(&'static DemoDealer) -> String| {
        DEALERS.iter().map(text).collect::<HashSet<_>>().len() == DEALERS.len()
    };
    assert!(distinct(|dealer| dealer.owner_email.to_owned()));
    assert!(distinct(|dealer| dealer.owner_password.to_owned()));
    assert!(distinct(|dealer| dealer.barcode_prefix.to_string()));
    assert!(distinct(|dealer| {
        let mut skus: Vec<_> = dealer.products().map(|product| product.sku).collect();
        skus.sort_unstable();
        skus.join(" ")
    }));
    for dealer in DEALERS {
        let skipped = dealer.skip.len();
        let sold = dealer.products().count();
        assert_eq!(sold, 45 - skipped + dealer.extra.len(), "{}", dealer.name);
        assert!(dealer.owner_password.chars().count() >= 12);
    }
}

#[test]
fn prices_are_rounded_half_away_from_zero() {
    let price = |name: &str, sku: &str| {
        let dealer = DEALERS
            .iter()
            .find(|dealer| dealer.name.starts_with(name))
            .unwrap();
        let product = dealer
            .products()
            .find(|product| product.sku == sku)
            .unwrap();
        dealer.list_price(product).unwrap()
    };
    // 0.09 x 25000 is 2250, halfway between two hundreds.
    assert_eq!(price("Bao Long", "BRK-SOL-220"), decimal("2300"));
    assert_eq!(price("Bao Long", "CEM-PCB40-50"), decimal("100000"));
    assert_eq!(price("Northgate", "CEM-OPC-25"), decimal("3.36"));
    assert_eq!(price("Northgate", "BRK-SOL-220"), decimal("0.10"));
    for dealer in DEALERS {
        for product in dealer.products() {
            let price = dealer.list_price(product).unwrap();
            assert!(price > Decimal::ZERO, "{} {}", dealer.name, product.sku);
            assert!(price.scale() <= 2, "{} {}", dealer.name, product.sku);
        }
    }
}

#[test]
fn only_what_is_kept_has_stock() {
    let scales = unit_scales();
    for dealer in DEALERS {
        let products: HashMap<_, _> = dealer
            .products()
            .map(|product| (product.sku, product))
            .collect();
        assert_eq!(dealer.warehouses.len(), 2);
        for warehouse in dealer.warehouses {
            assert_eq!(
                repeated(warehouse.stock.iter().map(|stock| stock.sku)),
                None
            );
            for stock in warehouse.stock {
                let product = products[stock.sku];
                let on_hand = decimal(stock.on_hand);
                assert_eq!(product.kind, ProductKind::Stock, "{}", stock.sku);
                assert!(on_hand > Decimal::ZERO, "{}", stock.sku);
                assert!(
                    on_hand.scale() <= scales[product.base_unit],
                    "{}",
                    stock.sku
                );
            }
        }
    }
}

#[test]
fn customers_fit_the_schema() {
    for dealer in DEALERS {
        assert_eq!(
            repeated(dealer.customers.iter().map(|customer| customer.code)),
            None
        );
        for customer in dealer.customers {
            assert!(is_code(customer.code), "{}", customer.code);
            assert!(
                (0..=365).contains(&customer.terms_days),
                "{}",
                customer.code
            );
            assert!(
                decimal(customer.credit_limit) >= Decimal::ZERO,
                "{}",
                customer.code
            );
            assert!((1..=3).contains(&customer.jobs.len()), "{}", customer.code);
            assert_eq!(repeated(customer.jobs.iter().map(|job| job.code)), None);
            assert!(customer.jobs.iter().all(|job| is_code(job.code)));
        }
    }
}
