//! JPEG: PDF takes it as it is, and has to be told how large it is.

use super::picture::{Colours, NoPicture, Picture, Samples, check_size};

/// Reads its frame; the samples are the reader's matter.
pub(super) fn read(content: &[u8]) -> Result<Picture, NoPicture> {
    let mut rest = content.get(2..).ok_or(NoPicture::Damaged)?;
    loop {
        let (marker, behind) = next_marker(rest)?;
        // Of its length the two bytes that say it are a part.
        let (length, _) = behind.split_first_chunk::<2>().ok_or(NoPicture::Damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let segment = behind.get(2..length).ok_or(NoPicture::Damaged)?;
        if is_frame(marker) {
            return picture(content, segment);
        }
        if marker == 0xda || marker == 0xd9 {
            return Err(NoPicture::Damaged);
        }
        rest = behind.get(length..).ok_or(NoPicture::Damaged)?;
    }
}

/// The next marker, before which there may be fill bytes, and what follows it.
fn next_marker(rest: &[u8]) -> Result<(u8, &[u8]), NoPicture> {
    let (first, mut rest) = rest.split_first().ok_or(NoPicture::Damaged)?;
    if *first != 0xff {
        return Err(NoPicture::Damaged);
    }
    loop {
        let (marker, behind) = rest.split_first().ok_or(NoPicture::Damaged)?;
        if *marker != 0xff {
            return Ok((*marker, behind));
        }
        rest = behind;
    }
}

/// Baseline, extended and progressive, by Huffman's codes; readers know no others.
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xc2)
}

fn picture(content: &[u8], frame: &[u8]) -> Result<Picture, NoPicture> {
    let &[bits, h1, h0, w1, w0, channels, ..] = frame else {
        return Err(NoPicture::Damaged);
    };
    let of = |high, low| u32::from(u16::from_be_bytes([high, low]));
    let size = (of(w1, w0), of(h1, h0));
    check_size(size)?;
    if bits != 8 {
        return Err(NoPicture::Damaged);
    }
    let colours = match channels {
        1 => Colours::Grey,
        3 => Colours::Rgb,
        _ => return Err(NoPicture::Colours),
    };
    Ok(Picture {
        size,
        bits,
        colours,
        samples: Samples::Jpeg(content.to_vec()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A head with a segment of an application, and a frame of so many channels.
    fn head(channels: u8) -> Vec<u8> {
        let mut head = vec![
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8,
        ];
        head.extend([0, 20, 0, 40, channels, 0, 0, 0, 0xff, 0xda]);
        head
    }

    #[test]
    fn the_frame_says_how_large_it_is() {
        let picture = read(&head(3)).unwrap();
        assert_eq!(picture.size, (40, 20));
        assert_eq!(picture.colours, Colours::Rgb);
        assert_eq!(read(&head(4)), Err(NoPicture::Colours));
    }

    #[test]
    fn what_is_cut_short_is_damaged() {
        let whole = head(1);
        for end in 0..18 {
            assert_eq!(read(&whole[..end]), Err(NoPicture::Damaged), "{end}");
        }
    }
}
