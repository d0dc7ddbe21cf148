//! SQL taken apart: statements, and the words in them.
//!
//! Knows just enough of the language to tell text, comments and names apart;
//! what the words mean is for the linter's rules. A file is sent to the database
//! statement by statement, since a Citus coordinator takes no other way.

/// One word, name or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::tenancy) struct Token {
    /// In lower case, unless it is quoted. A text is an empty quote.
    pub(in crate::tenancy) text: String,
    pub(in crate::tenancy) line: usize,
}

/// What stands between two semicolons.
#[derive(Clone, Debug, Default)]
pub(in crate::tenancy) struct Statement<'a> {
    /// As it is in the file, from its first word on, without its semicolon.
    pub(in crate::tenancy) text: &'a str,
    pub(in crate::tenancy) tokens: Vec<Token>,
    /// Those in it and in front of it, with their lines.
    pub(in crate::tenancy) comments: Vec<(usize, String)>,
}

/// The statements of a file. A text between dollars, such as the body of DO, is
/// one word; a function with `BEGIN ATOMIC` would be cut in pieces.
pub(in crate::tenancy) fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
        begins: None,
        current: Statement::default(),
        done: Vec::new(),
    };
    while lexer.step() {}
    lexer.end_statement();
    lexer.done
}

struct Lexer<'a> {
    rest: &'a str,
    line: usize,
    /// What followed when the first word of the statement was met.
    begins: Option<&'a str>,
    current: Statement<'a>,
    done: Vec<Statement<'a>>,
}

impl<'a> Lexer<'a> {
    /// Takes one token or gap; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else {
            return false;
        };
        if let Some(rest) = self.rest.strip_prefix("--") {
            let line = self.line;
            let comment = self.until(rest, "\n");
            self.current.comments.push((line, comment.to_owned()));
        } else if self.rest.starts_with("/*") {
            self.skip(comment_length(self.rest));
        } else if first == ';' {
            self.end_statement();
            self.skip(1);
        } else if first.is_whitespace() {
            self.skip(first.len_utf8());
        } else {
            self.begins.get_or_insert(self.rest);
            self.token(first);
        }
        true
    }

    fn token(&mut self, first: char) {
        if let Some(rest) = self.rest.strip_prefix('\'') {
            self.push("''");
            self.until(rest, "'");
        } else if self.rest.starts_with("E'") || self.rest.starts_with("e'") {
            self.push("''");
            self.skip(escaped_length(self.rest));
        } else if let Some(rest) = self.rest.strip_prefix('"') {
            let line = self.line;
            let text = self.until(rest, "\"").to_owned();
            self.current.tokens.push(Token { text, line });
        } else if let Some(tag) = dollar_tag(self.rest) {
            self.push("''");
            let rest = self.rest.strip_prefix(tag).unwrap_or_default();
            self.until(rest, tag);
        } else if is_word(first) {
            let word: String = self
                .rest
                .chars()
                .take_while(|c| is_word(*c) || *c == '$')
                .collect();
            self.push(&word.to_lowercase());
            self.skip(word.len());
        } else {
            self.push(first.encode_utf8(&mut [0; 4]));
            self.skip(first.len_utf8());
        }
    }

    fn push(&mut self, text: &str) {
        let (text, line) = (text.to_owned(), self.line);
        self.current.tokens.push(Token { text, line });
    }

    /// What stands before `end`, and goes on behind it.
    fn until(&mut self, rest: &'a str, end: &str) -> &'a str {
        let (inside, behind) = rest.split_once(end).unwrap_or((rest, ""));
        let length = self.rest.len() - behind.len();
        self.skip(length);
        inside
    }

    fn skip(&mut self, length: usize) {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
    }

    /// The statement ends in front of what is left.
    fn end_statement(&mut self) {
        let mut statement = std::mem::take(&mut self.current);
        // Comments behind the last one belong to nothing.
        let Some(begins) = self.begins.take() else {
            return;
        };
        let length = begins.len() - self.rest.len();
        statement.text = begins.get(..length).unwrap_or(begins).trim_end();
        self.done.push(statement);
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Of the comment at the beginning of `text`; comments nest.
fn comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut rest = text;
    loop {
        let Some(at) = rest.find(['/', '*']) else {
            return text.len();
        };
        rest = rest.get(at..).unwrap_or_default();
        let length = if rest.starts_with("/*") {
            depth += 1;
            2
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            2
        } else {
            1
        };
        rest = rest.get(length..).unwrap_or_default();
        if depth == 0 {
            return text.len() - rest.len();
        }
    }
}

/// Of the text `E'…'` at the beginning, in which a backslash takes the meaning
/// from what follows it.
fn escaped_length(text: &str) -> usize {
    let mut letters = text.char_indices().skip(2);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            '\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `$$` or `$body$` at the beginning of `text`.
fn dollar_tag(text: &str) -> Option<&str> {
    let (tag, _) = text.strip_prefix('$')?.split_once('$')?;
    let is_tag = tag.chars().all(is_word) && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| text.get(..tag.len() + 2)).flatten()
}

impl Statement<'_> {
    /// The line on which these words stand side by side.
    pub(in crate::tenancy) fn line_of(&self, words: &[&str]) -> Option<usize> {
        let mut windows = self.tokens.windows(words.len().max(1));
        let found = windows.find(|window| same(window, words))?;
        found.first().map(|token| token.line)
    }

    /// The line of any of these words.
    pub(in crate::tenancy) fn line_of_any(&self, words: &[&str]) -> Option<usize> {
        let mut tokens = self.tokens.iter();
        let found = tokens.find(|token| words.contains(&token.text.as_str()));
        found.map(|token| token.line)
    }

    /// Its first line, if it begins with these words.
    pub(in crate::tenancy) fn begins(&self, words: &[&str]) -> Option<usize> {
        let start = self.tokens.get(..words.len())?;
        same(start, words).then(|| start.first().map(|token| token.line))?
    }

    /// Its parts between commas that stand in no bracket.
    pub(in crate::tenancy) fn actions(&self) -> Vec<&[Token]> {
        split(&self.tokens)
    }
}

