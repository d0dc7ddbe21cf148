//! Operations to begin with, for each area of the shop; the pages to explore by hand offer them.

use serde::Serialize;

/// Operations of one area.
#[derive(Serialize)]
pub(super) struct Example {
    /// What they are about.
    area: &'static str,
    /// The operations, with comments.
    query: &'static str,
}

macro_rules! example {
    ($area:literal, $file:literal) => {
        Example {
            area: $area,
            query: include_str!(concat!("../../web/examples/", $file)),
        }
    };
}

/// In the order in which goods and money move.
pub(super) const EXAMPLES: &[Example] = &[
    example!("Catalogue", "catalogue.graphql"),
    example!("Prices", "prices.graphql"),
    example!("Customers and credit", "customers.graphql"),
    example!("Stock", "stock.graphql"),
    example!("Purchasing", "purchasing.graphql"),
    example!("Quotes and orders", "orders.graphql"),
    example!("Deliveries", "deliveries.graphql"),
    example!("Invoices and payments", "invoices.graphql"),
    example!("Reports", "reports.graphql"),
    example!("Live", "live.graphql"),
];

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_is_offered() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/examples");
        let files = std::fs::read_dir(folder).unwrap();
        let mut texts: Vec<String> = files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        let mut offered: Vec<&str> = EXAMPLES.iter().map(|example| example.query).collect();
        texts.sort();
        offered.sort_unstable();
        assert_eq!(texts, offered);
    }
}
