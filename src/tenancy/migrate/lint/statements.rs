//! SQL as words. Knows just enough of the language to tell text, comments and
//! names apart; what the words mean is for the rules.

/// One word, name or sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case, unless it is quoted. A text is an empty quote.
    pub(super) text: String,
    pub(super) line: usize,
}

/// What stands between two semicolons.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement {
    pub(super) tokens: Vec<Token>,
    /// Those in it and in front of it, with their lines.
    pub(super) comments: Vec<(usize, String)>,
}

/// The statements of a file. The body of a function or of DO is one text.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut lexer = Lexer {
        rest: text,
        line: 1,
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
    current: Statement,
    done: Vec<Statement>,
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
        } else if let Some(rest) = self.rest.strip_prefix("/*") {
            self.until(rest, "*/");
        } else if let Some(rest) = self.rest.strip_prefix('\'') {
            self.push("''");
            self.until(rest, "'");
        } else if let Some(rest) = self.rest.strip_prefix('"') {
            let line = self.line;
            let text = self.until(rest, "\"").to_owned();
            self.current.tokens.push(Token { text, line });
        } else if let Some(tag) = dollar_tag(self.rest) {
            self.push("''");
            let rest = self.rest.strip_prefix(tag).unwrap_or_default();
            self.until(rest, tag);
        } else if first == ';' {
            self.skip(1);
            self.end_statement();
        } else if is_word(first) {
            let word: String = self.rest.chars().take_while(|c| is_word(*c)).collect();
            self.push(&word.to_lowercase());
            self.skip(word.len());
        } else {
            if !first.is_whitespace() {
                self.push(first.encode_utf8(&mut [0; 4]));
            }
            self.skip(first.len_utf8());
        }
        true
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

    fn end_statement(&mut self) {
        let statement = std::mem::take(&mut self.current);
        // Comments behind the last one belong to nothing.
        if !statement.tokens.is_empty() {
            self.done.push(statement);
        }
    }
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// `$$` or `$body$` at the beginning of `text`.
fn dollar_tag(text: &str) -> Option<&str> {
    let (tag, _) = text.strip_prefix('$')?.split_once('$')?;
    let is_tag = tag.chars().all(is_word) && !tag.starts_with(|c: char| c.is_ascii_digit());
    is_tag.then(|| text.get(..tag.len() + 2)).flatten()
}

impl Statement {
    /// The line on which these words stand side by side.
    pub(super) fn line_of(&self, words: &[&str]) -> Option<usize> {
        let mut windows = self.tokens.windows(words.len().max(1));
        let found = windows.find(|window| same(window, words))?;
        found.first().map(|token| token.line)
    }

    /// The line of any of these words.
    pub(super) fn line_of_any(&self, words: &[&str]) -> Option<usize> {
        let mut tokens = self.tokens.iter();
        let found = tokens.find(|token| words.contains(&token.text.as_str()));
        found.map(|token| token.line)
    }

    /// Its first line, if it begins with these words.
    pub(super) fn begins(&self, words: &[&str]) -> Option<usize> {
        let start = self.tokens.get(..words.len())?;
        same(start, words).then(|| start.first().map(|token| token.line))?
    }

    /// Its parts between commas that stand in no bracket.
    pub(super) fn actions(&self) -> Vec<&[Token]> {
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
pub(super) fn split(tokens: &[Token]) -> Vec<&[Token]> {
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
pub(super) fn bracket(tokens: &[Token]) -> Option<&[Token]> {
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