fn same(tokens: &[Token], words: &[&str]) -> bool {
    tokens.len() == words.len()
        && tokens
            .iter()
            .zip(words)
            .all(|(token, word)| token.text == *word)
}

/// Parts between commas that stand in no bracket.
pub(in crate::tenancy) fn split(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            match token.text.as_str() {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.text == ","
        })
        .collect()
}

/// What stands in the first bracket, if there is one.
pub(in crate::tenancy) fn bracket(tokens: &[Token]) -> Option<&[Token]> {
    let open = tokens.iter().position(|token| token.text == "(")?;
    let inside = tokens.get(open + 1..)?;
    let mut depth = 1_usize;
    let close = inside.iter().position(|token| {
        match token.text.as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    inside.get(..close)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(file: &str) -> Vec<&str> {
        let found = statements(file);
        found.into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn statements_are_sent_as_they_are_written() {
        let file = "-- One;\nCREATE TABLE a (\n  b text -- c; d\n);\n\n;/* E; */ DROP TABLE a ;\n-- End;\n";
        assert_eq!(
            texts(file),
            ["CREATE TABLE a (\n  b text -- c; d\n)", "DROP TABLE a"]
        );
        assert_eq!(texts(" \n-- Nothing;\n;"), [""; 0]);
    }

    #[test]
    fn what_is_quoted_ends_no_statement() {
        for one in [
            "SELECT 'a;''b;'",
            r"SELECT E'a\';b', 1",
            r"SELECT 'a\', E'\\', 2",
            r#"SELECT "a;""b;" FROM c"#,
            "DO $$ BEGIN a; END $$",
            "DO $x$ a; $$ b; $x$",
            "SELECT a$b$c FROM d",
            "SELECT 1 /* a; /* b; */ c; */ + 1",
            "SELECT 4*2/ 1",
        ] {
            assert_eq!(texts(&format!("{one};\nSELECT 2")), [one, "SELECT 2"]);
        }
    }
}
