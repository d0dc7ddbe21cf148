//! The lines of a file, some at a time, from any place on. Blocks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use csv::{Position, StringRecord};
use serde_json::{Map, Value};

use super::cell::Cells;
use super::model::BulkFormat;

/// Most bytes of one line.
const LONGEST: usize = 1024 * 1024;

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
    /// The lines behind `place`, which was the end of one.
    pub(super) fn open(file: File, format: BulkFormat, place: Place) -> Result<Self, Unreadable> {
        Ok(match format {
            BulkFormat::Csv => Self::Csv(Box::new(CsvLines::open(file, place)?)),
            BulkFormat::Ndjson => Self::Ndjson(NdjsonLines::open(file, place)?),
        })
    }

    /// The names of the columns, where they stand in the file.
    pub(super) fn columns(&self) -> Option<&[String]> {
        match self {
            Self::Csv(lines) => Some(&lines.names),
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

/// A file that gives no more than one line may have.
pub(super) struct Bounded {
    file: File,
    left: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other(
                "a line has more than 1 MiB; is a quote not closed?",
            ));
        }
        let length = self.file.read(buffer)?;
        self.left = self.left.saturating_sub(length);
        Ok(length)
    }
}

impl Seek for Bounded {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Lines of cells. They end with a line feed; a carriage return before it is no cell's.
pub(super) struct CsvLines {
    reader: csv::Reader<Bounded>,
    names: Vec<String>,
    size: u64,
    ends_with_feed: bool,
}

impl CsvLines {
    fn open(mut file: File, place: Place) -> Result<Self, Unreadable> {
        let delimiter = delimiter(&mut file)?;
        let (size, ends_with_feed) = end(&mut file)?;
        let bounded = Bounded {
            file,
            left: LONGEST,
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .terminator(csv::Terminator::Any(b'\n'))
            .flexible(true)
            .from_reader(bounded);
        let names = reader.headers().map_err(broken)?.clone();
        let name = |name: &str| name.trim_start_matches('\u{feff}').trim().to_owned();
        let names: Vec<String> = names.iter().map(name).collect();
        if place.byte > 0 {
            let mut position = Position::new();
            position
                .set_byte(place.byte)
                .set_line(place.line.saturating_add(1));
            reader.seek(position).map_err(broken)?;
        }
        Ok(Self {
            reader,
            names,
            size,
            ends_with_feed,
        })
    }

    fn next(&mut self) -> Result<Option<(Line, usize)>, Unreadable> {
        loop {
            self.reader.get_mut().left = LONGEST;
            let mut record = StringRecord::new();
            if !self.reader.read_record(&mut record).map_err(broken)? {
                return Ok(None);
            }
            let is_blank = record.len() == 1 && record.as_slice().trim().is_empty();
            if !is_blank {
                let length = record.as_slice().len();
                return Ok(Some((self.line(&record), length)));
            }
        }
    }

    fn line(&self, record: &StringRecord) -> Line {
        let position = self.reader.position();
        let is_last = position.byte() >= self.size && !self.ends_with_feed;
        // The line on which the record ends, less those that are within it.
        let last = position.line().saturating_sub(u64::from(!is_last));
        let within = record.as_slice().matches('\n').count();
        let within = u64::try_from(within).unwrap_or_default();
        let cells = if record.len() == self.names.len() {
            let names = self.names.iter().map(String::as_str);
            let values = record.iter().map(|value| value.trim_end_matches('\r'));
            Ok(Cells::of_csv(names, values))
        } else {
            let (wanted, found) = (self.names.len(), record.len());
            Err(format!("has {found} cells, and the first line {wanted}"))
        };
        Line {
            number: last.saturating_sub(within),
            end: Place {
                byte: position.byte(),
                line: last,
            },
            cells,
        }
    }
}

/// How long the file is, and whether its last line is ended.
fn end(file: &mut File) -> io::Result<(u64, bool)> {
    let size = file.metadata()?.len();
    let mut last = [0];
    if size > 0 {
        file.seek(SeekFrom::Start(size.saturating_sub(1)))?;
        file.read_exact(&mut last)?;
    }
    file.rewind()?;
    Ok((size, last == [b'\n']))
}

/// What stands between the names: spreadsheets of some countries write semicolons.
fn delimiter(file: &mut File) -> io::Result<u8> {
    file.rewind()?;
    let mut first = Vec::new();
    let mut head = BufReader::new(file.try_clone()?.take(64 * 1024));
    head.read_until(b'\n', &mut first)?;
    file.rewind()?;
    let count = |byte: u8| first.split(|found| *found == byte).count();
    let marks = [b',', b';', b'\t'].into_iter();
    // The first of equals, which max_by_key would not give.
    Ok(marks.rev().max_by_key(|mark| count(*mark)).unwrap_or(b','))
}

fn broken(error: csv::Error) -> Unreadable {
    let text = error.to_string();
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error.into(),
        _ => Unreadable::Header(text),
    }
}

/// Lines of JSON.
pub(super) struct NdjsonLines {
    reader: BufReader<File>,
    place: Place,
}

impl NdjsonLines {
    fn open(mut file: File, place: Place) -> Result<Self, Unreadable> {
        file.seek(SeekFrom::Start(place.byte))?;
        Ok(Self {
            reader: BufReader::new(file),
            place,
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
                cells: object(&text),
            };
            return Ok(Some((line, length)));
        }
    }
}

fn object(text: &[u8]) -> Result<Cells, String> {
    let object: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| format!("is no JSON object: {error}"))?;
    Cells::of_json(object).map_err(|name| format!("{name} must be a text, a number or null"))
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
        let mut lines = Lines::open(file(text), format, place).unwrap();
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
        let mut lines = Lines::open(file(&text), BulkFormat::Csv, Place::default()).unwrap();
        assert!(lines.next(10).is_err());
        let mut lines = Lines::open(file(&text), BulkFormat::Ndjson, Place::default()).unwrap();
        assert!(lines.next(10).is_err());
    }
}
