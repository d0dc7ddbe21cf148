//! A paper as it is written.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use super::letters::codes;
use super::metrics::{BOLD, REGULAR, Widths, width};
use super::picture::Picture;

/// Width and height of a sheet of A4, in points.
pub const A4: (f32, f32) = (595.28, 841.89);

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const INFO: Ref = Ref::new(3);
const FONTS: [(Face, Ref); 2] = [(Face::Regular, Ref::new(4)), (Face::Bold, Ref::new(5))];
const PICTURE: Ref = Ref::new(6);
const MASK: Ref = Ref::new(7);
/// Each page takes two from here on: itself, and what is on it.
const FIRST_PAGE: i32 = 8;
const PICTURE_NAME: Name<'static> = Name(b"P");

/// A face of the font.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// Helvetica.
    Regular,
    /// Helvetica-Bold.
    Bold,
}

impl Face {
    const fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
        }
    }

    const fn font(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"Helvetica"),
            Self::Bold => Name(b"Helvetica-Bold"),
        }
    }

    const fn widths(self) -> &'static Widths {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// In which face.
    pub face: Face,
    /// How large, in points.
    pub size: f32,
}

impl Style {
    /// In this face and size.
    pub const fn new(face: Face, size: f32) -> Self {
        Self { face, size }
    }

    /// How wide a text is, in points.
    pub fn width(self, codes: &[u8]) -> f32 {
        let widths = self.face.widths();
        let wide: f32 = codes
            .iter()
            .map(|code| f32::from(width(widths, *code)))
            .sum();
        wide * self.size / 1000.0
    }
}

/// A paper that is being written, a page at a time. Points count from the lower left corner.
pub struct Document {
    pages: Vec<Content>,
    at: usize,
    picture: Option<Picture>,
}

impl Document {
    /// An empty one with one page; a picture may be shown on each.
    pub fn new(picture: Option<Picture>) -> Self {
        Self {
            pages: vec![Content::new()],
            at: 0,
            picture,
        }
    }

    /// Its picture.
    pub const fn picture(&self) -> Option<&Picture> {
        self.picture.as_ref()
    }

    /// How many pages it has.
    pub const fn pages(&self) -> usize {
        self.pages.len()
    }

    /// Goes on with a new page.
    pub fn add_page(&mut self) {
        self.at = self.pages.len();
        self.pages.push(Content::new());
    }

    /// Goes on with a page, counted from zero.
    pub const fn turn_to(&mut self, page: usize) {
        self.at = page;
    }

    /// Sets a text that begins here.
    pub fn text(&mut self, at: (f32, f32), style: Style, text: &str) {
        self.set(at, style, &codes(text));
    }

    /// Sets a text that ends here.
    pub fn text_to(&mut self, (x, y): (f32, f32), style: Style, text: &str) {
        let codes = codes(text);
        self.set((x - style.width(&codes), y), style, &codes);
    }

    /// Sets letters by their codes.
    pub fn set(&mut self, (x, y): (f32, f32), style: Style, codes: &[u8]) {
        let Some(page) = self.pages.get_mut(self.at).filter(|_| !codes.is_empty()) else {
            return;
        };
        page.begin_text();
        page.set_font(style.face.name(), style.size);
        page.next_line(whole(x), whole(y));
        page.show(Str(codes));
        page.end_text();
    }

    /// Draws a level rule from one x to another.
    pub fn rule(&mut self, (from, to): (f32, f32), y: f32, thick: f32) {
        if let Some(page) = self.pages.get_mut(self.at) {
            page.set_line_width(thick);
            page.move_to(from, y);
            page.line_to(to, y);
            page.stroke();
        }
    }

    /// Shows the picture with its lower left corner here, so large.
    pub fn show(&mut self, (x, y): (f32, f32), (width, height): (f32, f32)) {
        if let Some(page) = self.pages.get_mut(self.at) {
            page.save_state();
            page.transform([whole(width), 0.0, 0.0, whole(height), whole(x), whole(y)]);
            page.x_object(PICTURE_NAME);
            page.restore_state();
        }
    }

    /// The bytes of the file.
    pub fn finish(self, title: &str) -> std::io::Result<Vec<u8>> {
        let mut pdf = Pdf::new();
        // Samples of 16 bits came with 1.5.
        pdf.set_version(1, 5);
        let mut catalog = pdf.catalog(CATALOG);
        catalog.pages(PAGES).lang(TextStr("en"));
        catalog.finish();
        pdf.document_info(INFO).title(TextStr(title));
        for (face, id) in FONTS {
            let mut font = pdf.type1_font(id);
            font.base_font(face.font());
            font.encoding_predefined(Name(b"WinAnsiEncoding"));
        }
        if let Some(picture) = &self.picture {
            picture.write(&mut pdf, (PICTURE, MASK));
        }
        let has_picture = self.picture.is_some();
        let (mut next, mut kids) = (FIRST_PAGE, Vec::with_capacity(self.pages.len()));
        for content in self.pages {
            let (page, on_it) = (Ref::new(next), Ref::new(next.saturating_add(1)));
            write_page(&mut pdf, (page, on_it), has_picture);
            let packed = packed(content.finish().as_slice())?;
            pdf.stream(on_it, &packed).filter(Filter::FlateDecode);
            kids.push(page);
            next = next.saturating_add(2);
        }
        let count = i32::try_from(kids.len()).map_err(std::io::Error::other)?;
        pdf.pages(PAGES).kids(kids).count(count);
        Ok(pdf.finish())
    }
}

fn write_page(pdf: &mut Pdf, (id, content): (Ref, Ref), has_picture: bool) {
    let mut page = pdf.page(id);
    page.media_box(Rect::new(0.0, 0.0, A4.0, A4.1));
    page.parent(PAGES);
    page.contents(content);
    let mut resources = page.resources();
    let mut fonts = resources.fonts();
    for (face, font) in FONTS {
        fonts.pair(face.name(), font);
    }
    fonts.finish();
    if has_picture {
        resources.x_objects().pair(PICTURE_NAME, PICTURE);
    }
}

/// In hundredths of a point, which is finer than any printer, and shorter.
fn whole(points: f32) -> f32 {
    (points * 100.0).round() / 100.0
}

/// Deflated.
pub(super) fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
