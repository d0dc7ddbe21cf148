//! Reads PDF as a reader does: by its table of objects and its tree of pages. Shares no code with
//! what writes it.

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::ZlibDecoder;

/// A paper that was read.
pub struct Pdf {
    bytes: Vec<u8>,
    /// Where each object begins.
    objects: BTreeMap<usize, usize>,
}

fn find(bytes: &[u8], text: &str, from: usize) -> Option<usize> {
    let mut parts = bytes[from..].windows(text.len());
    let found = parts.position(|part| part == text.as_bytes());
    found.map(|at| from + at)
}

/// The number that a text begins with, behind spaces.
fn number(bytes: &[u8]) -> usize {
    let digits = bytes.iter().skip_while(|b| b.is_ascii_whitespace());
    let digits = digits.take_while(|b| b.is_ascii_digit());
    let text: String = digits.map(|b| char::from(*b)).collect();
    text.parse().unwrap()
}

impl Pdf {
    /// Reads the table at its end, and holds each of its places against what is there.
    pub fn read(bytes: Vec<u8>) -> Self {
        assert!(bytes.starts_with(b"%PDF-1."), "no PDF");
        let tail = String::from_utf8_lossy(&bytes[bytes.len() - 64..]).into_owned();
        let start = tail.rsplit_once("startxref").expect("an end").1;
        let start = number(start.as_bytes());
        let table = String::from_utf8_lossy(&bytes[start..]).into_owned();
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("xref"));
        let count: usize = lines
            .next()
            .unwrap()
            .split_once(' ')
            .unwrap()
            .1
            .trim()
            .parse()
            .unwrap();
        let mut objects = BTreeMap::new();
        for (id, line) in lines.take(count).enumerate() {
            if line.trim_end().ends_with('n') {
                let at = number(line.as_bytes());
                let head = format!("{id} 0 obj");
                assert!(bytes[at..].starts_with(head.as_bytes()), "{head} at {at}");
                objects.insert(id, at);
            }
        }
        Self { bytes, objects }
    }

    /// What stands between an object's head and its stream or end.
    fn head(&self, id: usize) -> String {
        let from = self.objects[&id];
        let end = find(&self.bytes, "endobj", from).unwrap();
        let stream = find(&self.bytes, "stream", from).unwrap_or(end);
        String::from_utf8_lossy(&self.bytes[from..end.min(stream)]).into_owned()
    }

    fn stream(&self, id: usize) -> Vec<u8> {
        let head = self.head(id);
        let length = head.split_once("/Length").expect("a stream").1;
        let length = number(length.as_bytes());
        let from = find(&self.bytes, "stream", self.objects[&id]).unwrap() + "stream".len();
        let from = from + self.bytes[from..].iter().position(|b| *b == b'\n').unwrap() + 1;
        self.bytes[from..from + length].to_vec()
    }

    /// Objects of this kind, as in `/Type /Page`.
    fn of(&self, entry: &str) -> Vec<usize> {
        let ids = self.objects.keys().copied();
        ids.filter(|id| self.head(*id).contains(entry)).collect()
    }

    /// The head of the only image without a mask's colours, if there is one.
    pub fn pictures(&self) -> Vec<String> {
        let ids = self.of("/Subtype /Image");
        ids.into_iter().map(|id| self.head(id)).collect()
    }

    /// What is printed on each page, a line for each piece of text.
    pub fn pages(&self) -> Vec<String> {
        let tree = self.of("/Type /Pages")[0];
        let head = self.head(tree);
        let kids = head.split_once("/Kids").unwrap().1;
        let kids = kids.split_once('[').unwrap().1.split_once(']').unwrap().0;
        let kids: Vec<usize> = kids
            .split('R')
            .filter(|kid| !kid.trim().is_empty())
            .map(|kid| number(kid.as_bytes()))
            .collect();
        kids.into_iter().map(|page| self.page(page)).collect()
    }

    fn page(&self, page: usize) -> String {
        let head = self.head(page);
        let contents = number(head.split_once("/Contents").unwrap().1.as_bytes());
        let mut plain = Vec::new();
        let packed = self.stream(contents);
        ZlibDecoder::new(&packed[..])
            .read_to_end(&mut plain)
            .unwrap();
        texts(&plain).join("\n")
    }

    /// All pages.
    pub fn text(&self) -> String {
        self.pages().join("\n")
    }
}

/// The strings of a content, each decoded.
fn texts(content: &[u8]) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < content.len() {
        match content[at] {
            b'(' => found.push(literal(content, &mut at)),
            b'<' => {
                let end = find(content, ">", at).unwrap();
                let hex = &content[at + 1..end];
                let codes = hex.chunks(2).map(|pair| {
                    u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()
                });
                found.push(codes.map(letter).collect());
                at = end;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// A string in parentheses; `at` stands at the first, and then at the last.
fn literal(content: &[u8], at: &mut usize) -> String {
    let (mut text, mut depth) = (String::new(), 0);
    loop {
        let code = content[*at];
        match code {
            b'(' if depth == 0 => depth = 1,
            b'(' => {
                depth += 1;
                text.push('(');
            }
            b')' if depth == 1 => return text,
            b')' => {
                depth -= 1;
                text.push(')');
            }
            b'\\' => {
                *at += 1;
                let next = content[*at];
                if next.is_ascii_digit() {
                    let octal = std::str::from_utf8(&content[*at..*at + 3]).unwrap();
                    text.push(letter(u8::from_str_radix(octal, 8).unwrap()));
                    *at += 2;
                } else {
                    let control = [(b'n', '\n'), (b'r', '\r'), (b't', '\t')];
                    let known = control.iter().find(|(name, _)| *name == next);
                    text.push(known.map_or(char::from(next), |(_, control)| *control));
                }
            }
            code => text.push(letter(code)),
        }
        *at += 1;
    }
}

/// A letter of `WinAnsi`; hard spaces are read as spaces.
fn letter(code: u8) -> char {
    match code {
        0x80 => '€',
        0x85 => '…',
        0x93 => '“',
        0x94 => '”',
        0x96 => '–',
        0xa0 => ' ',
        0x81..=0x9f => panic!("{code:#x} is not expected"),
        code => char::from(code),
    }
}
