//! Lines of CSV. Blocks.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;

use csv::{Position, StringRecord};

use super::cell::Cells;
use super::lines::{LONGEST, Line, Place, Unreadable};

/// A file that gives no more than one line may have.
struct Bounded {
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
    /// The lines behind `place`, which was the end of one.
    pub(super) fn open(mut file: File, place: Place) -> Result<Self, Unreadable> {
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

    /// The next line that is not blank, and its bytes.
    pub(super) fn next(&mut self) -> Result<Option<(Line, usize)>, Unreadable> {
        loop {
            self.reader.get_mut().left = LONGEST;
            let before = self.reader.position().clone();
            let mut record = StringRecord::new();
            match self.reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(error) => return Err(self.broken_at(&before, error)),
            }
            let is_blank = record.len() == 1 && record.as_slice().trim().is_empty();
            if !is_blank {
                let length = record.as_slice().len();
                let mut line = self.line(&record);
                if self.may_be_open(&record) {
                    line.number = self.first_line(&before)?;
                }
                return Ok(Some((line, length)));
            }
        }
    }

    /// The names of the columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the quote of the last cell may never have been closed: it has taken the end
    /// of the file's last line for its own, and how many lines there are before it can not
    /// be told from how many are in it.
    fn may_be_open(&self, record: &StringRecord) -> bool {
        let is_at_end = self.reader.position().byte() >= self.size;
        is_at_end && self.ends_with_feed && record.as_slice().ends_with('\n')
    }

    /// The number of the first line behind a place that is not empty.
    fn first_line(&self, place: &Position) -> io::Result<u64> {
        let (mut byte, mut line) = (place.byte(), place.line());
        let mut found = [0; 4096];
        loop {
            let length = self.reader.get_ref().file.read_at(&mut found, byte)?;
            let read = found.get(..length).unwrap_or_default();
            let blank = read.iter().take_while(|byte| **byte == b'\n').count();
            let feeds = u64::try_from(blank).unwrap_or_default();
            (byte, line) = (byte.saturating_add(feeds), line.saturating_add(feeds));
            if blank < length || length == 0 {
                return Ok(line);
            }
        }
    }

    /// Why it can not be read on; a line that has no end is named.
    fn broken_at(&self, before: &Position, error: csv::Error) -> Unreadable {
        match (broken(error), self.first_line(before)) {
            (Unreadable::Io(error), Ok(line)) if error.kind() == io::ErrorKind::Other => {
                Unreadable::TooLong { line }
            }
            (other, _) => other,
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
            Cells::of_csv(names, values)
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
