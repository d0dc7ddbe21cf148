//! PNG: PDF keeps samples in the same rows, so those without opacity stay as they are. Of others
//! the channels are parted; a filter of a row looks at one channel only, so none has to be undone.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::document::packed;
use super::picture::{Colours, NoPicture, Picture, Samples, check_size};

/// How each begins.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// What its head says.
struct Head {
    size: (u32, u32),
    bits: u8,
    kind: u8,
}

/// Reads its pieces.
pub(super) fn read(content: &[u8]) -> Result<Picture, NoPicture> {
    let mut rest = content.get(SIGNATURE.len()..).ok_or(NoPicture::Damaged)?;
    let (mut head, mut list, mut rows) = (None, None, Vec::new());
    loop {
        let (length, behind) = rest.split_first_chunk::<4>().ok_or(NoPicture::Damaged)?;
        let (name, behind) = behind.split_first_chunk::<4>().ok_or(NoPicture::Damaged)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let (piece, behind) = behind.split_at_checked(length).ok_or(NoPicture::Damaged)?;
        match name {
            b"IHDR" => head = Some(read_head(piece)?),
            b"PLTE" => list = Some(piece.to_vec()),
            b"tRNS" => return Err(NoPicture::OneColour),
            b"IDAT" => rows.extend_from_slice(piece),
            b"IEND" => break,
            _ => {}
        }
        // Behind each there is a sum, which readers of pictures hold against it.
        rest = behind.get(4..).ok_or(NoPicture::Damaged)?;
    }
    picture(&head.ok_or(NoPicture::Damaged)?, list, rows)
}

