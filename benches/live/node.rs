//! A server in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use secrecy::ExposeSecret;
use serde_json::Value;
use tubex::config::DatabaseSettings;

/// A running server. It ends with its value.
pub struct Node {
    process: Child,
    pub url: String,
}

impl Drop for Node {
    fn drop(&mut self) {
        // One that has ended by itself is no matter.
        let _killed = self.process.kill();
        let _ended = self.process.wait();
    }
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tubex"))
}

impl Node {
    /// Starts one with `more` flags.
    pub fn start(data: &Path, database: &DatabaseSettings, more: &[&str]) -> Self {
        let key = data.join("key.pem");
        if !key.exists() {
            let made = program()
                .args(["key", "generate", "--output"])
                .arg(&key)
                .status();
            assert!(made.unwrap().success());
        }
        let mut process = program()
            .args([
                "serve",
                "--json",
                "--listen",
                "127.0.0.1:0",
                "--registration",
                "open",
            ])
            .args([
                "--max-sockets-per-dealer",
                "20000",
                "--max-sockets-per-user",
                "20000",
            ])
            .args(["--database-url", database.database_url.expose_secret()])
            .args([
                "--database-owner-url",
                database.database_owner_url.expose_secret(),
            ])
            .arg("--secret-key-file")
            .arg(&key)
            .args(more)
            .env("TUBEX_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let out = process.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let report: Value = serde_json::from_str(&line).expect("the server starts");
        Self {
            process,
            url: report["graphql_url"].as_str().unwrap().to_owned(),
        }
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Memory of the server: `VmRSS` is what it takes now, `VmHWM` the most it took.
    pub fn memory_kib(&self, figure: &str) -> u64 {
        let path = format!("/proc/{}/status", self.pid());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text.lines().find(|line| line.starts_with(figure));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.unwrap().parse().unwrap()
    }
}
