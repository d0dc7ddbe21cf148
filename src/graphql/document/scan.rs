//! A look at a document's text before the parser sees it.
//!
//! The parser descends into brackets and keeps every token; what is too deep or too long
//! for it must not reach it.

use super::limits::{DEPTH, OperationLimits, TOKENS};
use crate::error::Passed;

/// More levels of brackets than the parser's stack should see, whatever the settings say.
const MOST_NESTING: usize = 200;

/// Refuses texts of too many tokens or too deep brackets.
pub(super) fn scan(text: &str, limits: &OperationLimits) -> Result<(), Passed> {
    let nesting_most = nesting(limits);
    let (mut tokens, mut nesting) = (0_usize, 0_usize);
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let length = match first {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                rest = behind;
                continue;
            }
            b'#' => {
                rest = skip(rest, line(rest));
                continue;
            }
            b'"' => string(rest),
            byte if is_word(*byte) => rest.iter().take_while(|byte| is_word(**byte)).count(),
            b'.' if rest.starts_with(b"...") => 3,
            _ => 1,
        };
        tokens = tokens.saturating_add(1);
        if tokens > limits.tokens {
            return Err(TOKENS.passed(limits.tokens));
        }
        match first {
            b'{' | b'[' | b'(' => nesting = nesting.saturating_add(1),
            b'}' | b']' | b')' => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > nesting_most {
            return Err(DEPTH.passed(limits.depth));
        }
        rest = skip(rest, length);
    }
    Ok(())
}

/// Each level of fields may have brackets of arguments and of fragments around it.
const fn nesting(limits: &OperationLimits) -> usize {
    let levels = limits.depth.saturating_mul(4);
    let levels = levels.saturating_add(limits.variables_depth);
    if levels < MOST_NESTING {
        levels
    } else {
        MOST_NESTING
    }
}

fn skip(text: &[u8], count: usize) -> &[u8] {
    text.get(count..).unwrap_or_default()
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

fn line(text: &[u8]) -> usize {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.unwrap_or(text.len())
}

/// Bytes of the string at the start of `text`; one that does not end goes on to the end.
fn string(text: &[u8]) -> usize {
    if text.starts_with(b"\"\"\"") {
        return block_string(text);
    }
    let mut escaped = false;
    for (at, byte) in text.iter().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at.saturating_add(1),
            b'\n' | b'\r' => return at,
            _ => {}
        }
    }
    text.len()
}

fn block_string(text: &[u8]) -> usize {
    let mut at = 3;
    loop {
        let rest = skip(text, at);
        if rest.is_empty() {
            return text.len();
        }
        if rest.starts_with(b"\\\"\"\"") {
            at = at.saturating_add(4);
        } else if rest.starts_with(b"\"\"\"") {
            return at.saturating_add(3);
        } else {
            at = at.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::limits;
    use super::*;

    fn tokens(text: &str) -> usize {
        let bounded = |tokens| OperationLimits { tokens, ..limits() };
        let fits = |most: &usize| scan(text, &bounded(*most)).is_ok();
        (0..200).find(fits).unwrap()
    }

    #[test]
    fn tokens_are_those_of_the_specification() {
        for (text, count) in [
            ("", 0),
            ("# a comment {{{{\n", 0),
            ("{ a, b }", 4),
            ("{...F}", 4),
            (r#"{a(b:"x { \" y",c:-1.5e3)}"#, 13),
            ("{a(b:\"\"\"x \\\"\"\" { y\"\"\")}", 8),
            ("query($a:[Int!]!=[1]){a@include(if:$a)}", 26),
        ] {
            // A number with a point is three words here, which costs it two more.
            assert_eq!(tokens(text), count, "{text}");
        }
    }

    #[test]
    fn brackets_without_end_are_refused() {
        for bracket in ["{", "[", "(", "{a", "{a(b:["] {
            let text = bracket.repeat(2000);
            assert!(scan(&text, &limits()).is_err(), "{bracket}");
        }
        assert!(scan(&"{a}".repeat(100), &limits()).is_ok());
        assert!(scan(&format!("{{a(b:\"{}\")}}", "{".repeat(2000)), &limits()).is_ok());
    }
}
