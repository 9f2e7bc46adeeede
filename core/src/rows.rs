//! Distinct rows of answers, each with a number.

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::{BuildHasher, Hasher};

/// The rows, one after the other, each as wide as the widest.
#[derive(Debug, Default)]
pub struct Rows {
    table: HashTable<(u64, u32)>,
    answers: Vec<u16>,
    width: usize,
    hashing: RandomState,
}

impl Rows {
    /// Returns the number of a row, if there is one. A wider row has one only if its further answers are empty.
    #[inline]
    #[must_use]
    pub fn find(&self, row: &[u16]) -> Option<u32> {
        let (row, rest) = row.split_at_checked(self.width)?;
        if rest.iter().any(|&answer| answer != 0) {
            return None;
        }
        let hash = self.hash(row);
        let is_same = |&(known, number): &(u64, u32)| known == hash && self.row(number) == row;
        self.table.find(hash, is_same).map(|&(_, number)| number)
    }

    /// Adds a new row; returns its number.
    pub fn add(&mut self, row: &[u16]) -> u32 {
        if row.len() != self.width {
            self.widen(row.len());
        }
        let number = self.table.len() as u32;
        self.answers.extend_from_slice(row);
        let hash = self.hash(row);
        self.table.insert_unique(hash, (hash, number), |&(known, _)| known);
        number
    }

    fn row(&self, number: u32) -> &[u16] {
        let start = number as usize * self.width;
        &self.answers[start..start + self.width]
    }

    /// Widens all rows by empty answers to new questions.
    fn widen(&mut self, width: usize) {
        let count = self.table.len();
        let mut answers = Vec::with_capacity((count + 1) * width);
        for number in 0..count {
            answers.extend_from_slice(self.row(number as u32));
            answers.resize((number + 1) * width, 0);
        }
        self.answers = answers;
        self.width = width;
        self.table.clear();
        for number in 0..count as u32 {
            let hash = self.hash(self.row(number));
            self.table.insert_unique(hash, (hash, number), |&(known, _)| known);
        }
    }

    #[inline]
    fn hash(&self, row: &[u16]) -> u64 {
        let mut hasher = self.hashing.build_hasher();
        let mut chunks = row.chunks_exact(4);
        for four in &mut chunks {
            let packed = four.iter().fold(0, |word, &answer| word << 16 | u64::from(answer));
            hasher.write_u64(packed);
        }
        for &answer in chunks.remainder() {
            hasher.write_u16(answer);
        }
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_numbers_when_more_is_asked() {
        let mut rows = Rows::default();
        assert_eq!(rows.find(&[1, 2, 3]), None);
        assert_eq!(rows.add(&[1, 2, 3]), 0);
        assert_eq!(rows.add(&[1, 2, 4]), 1);
        assert_eq!(rows.find(&[1, 2, 3]), Some(0));
        assert_eq!(rows.find(&[1, 2, 3, 0, 0]), Some(0));
        assert_eq!(rows.find(&[1, 2, 3, 0, 7]), None);
        assert_eq!(rows.add(&[1, 2, 3, 0, 7]), 2);
        for (row, number) in [([1, 2, 3, 0, 0], 0), ([1, 2, 4, 0, 0], 1), ([1, 2, 3, 0, 7], 2)] {
            assert_eq!(rows.find(&row), Some(number));
        }
    }
}
