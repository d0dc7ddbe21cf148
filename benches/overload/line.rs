//! One connection: bytes of a request out, and of its answer as much as tells what it is.

use std::io::{Error, ErrorKind};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What an answer was.
#[derive(Debug)]
pub enum Outcome {
    /// What was asked for.
    Good,
    /// `OVERLOADED`, with when to come again.
    Refused,
    /// Anything else, in a word.
    Other(String),
}

/// A connection that is made when it is needed.
pub struct Line {
    address: String,
    stream: Option<TcpStream>,
    buffer: Vec<u8>,
}

impl Line {
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            buffer: Vec::with_capacity(16 * 1024),
        }
    }

    /// Sends a request and waits for the answer.
    pub async fn exchange(&mut self, request: &[u8], is_change: bool) -> Outcome {
        match self.answer(request).await {
            Ok(body_at) => self.judge(body_at, is_change),
            Err(error) => {
                self.stream = None;
                Outcome::Other(format!("connection: {}", error.kind()))
            }
        }
    }

    /// Reads a whole answer; says where its body begins.
    async fn answer(&mut self, request: &[u8]) -> Result<usize, Error> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(&self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        let stream = self.stream.as_mut().unwrap();
        self.buffer.clear();
        stream.write_all(request).await?;
        let mut whole = None;
        loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if whole.is_none()
                && let Some(at) = position(&self.buffer, b"\r\n\r\n")
            {
                self.buffer[..at].make_ascii_lowercase();
                let length = header(&self.buffer[..at], "content-length");
                let length: usize = length
                    .and_then(|text| text.parse().ok())
                    .ok_or(ErrorKind::InvalidData)?;
                whole = Some((at + 4, at + 4 + length));
            }
            if let Some((body_at, end)) = whole
                && self.buffer.len() >= end
            {
                return Ok(body_at);
            }
        }
    }

    fn judge(&mut self, body_at: usize, is_change: bool) -> Outcome {
        let (head, body) = self.buffer.split_at(body_at);
        if header(head, "connection") == Some("close") {
            self.stream = None;
        }
        let status = std::str::from_utf8(head.get(9..12).unwrap_or_default()).unwrap_or("?");
        if position(body, b"\"errors\":").is_none() && status == "200" {
            let is_done = !is_change || position(body, b"\"userErrors\":[]").is_some();
            return if is_done {
                Outcome::Good
            } else {
                Outcome::Other(text(body))
            };
        }
        let is_overload = position(body, b"\"code\":\"OVERLOADED\"").is_some();
        let says_when = header(head, "retry-after").is_some();
        if is_overload && says_when && matches!(status, "200" | "503") {
            return Outcome::Refused;
        }
        Outcome::Other(format!("{status} {}", text(body)))
    }
}

/// The code of an error or, where there is none, the beginning.
fn text(body: &[u8]) -> String {
    let code = position(body, b"\"code\":\"").map(|at| &body[at + 8..]);
    let end = |rest: &[u8]| rest.iter().position(|byte| *byte == b'"').unwrap_or(0);
    let shown = code.map_or(&body[..body.len().min(120)], |rest| &rest[..end(rest)]);
    String::from_utf8_lossy(shown).into_owned()
}

fn position(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// A header of a head in small letters.
fn header<'h>(head: &'h [u8], name: &str) -> Option<&'h str> {
    let head = std::str::from_utf8(head).ok()?;
    head.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key == name).then(|| value.trim())
    })
}
