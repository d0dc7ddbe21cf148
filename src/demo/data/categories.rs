//! The category tree, the same at every dealer.

use super::DemoCategory;

/// All categories, each after the one above it.
pub const CATEGORIES: &[DemoCategory] = &[
    top("MASONRY", "Masonry and concrete"),
    below("MASONRY", "CEMENT", "Cement, mortar and adhesive"),
    below("MASONRY", "AGGREGATE", "Sand, stone and ready-mix"),
    below("MASONRY", "BLOCK", "Bricks, blocks and paving"),
    top("STEEL", "Steel"),
    below("STEEL", "REBAR", "Reinforcement"),
    below("STEEL", "SECTION", "Sections and tubes"),
    top("TIMBER", "Timber and boards"),
    below("TIMBER", "LUMBER", "Lumber and piles"),
    below("TIMBER", "PANEL", "Panels and drywall"),
    top("FINISHING", "Roof and finishing"),
    below("FINISHING", "ROOFING", "Roofing, insulation and membranes"),
    below("FINISHING", "SURFACE", "Tiles and paint"),
    below("FINISHING", "INSTALL", "Pipes and cable"),
    below("FINISHING", "FIXING", "Nails, screws and connectors"),
    top("SITE", "Deliveries and deposits"),
];

const fn top(code: &'static str, name: &'static str) -> DemoCategory {
    DemoCategory {
        code,
        name,
        parent: None,
    }
}

const fn below(parent: &'static str, code: &'static str, name: &'static str) -> DemoCategory {
    DemoCategory {
        code,
        name,
        parent: Some(parent),
    }
}
