//! Pictures: JPEG as it is, and PNG as PDF keeps the same samples.

use pdf_writer::types::Predictor;
use pdf_writer::{Filter, Finish, Name, Pdf, Ref};

use super::{jpeg, png};

/// Most bytes of a picture.
const MOST_BYTES: usize = 512 * 1024;
/// Most pixels from edge to edge.
const MOST_PIXELS: u32 = 2000;

/// Why a content is no picture that a paper can show; says what would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPicture {
    /// Another kind of content.
    #[error("must be a JPEG or PNG")]
    Kind,
    /// It ends early, or says what can not be.
    #[error("is damaged; save it anew")]
    Damaged,
    /// Too many bytes.
    #[error("may have at most 512 KiB")]
    Bytes,
    /// Too many pixels.
    #[error("may have at most 2000 pixels from edge to edge")]
    Pixels,
    /// Colours of printers.
    #[error("must have the colours of a screen (RGB or grey), and not CMYK")]
    Colours,
    /// A colour, or places of the palette, that stand for nothing.
    #[error(
        "must say how opaque each pixel is, and not name a transparent colour (tRNS); save it with 24-bit colours"
    )]
    OneColour,
    /// Sent in several passes.
    #[error("must be a PNG that is not interlaced")]
    Interlaced,
}

/// What a sample is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Colours {
    /// How light it is.
    Grey,
    /// Red, green and blue.
    Rgb,
    /// A place in this list of red, green and blue.
    Palette(Vec<u8>),
}

/// Samples, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    /// A whole JPEG.
    Jpeg(Vec<u8>),
    /// Rows that are filtered and deflated as in PNG, and the same of how opaque each pixel is.
    Rows(Vec<u8>, Option<Vec<u8>>),
}

/// A picture that a paper can show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    pub(super) size: (u32, u32),
    pub(super) bits: u8,
    pub(super) colours: Colours,
    pub(super) samples: Samples,
}

impl Picture {
    /// Reads the content of a file.
    pub fn read(content: &[u8]) -> Result<Self, NoPicture> {
        if content.len() > MOST_BYTES {
            return Err(NoPicture::Bytes);
        }
        if content.starts_with(png::SIGNATURE) {
            png::read(content)
        } else if content.starts_with(&[0xff, 0xd8]) {
            jpeg::read(content)
        } else {
            Err(NoPicture::Kind)
        }
    }

    /// How large it is shown inside a box, in points: as large as fits.
    pub fn fitted(&self, (width, height): (f32, f32)) -> (f32, f32) {
        let points = |pixels: u32| f32::from(u16::try_from(pixels).unwrap_or(u16::MAX)).max(1.0);
        let (wide, high) = (points(self.size.0), points(self.size.1));
        let scale = (width / wide).min(height / high);
        (wide * scale, high * scale)
    }

    pub(super) fn write(&self, pdf: &mut Pdf, (id, mask): (Ref, Ref)) {
        let (samples, opacity) = match &self.samples {
            Samples::Jpeg(jpeg) => (jpeg, None),
            Samples::Rows(rows, opacity) => (rows, opacity.as_ref()),
        };
        let is_jpeg = matches!(self.samples, Samples::Jpeg(_));
        let mut image = pdf.image_xobject(id, samples);
        image.width(signed(self.size.0)).height(signed(self.size.1));
        image.bits_per_component(i32::from(self.bits));
        match &self.colours {
            Colours::Grey => image.color_space().device_gray(),
            Colours::Rgb => image.color_space().device_rgb(),
            Colours::Palette(colours) => {
                let count = i32::try_from(colours.len() / 3).unwrap_or(1);
                let highest = count.saturating_sub(1);
                image
                    .color_space()
                    .indexed(Name(b"DeviceRGB"), highest, colours);
            }
        }
        if is_jpeg {
            image.filter(Filter::DctDecode);
        } else {
            image.filter(Filter::FlateDecode);
            let channels = if self.colours == Colours::Rgb { 3 } else { 1 };
            let mut parms = image.decode_parms();
            parms.predictor(Predictor::PngOptimum).colors(channels);
            parms.bits_per_component(i32::from(self.bits));
            parms.columns(signed(self.size.0));
        }
        if opacity.is_some() {
            image.s_mask(mask);
        }
        image.finish();
        if let Some(opacity) = opacity {
            self.write_mask(pdf, mask, opacity);
        }
    }

    fn write_mask(&self, pdf: &mut Pdf, id: Ref, opacity: &[u8]) {
        let mut image = pdf.image_xobject(id, opacity);
        image.width(signed(self.size.0)).height(signed(self.size.1));
        image.bits_per_component(i32::from(self.bits));
        image.color_space().device_gray();
        image.filter(Filter::FlateDecode);
        let mut parms = image.decode_parms();
        parms.predictor(Predictor::PngOptimum).colors(1);
        parms.bits_per_component(i32::from(self.bits));
        parms.columns(signed(self.size.0));
    }
}

/// Refuses what has no pixels, or too many.
pub(super) fn check_size(size: (u32, u32)) -> Result<(), NoPicture> {
    match size {
        (0, _) | (_, 0) => Err(NoPicture::Damaged),
        (width, height) if width.max(height) > MOST_PIXELS => Err(NoPicture::Pixels),
        _ => Ok(()),
    }
}

fn signed(pixels: u32) -> i32 {
    i32::try_from(pixels).unwrap_or(i32::MAX)
}
