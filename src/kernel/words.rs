//! Words as they are searched for: without accents, case and signs.
//!
//! The indexes of the migration `describe_goods` fold what is stored in the same way; a
//! test holds the two against each other. Vietnamese is typed with accents, without, and
//! with the wrong ones.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

/// Marks over and under letters, which are left out.
const MARKS: &[char] = &[
    '\u{300}', '\u{301}', '\u{302}', '\u{303}', '\u{306}', '\u{307}', '\u{308}', '\u{309}',
    '\u{30a}', '\u{30b}', '\u{30c}', '\u{31b}', '\u{323}', '\u{324}', '\u{326}', '\u{327}',
    '\u{328}', '\u{331}',
];
/// Signs beside those of ASCII that part words. Ø stands in front of diameters.
const SIGNS: &[char] = &['\t', '\n', '\u{a0}', 'Ø', 'ø', '–', '—', '‘', '’', '“', '”'];
/// Letters of a word that is healed when it is misspelt.
const HEALED: std::ops::RangeInclusive<usize> = 3..=40;

/// The text as it is compared: each sign a blank.
pub fn fold(text: &str) -> String {
    let plain = |letter: char| match letter {
        'đ' | 'Đ' => Some('d'),
        '×' => Some('x'),
        '²' => Some('2'),
        '³' => Some('3'),
        mark if MARKS.contains(&mark) => None,
        sign if sign.is_ascii_punctuation() || SIGNS.contains(&sign) => Some(' '),
        other => Some(other),
    };
    let plain: String = text.nfd().filter_map(plain).collect();
    plain.to_lowercase()
}

/// The words of a folded text, in their order.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty())
}

/// Whether a slip in this word is looked for: a number with a slip in it is another number.
pub fn can_be_healed(word: &str) -> bool {
    HEALED.contains(&word.chars().count()) && word.chars().any(|letter| !letter.is_ascii_digit())
}

/// The word, and what is left of it without one of its letters. Two words of which one has
/// a letter too many, too few, wrong, or in the wrong place share a form.
pub fn forms(word: &str) -> BTreeSet<String> {
    let without = |(place, letter): (usize, char)| {
        let behind = place.saturating_add(letter.len_utf8());
        let (before, behind) = (word.get(..place), word.get(behind..));
        [before.unwrap_or_default(), behind.unwrap_or_default()].concat()
    };
    let shorter = word.char_indices().map(without);
    shorter.chain([word.to_owned()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_case_and_signs_go() {
        assert_eq!(fold("Gạch ỐNG Đồng-Tâm"), "gach ong dong tam");
        assert_eq!(fold("Ga\u{323}ch"), "gach");
        assert_eq!(fold("m², Ø16 600×600"), "m2   16 600x600");
        let folded = fold("CEM-PCB40 (50 kg)");
        let all: Vec<_> = words(&folded).collect();
        assert_eq!(all, ["cem", "pcb40", "50", "kg"]);
        assert_eq!(words(&fold(" -/ ")).count(), 0);
    }

    #[test]
    fn a_slip_leaves_a_form_in_common() {
        for (right, slip) in [
            ("gach", "gahc"),
            ("gach", "gach"),
            ("xi", "x"),
            ("mang", "mamg"),
            ("thep", "theep"),
            ("cement", "cemnt"),
        ] {
            let shared = forms(right).intersection(&forms(slip)).count();
            assert!(shared > 0, "{right} {slip}");
        }
        assert_eq!(forms("gach").intersection(&forms("thep")).count(), 0);
    }

    #[test]
    fn numbers_are_taken_as_they_are() {
        assert!(can_be_healed("d16") && can_be_healed("gach"));
        assert!(!can_be_healed("1600") && !can_be_healed("xi"));
    }
}
