//! Chance, for those who must not all do the same at the same moment.

/// Any byte; without randomness they do the same after all.
pub fn byte() -> u8 {
    let mut byte = [128_u8];
    let _filled = getrandom::fill(&mut byte);
    let [byte] = byte;
    byte
}
