//! The lines of a file, some at a time, from any place on. Blocks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::cell::Cells;
use super::csv_lines::CsvLines;
use super::model::BulkFormat;

/// Most bytes of one line.
pub(super) const LONGEST: usize = 1024 * 1024;

/// A place between two lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes before it.
    pub(super) byte: u64,
    /// Lines before it.
    pub(super) line: u64,
}

/// A line that was read.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Its number, from 1; the first of a record that has several.
    pub(super) number: u64,
    /// Behind it.
    pub(super) end: Place,
    /// Its values; or why it has none.
    pub(super) cells: Result<Cells, String>,
}

/// Why a file can not be read on.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    /// The disk, or a line without an end.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A line without an end.
    #[error("line {line} has more than 1 MiB; is a quote not closed?")]
    TooLong {
        /// Its number, from 1.
        line: u64,
    },
    /// The first line does not have the names of columns.
    #[error("{0}")]
    Header(String),
}

/// A file that is read.
pub(super) enum Lines {
    Csv(Box<CsvLines>),
    Ndjson(NdjsonLines),
}

impl Lines {
    /// The lines behind `place`, which was the end of one; their columns are out of
    /// these.
    pub(super) fn open(
        file: File,
        format: BulkFormat,
        place: Place,
        columns: &'static [&'static str],
    ) -> Result<Self, Unreadable> {
        Ok(match format {
            BulkFormat::Csv => Self::Csv(Box::new(CsvLines::open(file, place)?)),
            BulkFormat::Ndjson => Self::Ndjson(NdjsonLines::open(file, place, columns)?),
        })
    }

    /// The names of the columns, where they stand in the file.
    pub(super) fn columns(&self) -> Option<&[String]> {
        match self {
            Self::Csv(lines) => Some(lines.names()),
            Self::Ndjson(_) => None,
        }
    }

    /// At most so many lines, none at the end.
    pub(super) fn next(&mut self, most: usize) -> Result<Vec<Line>, Unreadable> {
        let (mut found, mut bytes) = (Vec::new(), 0);
        while found.len() < most && bytes < LONGEST {
            let line = match self {
                Self::Csv(lines) => lines.next()?,
                Self::Ndjson(lines) => lines.next()?,
            };
            let Some((line, length)) = line else {
                break;
            };
            bytes = bytes.saturating_add(length);
            found.push(line);
        }
        Ok(found)
    }
}

/// Lines of JSON.
pub(super) struct NdjsonLines {
    reader: BufReader<File>,
    place: Place,
    columns: &'static [&'static str],
}

