//! Records: the texts of a line that identify its user. Calls with the same texts are counted together.

use crate::scanner::string_value;
use crate::texts::Texts;
use std::borrow::Cow;
use std::fmt::Write;

/// A text of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The member that holds it; None if none counts.
    pub member: Option<usize>,
    /// Whether white space around it does not count.
    pub is_stripped: bool,
    /// Whether its place is recorded.
    pub is_placed: bool,
}

/// The meaning of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A user and a device: the id of the user, another id of the same, one that it replaced, two ids of the device,
    /// the library. With the platform and the origin of such lines.
    User(String, String),
    /// Which ids are of one user: the first three of these texts.
    Link,
    /// The name of an event, and the library.
    Event,
}

/// The members of lines that are a record, and its meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The meaning, which decides what texts there are.
    pub meaning: Meaning,
    /// The texts; no more than two have places.
    pub parts: Vec<Part>,
    /// The texts around the start and end columns of the values with places: together they are the place of a line.
    pub place: Vec<String>,
}

/// The byte range of a value; empty if it is missing.
pub type Extent = (usize, usize);

/// The first line of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct First {
    /// Its number.
    line: usize,
    /// The start and end columns of the values with places, in characters of the line, from 1.
    columns: [u32; 4],
}

/// A record and its calls.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Its kind.
    pub kind: &'a Kind,
    /// The values of its texts; empty for a value that is not a string.
    pub texts: Vec<Cow<'a, str>>,
    /// The number of the first line.
    pub line: usize,
    /// The place in it.
    pub place: String,
    /// How many calls there are.
    pub calls: u64,
}

/// Distinct records.
#[derive(Debug, Default)]
pub struct Records {
    /// Two records are equal if their kinds and the JSON of their texts are.
    keys: Texts,
    calls: Vec<u64>,
    firsts: Vec<First>,
    key: Vec<u8>,
}

impl Records {
    /// Counts a line.
    ///
    /// # Arguments
    ///
    /// * `number` - the number of the kind.
    /// * `kind` - the kind.
    /// * `text` - the text that the line is in.
    /// * `line` - its number, and where it begins.
    /// * `extent_of` - returns the byte range of a member.
    pub fn add(
        &mut self,
        number: u32,
        kind: &Kind,
        text: &[u8],
        (line, start): (usize, usize),
        extent_of: impl Fn(usize) -> Extent,
    ) {
        self.key.clear();
        self.key.extend_from_slice(&number.to_le_bytes());
        let extent_of = |part: &Part| part.member.map_or((start, start), &extent_of);
        for part in &kind.parts {
            let (start, end) = extent_of(part);
            self.key.extend_from_slice(&((end - start) as u32).to_le_bytes());
            self.key.extend_from_slice(&text[start..end]);
        }
        let (record, new) = self.keys.number(&self.key);
        if new {
            let mut columns = [0; 4];
            let placed = kind.parts.iter().filter(|part| part.is_placed).map(extent_of);
            for (column, at) in columns.iter_mut().zip(placed.flat_map(|(start, end)| [start, end])) {
                *column = characters(&text[start..at]) as u32 + 1;
            }
            self.calls.push(1);
            self.firsts.push(First { line, columns });
        } else {
            self.calls[record as usize] += 1;
        }
    }

    /// Adds the records of a text.
    ///
    /// # Arguments
    ///
    /// * `others` - its records.
    /// * `line` - the number of its first line.
    pub fn join(&mut self, others: &Records, line: usize) {
        for (other, key) in others.keys.iter().enumerate() {
            let (number, new) = self.keys.number(key);
            if new {
                let First { line: after, columns } = others.firsts[other];
                self.calls.push(others.calls[other]);
                self.firsts.push(First { line: line + after, columns });
            } else {
                self.calls[number as usize] += others.calls[other];
            }
        }
    }

    /// Returns the records in the order of their first lines.
    pub fn iter<'a>(&'a self, kinds: &'a [Kind]) -> impl Iterator<Item = Record<'a>> {
        self.texts(kinds).zip(&self.calls).zip(&self.firsts).map(|(((kind, texts), &calls), first)| {
            let place = place(kind, &first.columns);
            Record { kind, texts: texts.collect(), line: first.line, place, calls }
        })
    }

    /// Returns the kind of each record and the values of its texts; empty for a value that is not a string.
    pub fn texts<'a>(
        &'a self,
        kinds: &'a [Kind],
    ) -> impl Iterator<Item = (&'a Kind, impl Iterator<Item = Cow<'a, str>>)> {
        self.keys.iter().map(|key| {
            let (number, mut key) = take_number(key);
            let kind = &kinds[number as usize];
            let value = move |part: &Part| {
                let (length, rest) = take_number(key);
                let (text, rest) = rest.split_at(length as usize);
                key = rest;
                if part.is_stripped { stripped(string_value(text)) } else { string_value(text) }
            };
            (kind, kind.parts.iter().map(value))
        })
    }

    /// Returns those of the records that are asked for by their numbers.
    #[must_use]
    pub fn retained(&self, mut is_retained: impl FnMut(usize) -> bool) -> Self {
        let mut retained = Self::default();
        for (number, key) in self.keys.iter().enumerate().filter(|(number, _)| is_retained(*number)) {
            retained.keys.number(key);
            retained.calls.push(self.calls[number]);
            retained.firsts.push(self.firsts[number]);
        }
        retained
    }

    /// Returns how many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }
}

