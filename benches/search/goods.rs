//! Products and searches, the same ones in every run.

use serde_json::{Value, json};

const KINDS: &[&str] = &[
    "Xi măng",
    "Gạch ốp",
    "Gạch lát",
    "Thép cây",
    "Thép hình",
    "Ống nhựa",
    "Cát xây",
    "Đá dăm",
    "Sơn nước",
    "Tôn lạnh",
    "Keo dán gạch",
    "Dây điện",
    "Cement",
    "Plasterboard",
    "Rebar",
    "Pipe",
    "Timber",
    "Insulation",
    "Membrane",
    "Nails",
];
const BRANDS: &[&str] = &[
    "Hà Tiên",
    "Đồng Tâm",
    "Pomina",
    "Hòa Phát",
    "Bình Minh",
    "Nippon",
    "Viglacera",
    "Cadivi",
    "Tiền Phong",
    "Holcim",
    "Knauf",
    "Sika",
    "Weber",
    "Jotun",
    "Prime",
];
const LOOKS: &[&str] = &[
    "cao cấp",
    "chống thấm",
    "chịu lực",
    "mặt bóng",
    "màu xám",
    "màu trắng",
    "loại 1",
    "xuất khẩu",
    "grey",
    "white",
    "strong",
    "heavy",
    "light",
    "fine",
    "coarse",
];

/// Numbers that look like chance.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of(&mut self, texts: &[&'static str]) -> &'static str {
        texts[self.below(texts.len())]
    }
}

pub fn row(dice: &mut Dice, number: usize) -> Value {
    let (kind, brand, look) = (dice.of(KINDS), dice.of(BRANDS), dice.of(LOOKS));
    let (one, other, weight) = (dice.below(400), dice.below(400), dice.below(90));
    json!({ "sku": format!("SKU-{number:06}"), "baseUnit": "pc", "listPrice": "1000",
        "name": format!("{kind} {brand} {look} {one}x{other} {weight} kg") })
}

type Asked = fn(&mut Dice, usize) -> String;

/// Kinds of searches.
pub const ASKED: &[(&str, Asked)] = &[
    ("sku", |dice, count| format!("SKU-{:06}", dice.below(count))),
    ("sku_begins", |dice, count| {
        format!("sku-{:04}", dice.below(count) / 100)
    }),
    ("one_word", |dice, _| dice.of(KINDS).to_owned()),
    ("words", |dice, _| {
        format!("{} {}", dice.of(KINDS), dice.of(BRANDS))
    }),
    ("many_words", |dice, _| {
        format!("{} {} {}", dice.of(KINDS), dice.of(BRANDS), dice.of(LOOKS))
    }),
    ("unfinished", |dice, _| {
        let brand: String = dice.of(BRANDS).chars().take(3).collect();
        format!("{} {brand}", dice.of(KINDS))
    }),
    ("slips", |dice, _| {
        let mut letters: Vec<char> = dice.of(BRANDS).chars().collect();
        letters.swap(1, 2);
        format!(
            "{} {}",
            dice.of(KINDS),
            letters.into_iter().collect::<String>()
        )
    }),
    ("nothing", |dice, _| format!("{} qwzx", dice.of(KINDS))),
];
