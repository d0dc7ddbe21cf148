//! A mail as the bytes that travel.

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

use super::compose::{Attachment, Letter};
use super::model::MailId;

/// A mail that can be sent.
pub(super) struct Parcel {
    /// Its id.
    pub(super) id: MailId,
    /// When it was written.
    pub(super) at: DateTime<Utc>,
    /// Who sends it, with the name that readers see.
    pub(super) from: Mailbox,
    /// Who gets it.
    pub(super) to: Mailbox,
    /// What it says.
    pub(super) letter: Letter,
}

impl Parcel {
    /// A letter to `email`, in the name of its dealer but from the platform's
    /// address: mail in the name of another domain would be taken for forged.
    pub(super) fn new(
        id: MailId,
        at: DateTime<Utc>,
        from: &Mailbox,
        email: &str,
        letter: Letter,
    ) -> Result<Self, String> {
        let to = email.parse().map_err(|error| format!("{error}"))?;
        let name = letter.brand.clone().or_else(|| from.name.clone());
        let name = name.map(|name| one_line(&name));
        let letter = Letter {
            subject: one_line(&letter.subject),
            ..letter
        };
        Ok(Self {
            id,
            at,
            from: Mailbox::new(name, from.email.clone()),
            to: Mailbox::new(None, to),
            letter,
        })
    }

    /// The message with its headers; text and HTML are alternatives, and what comes with it stands
    /// behind them.
    pub(super) fn message(&self) -> Result<Message, String> {
        let id = format!("<{}@{}>", self.id, self.from.email.domain());
        let letter = &self.letter;
        let mut bodies =
            MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
        if !letter.attachments.is_empty() {
            bodies = MultiPart::mixed().multipart(bodies);
        }
        for attachment in &letter.attachments {
            bodies = bodies.singlepart(part(attachment)?);
        }
        let message = Message::builder()
            .message_id(Some(id))
            .date(self.at.into())
            .from(self.from.clone())
            .to(self.to.clone())
            .subject(letter.subject.clone())
            .header(AutoSubmitted)
            .multipart(bodies);
        message.map_err(|error| error.to_string())
    }

    /// Who sends it to whom, as the mail server is told.
    pub(super) fn envelope(&self) -> Result<Envelope, String> {
        let (from, to) = (self.from.email.clone(), self.to.email.clone());
        Envelope::new(Some(from), vec![to]).map_err(|error| error.to_string())
    }
}

fn part(attachment: &Attachment) -> Result<SinglePart, String> {
    let media = ContentType::parse(attachment.content_type).map_err(|error| error.to_string())?;
    let part = lettre::message::Attachment::new(one_line(&attachment.name));
    Ok(part.body(attachment.content.clone(), media))
}

/// A text for a header, which ends with its line.
fn one_line(text: &str) -> String {
    let space = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(space).collect()
}

/// Tells answering machines not to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(brand: &str, subject: &str) -> String {
        let letter = Letter {
            brand: Some(brand.to_owned()),
            subject: subject.to_owned(),
            text: "Text".to_owned(),
            html: "<p>Text</p>".to_owned(),
            attachments: vec![Attachment {
                name: "invoice-7.pdf".to_owned(),
                content_type: "application/pdf",
                content: b"%PDF-".to_vec(),
            }],
        };
        let from = "Tubex <post@tubex.example>".parse().unwrap();
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let parcel = Parcel::new(MailId::generate(), at, &from, "a@b.example", letter).unwrap();
        String::from_utf8(parcel.message().unwrap().formatted()).unwrap()
    }

    #[test]
    fn it_comes_in_the_name_of_the_dealer_from_our_address() {
        let text = message("Bao Long", "Hello");
        assert!(
            text.contains("From: \"Bao Long\" <post@tubex.example>\r\n"),
            "{text}"
        );
        assert!(text.contains("Auto-Submitted: auto-generated\r\n"));
        assert!(text.contains("@tubex.example>\r\n"));
        assert!(text.contains("multipart/alternative"));
        assert!(text.contains("multipart/mixed"));
        assert!(text.contains("Content-Disposition: attachment; filename=\"invoice-7.pdf\"\r\n"));
        assert!(text.contains("Content-Type: application/pdf\r\n"), "{text}");
    }

    #[test]
    fn no_name_adds_a_header() {
        let text = message("X\r\nBcc: spy@b.example", "Y\r\nBcc: spy@b.example");
        let headers = text.split("\r\n\r\n").next().unwrap();
        let names = headers.lines().filter(|line| !line.starts_with(' '));
        assert!(
            !names.into_iter().any(|line| line.starts_with("Bcc")),
            "{text}"
        );
    }
}
