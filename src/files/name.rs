//! Names of files, as they may be saved under.

use super::kind::FileKind;

/// Most characters.
const LONGEST: usize = 200;

/// The name without folders and odd characters, with an ending that fits its kind.
pub(super) fn cleaned(name: &str, kind: FileKind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let is_plain = |letter: &char| !letter.is_control() && !"\"<>:|?*".contains(*letter);
    let plain: String = last.chars().filter(is_plain).collect();
    let plain = plain.trim().trim_matches('.').trim();
    let (stem, ending) = plain.rsplit_once('.').unwrap_or((plain, ""));
    let lower = ending.to_ascii_lowercase();
    let fits = kind.endings().contains(&lower.as_str());
    let stem = if fits { stem } else { plain };
    let stem: String = stem.chars().take(LONGEST).collect();
    let stem = if stem.is_empty() { "file" } else { &stem };
    let usual = kind.endings().first().copied().unwrap_or_default();
    let ending = if fits { &lower } else { usual };
    format!("{stem}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_what_is_harmless() {
        for (name, kept) in [
            ("photo.JPG", "photo.jpg"),
            ("C:\\Users\\me\\ảnh.jpeg", "ảnh.jpeg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("invoice.exe", "invoice.exe.jpg"),
            ("", "file.jpg"),
            ("..", "file.jpg"),
            ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie x.jpg"),
            (".jpg", "jpg.jpg"),
        ] {
            assert_eq!(cleaned(name, FileKind::Jpeg), kept, "{name:?}");
        }
        let long = cleaned(&"ă".repeat(1000), FileKind::Pdf);
        assert_eq!(long.chars().count(), LONGEST + 4);
    }
}
