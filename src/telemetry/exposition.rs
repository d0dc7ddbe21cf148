//! The text in which figures are read by a Prometheus, version 0.0.4.
//!
//! Names, labels and their values are `&'static str`: they stand in the source,
//! so their number is fixed when the program is built. An id, an address or the
//! name of an operation can not become a label, and the memory of whoever
//! collects the figures does not grow with the number of dealers.

use std::fmt::{Display, Write};

use crate::kernel::metric::Histogram;

/// The media type of [`Exposition::into_text`].
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Labels of a sample: names and values.
pub type Labels<'a> = &'a [(&'static str, &'static str)];

/// A page of figures under construction.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// Something that only grows. Its name ends in `_total`.
    pub fn counter(&mut self, name: &'static str, help: &'static str, value: u64) {
        self.family("counter", name, help);
        self.sample(name, "", &[], value);
    }

    /// Something at this moment.
    pub fn gauge(&mut self, name: &'static str, help: &'static str, value: impl Display) {
        self.family("gauge", name, help);
        self.sample(name, "", &[], value);
    }

    /// As [`Exposition::counter`], with a sample for each of some labels.
    pub fn counters<const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        samples: impl IntoIterator<Item = ([(&'static str, &'static str); N], u64)>,
    ) {
        self.family("counter", name, help);
        for (labels, value) in samples {
            self.sample(name, "", &labels, value);
        }
    }

    /// As [`Exposition::gauge`], with a sample for each of some labels.
    pub fn gauges<const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        samples: impl IntoIterator<Item = ([(&'static str, &'static str); N], i64)>,
    ) {
        self.family("gauge", name, help);
        for (labels, value) in samples {
            self.sample(name, "", &labels, value);
        }
    }

    /// How long something took, with a histogram for each of some labels. The
    /// name ends in `_seconds`.
    pub fn histograms<'h, const N: usize>(
        &mut self,
        name: &'static str,
        help: &'static str,
        samples: impl IntoIterator<Item = ([(&'static str, &'static str); N], &'h Histogram)>,
    ) {
        self.family("histogram", name, help);
        for (labels, histogram) in samples {
            self.histogram(name, &labels, histogram);
        }
    }

    /// The page.
    pub fn into_text(self) -> String {
        self.text
    }

    fn histogram(&mut self, name: &'static str, labels: Labels<'_>, histogram: &Histogram) {
        // Read once, so that the buckets and the count agree while others add.
        let (buckets, above) = (histogram.cumulated(), histogram.above());
        let mut count = 0;
        for (bound, up_to) in buckets {
            count = up_to;
            self.bucket(name, labels, bound.as_secs_f64(), up_to);
        }
        count += above;
        self.bucket(name, labels, "+Inf", count);
        self.sample(name, "_sum", labels, histogram.sum().as_secs_f64());
        self.sample(name, "_count", labels, count);
    }

    // Writing to a String can not fail, here and below.
    fn family(&mut self, kind: &'static str, name: &'static str, help: &'static str) {
        let _written = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn bucket(&mut self, name: &str, labels: Labels<'_>, bound: impl Display, value: u64) {
        let _written = write!(self.text, "{name}_bucket{{");
        for (label, text) in labels {
            let _written = write!(self.text, "{label}=\"{text}\",");
        }
        let _written = writeln!(self.text, "le=\"{bound}\"}} {value}");
    }

    fn sample(&mut self, name: &str, suffix: &str, labels: Labels<'_>, value: impl Display) {
        let _written = write!(self.text, "{name}{suffix}");
        for (number, (label, text)) in labels.iter().enumerate() {
            let open = if number == 0 { '{' } else { ',' };
            let _written = write!(self.text, "{open}{label}=\"{text}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _written = writeln!(self.text, "{close} {value}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_reads_as_the_format_has_it() {
        let mut page = Exposition::default();
        page.counter("tubex_things_total", "Things.", 3);
        page.gauges(
            "tubex_open",
            "Open.",
            [([("kind", "door"), ("side", "left")], 1)],
        );
        assert_eq!(
            page.into_text(),
            "# HELP tubex_things_total Things.\n# TYPE tubex_things_total counter\n\
             tubex_things_total 3\n\
             # HELP tubex_open Open.\n# TYPE tubex_open gauge\n\
             tubex_open{kind=\"door\",side=\"left\"} 1\n"
        );
    }

    #[test]
    fn the_last_bucket_of_a_histogram_is_its_count() {
        let histogram = Histogram::default();
        histogram.record(Duration::from_millis(2));
        histogram.record(Duration::from_mins(1));
        let mut page = Exposition::default();
        page.histograms(
            "tubex_took_seconds",
            "Took.",
            [([("kind", "a")], &histogram)],
        );
        let text = page.into_text();
        assert!(text.contains("tubex_took_seconds_bucket{kind=\"a\",le=\"0.0025\"} 1\n"));
        assert!(text.contains("tubex_took_seconds_bucket{kind=\"a\",le=\"+Inf\"} 2\n"));
        assert!(text.contains("tubex_took_seconds_sum{kind=\"a\"} 60.002\n"));
        assert!(text.ends_with("tubex_took_seconds_count{kind=\"a\"} 2\n"));
    }
}
