//! The columns that calls are grouped by: each text in them is a number, each combination of them a group.

use crate::questions::Questions;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use memchr::memmem::Finder;

/// A group's number in a column where there is nothing.
pub const ABSENT: u32 = 0;

/// One column.
#[derive(Debug, Default)]
pub struct Column {
    texts: Texts,
    shortened: Option<(Questions, usize)>,
}

impl Column {
    /// Makes a column.
    ///
    /// # Arguments
    ///
    /// * `shortened` - a pattern and a number of bytes: of texts that match it, no more than these bytes count.
    ///
    /// # Errors
    ///
    /// The pattern is not valid.
    pub fn new(shortened: Option<(String, usize)>) -> Result<Self, String> {
        let shortened = match shortened {
            Some((pattern, bytes)) => Some((Questions::new(&[pattern])?, bytes)),
            None => None,
        };
        Ok(Self { texts: Texts::default(), shortened })
    }

    /// Returns the number of a value by its text, a string's quotes included.
    ///
    /// # Arguments
    ///
    /// * `plain` - whether the text is a string whose bytes are its value.
    pub fn number(&mut self, mut text: &[u8], plain: bool) -> u32 {
        if plain && let Some((questions, bytes)) = &mut self.shortened {
            let inner = &text[1..text.len() - 1];
            if questions.matches(inner) {
                text = &text[..=(*bytes).min(inner.len())];
            }
        }
        self.texts.number(text).0 + 1
    }
}

/// Strings that may stand in the lines of a group no more often than they do in each.
#[derive(Debug)]
pub struct Watch(Vec<(Finder<'static>, usize)>);

impl Watch {
    /// Makes a watch of strings, with their quotes, and how often each may stand in a line.
    #[must_use]
    pub fn new(strings: &[(Vec<u8>, usize)]) -> Self {
        Self(strings.iter().map(|(string, most)| (Finder::new(string).into_owned(), *most)).collect())
    }

    /// Returns whether no string stands in a line more often than it may, keys aside; false if that is in doubt.
    #[must_use]
    pub fn passes(&self, line: &[u8]) -> bool {
        // A string that holds an escape is written in another way.
        memchr::memchr(b'\\', line).is_none() && self.0.iter().all(|(string, most)| occurrences(string, line) <= *most)
    }
}

fn occurrences(string: &Finder<'static>, line: &[u8]) -> usize {
    let is_value = |at: &usize| {
        let after = line[at + string.needle().len()..].iter().find(|byte| !byte.is_ascii_whitespace());
        after != Some(&b':')
    };
    string.find_iter(line).filter(is_value).count()
}

/// The groups that were met since they were last taken.
#[derive(Debug, Default)]
pub struct Groups {
    /// The columns.
    pub columns: Vec<Column>,
    /// Whether the lines of groups are watched; see [`Watch`].
    pub watched: bool,
    watches: HashMap<u32, Option<Watch>, RandomState>,
    numbers: HashMap<Box<[u32]>, u32, RandomState>,
    told: usize,
    members: Vec<Box<[u32]>>,
}

impl Groups {
    /// Returns the number of a group, by its numbers in the columns.
    #[inline]
    pub fn number(&mut self, row: &[u32]) -> u32 {
        if let Some(&number) = self.numbers.get(row) {
            return number;
        }
        let number = self.members.len() as u32;
        self.members.push(row.into());
        self.numbers.insert(row.into(), number);
        number
    }

    /// Sets the watch over the lines of a group; None to pass none of them.
    pub fn watch(&mut self, group: u32, watch: Option<Watch>) {
        self.watches.insert(group, watch);
    }

    /// Returns whether a line of a group passes its watch; None if nobody said what is watched.
    #[must_use]
    pub fn passes(&self, group: u32, line: &[u8]) -> Option<bool> {
        if !self.watched {
            return Some(true);
        }
        self.watches.get(&group).map(|watch| watch.as_ref().is_some_and(|watch| watch.passes(line)))
    }

    /// Returns the texts of a group; None where a column holds nothing.
    #[must_use]
    pub fn texts(&self, group: u32) -> Vec<Option<Vec<u8>>> {
        let numbers = self.members[group as usize].iter().zip(&self.columns);
        numbers.map(|(&number, column)| (number != ABSENT).then(|| column.texts.text(number - 1).to_vec())).collect()
    }

    /// Returns the texts of the groups that nobody was told of yet.
    pub fn take_new(&mut self) -> Vec<Vec<Option<Vec<u8>>>> {
        let new = (self.told..self.members.len()).map(|group| self.texts(group as u32)).collect();
        self.told = self.members.len();
        new
    }

    /// Forgets all groups and the texts in them.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.members.clear();
        self.watches.clear();
        self.told = 0;
        for column in &mut self.columns {
            column.texts.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_but_for_what_does_not_count() {
        let mut column = Column::new(Some((r"^\d\d:\d\d$".to_owned(), 2))).unwrap();
        assert_eq!(column.number(b"\"17:30\"", true), column.number(b"\"17:31\"", true));
        assert_ne!(column.number(b"\"17:30\"", true), column.number(b"\"18:30\"", true));
        assert_ne!(column.number(b"\"17:30\"", true), column.number(b"\"17:30\"", false));
        assert_ne!(column.number(b"\"17:3\"", true), column.number(b"\"17:4\"", true));
        assert_ne!(column.number(b"\"17\"", true), column.number(b"\"17:30\"", true));
        assert_ne!(column.number(b"17", false), column.number(b"\"17\"", true));
    }

    #[test]
    fn groups_are_told_once() {
        let mut groups = Groups { columns: vec![Column::default(), Column::default()], ..Groups::default() };
        let a = groups.columns[0].number(b"\"a\"", true);
        assert_eq!(groups.number(&[a, ABSENT]), 0);
        assert_eq!(groups.number(&[ABSENT, ABSENT]), 1);
        assert_eq!(groups.number(&[a, ABSENT]), 0);
        assert_eq!(groups.take_new(), [[Some(b"\"a\"".to_vec()), None], [None, None]]);
        assert!(groups.take_new().is_empty());
        groups.clear();
        assert_eq!(groups.number(&[ABSENT, ABSENT]), 0);
    }

    #[test]
    fn lines_are_watched_for_strings_that_stand_once_more() {
        let watch = Watch::new(&[(b"\"ab\"".to_vec(), 1), (b"\"c\"".to_vec(), 0)]);
        assert!(watch.passes(br#"{"e":"ab","ab" : 1,"c":"d"}"#));
        assert!(!watch.passes(br#"{"e":"ab","f":"ab"}"#));
        assert!(!watch.passes(br#"{"e":"ab","f":["c"]}"#));
        assert!(!watch.passes(br#"{"e":"\u0063"}"#));
        let mut groups = Groups { watched: true, ..Groups::default() };
        assert_eq!(groups.number(&[]), 0);
        assert_eq!(groups.passes(0, b"{}"), None);
        groups.watch(0, Some(watch));
        assert_eq!(groups.passes(0, b"{}"), Some(true));
        groups.watch(0, None);
        assert_eq!(groups.passes(0, b"{}"), Some(false));
    }
}
