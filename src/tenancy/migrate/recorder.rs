//! The text of a migration, which diesel keeps to itself.

use std::any::Any;

use diesel::QueryResult;
use diesel::connection::{BoxableConnection, SimpleConnection};
use diesel::pg::Pg;

/// Takes down what a migration would run. A migration is given to a connection
/// and to nothing else; this one leads nowhere.
#[derive(Default)]
pub(super) struct Recorder {
    pub(super) text: String,
}

impl SimpleConnection for Recorder {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.text.push_str(query);
        Ok(())
    }
}

impl BoxableConnection<Pg> for Recorder {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}
