//! The strings of a Rust source, as far as a test needs them.

/// A string as it stands in a source.
#[derive(Debug)]
pub struct Literal {
    /// What it says.
    pub text: String,
    /// Whether it stands where an argument, or a part of a tuple or list, does.
    pub is_handed_over: bool,
}

/// All strings of a source, in their order; those in comments are none.
pub fn literals(source: &str) -> Vec<Literal> {
    let (mut found, mut rest) = (Vec::new(), source);
    // What stands before, and what stands before without blanks.
    let (mut last, mut before) = (' ', ' ');
    while let Some(letter) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.find('\n').map_or("", |end| &comment[end..]);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.find("*/").map_or("", |end| &comment[end + 2..]);
        } else if let Some(length) = letter_of(rest) {
            (rest, last, before) = (&rest[length..], '\'', '\'');
        } else if let Some((text, length)) = string_of(rest, last) {
            rest = &rest[length..];
            let is_handed_over = "(,[&".contains(before) && ends(rest);
            found.push(Literal {
                text,
                is_handed_over,
            });
            (last, before) = ('"', '"');
        } else {
            (rest, last) = (&rest[letter.len_utf8()..], letter);
            if !letter.is_whitespace() {
                before = letter;
            }
        }
    }
    found
}

/// Whether an argument, or a part of a tuple or list, ends here.
fn ends(rest: &str) -> bool {
    rest.trim_start().starts_with([',', ')', ']'])
}

/// The length of a letter in quotes, if one begins here; lifetimes are none.
fn letter_of(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('\'')?;
    let mut letters = inner.char_indices();
    let (_, first) = letters.next()?;
    if first == '\\' {
        letters.next();
        return inner[2..].find('\'').map(|end| end + 4);
    }
    let (at, next) = letters.next()?;
    (next == '\'').then_some(at + 2)
}

/// The string that begins here, and its length; `last` is the letter before it.
fn string_of(rest: &str, last: char) -> Option<(String, usize)> {
    let hashes = rest.strip_prefix('r').map(|raw| {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        (hashes, &raw[hashes..])
    });
    if let Some((hashes, quoted)) = hashes
        && let Some(text) = quoted.strip_prefix('"')
        && (!last.is_alphanumeric() || last == 'b')
    {
        let end = format!("\"{}", "#".repeat(hashes));
        let length = text.find(&end)?;
        return Some((text[..length].to_owned(), length + 2 * (hashes + 1) + 1));
    }
    let inner = rest.strip_prefix('"')?;
    let (mut text, mut letters) = (String::new(), inner.char_indices());
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((text, at + 2)),
            '\\' => match letters.next()?.1 {
                'n' => text.push('\n'),
                // The line goes on; blanks at its beginning do no harm.
                '\n' => {}
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    None
}
