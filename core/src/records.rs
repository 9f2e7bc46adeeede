//! Records: the texts of a line that say whose it is. Calls with the same texts are counted together.

use crate::texts::Texts;

/// The records that were met.
#[derive(Debug, Default)]
pub struct Records {
    texts: Texts,
    /// By record, the calls that nobody was told of.
    calls: Vec<u64>,
    /// The records of which `calls` is not 0.
    counted: Vec<u32>,
    key: Vec<u8>,
}

impl Records {
    /// Begins with a line.
    ///
    /// # Arguments
    ///
    /// * `kind` - lines of different kinds have different records whatever their texts.
    #[inline]
    pub fn begin(&mut self, kind: u32) {
        self.key.clear();
        self.key.extend_from_slice(&kind.to_le_bytes());
    }

    /// Adds a text of the line; each line's come in the same order, an empty one where there is none.
    #[inline]
    pub fn add(&mut self, text: &[u8]) {
        self.key.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.key.extend_from_slice(text);
    }

    /// Counts the line; returns the number of its record if that is new.
    #[inline]
    pub fn end(&mut self) -> Option<u32> {
        let (number, new) = self.texts.number(&self.key);
        if new {
            self.calls.push(0);
        }
        let calls = &mut self.calls[number as usize];
        *calls += 1;
        if *calls == 1 {
            self.counted.push(number);
        }
        new.then_some(number)
    }

    /// Returns the records that were counted since the last time, with the number of calls.
    pub fn take(&mut self) -> Vec<(u32, u64)> {
        let counted = std::mem::take(&mut self.counted);
        counted.into_iter().map(|number| (number, std::mem::take(&mut self.calls[number as usize]))).collect()
    }

    /// Returns how many records are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Returns whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Forgets all records.
    pub fn clear(&mut self) {
        self.texts.clear();
        self.calls.clear();
        self.counted.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(records: &mut Records, kind: u32, texts: [&str; 2]) -> Option<u32> {
        records.begin(kind);
        for text in texts {
            records.add(text.as_bytes());
        }
        records.end()
    }

    #[test]
    fn lines_of_the_same_texts_are_counted_together() {
        let mut records = Records::default();
        assert_eq!(count(&mut records, 0, ["ab", "c"]), Some(0));
        assert_eq!(count(&mut records, 0, ["a", "bc"]), Some(1));
        assert_eq!(count(&mut records, 1, ["ab", "c"]), Some(2));
        assert_eq!(count(&mut records, 0, ["ab", "c"]), None);
        assert_eq!(records.take(), [(0, 2), (1, 1), (2, 1)]);
        assert_eq!(count(&mut records, 1, ["ab", "c"]), None);
        assert_eq!(records.take(), [(2, 1)]);
        assert!(records.take().is_empty());
        assert_eq!(records.len(), 3);
        records.clear();
        assert_eq!(count(&mut records, 0, ["a", "bc"]), Some(0));
    }
}
