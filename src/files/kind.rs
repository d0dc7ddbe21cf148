//! The kinds of files that are taken, and how their content is told.
//!
//! What a client says of a file counts for nothing if its content says otherwise: a page
//! of scripts with the name of a picture is refused.

use super::text::TextCheck;

/// Bytes by which every kind can be told.
const HEAD: usize = 64;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A photograph.
    Jpeg,
    /// A picture without loss.
    Png,
    /// A picture of browsers.
    Webp,
    /// A photograph of telephones.
    Heic,
    /// A document.
    Pdf,
    /// A workbook.
    Xlsx,
    /// Rows with commas between their cells, in UTF-8.
    Csv,
    /// A JSON object a line.
    Ndjson,
}

/// Why content is not what it was said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongContent {
    /// It is of another kind, or of none that is taken.
    #[error("the content is not what its type says")]
    Other,
    /// It is no text in UTF-8.
    #[error("the file must be text in UTF-8, without control characters")]
    NotText,
}

impl FileKind {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Jpeg,
        Self::Png,
        Self::Webp,
        Self::Heic,
        Self::Pdf,
        Self::Xlsx,
        Self::Csv,
        Self::Ndjson,
    ];

    /// Its media type.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Heic => "image/heic",
            Self::Pdf => "application/pdf",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// How names of such files end, the usual ending first.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Png => &["png"],
            Self::Webp => &["webp"],
            Self::Heic => &["heic", "heif"],
            Self::Pdf => &["pdf"],
            Self::Xlsx => &["xlsx"],
            Self::Csv => &["csv"],
            Self::Ndjson => &["ndjson", "jsonl"],
        }
    }

    /// The kind that a client means by a media type and a name. Types that say nothing,
    /// and those that browsers give for text, leave it to the name.
    pub fn claimed(media: Option<&str>, name: &str) -> Option<Self> {
        let media = media.unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "" | "application/octet-stream" | "text/plain" | "application/vnd.ms-excel" => {
                Self::by_name(name)
            }
            "image/heif" => Some(Self::Heic),
            "application/jsonl" | "application/ndjson" => Some(Self::Ndjson),
            essence => Self::ALL.into_iter().find(|kind| kind.media() == essence),
        }
    }

    fn by_name(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        let ending = ending.to_ascii_lowercase();
        let mut kinds = Self::ALL.into_iter();
        kinds.find(|kind| kind.endings().contains(&ending.as_str()))
    }

    /// The kind that the first bytes of a file give away; text has no such bytes.
    fn by_content(head: &[u8]) -> Option<Self> {
        let at = |from: usize, mark: &[u8]| head.get(from..).is_some_and(|h| h.starts_with(mark));
        let heic = [
            b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1",
        ];
        let parts = [&b"[Content_Types].xml"[..], b"_rels/", b"docProps/", b"xl/"];
        if at(0, &[0xff, 0xd8, 0xff]) {
            Some(Self::Jpeg)
        } else if at(0, b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if at(0, b"RIFF") && at(8, b"WEBP") {
            Some(Self::Webp)
        } else if at(4, b"ftyp") && heic.iter().any(|brand| at(8, *brand)) {
            Some(Self::Heic)
        } else if at(0, b"%PDF-") {
            Some(Self::Pdf)
        } else if at(0, b"PK\x03\x04") && parts.iter().any(|part| at(30, part)) {
            Some(Self::Xlsx)
        } else {
            None
        }
    }

    const fn is_text(self) -> bool {
        matches!(self, Self::Csv | Self::Ndjson)
    }
}

/// Looks at content as it passes.
#[derive(Debug)]
pub struct Inspector {
    kind: FileKind,
    head: Vec<u8>,
    is_known: bool,
    text: TextCheck,
}

impl Inspector {
    /// Of content that is said to be of this kind.
    pub fn new(kind: FileKind) -> Self {
        Self {
            kind,
            head: Vec::with_capacity(HEAD),
            is_known: false,
            text: TextCheck::default(),
        }
    }

    /// Looks at the next piece.
    pub fn take(&mut self, piece: &[u8]) -> Result<(), WrongContent> {
        if !self.is_known {
            let missing = HEAD.saturating_sub(self.head.len());
            let (first, _) = piece.split_at(missing.min(piece.len()));
            self.head.extend_from_slice(first);
            if self.head.len() >= HEAD {
                self.decide()?;
            }
        }
        if self.kind.is_text() && !self.text.take(piece) {
            return Err(WrongContent::NotText);
        }
        Ok(())
    }

    /// There is no more.
    pub fn finish(mut self) -> Result<(), WrongContent> {
        if !self.is_known {
            self.decide()?;
        }
        if self.kind.is_text() && !self.text.finish() {
            return Err(WrongContent::NotText);
        }
        Ok(())
    }

    fn decide(&mut self) -> Result<(), WrongContent> {
        self.is_known = true;
        let wanted = (!self.kind.is_text()).then_some(self.kind);
        if FileKind::by_content(&self.head) == wanted {
            Ok(())
        } else {
            Err(WrongContent::Other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inspect(kind: FileKind, content: &[u8], piece: usize) -> Result<(), WrongContent> {
        let mut inspector = Inspector::new(kind);
        for piece in content.chunks(piece) {
            inspector.take(piece)?;
        }
        inspector.finish()
    }

    const SAMPLES: [(FileKind, &[u8]); 8] = [
        (FileKind::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF"),
        (FileKind::Png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (FileKind::Webp, b"RIFF\x10\0\0\0WEBPVP8 "),
        (FileKind::Heic, b"\0\0\0\x18ftypheic\0\0\0\0mif1"),
        (FileKind::Pdf, b"%PDF-1.7\n"),
        (
            FileKind::Xlsx,
            b"PK\x03\x04\x14\0\x06\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0[Content_Types].xml",
        ),
        (FileKind::Csv, b"sku,name\nA,B\xc3\xa9ton\n"),
        (FileKind::Ndjson, b"{\"sku\":\"A\"}\n"),
    ];

    #[test]
    fn content_is_taken_for_what_it_is_and_nothing_else() {
        for (kind, content) in SAMPLES {
            for piece in [1, 7, 4096] {
                assert_eq!(inspect(kind, content, piece), Ok(()), "{kind:?} by {piece}");
            }
            for other in FileKind::ALL {
                let alike = kind == other || (kind.is_text() && other.is_text());
                assert_eq!(
                    inspect(other, content, 5).is_ok(),
                    alike,
                    "{kind:?} as {other:?}"
                );
            }
        }
    }

    #[test]
    fn an_archive_of_something_else_is_no_workbook() {
        let jar = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\0\0\0META-INF/MANIFEST.MF";
        assert!(inspect(FileKind::Xlsx, jar, 4096).is_err());
    }

    #[test]
    fn what_is_claimed_is_read_from_type_or_name() {
        for (media, name, kind) in [
            (Some("image/jpeg"), "a.png", Some(FileKind::Jpeg)),
            (Some("TEXT/CSV; charset=utf-8"), "a", Some(FileKind::Csv)),
            (
                Some("application/vnd.ms-excel"),
                "a.csv",
                Some(FileKind::Csv),
            ),
            (
                Some("application/octet-stream"),
                "A.PDF",
                Some(FileKind::Pdf),
            ),
            (None, "list.jsonl", Some(FileKind::Ndjson)),
            (None, "list", None),
            (Some("image/svg+xml"), "a.svg", None),
            (Some("text/html"), "a.csv", None),
        ] {
            assert_eq!(FileKind::claimed(media, name), kind, "{media:?} {name}");
        }
    }
}
