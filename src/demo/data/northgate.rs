//! Northgate: framing lumber, masonry and drywall in the suburbs of Chicago.

use super::northgate_customers::CUSTOMERS;
use super::{DemoDealer, DemoProduct, DemoStock, DemoWarehouse, package, stock, unit};
use crate::dealer::catalog::products::model::ProductKind;
use crate::dealer::stock::warehouses::model::WarehouseKind;

/// The dealer; his prices are in cents.
pub(super) const DEALER: DemoDealer = DemoDealer {
    name: "Northgate Builders Merchants",
    owner_name: "Laura Whitfield",
    owner_email: "owner@northgate.example",
    owner_password: "two-by-four-by-eight",
    currency: "USD",
    timezone: "America/Chicago",
    barcode_prefix: 237,
    price_factor: "1.12",
    price_step: "0.01",
    warehouses: &[
        DemoWarehouse {
            code: "YARD",
            name: "Joliet lumber yard",
            kind: WarehouseKind::Yard,
            stock: YARD,
        },
        DemoWarehouse {
            code: "SHOP",
            name: "Naperville store",
            kind: WarehouseKind::Store,
            stock: SHOP,
        },
    ],
    customers: CUSTOMERS,
    accounts: super::accounts::NORTHGATE,
    skip: &[
        "CEM-PCB40-50",
        "BRK-HOL-4",
        "AAC-100",
        "AAC-200",
        "RFT-CLAY",
        "PPR-25",
    ],
    extra: EXTRA,
};

const EXTRA: &[DemoProduct] = &[
    DemoProduct {
        sku: "SHG-ARC-30",
        name: "Architectural shingles",
        description: "Laminated asphalt shingles; three bundles cover a roofing square.",
        category: "ROOFING",
        kind: ProductKind::Stock,
        base_unit: "bundle",
        barcode: Some(520),
        price_usd: "34",
        units: &[unit("square", 3, 1), package("pallet", 42, 521)],
    },
    DemoProduct {
        sku: "DRY-4X8",
        name: "Drywall 1/2 in 4x8 ft",
        description: "Gypsum wallboard of half an inch for walls and ceilings.",
        category: "PANEL",
        kind: ProductKind::Stock,
        base_unit: "sheet",
        barcode: Some(530),
        price_usd: "13.5",
        units: &[unit("SF", 1, 32), package("pallet", 68, 531)],
    },
    DemoProduct {
        sku: "HGR-2X8",
        name: "Joist hanger 2x8",
        description: "Galvanised face-mount hanger that carries a 2x8 joist on a beam.",
        category: "FIXING",
        kind: ProductKind::Stock,
        base_unit: "pc",
        barcode: Some(540),
        price_usd: "1.65",
        units: &[package("carton", 50, 541)],
    },
];

const YARD: &[DemoStock] = &[
    stock("CEM-OPC-25", "728"),
    stock("MRT-MAS-25", "576"),
    stock("SND-RIV", "64.5"),
    stock("SND-PLS", "31.25"),
    stock("AGG-1020", "88"),
    stock("AGG-040", "142.6"),
    stock("BRK-SOL-220", "12500"),
    stock("CMU-200", "3780"),
    stock("RBR-D10", "480"),
    stock("RBR-D12", "600"),
    stock("RBR-D16", "240"),
    stock("MSH-6-200", "75"),
    stock("HBM-200", "6"),
    stock("ANG-50-5", "48"),
    stock("TUB-50-2", "60"),
    stock("LBR-2X4-8", "5880"),
    stock("LBR-2X6-12", "1920"),
    stock("LBR-2X10-16", "640"),
    stock("PLY-12", "320"),
    stock("OSB-11", "900"),
    stock("GYP-9", "160"),
    stock("DRY-4X8", "1156"),
    stock("STD-75", "850"),
    stock("INS-XPS-50", "384"),
    stock("INS-MW-100", "168"),
    stock("RFS-045", "436.8"),
    stock("SHG-ARC-30", "504"),
    stock("PVC-90", "120"),
];

const SHOP: &[DemoStock] = &[
    stock("CEM-OPC-25", "56"),
    stock("ADH-TILE-25", "144"),
    stock("GRT-5", "212"),
    stock("LBR-2X4-8", "240"),
    stock("DRY-4X8", "40"),
    stock("TIL-6060", "280"),
    stock("TIL-3060", "192"),
    stock("PVC-90", "24"),
    stock("CBL-2.5", "5200"),
    stock("PNT-INT-18", "118"),
    stock("WPM-4", "36"),
    stock("NAL-70", "187.5"),
    stock("SCR-DRY-35", "340"),
    stock("HGR-2X8", "425"),
];
