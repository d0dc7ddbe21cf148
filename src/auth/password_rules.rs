//! Which passwords may be chosen.
//!
//! No rule asks for capitals or digits: people answer those with `Password1!`.
//! What is asked for is that a password is not what everybody tries first. It is
//! taken apart into pieces: common words, sequences, years, parts of the user's
//! own names. Each piece counts as what it takes to guess it, which for a word of
//! a list is little however long it is, and nothing for a second time or for his
//! own name.

use std::sync::LazyLock;

use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use crate::error::{ErrorCode, UserError};

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most characters of a password.
pub const LONGEST: usize = 200;

/// What the pieces have to be worth together; eight characters of no pattern.
const ENOUGH: usize = 16;
const PER_CHARACTER: usize = 2;
const PER_DIGIT: usize = 1;
const PER_PIECE: usize = 4;
/// Shorter parts of names are found in anything.
const SHORTEST_NAME: usize = 4;
/// Names beyond this length or number add nothing but work.
const LONGEST_NAMES: usize = 500;

const KEYBOARD: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

static WORDS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let lines = include_str!("common_words.txt").lines();
    let words = lines.filter(|line| !line.starts_with('#'));
    words.map(|word| disguised(&plain(word))).collect()
});

/// The rules for a password that is being chosen.
#[derive(Clone, Copy, Debug)]
pub struct PasswordRules;

impl PasswordRules {
    /// Whether `password` may be chosen by somebody who is known by the
    /// `personal` words: his address, his name, his dealer's name. The refusal
    /// names the field at `path`.
    pub fn check(
        path: &[&str],
        password: &SecretString,
        personal: &[&str],
    ) -> Result<(), UserError> {
        match Self::fault(password, personal) {
            None => Ok(()),
            Some(fault) => Err(UserError::at(ErrorCode::BadUserInput, path, fault)),
        }
    }

    /// As [`PasswordRules::check`]: what would be right, or nothing to mend.
    pub fn fault(password: &SecretString, personal: &[&str]) -> Option<&'static str> {
        let password = prepared(password);
        let text = password.expose_secret();
        let length = text.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length) {
            return Some("must have 10 to 200 characters");
        }
        if text.chars().any(char::is_control) {
            return Some("must not contain control characters");
        }
        if worth(text, &[]) < ENOUGH {
            return Some(
                "is one of those that are tried first: it is made of common words, \
                 sequences or repeats; add words that do not belong together",
            );
        }
        if worth(text, personal) < ENOUGH {
            return Some(
                "must not be made of your address, your name or your company's; \
                 add words that do not belong together",
            );
        }
        None
    }
}

/// The form in which a password is hashed: composed (NFC), every blank a plain
/// one. Keyboards differ in whether they send `ậ` as one character or as three.
pub fn prepared(password: &SecretString) -> SecretString {
    let composed = password.expose_secret().nfc();
    let blank = |c: char| {
        if c.is_whitespace() && !c.is_control() {
            ' '
        } else {
            c
        }
    };
    composed.map(blank).collect::<String>().into()
}

/// What it takes to guess a password of these pieces.
fn worth(text: &str, personal: &[&str]) -> usize {
    let plain = plain(text);
    let plain = once(&plain);
    let disguised = disguised(plain);
    let names = names(personal);
    let (mut at, mut worth) = (0_usize, 0_usize);
    let mut seen: Vec<&[char]> = Vec::new();
    while let (Some(rest), Some(masked)) = (plain.get(at..), disguised.get(at..)) {
        let Some(first) = rest.first() else {
            break;
        };
        let name = longest(&names, masked);
        let common = longest(&WORDS, masked).max(sequence(rest)).max(year(rest));
        let piece = masked.get(..name.max(common)).unwrap_or_default();
        let (length, value) = match (name, common) {
            (0, 0) if first.is_numeric() => (1, PER_DIGIT),
            (0, 0) => (1, PER_CHARACTER),
            (0, length) if !seen.contains(&piece) => (length, PER_PIECE),
            (0, length) | (length, _) => (length, 0),
        };
        seen.push(piece);
        at = at.saturating_add(length);
        worth = worth.saturating_add(value);
    }
    worth
}

/// Lower case, without accents; one character for each of the text.
fn plain(text: &str) -> Vec<char> {
    let lower = text.nfc().flat_map(char::to_lowercase);
    lower
        .filter(|c| canonical_combining_class(*c) == 0)
        .map(base)
        .collect()
}

/// The letter below an accent.
fn base(letter: char) -> char {
    let mut found = None;
    decompose_canonical(letter, |part| found = found.or(Some(part)));
    match found {
        Some('đ') => 'd',
        Some(letter) => letter,
        None => letter,
    }
}

/// As [`plain`], with the usual digits and signs for letters undone.
fn disguised(plain: &[char]) -> Vec<char> {
    let undone = |c: &char| match c {
        '0' => 'o',
        '1' | '!' | '|' | 'l' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        other => *other,
    };
    plain.iter().map(undone).collect()
}

/// The part that is repeated, if the text is nothing but repeats of it.
fn once(text: &[char]) -> &[char] {
    let half = text.len() / 2;
    let repeats = |period: usize| {
        text.iter()
            .zip(text.iter().skip(period))
            .all(|(a, b)| a == b)
    };
    let period = (1..=half).find(|period| repeats(*period));
    period.and_then(|period| text.get(..period)).unwrap_or(text)
}

