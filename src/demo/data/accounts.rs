//! What was open at the dealers of the demo, of each age some.

use super::{DemoAccounts, opening};

/// Accounts of Bao Long, in dong.
pub(super) const BAO_LONG: DemoAccounts = DemoAccounts {
    openings: &[
        opening("TPH", "LX-12", "HD-0412", "186400000", 12),
        opening("TPH", "LX-12", "HD-0377", "92750000", 48),
        opening("DAS", "KCN-A3", "HD-0391", "341200000", 40),
        opening("DAS", "KCN-A3", "PT-0088", "-50000000", 9),
        opening("HQL", "CH-1806", "HD-0305", "27900000", 61),
        opening("HQL", "CH-1806", "PT-0094", "-10000000", 3),
        opening("MTD", "CAU-RT", "HD-0219", "415000000", 175),
        opening("MTD", "TL-824", "HD-0268", "688000000", 135),
        opening("PGK", "TH-02", "HD-0399", "73500000", 25),
    ],
    holds: &[(
        "NVT",
        "three bills unpaid, cash only until they are settled",
    )],
    job_limits: &[
        ("TPH", "LX-12", "400000000"),
        ("MTD", "CAU-RT", "500000000"),
    ],
    contacts: &[
        ("TPH", "Vo Thanh Hai", "Site manager"),
        ("MTD", "Le Bich Ngoc", "Accounts"),
    ],
};

/// Accounts of Northgate, in US dollars.
pub(super) const NORTHGATE: DemoAccounts = DemoAccounts {
    openings: &[
        opening("HARLOW", "FOX-14", "NG-10482", "12480.50", 41),
        opening("HARLOW", "FOX-15", "NG-10511", "8310.00", 18),
        opening("HARLOW", "FOX-14", "RC-2207", "-500.00", 5),
        opening("KOWAL", "CLINIC", "NG-10420", "6120.75", 66),
        opening("KOWAL", "CLINIC", "RC-2190", "-2000.00", 12),
        opening("PRAIRIE", "GYM", "NG-10277", "15900.00", 128),
        opening("SUAREZ", "DEPOT", "NG-10198", "6725.25", 152),
        opening("BRIGHT", "LIFT-3", "NG-10466", "38240.10", 52),
        opening("BRIGHT", "CULV", "NG-10390", "9004.40", 92),
    ],
    holds: &[(
        "TALLGR",
        "a cheque came back; cash only until it is cleared",
    )],
    job_limits: &[("HARLOW", "FOX-14", "30000"), ("BRIGHT", "CULV", "20000")],
    contacts: &[
        ("HARLOW", "Denise Pike", "Accounts"),
        ("BRIGHT", "Tom Aldridge", "Foreman"),
    ],
};