fn read_head(piece: &[u8]) -> Result<Head, NoPicture> {
    let &[w3, w2, w1, w0, h3, h2, h1, h0, bits, kind, 0, 0, passes] = piece else {
        return Err(NoPicture::Damaged);
    };
    let size = (
        u32::from_be_bytes([w3, w2, w1, w0]),
        u32::from_be_bytes([h3, h2, h1, h0]),
    );
    check_size(size)?;
    let is_known = match kind {
        0 => matches!(bits, 1 | 2 | 4 | 8 | 16),
        3 => matches!(bits, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(bits, 8 | 16),
        _ => false,
    };
    match passes {
        0 if is_known => Ok(Head { size, bits, kind }),
        1 => Err(NoPicture::Interlaced),
        _ => Err(NoPicture::Damaged),
    }
}

fn picture(head: &Head, list: Option<Vec<u8>>, rows: Vec<u8>) -> Result<Picture, NoPicture> {
    let plain = inflated(head, &rows)?;
    let (colours, samples) = match head.kind {
        0 => (Colours::Grey, Samples::Rows(rows, None)),
        2 => (Colours::Rgb, Samples::Rows(rows, None)),
        3 => {
            let list =
                list.filter(|list| (3..=768).contains(&list.len()) && list.len().is_multiple_of(3));
            let list = list.ok_or(NoPicture::Damaged)?;
            (Colours::Palette(list), Samples::Rows(rows, None))
        }
        4 => (Colours::Grey, parted(head, &plain, 1)?),
        _ => (Colours::Rgb, parted(head, &plain, 3)?),
    };
    Ok(Picture {
        size: head.size,
        bits: head.bits,
        colours,
        samples,
    })
}

/// Bytes of a row behind the byte that names its filter.
fn row_length(head: &Head) -> usize {
    let channels: u32 = match head.kind {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    let bits = head
        .size
        .0
        .saturating_mul(channels)
        .saturating_mul(head.bits.into());
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// The rows; as many as there must be, or else it is damaged. At most one byte more is looked
/// at, so a bomb does not go off: here, or where the paper is read.
fn inflated(head: &Head, rows: &[u8]) -> Result<Vec<u8>, NoPicture> {
    let height = usize::try_from(head.size.1).unwrap_or(usize::MAX);
    let whole = row_length(head).saturating_add(1).saturating_mul(height);
    let most = u64::try_from(whole.saturating_add(1)).unwrap_or(u64::MAX);
    let mut plain = Vec::with_capacity(whole);
    let read = ZlibDecoder::new(rows).take(most).read_to_end(&mut plain);
    match read {
        Ok(length) if length == whole => Ok(plain),
        _ => Err(NoPicture::Damaged),
    }
}

/// Colours and opacity, each in rows of their own.
fn parted(head: &Head, plain: &[u8], channels: usize) -> Result<Samples, NoPicture> {
    let sample = usize::from(head.bits / 8);
    let colour = channels * sample;
    let mut colours = Vec::with_capacity(plain.len());
    let mut opacity = Vec::with_capacity(plain.len() / 2);
    for row in plain.chunks_exact(row_length(head).saturating_add(1)) {
        let (filter, pixels) = row.split_first().ok_or(NoPicture::Damaged)?;
        colours.push(*filter);
        opacity.push(*filter);
        for pixel in pixels.chunks_exact(colour + sample) {
            let (of_colour, of_opacity) = pixel.split_at(colour);
            colours.extend_from_slice(of_colour);
            opacity.extend_from_slice(of_opacity);
        }
    }
    let pack = |bytes: &[u8]| packed(bytes).map_err(|_| NoPicture::Damaged);
    Ok(Samples::Rows(pack(&colours)?, Some(pack(&opacity)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: [u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length[..], &name[..], content, &[0; 4]].concat()
    }

    fn png(size: (u8, u8), (bits, kind, passes): (u8, u8, u8), rows: &[u8]) -> Vec<u8> {
        let head = [0, 0, 0, size.0, 0, 0, 0, size.1, bits, kind, 0, 0, passes];
        [
            SIGNATURE.to_vec(),
            piece(*b"IHDR", &head),
            piece(*b"IDAT", &packed(rows).unwrap()),
            piece(*b"IEND", &[]),
        ]
        .concat()
    }

    fn unpacked(bytes: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        ZlibDecoder::new(bytes).read_to_end(&mut plain).unwrap();
        plain
    }

    #[test]
    fn opacity_is_parted_from_colours() {
        let rows = [
            1, 10, 11, 12, 99, 20, 21, 22, 98, 4, 0, 1, 2, 97, 3, 4, 5, 96,
        ];
        let picture = read(&png((2, 2), (8, 6, 0), &rows)).unwrap();
        let Samples::Rows(colours, Some(opacity)) = picture.samples else {
            panic!("has opacity");
        };
        assert_eq!(
            unpacked(&colours),
            [1, 10, 11, 12, 20, 21, 22, 4, 0, 1, 2, 3, 4, 5]
        );
        assert_eq!(unpacked(&opacity), [1, 99, 98, 4, 97, 96]);
    }

    #[test]
    fn rows_without_it_stay_as_they_are() {
        let rows = [0, 1, 2, 3, 4, 5, 6];
        let picture = read(&png((2, 1), (8, 2, 0), &rows)).unwrap();
        assert_eq!(picture.colours, Colours::Rgb);
        assert_eq!(picture.samples, Samples::Rows(packed(&rows).unwrap(), None));
    }

    #[test]
    fn what_can_not_be_shown_is_refused() {
        let rows = [0, 1, 2, 3, 4, 5, 6];
        let refused = |head| read(&png((2, 1), head, &rows)).unwrap_err();
        assert_eq!(refused((8, 2, 1)), NoPicture::Interlaced);
        assert_eq!(refused((8, 6, 0)), NoPicture::Damaged, "too few bytes");
        assert_eq!(refused((8, 3, 0)), NoPicture::Damaged, "no palette");
        assert_eq!(refused((3, 2, 0)), NoPicture::Damaged, "no such depth");
        let more = png((2, 1), (8, 2, 0), &[&rows[..], &[0; 7]].concat());
        assert_eq!(read(&more), Err(NoPicture::Damaged), "rows behind the last");
        let mut opaque = png((2, 1), (8, 2, 0), &rows);
        let place = opaque.len() - 12;
        opaque.splice(place..place, piece(*b"tRNS", &[0; 6]));
        assert_eq!(read(&opaque), Err(NoPicture::OneColour));
        let whole = png((2, 1), (8, 2, 0), &rows);
        for end in SIGNATURE.len()..whole.len() - 4 {
            assert_eq!(read(&whole[..end]), Err(NoPicture::Damaged), "{end}");
        }
    }
}