/// The user's own words: each name as a whole, and its parts.
fn names(personal: &[&str]) -> Vec<Vec<char>> {
    let mut names = Vec::new();
    for phrase in personal {
        let bounded: String = phrase.chars().take(LONGEST_NAMES).collect();
        let text = plain(&bounded);
        let parts = text.split(|c| !c.is_alphanumeric());
        names.extend(parts.map(disguised));
        let whole: Vec<char> = text
            .iter()
            .copied()
            .filter(|c| c.is_alphanumeric())
            .collect();
        names.push(disguised(&whole));
    }
    names.retain(|name| name.len() >= SHORTEST_NAME);
    names
}

/// Length of the longest of `words` that `text` begins with.
fn longest(words: &[Vec<char>], text: &[char]) -> usize {
    let begins = words.iter().filter(|word| text.starts_with(word));
    begins.map(Vec::len).max().unwrap_or(0)
}

/// How far `text` begins with a run: one character again and again, the alphabet
/// or the keyboard forwards or backwards.
fn sequence(text: &[char]) -> usize {
    let same = run(text, |a, b| a == b);
    if same >= 3 {
        return same;
    }
    let up = run(text, follows);
    let down = run(text, |a, b| follows(b, a));
    let longest = up.max(down);
    if longest >= 4 { longest } else { 0 }
}

fn run(text: &[char], goes_on: impl Fn(char, char) -> bool) -> usize {
    let steps = text.windows(2);
    let along = |pair: &&[char]| matches!(pair, [a, b] if goes_on(*a, *b));
    steps.take_while(along).count().saturating_add(1)
}

fn follows(first: char, second: char) -> bool {
    let in_alphabet = first.is_ascii_alphanumeric()
        && second.is_ascii_alphanumeric()
        && u32::from(first).checked_add(1) == Some(u32::from(second));
    let on_keyboard = |row: &&str| {
        let mut pairs = row.chars().zip(row.chars().skip(1));
        pairs.any(|pair| pair == (first, second))
    };
    in_alphabet || KEYBOARD.iter().any(on_keyboard)
}

/// 4 if `text` begins with a year of ours.
fn year(text: &[char]) -> usize {
    match text {
        ['1', '9', a, b, ..] | ['2', '0', a, b, ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            4
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSONAL: &[&str] = &[
        "owner@northgate.example",
        "Trần Hoàng",
        "Northgate Builders Merchants",
    ];

    fn fault(password: &str) -> Option<&'static str> {
        PasswordRules::fault(&password.into(), PERSONAL)
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        for password in [
            "1234567890",
            "0987654321",
            "qwertyuiop",
            "password123",
            "P@ssw0rd2024!!",
            "Passw0rd!Passw0rd!",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabc",
            "abcdefghijklmnop",
            "1q2w3e4r5t6y",
            "iloveyou1234567",
            "Mậtkhẩu123456",
            "anhyeuem2001",
            "monkeydragon",
            "letmein!!!!!!!!",
            "qwerty123456789",
            "Welcome2026!",
            "admin@admin.com",
            "0912345678",
            "19871987",
        ] {
            assert!(fault(password).is_some(), "{password}");
        }
    }

    #[test]
    fn what_is_ones_own_is_refused() {
        for password in [
            "owner@northgate.example",
            "Northgate#2026x!",
            "n0rthg4te-123",
            "tranhoang-1987",
            "TrầnHoàng12345",
            "northgatebuildersmerchants",
        ] {
            let fault = fault(password).unwrap_or_else(|| panic!("{password}"));
            assert!(!fault.contains("Trần"), "{fault}");
        }
    }

    #[test]
    fn what_nobody_would_guess_is_fine() {
        for password in [
            "two-by-four-by-eight",
            "river-sand-and-cement",
            "a long test password",
            "summer-dragon-orange-monkey",
            "Kx93mQ7!abzt",
            "xvqjwkzmpf",
            "con trâu đi trước cái cày",
            "northgate sells no umbrellas",
            "7BHD-29ZK-QPTX",
            "🧱🪵🔩🪜🧱🏗🚜🪚🔨🪛",
        ] {
            assert_eq!(fault(password), None, "{password}");
        }
    }

    #[test]
    fn length_has_bounds_and_what_does_not_print_is_refused() {
        assert!(fault("xvqjwkzmp").unwrap().contains("10 to 200"));
        assert!(
            fault(&"xvqjwkzmpf, ".repeat(17))
                .unwrap()
                .contains("10 to 200")
        );
        assert!(fault("xvqjwkzmpf\u{0}").unwrap().contains("control"));
    }

    #[test]
    fn the_refusal_names_the_field_and_not_the_password() {
        let path = &["input", "newPassword"];
        let error = PasswordRules::check(path, &"qwertyuiop".into(), &[]).unwrap_err();
        assert_eq!(error.path.unwrap(), ["input", "newPassword"]);
        assert!(!error.message.contains("qwertyuiop"));
    }

    #[test]
    fn a_password_has_one_form_whatever_the_keyboard() {
        let composed = prepared(&"m\u{1ead}t\u{a0}kh\u{1ea9}u".into());
        let apart = prepared(&"ma\u{323}\u{302}t kha\u{302}\u{309}u".into());
        assert_eq!(composed.expose_secret(), apart.expose_secret());
    }

    #[test]
    fn made_up_passwords_are_fine() {
        for _ in 0..200 {
            let made_up = crate::auth::password::made_up().unwrap();
            assert_eq!(PasswordRules::fault(&made_up, PERSONAL), None);
        }
    }
}
