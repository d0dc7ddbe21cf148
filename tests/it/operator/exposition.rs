//! A strict reader of Prometheus' text format, version 0.0.4.

use std::collections::{BTreeMap, BTreeSet};

/// All samples by name and labels as they stand in the text.
pub struct Figures {
    samples: BTreeMap<String, String>,
}

impl Figures {
    /// Reads a page, or says where it is wrong.
    pub fn read(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line has no end");
        let mut samples = BTreeMap::new();
        let mut families = BTreeSet::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let help = line.strip_prefix("# HELP ").expect(line);
            let (family, help) = help.split_once(' ').expect(line);
            assert!(!help.is_empty() && is_name(family), "{line}");
            assert!(families.insert(family.to_owned()), "{family} comes twice");
            let kind = lines.next().unwrap().strip_prefix("# TYPE ").expect(line);
            let (named, kind) = kind.split_once(' ').expect(line);
            assert_eq!(named, family);
            assert_eq!(kind == "counter", family.ends_with("_total"), "{family}");
            let mut own: Vec<(String, f64)> = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                let (series, value) = line.rsplit_once(' ').expect(line);
                check_series(series, family, kind);
                let before = samples.insert(series.to_owned(), value.to_owned());
                assert!(before.is_none(), "{series} comes twice");
                own.push((series.to_owned(), value.parse().expect(line)));
            }
            match kind {
                "counter" => assert!(own.iter().all(|(_, value)| *value >= 0.0)),
                "gauge" => {}
                "histogram" => check_histogram(family, &own),
                _ => panic!("{line}: unknown kind {kind}"),
            }
        }
        Self { samples }
    }

    /// The value of a sample that must be there and count something.
    pub fn get(&self, series: &str) -> i64 {
        let value = self.samples.get(series);
        let value = value.unwrap_or_else(|| panic!("no {series} in {:#?}", self.samples.keys()));
        value.parse().expect(series)
    }

    pub fn has(&self, series: &str) -> bool {
        self.samples.contains_key(series)
    }

    pub fn series(&self) -> impl Iterator<Item = &str> {
        self.samples.keys().map(String::as_str)
    }
}

fn is_name(text: &str) -> bool {
    !text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn check_series(series: &str, family: &str, kind: &str) {
    let (name, labels) = series
        .split_once('{')
        .map_or((series, ""), |(name, labels)| {
            (name, labels.strip_suffix('}').expect(series))
        });
    let suffix = name.strip_prefix(family).expect(series);
    let fits = match kind {
        "histogram" => ["_bucket", "_sum", "_count"].contains(&suffix),
        _ => suffix.is_empty(),
    };
    assert!(fits, "{series} in {family}");
    let mut seen = BTreeSet::new();
    for label in labels.split(',').filter(|label| !label.is_empty()) {
        let (label, value) = label.split_once('=').expect(series);
        assert!(is_name(label) && seen.insert(label), "{series}");
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
        assert!(!value.expect(series).contains(['"', '\\']), "{series}");
    }
}

/// Buckets grow, and the last of each series is its count.
fn check_histogram(family: &str, samples: &[(String, f64)]) {
    let mut before = 0.0;
    for (series, value) in samples {
        let rest = series.strip_prefix(family).unwrap();
        if rest.starts_with("_bucket") {
            assert!(*value >= before, "{series}");
            before = *value;
        } else if rest.starts_with("_count") {
            assert!((value - before).abs() < 0.5, "{series}");
            before = 0.0;
        }
    }
}
