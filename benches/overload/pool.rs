//! Open connections, and the two ways to load them.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::time::{interval, timeout};

use super::line::{Line, Outcome};
use super::shop::{Asked, Traffic};
use super::tally::{Done, Tally};

/// What is not measured at the beginning.
const WARM_UP: Duration = Duration::from_secs(1);
/// How long the last answers are waited for.
const PATIENCE: Duration = Duration::from_secs(10);
const GREETING: &str = "{\"query\":\"{ __typename }\"}";

struct Job {
    due: Instant,
    asked: Asked,
}

/// An answer, and over which connection it came.
struct Back {
    line: usize,
    done: Done,
}

pub struct Pool {
    lines: Vec<mpsc::Sender<Job>>,
    /// Connections that wait for no answer.
    idle: Vec<usize>,
    back: mpsc::UnboundedReceiver<Back>,
}

impl Pool {
    /// Opens connections, over each of which something has been asked: the server closes those
    /// that say nothing.
    pub async fn open(address: &str, count: usize) -> Self {
        let (sender, back) = mpsc::unbounded_channel();
        let mut pool = Self {
            lines: Vec::new(),
            idle: Vec::new(),
            back,
        };
        let greeting = super::shop::request(address, "", GREETING);
        for number in 0..count {
            let (jobs, taken) = mpsc::channel(1);
            tokio::spawn(work(Line::new(address), number, (taken, sender.clone())));
            pool.lines.push(jobs);
            pool.idle.push(number);
            let asked = Asked {
                bytes: greeting.clone(),
                is_change: false,
                is_flood: false,
            };
            assert!(pool.send(asked, Instant::now()));
            let back = pool.back.recv().await.unwrap();
            assert!(
                matches!(back.done.outcome, Outcome::Good),
                "{:?}",
                back.done
            );
            pool.idle.push(back.line);
        }
        pool
    }

    /// So many requests at once, the next when one is answered.
    pub async fn closed(
        &mut self,
        traffic: &mut Traffic,
        at_once: usize,
        (length, deadline): (Duration, Duration),
    ) -> Tally {
        let begun = Instant::now();
        let mut tally = Tally::of((begun + WARM_UP, begun + length), deadline);
        for _ in 0..at_once.min(self.lines.len()) {
            self.ask(traffic, begun, &mut tally);
        }
        while begun.elapsed() < length {
            let back = self.back.recv().await.unwrap();
            self.take(back, &mut tally);
            self.ask(traffic, Instant::now(), &mut tally);
        }
        self.drain(&mut tally).await;
        tally
    }

    /// `rate` requests a second, whether they are answered or not.
    pub async fn open_loop(
        &mut self,
        traffic: &mut Traffic,
        rate: u64,
        (length, deadline): (Duration, Duration),
    ) -> Tally {
        let begun = Instant::now();
        let mut tally = Tally::of((begun + WARM_UP, begun + length), deadline);
        let mut tick = interval(Duration::from_millis(1));
        let mut sent = 0;
        while begun.elapsed() < length {
            tokio::select! {
                _ = tick.tick() => {
                    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap();
                    while sent < micros * rate / 1_000_000 {
                        let due = begun + Duration::from_micros(sent * 1_000_000 / rate);
                        self.ask(traffic, due, &mut tally);
                        sent += 1;
                    }
                }
                back = self.back.recv() => self.take(back.unwrap(), &mut tally),
            }
        }
        self.drain(&mut tally).await;
        tally
    }

    fn ask(&mut self, traffic: &mut Traffic, due: Instant, tally: &mut Tally) {
        let asked = traffic.next();
        tally.arrived(due, asked.is_flood);
        if !self.send(asked, due) {
            tally.unsent(due);
        }
    }

    /// False if all connections wait for answers.
    fn send(&mut self, asked: Asked, due: Instant) -> bool {
        let Some(line) = self.idle.pop() else {
            return false;
        };
        self.lines[line].try_send(Job { due, asked }).is_ok()
    }

    fn take(&mut self, back: Back, tally: &mut Tally) {
        self.idle.push(back.line);
        tally.add(back.done);
    }

    fn busy(&self) -> usize {
        self.lines.len() - self.idle.len()
    }

    /// Waits for the answers under way. Of those that do not come the connection is lost.
    async fn drain(&mut self, tally: &mut Tally) {
        while self.busy() > 0 {
            match timeout(PATIENCE, self.back.recv()).await {
                Ok(back) => self.take(back.unwrap(), tally),
                Err(_elapsed) => {
                    tally.unanswered(self.busy());
                    return;
                }
            }
        }
    }
}

async fn work(
    mut line: Line,
    number: usize,
    (mut jobs, back): (mpsc::Receiver<Job>, mpsc::UnboundedSender<Back>),
) {
    while let Some(Job { due, asked }) = jobs.recv().await {
        let outcome = line.exchange(&asked.bytes, asked.is_change).await;
        let done = Done {
            due,
            took: due.elapsed(),
            is_flood: asked.is_flood,
            outcome,
        };
        let line = number;
        // The last ones may come when nobody counts any more.
        let _counted = back.send(Back { line, done });
    }
}
