//! Bao Long: sells by the bag and by the truck on the edge of Ho Chi Minh City.

use super::bao_long_customers::CUSTOMERS;
use super::{DemoDealer, DemoProduct, DemoStock, DemoWarehouse, package, stock, unit};
use crate::dealer::catalog::products::model::ProductKind;
use crate::dealer::stock::warehouses::model::WarehouseKind;

/// The dealer; his prices are in whole hundreds of dong.
pub(super) const DEALER: DemoDealer = DemoDealer {
    name: "Bao Long Building Supply",
    owner_name: "Trần Minh Bảo",
    owner_email: "owner@baolong.example",
    owner_password: "river-sand-and-cement",
    currency: "VND",
    timezone: "Asia/Ho_Chi_Minh",
    barcode_prefix: 211,
    price_factor: "25000",
    price_step: "100",
    warehouses: &[
        DemoWarehouse {
            code: "YARD",
            name: "Bình Chánh yard",
            kind: WarehouseKind::Yard,
            stock: YARD,
        },
        DemoWarehouse {
            code: "SHOP",
            name: "Tân Bình shop",
            kind: WarehouseKind::Store,
            stock: SHOP,
        },
    ],
    customers: CUSTOMERS,
    accounts: super::accounts::BAO_LONG,
    skip: &[
        "LBR-2X4-8",
        "LBR-2X6-12",
        "LBR-2X10-16",
        "OSB-11",
        "INS-MW-100",
        "CMU-200",
    ],
    extra: EXTRA,
};

const EXTRA: &[DemoProduct] = &[
    DemoProduct {
        sku: "PIL-CAJ-4",
        name: "Cajuput pile 4 m",
        description: "Cajuput pole driven into soft ground below the footings of a house.",
        category: "LUMBER",
        kind: ProductKind::Stock,
        base_unit: "pc",
        barcode: None,
        price_usd: "1.4",
        units: &[unit("m", 1, 4), unit("bundle", 20, 1)],
    },
    DemoProduct {
        sku: "PAV-TER-400",
        name: "Terrazzo paver 400x400x30",
        description: "Terrazzo paving slab for footpaths and courtyards.",
        category: "BLOCK",
        kind: ProductKind::Stock,
        base_unit: "pc",
        barcode: None,
        price_usd: "0.75",
        units: &[unit("m2", 25, 4), unit("pallet", 150, 1)],
    },
    DemoProduct {
        sku: "ROD-D6",
        name: "Wire rod D6",
        description: "Plain steel wire rod of 6 mm for stirrups, cut from the coil by weight.",
        category: "REBAR",
        kind: ProductKind::Stock,
        base_unit: "kg",
        barcode: None,
        price_usd: "0.66",
        units: &[unit("t", 1000, 1), package("roll", 250, 511)],
    },
];

const YARD: &[DemoStock] = &[
    stock("CEM-PCB40-50", "2400"),
    stock("CEM-OPC-25", "560"),
    stock("MRT-MAS-25", "384"),
    stock("ADH-TILE-25", "240"),
    stock("SND-RIV", "186.5"),
    stock("SND-PLS", "94.25"),
    stock("AGG-1020", "142.75"),
    stock("AGG-040", "310.4"),
    stock("BRK-SOL-220", "38500"),
    stock("BRK-HOL-4", "52800"),
    stock("AAC-100", "4320"),
    stock("AAC-200", "1944"),
    stock("PAV-TER-400", "1800"),
    stock("RBR-D10", "3150"),
    stock("RBR-D12", "2400"),
    stock("RBR-D16", "1320"),
    stock("RBR-D20", "640"),
    stock("ROD-D6", "8750.5"),
    stock("MSH-6-200", "180"),
    stock("HBM-200", "14"),
    stock("ANG-50-5", "210"),
    stock("TUB-50-2", "265"),
    stock("PIL-CAJ-4", "1460"),
    stock("PLY-12", "640"),
    stock("GYP-9", "480"),
    stock("STD-75", "300"),
    stock("INS-XPS-50", "96"),
    stock("RFS-045", "1284.6"),
    stock("RFT-CLAY", "9600"),
    stock("TIL-6060", "720"),
    stock("TIL-3060", "576"),
    stock("PVC-90", "240"),
    stock("PPR-25", "500"),
];

const SHOP: &[DemoStock] = &[
    stock("CEM-PCB40-50", "80"),
    stock("ADH-TILE-25", "48"),
    stock("GRT-5", "128"),
    stock("TIL-6060", "36"),
    stock("TIL-3060", "24"),
    stock("PVC-90", "30"),
    stock("PPR-25", "75"),
    stock("CBL-2.5", "3650.5"),
    stock("PNT-INT-18", "64"),
    stock("WPM-4", "42"),
    stock("NAL-70", "312.5"),
    stock("SCR-DRY-35", "96"),
];
