//! Pages, filled from top to bottom.

use crate::kernel::pdf::{A4, Document, Face, Picture, Style, wrapped};

/// The left edge of what is printed.
pub(super) const LEFT: f32 = 50.0;
/// The right edge of it.
pub(super) const RIGHT: f32 = A4.0 - 50.0;
/// Where a page begins.
pub(super) const TOP: f32 = A4.1 - 50.0;
/// Where it ends; what stands below is at the foot of each page.
pub(super) const BOTTOM: f32 = 84.0;
/// Texts.
pub(super) const PLAIN: Style = Style::new(Face::Regular, 9.0);
/// Names of columns, and sums.
pub(super) const STRONG: Style = Style::new(Face::Bold, 9.0);
/// What stands at the foot.
pub(super) const SMALL: Style = Style::new(Face::Regular, 7.0);
/// From line to line of a text.
pub(super) const LINE: f32 = 11.5;
const THIN: f32 = 0.5;

/// A paper, and how far its last page is filled.
pub(super) struct Sheet {
    pub(super) doc: Document,
    pub(super) y: f32,
    /// What stands at the top of the second page and those behind it: who writes, and what.
    running: (String, String),
}

impl Sheet {
    pub(super) fn new(logo: Option<Picture>, running: (String, String)) -> Self {
        Self {
            doc: Document::new(logo),
            y: TOP,
            running,
        }
    }

    /// Whether so much still fits on the page.
    pub(super) fn has_room(&self, height: f32) -> bool {
        self.y - height >= BOTTOM
    }

    /// Goes on with another page, if so much does not fit on this one.
    pub(super) fn need(&mut self, height: f32) {
        if !self.has_room(height) {
            self.turn();
        }
    }

    /// Goes on with another page, and says at its top whose it is.
    pub(super) fn turn(&mut self) {
        self.doc.add_page();
        self.y = TOP;
        let (seller, title) = self.running.clone();
        let room = RIGHT - LEFT - PLAIN.width(title.as_bytes()) - 20.0;
        if let Some(first) = wrapped(&seller, PLAIN, room).first() {
            self.doc.set((LEFT, self.y), PLAIN, first);
        }
        self.doc.text_to((RIGHT, self.y), PLAIN, &title);
        self.down(6.0);
        self.rule((LEFT, RIGHT));
        self.down(20.0);
    }

    pub(super) fn down(&mut self, by: f32) {
        self.y -= by;
    }

    pub(super) fn rule(&mut self, ends: (f32, f32)) {
        self.doc.rule(ends, self.y, THIN);
    }

    /// A text in a column from here downwards, on as many pages as it takes.
    pub(super) fn paragraph(&mut self, x: f32, style: Style, column: f32, text: &str) {
        for line in wrapped(text, style, column) {
            self.need(LINE);
            self.doc.set((x, self.y), style, &line);
            self.down(LINE);
        }
    }
}
