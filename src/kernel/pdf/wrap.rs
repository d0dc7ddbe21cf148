//! Texts in columns.

use super::document::Style;
use super::letters::codes;

/// The lines of a text in a column, between words where that is possible; at least one. They are
/// codes of letters, as [`super::Document::set`] takes them.
pub fn wrapped(text: &str, style: Style, column: f32) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        fill(&mut lines, &codes(paragraph), (style, column));
    }
    if lines.is_empty() {
        lines.push(Vec::new());
    }
    lines
}

fn fill(lines: &mut Vec<Vec<u8>>, text: &[u8], (style, column): (Style, f32)) {
    let mut line: Vec<u8> = Vec::new();
    let mut used = 0.0;
    let space = style.width(b" ");
    for word in text
        .split(|code| *code == b' ')
        .filter(|word| !word.is_empty())
    {
        let width = style.width(word);
        if !line.is_empty() && used + space + width <= column {
            line.push(b' ');
            line.extend_from_slice(word);
            used += space + width;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        used = 0.0;
        // A word that is longer than the column is broken where that ends.
        for code in word {
            let width = style.width(std::slice::from_ref(code));
            if !line.is_empty() && used + width > column {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(*code);
            used += width;
        }
    }
    lines.push(line);
}

#[cfg(test)]
mod tests {
    use super::super::Face;
    use super::*;

    const STYLE: Style = Style::new(Face::Regular, 10.0);

    fn lines(text: &str, column: f32) -> Vec<String> {
        let lines = wrapped(text, STYLE, column).into_iter();
        lines.map(|line| String::from_utf8(line).unwrap()).collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(lines("sand and gravel", 50.0), ["sand and", "gravel"]);
        assert_eq!(lines("", 50.0), [""]);
        assert_eq!(lines("one\n\ntwo", 50.0), ["one", "", "two"]);
    }

    #[test]
    fn no_line_is_wider_than_its_column() {
        for column in [1.0, 12.0, 40.0, 200.0] {
            let text = "Donaudampfschifffahrtsgesellschaft WWWWW iiiiii, 12 x 30 mm";
            for line in lines(text, column) {
                let width = STYLE.width(line.as_bytes());
                assert!(width <= column || line.len() == 1, "{line} in {column}");
            }
            let joined = lines(text, column).concat().replace(' ', "");
            assert_eq!(joined, text.replace(' ', ""));
        }
    }
}
