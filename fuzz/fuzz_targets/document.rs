//! Documents: parsed, counted, validated against the schema of the shops.
#![no_main]

use std::cell::LazyCell;

use libfuzzer_sys::fuzz_target;
use tubex::http::intake::Intake;

thread_local! {
    static INTAKE: LazyCell<Intake> = const { LazyCell::new(tubex_fuzz::intake) };
}

fuzz_target!(|text: &str| {
    INTAKE.with(|intake| tubex_fuzz::outcome::of_document(intake, text));
});