impl NdjsonLines {
    fn open(
        mut file: File,
        place: Place,
        columns: &'static [&'static str],
    ) -> Result<Self, Unreadable> {
        file.seek(SeekFrom::Start(place.byte))?;
        Ok(Self {
            reader: BufReader::new(file),
            place,
            columns,
        })
    }

    fn next(&mut self) -> Result<Option<(Line, usize)>, Unreadable> {
        loop {
            let mut text = Vec::new();
            let most = u64::try_from(LONGEST).unwrap_or(u64::MAX);
            let length = self
                .reader
                .by_ref()
                .take(most)
                .read_until(b'\n', &mut text)?;
            if length == 0 {
                return Ok(None);
            }
            if length >= LONGEST && !text.ends_with(b"\n") {
                return Err(io::Error::other("a line has more than 1 MiB").into());
            }
            let bytes = u64::try_from(length).unwrap_or(u64::MAX);
            self.place.byte = self.place.byte.saturating_add(bytes);
            self.place.line = self.place.line.saturating_add(1);
            if text.trim_ascii().is_empty() {
                continue;
            }
            let line = Line {
                number: self.place.line,
                end: self.place,
                cells: Cells::of_json(&text, self.columns),
            };
            return Ok(Some((line, length)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(text: &str) -> File {
        let name = format!("tubex-lines-{}", uuid::Uuid::new_v4());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, text).unwrap();
        let file = File::open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        file
    }

    fn all(text: &str, format: BulkFormat, place: Place) -> Vec<Line> {
        let mut lines = Lines::open(file(text), format, place, &["sku", "name"]).unwrap();
        lines.next(usize::MAX).unwrap()
    }

    fn skus(lines: &[Line]) -> Vec<(u64, Option<String>)> {
        let sku = |line: &Line| {
            let cells = line.cells.as_ref().ok()?;
            cells.get("sku").map(str::to_owned)
        };
        lines.iter().map(|line| (line.number, sku(line))).collect()
    }

    const CSV: &str = "\u{feff}sku,name\r\nA,\"two\nlines\"\r\n\r\nB,'=1\r\nC\r\nD,x\r\n";
    const JSON: &str = "{\"sku\":\"A\"}\n\n{\"sku\":1.5}\nno\n{\"sku\":[]}\n{\"sku\":\"D\"}";

    #[test]
    fn lines_have_their_numbers_and_their_faults() {
        let found = skus(&all(CSV, BulkFormat::Csv, Place::default()));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [(2, some("A")), (5, some("B")), (6, None), (7, some("D"))]
        );
        let found = skus(&all(JSON, BulkFormat::Ndjson, Place::default()));
        let wanted = [
            (1, some("A")),
            (3, some("1.5")),
            (4, None),
            (5, None),
            (6, some("D")),
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told_where_it_was_opened() {
        for (text, number) in [
            ("sku,name\nA,x\nB,x\nC,\"open\nD,y\n", 4),
            ("sku,name\nA,x\n\n\nC,\"open\n", 5),
            ("sku,name\nA,x\n\"open\nC,y\nD,y", 3),
            ("sku,name\nA,x\n\nB,\"closed\nwith a feed\n\"\n", 4),
            ("sku,name\nA,x\n\nB,\"a \"\"word\"\"\n", 4),
        ] {
            let lines = all(text, BulkFormat::Csv, Place::default());
            assert_eq!(lines.last().unwrap().number, number, "{text:?}");
        }
        let long = format!("sku,name\nA,x\n\nB,\"{}", "x".repeat(2 * LONGEST));
        let mut lines =
            Lines::open(file(&long), BulkFormat::Csv, Place::default(), &["sku"]).unwrap();
        let error = lines.next(10).unwrap_err().to_string();
        assert_eq!(error, "line 4 has more than 1 MiB; is a quote not closed?");
    }

    #[test]
    fn what_follows_any_line_is_the_same_after_a_new_start() {
        for (text, format) in [(CSV, BulkFormat::Csv), (JSON, BulkFormat::Ndjson)] {
            let whole = all(text, format, Place::default());
            for (index, line) in whole.iter().enumerate() {
                let rest = all(text, format, line.end);
                assert_eq!(skus(&rest), skus(&whole[index + 1..]), "{format:?} {index}");
            }
        }
    }

    #[test]
    fn semicolons_and_tabs_are_told() {
        for text in [
            "sku;name\nA;b,c\n",
            "sku\tname\nA\tb,c\n",
            "sku,name\nA,\"b,c\"\n",
        ] {
            let lines = all(text, BulkFormat::Csv, Place::default());
            let cells = lines[0].cells.as_ref().unwrap();
            assert_eq!(cells.get("name"), Some("b,c"), "{text:?}");
        }
    }

    #[test]
    fn a_line_without_an_end_is_not_taken_into_memory() {
        let mut text = Vec::from(&b"sku,name\nA,\""[..]);
        text.write_all(&vec![b'x'; 3 * LONGEST]).unwrap();
        let text = String::from_utf8(text).unwrap();
        let open = |text: &str, format| {
            Lines::open(file(text), format, Place::default(), &["sku"]).unwrap()
        };
        let mut lines = open(&text, BulkFormat::Csv);
        assert!(lines.next(10).is_err());
        let mut lines = open(&text, BulkFormat::Ndjson);
        assert!(lines.next(10).is_err());
    }
}
