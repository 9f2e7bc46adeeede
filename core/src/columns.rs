//! The columns that calls are grouped by: each text in them is a number, each combination of them a group.

use crate::questions::Questions;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

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

/// The groups that were met since they were last taken.
#[derive(Debug, Default)]
pub struct Groups {
    /// The columns.
    pub columns: Vec<Column>,
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

    /// Returns the texts of the groups that nobody was told of yet; None where a column holds nothing.
    pub fn take_new(&mut self) -> Vec<Vec<Option<Vec<u8>>>> {
        let new = self.members[self.told..].iter().map(|group| {
            let texts = group
                .iter()
                .zip(&self.columns)
                .map(|(&number, column)| (number != ABSENT).then(|| column.texts.text(number - 1).to_vec()));
            texts.collect()
        });
        let new = new.collect();
        self.told = self.members.len();
        new
    }

    /// Forgets all groups and the texts in them.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.members.clear();
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
}
