//! Records as rows of the database, or as lines of JSON that are divided into shares by the hash of a text.

use crate::records::Kind;
use crate::records::{Meaning, Records};
use foldhash::fast::RandomState;
use hashbrown::HashSet;
use std::borrow::Cow;
use std::io::Write;

/// The values that all rows of an input share.
#[derive(Debug)]
pub struct Source<'a> {
    /// The prefix of places, which sorts them by input.
    pub prefix: &'a str,
    /// How many hexadecimal digits the line number has in a place.
    pub digits: usize,
    /// The codes that are ignored in the input.
    pub ignored: &'a str,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// The id of a user, another id, platform, origin, two ids of a device, each also in lower case, library, ignored
    /// codes, place; and the number of calls.
    User([Cow<'a, str>; 11], u64),
    /// An id, the id of its user, and whether the user's id replaced it.
    Link(Cow<'a, str>, Cow<'a, str>, bool),
    /// The name of an event, the library, the place, and the number of calls.
    Event(Cow<'a, str>, Cow<'a, str>, String, u64),
}

/// Passes the rows of records to `take`, links only once.
///
/// # Errors
///
/// The error of `library_of`, which returns the name of a library as it is stored, or of `take`.
pub fn rows<'a, Error>(
    records: &'a Records,
    kinds: &'a [Kind],
    source: &Source<'a>,
    mut library_of: impl FnMut(&str) -> Result<String, Error>,
    mut take: impl FnMut(Row<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut linked = HashSet::<_, RandomState>::default();
    for record in records.iter(kinds) {
        let place = format!("{}{:0width$x}{}", source.prefix, record.line, record.place, width = source.digits);
        let mut texts = record.texts.into_iter();
        let mut next = || texts.next().unwrap_or_default();
        if record.kind.meaning == Meaning::Event {
            let (name, library) = (next(), next());
            take(Row::Event(name, library_of(&library)?.into(), place, record.calls))?;
            continue;
        }
        let (user, other, previous) = (next(), next(), next());
        for (before, alias) in [(&other, false), (&previous, true)] {
            if !user.is_empty() && !before.is_empty() && linked.insert((before.clone(), user.clone(), alias)) {
                take(Row::Link(before.clone(), user.clone(), alias))?;
            }
        }
        if let Meaning::User(platform, origin) = &record.kind.meaning {
            let (device, advertising, library) = (next(), next(), next());
            let folded = [&device, &advertising].map(|text| folded(text).into());
            let [device_folded, advertising_folded] = folded;
            let (platform, origin) = (Cow::Borrowed(&platform[..]), Cow::Borrowed(&origin[..]));
            let (library, ignored) = (library_of(&library)?.into(), Cow::Borrowed(source.ignored));
            let texts = [
                user,
                other,
                platform,
                origin,
                device,
                device_folded,
                advertising,
                advertising_folded,
                library,
                ignored,
                place.into(),
            ];
            take(Row::User(texts, record.calls))?;
        }
    }
    Ok(())
}

/// Returns a text in lower case, as ids are compared.
pub(crate) fn folded(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// Rows as lines of JSON, in shares.
#[derive(Debug)]
pub struct Shares {
    users: Vec<Vec<u8>>,
    anonymous: Vec<Vec<u8>>,
    links: Vec<Vec<u8>>,
    aliases: Vec<u8>,
}

impl Shares {
    /// Creates a number of empty shares.
    #[must_use]
    pub fn new(number: u32) -> Self {
        let empty = vec![Vec::new(); number as usize];
        Self { users: empty.clone(), anonymous: empty.clone(), links: empty, aliases: Vec::new() }
    }

    /// Adds a row to its share; a row of an event has none.
    pub fn add(&mut self, row: &Row<'_>) {
        match row {
            Row::User(texts, calls) => {
                let (shares, text) = match texts {
                    [user, ..] if !user.is_empty() => (&mut self.users, user),
                    [_, other, ..] if !other.is_empty() => (&mut self.anonymous, other),
                    [.., place] => (&mut self.users, place),
                };
                write_row(share_in(shares, text), texts, *calls);
            }
            Row::Link(before, user, alias) => {
                let texts = [before.clone(), user.clone()];
                write_row(share_in(&mut self.links, before), &texts, u64::from(*alias));
                if *alias {
                    write_row(&mut self.aliases, &texts, 1);
                }
            }
            Row::Event(..) => {}
        }
    }

    /// Returns the shares that are not empty, each with the name of its table and its number.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, usize, &[u8])> {
        let tables = [("user", &self.users[..]), ("anonymous", &self.anonymous), ("link", &self.links)];
        let aliases = ("alias", std::slice::from_ref(&self.aliases));
        let all = tables.into_iter().chain([aliases]);
        let parts =
            all.flat_map(|(table, shares)| shares.iter().enumerate().map(move |(n, part)| (table, n, &part[..])));
        parts.filter(|(_, _, part)| !part.is_empty())
    }
}

fn share_in<'a>(shares: &'a mut [Vec<u8>], text: &str) -> &'a mut Vec<u8> {
    let number = share_of(text, shares.len() as u32);
    &mut shares[number as usize]
}

