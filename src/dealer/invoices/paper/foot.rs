//! The foot of each page.

use super::facts::Paper;
use super::sheet::{BOTTOM, LEFT, RIGHT, SMALL, Sheet};
use crate::kernel::pdf::wrapped;

/// Most lines of what the dealer says there.
const MOST: usize = 5;

/// Writes the foot of all pages, now that it is known how many there are.
pub(super) fn draw(sheet: &mut Sheet, paper: &Paper) {
    let footer = paper.brand.footer.as_deref().unwrap_or_default();
    let lines = wrapped(footer, SMALL, RIGHT - LEFT);
    let count = sheet.doc.pages();
    for page in 0..count {
        sheet.doc.turn_to(page);
        sheet.y = BOTTOM - 14.0;
        sheet.rule((LEFT, RIGHT));
        sheet.down(10.0);
        for line in lines.iter().take(MOST) {
            sheet.doc.set((LEFT, sheet.y), SMALL, line);
            sheet.down(8.5);
        }
        let text = format!("Page {} of {count}", page.saturating_add(1));
        sheet.doc.text_to((RIGHT, 18.0), SMALL, &text);
        sheet.doc.text((LEFT, 18.0), SMALL, &paper.title());
    }
}
