//! The columns that calls are grouped by. The texts in all columns are a group.

use memchr::memmem::Finder;

/// The length of a missing text.
const ABSENT: u32 = u32::MAX;

/// One column.
#[derive(Clone, Copy, Debug, Default)]
pub struct Column {
    /// The member whose text it holds, if the member is read.
    pub member: Option<usize>,
    /// Questions and a number of bytes: only that many bytes count of texts that they match.
    pub shortened: Option<(usize, usize)>,
}

/// Adds the text of the next column to the name of a group; None if there is none.
pub fn add_text(name: &mut Vec<u8>, text: Option<&[u8]>) {
    name.extend_from_slice(&text.map_or(ABSENT, |text| text.len() as u32).to_le_bytes());
    name.extend_from_slice(text.unwrap_or_default());
}

/// Returns the texts of a group, by column; None for an empty column.
#[must_use]
pub fn texts_of(mut name: &[u8]) -> Vec<Option<&[u8]>> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = name.split_first_chunk() {
        let length = u32::from_le_bytes(*length);
        let (text, after) = rest.split_at(if length == ABSENT { 0 } else { length as usize });
        texts.push((length != ABSENT).then_some(text));
        name = after;
    }
    texts
}

/// Strings of printable characters without quotes and backslashes, each with how often it may be in a line of a group.
#[derive(Debug)]
pub struct Watch {
    strings: Vec<(Finder<'static>, usize)>,
    /// Whether any of them has a slash.
    slashes: bool,
    /// Whether all of them are ASCII.
    ascii: bool,
}

impl Watch {
    /// Creates a watch of strings, with their quotes, and how often each may be in a line.
    #[must_use]
    pub fn new(strings: &[(Vec<u8>, usize)]) -> Self {
        Self {
            strings: strings.iter().map(|(string, most)| (Finder::new(string).into_owned(), *most)).collect(),
            slashes: strings.iter().any(|(string, _)| string.contains(&b'/')),
            ascii: strings.iter().all(|(string, _)| string.is_ascii()),
        }
    }

    /// Returns whether no string is in a line more often than it may, keys aside; false if in doubt.
    #[must_use]
    pub fn passes(&self, line: &[u8]) -> bool {
        !self.may_be_escaped(line) && self.strings.iter().all(|(string, most)| occurrences(string, line) <= *most)
    }

    /// Returns whether a line of JSON may hold one of the strings in another notation.
    fn may_be_escaped(&self, line: &[u8]) -> bool {
        let mut at = 0;
        while let Some(length) = memchr::memchr(b'\\', &line[at..]) {
            at += length;
            match &line[at..] {
                [_, b'u', b'0', b'0', b'2'..=b'7', ..] => return true,
                [_, b'u', ..] if !self.ascii => return true,
                [_, b'/', ..] if self.slashes => return true,
                // The escaped character may be a backslash.
                rest => at += rest.len().min(2),
            }
        }
        false
    }
}

fn occurrences(string: &Finder<'static>, line: &[u8]) -> usize {
    let is_value = |at: &usize| {
        let after = line[at + string.needle().len()..].iter().find(|byte| !byte.is_ascii_whitespace());
        after != Some(&b':')
    };
    string.find_iter(line).filter(is_value).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_named_by_its_texts() {
        for texts in [vec![], vec![None], vec![Some(&b"\"a\""[..]), None, Some(b""), Some(b"17")]] {
            let mut name = Vec::new();
            for text in &texts {
                add_text(&mut name, *text);
            }
            assert_eq!(texts_of(&name), texts);
        }
    }

    #[test]
    fn lines_are_watched_for_strings_that_stand_once_more() {
        let watch = Watch::new(&[(b"\"ab\"".to_vec(), 1), (b"\"c\"".to_vec(), 0)]);
        assert!(watch.passes(br#"{"e":"ab","ab" : 1,"c":"d"}"#));
        assert!(!watch.passes(br#"{"e":"ab","f":"ab"}"#));
        assert!(!watch.passes(br#"{"e":"ab","f":["c"]}"#));
        assert!(!watch.passes(br#"{"e":"\u0063"}"#));
        assert!(!watch.passes(br#"{"e":"\\\u0063"}"#));
        for escaped in [r#""\\u0063""#, r#""\"\n\u00e9\u0163""#, r#""a\/b""#, r#""\\""#] {
            assert!(watch.passes(format!("{{\"e\":{escaped}}}").as_bytes()), "{escaped}");
        }
        assert!(!Watch::new(&[(b"\"a/b\"".to_vec(), 0)]).passes(br#"{"e":"a\/b"}"#));
        assert!(!Watch::new(&[("\"é\"".into(), 0)]).passes(br#"{"e":"\u00e9"}"#));
    }
}