fn write_row(line: &mut Vec<u8>, texts: &[Cow<'_, str>], count: u64) {
    line.push(b'[');
    for text in texts {
        line.push(b'"');
        write_string(line, text.as_bytes());
        line.extend_from_slice(b"\",");
    }
    let _ = writeln!(line, "{count}]"); // writing to memory cannot fail
}

fn write_string(line: &mut Vec<u8>, text: &[u8]) {
    let is_odd = |byte: &u8| *byte < b' ' || *byte == b'"' || *byte == b'\\';
    if !text.iter().any(is_odd) {
        line.extend_from_slice(text);
        return;
    }
    for byte in text {
        if is_odd(byte) {
            let _ = write!(line, "\\u{byte:04x}"); // writing to memory cannot fail
        } else {
            line.push(*byte);
        }
    }
}

/// Returns the number of the share of a text: its CRC-32, as zlib has it, modulo `number`.
#[must_use]
pub fn share_of(text: &str, number: u32) -> u32 {
    let crc = text.bytes().fold(u32::MAX, |crc, byte| TABLE[usize::from(crc as u8 ^ byte)] ^ (crc >> 8));
    !crc % number
}

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut number = 0;
    while number < table.len() {
        let mut crc = number as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
            bit += 1;
        }
        table[number] = crc;
        number += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Part;

    fn kind(meaning: Meaning, parts: usize) -> Kind {
        let part = |number| Part { member: Some(number), ..Part::default() };
        Kind { meaning, parts: (0..parts).map(part).collect(), place: vec!["!".to_owned()] }
    }

    fn rows_of(records: &[(u32, &[&str])]) -> Vec<Row<'static>> {
        let user = Meaning::User("ios".to_owned(), "server".to_owned());
        let kinds = [kind(user, 6), kind(Meaning::Link, 3), kind(Meaning::Event, 2)];
        let mut all = Records::default();
        for (line, (number, texts)) in records.iter().enumerate() {
            let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
            let end = |member: usize| quoted[..=member].iter().map(String::len).sum::<usize>();
            let extent_of = |member| (end(member) - quoted[member].len(), end(member));
            all.add(*number, &kinds[*number as usize], quoted.concat().as_bytes(), (line + 17, 0), extent_of);
        }
        let source = Source { prefix: "2", digits: 3, ignored: "," };
        let mut found = Vec::new();
        let (all, kinds): (&'static _, &'static _) = (Box::leak(Box::new(all)), Box::leak(Box::new(kinds)));
        let library_of = |name: &str| Ok::<_, ()>(name.to_uppercase());
        rows(all, kinds, &source, library_of, |row| {
            found.push(row);
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn rows_have_all_that_is_stored() {
        let found = rows_of(&[(0, &["u", "a", "", "D", "A", "l"]), (2, &["e", "l"]), (1, &["u", "a", "p"])]);
        let user = ["u", "a", "ios", "server", "D", "d", "A", "a", "L", ",", "2011!"].map(Cow::Borrowed);
        let expected = [
            Row::Link("a".into(), "u".into(), false),
            Row::User(user, 1),
            Row::Event("e".into(), "L".into(), "2012!".to_owned(), 1),
            Row::Link("p".into(), "u".into(), true),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn rows_are_shared_out_by_user_or_id_or_place() {
        let none = ["", "", "", "D", "A", "l"];
        let mut shares = Shares::new(8);
        let odd = "\\\"\\n\\\\\u{e9}\\u0000";
        let texts: [&[&str]; 4] =
            [&["u", "", "", "D", "", "l"], &["", "a", "", "D", "", "l"], &none, &[odd, "", "", "D", "", "l"]];
        for row in rows_of(&texts.map(|each| (0, each))).iter().chain(&rows_of(&[(1, &["u", "a", "p"])])) {
            shares.add(row);
        }
        let place = "2013!";
        let odd = "\"\n\\\u{e9}\0";
        let keys = [
            ("alias", 0),
            ("anonymous", share_of("a", 8)),
            ("link", share_of("a", 8)),
            ("link", share_of("p", 8)),
            ("user", share_of("u", 8)),
            ("user", share_of(place, 8)),
            ("user", share_of(odd, 8)),
        ];
        for (table, number) in keys {
            assert!(shares.parts().any(|part| (part.0, part.1) == (table, number as usize)), "{table}");
        }
        let lines: Vec<u8> = shares.parts().flat_map(|part| part.2).copied().collect();
        let mut firsts = Vec::new();
        for line in std::str::from_utf8(&lines).unwrap().lines() {
            let row: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
            assert!(row.len() == 12 || row.len() == 3);
            firsts.push(row[0].as_str().unwrap().to_owned());
        }
        firsts.sort_unstable();
        assert_eq!(firsts, ["", "", odd, "a", "p", "p", "u"]);
    }

    #[test]
    fn the_share_of_a_text_is_what_zlib_says() {
        assert_eq!(share_of("123456789", u32::MAX), 0xcbf4_3926);
        assert_eq!(share_of("", 64), 0);
    }
}
