//! Chance that is the same in every run.

/// A xorshift generator.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: usize) -> Self {
        let seed = u64::try_from(seed).unwrap() + 1;
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