fn take_number(key: &[u8]) -> (u32, &[u8]) {
    key.split_first_chunk().map_or((0, key), |(number, rest)| (u32::from_le_bytes(*number), rest))
}

/// Returns how many characters valid UTF-8 has.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xc0 != 0x80).count()
}

fn place(kind: &Kind, columns: &[u32; 4]) -> String {
    let mut columns = columns.iter();
    let mut place = String::new();
    for (number, text) in kind.place.iter().enumerate() {
        if number > 0
            && let Some(column) = columns.next()
        {
            let _ = write!(place, "{column}"); // writing to a string cannot fail
        }
        place.push_str(text);
    }
    place
}

/// Removes what Python takes for white space around a text.
fn stripped(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_space = |character: char| character.is_whitespace() || matches!(character, '\x1c'..='\x1f');
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_space)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(is_space).to_owned()),
    }
}

#[cfg(test)]
impl Kind {
    /// A kind of one text.
    pub(crate) fn of(member: usize) -> Self {
        let part = Part { member: Some(member), ..Part::default() };
        Self { meaning: Meaning::Link, parts: vec![part], place: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(member: usize, is_placed: bool) -> Part {
        Part { member: Some(member), is_stripped: is_placed, is_placed }
    }

    fn kind() -> Kind {
        let parts = vec![part(0, false), Part::default(), part(1, true), part(2, true), part(3, false)];
        Kind { meaning: Meaning::Link, parts, place: ["<", "-", "|", "-", ">"].map(str::to_owned).to_vec() }
    }

    /// Adds a line of four strings, one after another.
    fn add(records: &mut Records, number: u32, line: usize, values: [&str; 4]) {
        let text: Vec<String> = values.iter().map(|each| format!("\"{each}\"")).collect();
        let before = "\"\u{fc}\"\n";
        let extent_of = |member: usize| {
            let start = before.len() + text[..member].iter().map(String::len).sum::<usize>();
            (start, start + text[member].len())
        };
        let whole = before.to_owned() + &text.concat();
        records.add(number, &kind(), whole.as_bytes(), (line, before.len()), extent_of);
    }

    #[test]
    fn lines_of_the_same_texts_are_counted_together() {
        let mut records = Records::default();
        add(&mut records, 0, 3, ["u", "d", "ab", "l"]);
        add(&mut records, 0, 4, ["u", "d", "a", "bl"]);
        add(&mut records, 1, 5, ["u", "d", "ab", "l"]);
        add(&mut records, 0, 6, ["u", "d", "ab", "l"]);
        let mut all = Records::default();
        all.join(&records, 10);
        add(&mut records, 1, 7, ["v", "d", "ab", "l"]);
        all.join(&records, 20);
        let kinds = [kind(), Kind { meaning: Meaning::Event, ..kind() }];
        let is_event = |record: &Record| record.kind.meaning == Meaning::Event;
        let found: Vec<_> = all.iter(&kinds).map(|each| (is_event(&each), each.line, each.calls)).collect();
        assert_eq!(found, [(false, 13, 4), (false, 14, 2), (true, 15, 2), (true, 27, 1)]);
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn a_record_has_the_values_of_its_texts_and_their_places() {
        let mut records = Records::default();
        add(&mut records, 0, 3, ["\u{fc} \\n", " \u{fc}\\u001c", "\u{1d}a\\/b\u{85}", "l"]);
        let kinds = [kind()];
        let record = records.iter(&kinds).next().unwrap();
        assert_eq!(record.texts, ["\u{fc} \n", "", "\u{fc}", "a/b", "l"]);
        assert_eq!((record.calls, record.line), (1, 3));
        assert_eq!(record.place, "<7-17|17-25>");
    }

    #[test]
    fn a_text_that_does_not_count_has_no_place() {
        let mut records = Records::default();
        let parts = vec![Part { is_placed: false, ..Part::default() }, part(0, true)];
        let kinds = [Kind { parts, place: vec!["[null,".to_owned(), ",".to_owned(), "]".to_owned()], ..kind() }];
        records.add(0, &kinds[0], b"17\"a\"", (0, 2), |_| (2, 5));
        let record = records.iter(&kinds).next().unwrap();
        assert_eq!((record.texts, &record.place[..]), (vec!["".into(), "a".into()], "[null,1,4]"));
    }
}
