//! Which letters the fonts have, and what stands for the others.
//!
//! `WinAnsi` covers the languages of western Europe. Of a letter with marks that it does not have,
//! as many marks are kept as it has: `ễ` is set as `ê`, `ő` as `o`. Letters of other
//! scripts have no likeness, and each is set as [`REPLACEMENT`].

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, compose};

/// What is set for a letter that has no likeness.
pub const REPLACEMENT: u8 = b'?';

/// Letters of the codes from 0x80 on; none at those that `WinAnsi` leaves open.
const HIGH: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// Letters that are no others with marks, and how they are written without them.
const ALIKE: &[(char, &str)] = &[
    ('đ', "d"),
    ('Đ', "D"),
    ('ł', "l"),
    ('Ł', "L"),
    ('ħ', "h"),
    ('Ħ', "H"),
    ('ı', "i"),
    ('ŧ', "t"),
    ('Ŧ', "T"),
    ('ŋ', "n"),
    ('Ŋ', "N"),
    ('ẞ', "SS"),
    ('₫', "VND"),
    ('₹', "INR"),
    ('₩', "KRW"),
    ('₺', "TRY"),
    ('−', "-"),
    ('‐', "-"),
    ('‑', "-"),
    ('‒', "–"),
    ('―', "—"),
    ('′', "'"),
    ('″', "\""),
    ('≤', "<="),
    ('≥', ">="),
    ('≠', "<>"),
    ('≈', "~"),
    ('⌀', "Ø"),
    ('∅', "Ø"),
    ('Ω', "Ohm"),
    ('√', "V"),
    ('→', "->"),
    ('←', "<-"),
    ('⅓', "1/3"),
    ('⅔', "2/3"),
    ('⅛', "1/8"),
    ('⅜', "3/8"),
    ('⅝', "5/8"),
    ('⅞', "7/8"),
    ('⁄', "/"),
    ('№', "No."),
    ('ﬁ', "fi"),
    ('ﬂ', "fl"),
    ('\u{2009}', " "),
    ('\u{202f}', "\u{a0}"),
    ('\u{2007}', "\u{a0}"),
];

/// The codes of a text. Control characters are spaces, and what is not seen is left out.
pub fn codes(text: &str) -> Vec<u8> {
    let mut codes = Vec::with_capacity(text.len());
    for letter in text.nfc() {
        if letter.is_control() {
            codes.push(b' ');
        } else if !is_unseen(letter) {
            push(&mut codes, letter);
        }
    }
    codes
}

fn push(codes: &mut Vec<u8>, letter: char) {
    if let Some(code) = code_of(letter) {
        codes.push(code);
    } else if let Some((_, alike)) = ALIKE.iter().find(|(from, _)| *from == letter) {
        codes.extend(alike.chars().filter_map(code_of));
    } else {
        codes.extend(likeness(letter));
    }
}

/// The code of a letter that the fonts have.
fn code_of(letter: char) -> Option<u8> {
    if let Ok(code @ (0x20..=0x7e | 0xa0..=0xff)) = u8::try_from(letter) {
        return Some(code);
    }
    let mut high = (0x80_u8..).zip(HIGH);
    let found = high.find(|(_, known)| *known == Some(letter));
    found.map(|(code, _)| code)
}

/// A letter with as many of its marks as the fonts have.
fn likeness(letter: char) -> Vec<u8> {
    let mut parts = std::iter::once(letter).nfd();
    let Some(mut base) = parts.next() else {
        return vec![REPLACEMENT];
    };
    let mut is_alone = true;
    for mark in parts {
        is_alone = false;
        let with = compose(base, mark).filter(|with| code_of(*with).is_some());
        base = with.unwrap_or(base);
    }
    let alike = ALIKE.iter().find(|(from, _)| *from == base);
    match (code_of(base), alike) {
        (Some(code), _) if !is_alone => vec![code],
        (None, Some((_, alike))) => alike.chars().filter_map(code_of).collect(),
        _ => vec![REPLACEMENT],
    }
}

/// Marks that stand alone, joiners, and signs of direction.
fn is_unseen(letter: char) -> bool {
    canonical_combining_class(letter) != 0
        || matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> String {
        let read = |code: u8| match code {
            0x80..=0x9f => HIGH[usize::from(code - 0x80)].unwrap(),
            code => char::from(code),
        };
        codes(text).into_iter().map(read).collect()
    }

    #[test]
    fn what_the_fonts_have_is_kept() {
        for text in [
            "Größe 3 m² × 1½",
            "Ça coûte 12,50 €",
            "“Zaño” – naïve…",
            "Šž Ÿ ™",
        ] {
            assert_eq!(set(text), text);
        }
    }

    #[test]
    fn marks_that_they_do_not_have_are_left_out() {
        assert_eq!(set("Nguyễn Văn Đức"), "Nguyên Van Dúc");
        assert_eq!(
            set("Xi măng Hà Tiên, cát vàng"),
            "Xi mang Hà Tiên, cát vàng"
        );
        assert_eq!(set("Đường Trường Chinh"), "Duòng Truòng Chinh");
        assert_eq!(set("Łódź, Győr, Şişli"), "Lódz, Gyor, Sisli");
        // However it is encoded.
        assert_eq!(set("Nguye\u{302}\u{303}n"), "Nguyên");
    }

    #[test]
    fn other_scripts_are_replaced_letter_by_letter() {
        assert_eq!(set("Бетон 混凝土 🧱"), "????? ??? ?");
        assert_eq!(set("a\u{200b}b\tc\u{301}\n"), "ab c ");
        assert_eq!(set("≥ 5 − 3 ₫"), ">= 5 - 3 VND");
    }

    #[test]
    fn nothing_that_can_be_written_is_refused() {
        for letter in (0..=0x0010_ffff_u32).filter_map(char::from_u32).step_by(7) {
            let _codes = codes(&letter.to_string());
        }
    }
}
