//! Records: the texts of a line that say whose it is. Calls with the same texts are counted together.

use crate::scanner::string_value;
use crate::texts::Texts;
use std::borrow::Cow;
use std::fmt::Write;

/// The members of a line that make a record, each None if it does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// What holds the user's id, another id of the same user, and an id that the user gave up.
    pub users: [Option<usize>; 3],
    /// What holds the ids of the device; white space around them does not count.
    pub devices: [Option<usize>; 2],
    /// What holds the name of the library.
    pub library: Option<usize>,
    /// Whether such lines say anything of a device.
    pub is_record: bool,
    /// The texts around the columns where the ids of the device begin and end: the place of such a line.
    pub place: Vec<String>,
}

impl Kind {
    /// Returns the members, in the order of [`Record`].
    pub fn members(&self) -> impl Iterator<Item = Option<usize>> {
        self.users.into_iter().chain(self.devices).chain([self.library])
    }
}

/// Where a value stands: its first byte, and the one after its last; the same for none.
pub type Extent = (usize, usize);

/// The first line of some that make a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct First {
    /// Its number.
    line: usize,
    /// Where the ids of the device begin and end, in characters of the line, from 1.
    columns: [usize; 4],
}

/// A record, and the calls that make it.
#[derive(Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// The number of its kind.
    pub kind: u32,
    /// The ids of users.
    pub users: [Cow<'a, str>; 3],
    /// The ids of the device.
    pub devices: [Cow<'a, str>; 2],
    /// The JSON of the library's name; empty if there is none.
    pub library: &'a [u8],
    /// The number of the first line.
    pub line: usize,
    /// The place in it.
    pub place: String,
    /// How many calls there are.
    pub calls: u64,
}

/// Records that were met.
#[derive(Debug, Default)]
pub struct Records {
    /// A record is told from others by its kind and the JSON of its texts.
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
    /// * `extent_of` - returns where the value of a member stands.
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
        let extent_of = |member: Option<usize>| member.map_or((start, start), &extent_of);
        for member in kind.members() {
            let (start, end) = extent_of(member);
            self.key.extend_from_slice(&((end - start) as u32).to_le_bytes());
            self.key.extend_from_slice(&text[start..end]);
        }
        let (record, new) = self.keys.number(&self.key);
        if new {
            let [(a, b), (c, d)] = kind.devices.map(extent_of);
            let columns = [a, b, c, d].map(|at| characters(&text[start..at]) + 1);
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
    /// * `line` - what the numbers of its lines are counted from.
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
        self.keys.iter().zip(&self.calls).zip(&self.firsts).map(|((key, &calls), first)| {
            let (number, mut key) = take_number(key);
            let mut next = || {
                let (length, rest) = take_number(key);
                let (text, rest) = rest.split_at(length as usize);
                key = rest;
                text
            };
            let users = [(); 3].map(|()| string_value(next()));
            let devices = [(); 2].map(|()| stripped(string_value(next())));
            let (library, line) = (next(), first.line);
            let place = place(&kinds[number as usize], &first.columns);
            Record { kind: number, users, devices, library, line, place, calls }
        })
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

fn place(kind: &Kind, columns: &[usize; 4]) -> String {
    let there = kind.devices.iter().zip(columns.chunks_exact(2)).filter(|(member, _)| member.is_some());
    let mut columns = there.flat_map(|(_, columns)| columns);
    let mut place = String::new();
    for text in &kind.place {
        place.push_str(text);
        if let Some(column) = columns.next() {
            let _ = write!(place, "{column}"); // writing to a string cannot fail
        }
    }
    place
}

/// Leaves out what Python takes for white space around a text.
fn stripped(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_space = |character: char| character.is_whitespace() || matches!(character, '\x1c'..='\x1f');
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(is_space)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(is_space).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind() -> Kind {
        Kind {
            users: [Some(0), None, None],
            devices: [Some(1), Some(2)],
            library: Some(3),
            is_record: true,
            place: ["<", "-", "|", "-", ">"].map(str::to_owned).to_vec(),
        }
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
        let kinds = [kind(), kind()];
        let found: Vec<_> = all.iter(&kinds).map(|each| (each.kind, each.line, each.calls)).collect();
        assert_eq!(found, [(0, 13, 4), (0, 14, 2), (1, 15, 2), (1, 27, 1)]);
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn a_record_has_the_values_of_its_texts_and_their_places() {
        let mut records = Records::default();
        add(&mut records, 0, 3, ["\u{fc} \\n", " \u{fc}\\u001c", "\u{1d}a\\/b\u{85}", "l"]);
        let kinds = [kind()];
        let record = records.iter(&kinds).next().unwrap();
        assert_eq!(record.users, ["\u{fc} \n", "", ""]);
        assert_eq!(record.devices, ["\u{fc}", "a/b"]);
        assert_eq!((record.library, record.calls, record.line), (&b"\"l\""[..], 1, 3));
        assert_eq!(record.place, "<7-17|17-25>");
    }

    #[test]
    fn a_text_that_does_not_count_has_no_place() {
        let mut records = Records::default();
        let kind = Kind { devices: [None, Some(0)], place: vec!["[null,".to_owned(), ",".to_owned()], ..kind() };
        let kinds = [Kind { users: [None; 3], library: None, ..kind }];
        records.add(0, &kinds[0], b"17\"a\"", (0, 2), |_| (2, 5));
        let record = records.iter(&kinds).next().unwrap();
        assert_eq!((record.devices, &record.place[..]), (["".into(), "a".into()], "[null,1,4"));
    }
}
