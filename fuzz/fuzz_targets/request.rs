//! Requests to `/graphql`, up to where their sender would be found out.
#![no_main]

use std::cell::LazyCell;

use libfuzzer_sys::fuzz_target;
use tubex::http::intake::Intake;

thread_local! {
    static INTAKE: LazyCell<Intake> = const { LazyCell::new(tubex_fuzz::intake) };
}

fuzz_target!(|bytes: &[u8]| {
    INTAKE.with(|intake| tubex_fuzz::outcome::of_request(intake, bytes));
});
