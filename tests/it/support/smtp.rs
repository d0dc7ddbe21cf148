//! A mail server that does as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

/// What becomes of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is taken.
    Take,
    /// Its recipient is answered with this code.
    Recipient(u16),
    /// It is answered with this code when all of it was sent.
    Data(u16),
    /// It gets no answer at all.
    Hang,
    /// Whoever comes is answered with this code.
    Greeting(u16),
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    pub to: String,
    pub content: String,
}

/// A mail server on this machine. Ends with the test's runtime.
#[derive(Clone)]
pub struct SmtpServer {
    pub url: String,
    script: Arc<Mutex<VecDeque<Reply>>>,
    taken: Arc<Mutex<Vec<Taken>>>,
    tried: Arc<Mutex<Vec<String>>>,
}

impl SmtpServer {
    /// Does what `script` says with each mail in turn, and takes all behind its end.
    pub async fn start(script: &[Reply]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
            taken: Arc::default(),
            tried: Arc::default(),
        };
        let own = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = own.clone();
                // A client that goes away midway is part of some tests.
                tokio::spawn(async move { drop(server.talk(stream).await) });
            }
        });
        server
    }

    /// The mails taken so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    /// The contents of all mails that got as far as that, taken or not.
    pub fn tried(&self) -> Vec<String> {
        self.tried.lock().unwrap().clone()
    }

    fn next(&self) -> Reply {
        let next = self.script.lock().unwrap().pop_front();
        next.unwrap_or(Reply::Take)
    }

    /// Whether the script comes to a greeting; it lasts until it is taken out.
    fn greeting(&self) -> Option<u16> {
        match self.script.lock().unwrap().front() {
            Some(Reply::Greeting(code)) => Some(*code),
            _ => None,
        }
    }

    /// Goes on in the script, behind a greeting.
    pub fn relent(&self) {
        self.script.lock().unwrap().pop_front();
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read);
        if let Some(code) = self.greeting() {
            return write
                .write_all(format!("{code} go away\r\n").as_bytes())
                .await;
        }
        write.write_all(b"220 test ESMTP\r\n").await?;
        let (mut reply, mut to) = (Reply::Take, String::new());
        loop {
            let line = line(&mut lines).await?;
            let answer = match line.split([' ', ':']).next().unwrap() {
                "EHLO" => "250-test\r\n250 8BITMIME\r\n".to_owned(),
                "MAIL" => {
                    reply = self.next();
                    "250 go on\r\n".to_owned()
                }
                "RCPT" => {
                    to = line["RCPT TO:<".len()..].replace('>', "");
                    match reply {
                        Reply::Recipient(code) => format!("{code} no such luck\r\n"),
                        _ => "250 go on\r\n".to_owned(),
                    }
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let content = data(&mut lines).await?;
                    self.tried.lock().unwrap().push(content.clone());
                    match reply {
                        Reply::Data(code) => format!("{code} not now\r\n"),
                        Reply::Hang => return std::future::pending().await,
                        _ => {
                            let to = to.clone();
                            self.taken.lock().unwrap().push(Taken { to, content });
                            "250 taken\r\n".to_owned()
                        }
                    }
                }
                "QUIT" => return write.write_all(b"221 bye\r\n").await,
                _ => "250 fine\r\n".to_owned(),
            };
            write.write_all(answer.as_bytes()).await?;
        }
    }
}

impl Taken {
    /// What the text of the mail says, its lines joined again.
    pub fn text(&self) -> String {
        decode_text(&self.content)
    }
}

/// The text part of a message. It is ASCII or quoted-printable.
pub fn decode_text(content: &str) -> String {
    let part = content.split("Content-Type: text/plain").nth(1).unwrap();
    let (head, rest) = part.split_once("\r\n\r\n").unwrap();
    let body = rest.split("\r\n--").next().unwrap();
    if head.contains("quoted-printable") {
        body.replace("=\r\n", "").replace("=3D", "=")
    } else {
        assert!(!head.contains("base64"), "{head}");
        body.to_owned()
    }
}

async fn line(lines: &mut BufReader<OwnedReadHalf>) -> std::io::Result<String> {
    let mut line = String::new();
    match lines.read_line(&mut line).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

async fn data(lines: &mut BufReader<OwnedReadHalf>) -> std::io::Result<String> {
    let mut content = String::new();
    loop {
        let line = line(lines).await?;
        if line == "." {
            return Ok(content);
        }
        content.push_str(line.strip_prefix("..").map_or(&line, |_| &line[1..]));
        content.push_str("\r\n");
    }
}
