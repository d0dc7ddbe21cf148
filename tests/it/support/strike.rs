//! A database that ends a connection in the middle of its work.

use tokio_postgres::Client;
use tubex::config::DatabaseSettings;

use super::owner::owner_of;

/// A sequence counts through rollbacks, and so counts the commands of all attempts.
const SETUP: &str = "
CREATE SEQUENCE public.commands;
CREATE TABLE public.strike (number bigint NOT NULL);
INSERT INTO public.strike VALUES (0);
CREATE FUNCTION public.strike() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('public.commands') = (SELECT number FROM public.strike) THEN
        PERFORM pg_terminate_backend(pg_backend_pid());
    END IF;
END $$;
CREATE EVENT TRIGGER strike ON ddl_command_start EXECUTE FUNCTION public.strike()";

/// Ends whoever sends a certain command of those that change schemas.
pub struct Strike(Client);

impl Strike {
    /// The numbers of commands to strike at, one after the other until none is left to be struck.
    ///
    /// A schema takes hundreds of commands, and to be made anew for each would take longer than all
    /// other tests. They are sent in groups of ten: steps that share no factor with ten come to each
    /// place within a group.
    pub fn commands() -> impl Iterator<Item = i64> {
        (1..=10).chain((11..).step_by(17))
    }

    pub async fn new(database: &DatabaseSettings) -> Self {
        let client = owner_of(database).await;
        client.batch_execute(SETUP).await.unwrap();
        Self(client)
    }

    /// At the command of this number, from 1, counted from now on.
    pub async fn at(&self, number: i64) {
        let begin_anew = "SELECT setval('public.commands', 1, false)";
        self.0.batch_execute(begin_anew).await.unwrap();
        let set = "UPDATE public.strike SET number = $1";
        self.0.execute(set, &[&number]).await.unwrap();
    }

    pub async fn never(&self) {
        self.at(0).await;
    }
}
