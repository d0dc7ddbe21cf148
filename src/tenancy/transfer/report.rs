//! What a transfer tells on its way.

/// What a transfer tells on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many pieces of work of this kind follow.
    Begins(&'static str, usize),
    /// One of them is done.
    Done,
}

/// Hears of the progress.
pub type Seen<'a> = &'a (dyn Fn(Event) + Send + Sync);
