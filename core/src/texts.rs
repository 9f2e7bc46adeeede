//! Numbers of texts, by all of their bytes, never by their hash alone.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Texts, numbered in the order in which they were added.
#[derive(Debug, Default)]
pub struct Texts {
    table: HashTable<(u64, u32)>,
    /// All texts, one after the other, and the end of each.
    held: Vec<u8>,
    ends: Vec<usize>,
    hashing: RandomState,
}

impl Texts {
    /// Returns the number of a text, if it was added.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<u32> {
        self.find_hashed(text, self.hashing.hash_one(text))
    }

    fn find_hashed(&self, text: &[u8], hash: u64) -> Option<u32> {
        let is_same = |&(known, number): &(u64, u32)| known == hash && self.text(number) == text;
        self.table.find(hash, is_same).map(|&(_, number)| number)
    }

    /// Returns the number of a text, and whether it is new.
    pub fn number(&mut self, text: &[u8]) -> (u32, bool) {
        let hash = self.hashing.hash_one(text);
        if let Some(number) = self.find_hashed(text, hash) {
            return (number, false);
        }
        let number = self.ends.len() as u32;
        self.held.extend_from_slice(text);
        self.ends.push(self.held.len());
        self.table.insert_unique(hash, (hash, number), |&(known, _)| known);
        (number, true)
    }

    /// Returns the text of a number.
    #[must_use]
    pub fn text(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = if number == 0 { 0 } else { self.ends[number - 1] };
        &self.held[start..self.ends[number]]
    }

    /// Returns the texts in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len() as u32).map(|number| self.text(number))
    }

    /// Returns the number of texts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Removes all texts.
    pub fn clear(&mut self) {
        self.table.clear();
        self.held.clear();
        self.ends.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_as_they_come() {
        let mut texts = Texts::default();
        for number in 0..1000u32 {
            assert_eq!(texts.number(format!("text {number}").as_bytes()), (number, true));
        }
        assert_eq!(texts.number(b"text 17"), (17, false));
        assert_eq!(texts.number(b""), (1000, true));
        assert_eq!(texts.number(b""), (1000, false));
        assert_eq!(texts.find(b"text 999"), Some(999));
        assert_eq!(texts.find(b"text"), None);
        assert_eq!((texts.text(0), texts.text(4), texts.text(1000)), (&b"text 0"[..], &b"text 4"[..], &b""[..]));
        assert_eq!(texts.iter().nth(4), Some(&b"text 4"[..]));
        texts.clear();
        assert!(texts.is_empty());
        assert_eq!(texts.number(b"text 17"), (0, true));
    }
}
