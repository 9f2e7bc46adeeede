//! Records: the texts of a line that say whose it is. Calls with the same texts are counted together.

use crate::texts::Texts;

/// The first line of some that make a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct First {
    /// Its number in the text, from 0.
    pub number: usize,
    /// Where it begins.
    pub start: usize,
    /// The offset after it, its end left out.
    pub end: usize,
    /// Its row.
    pub row: u32,
}

/// The records of the lines of one text.
#[derive(Debug, Default)]
pub struct Records {
    texts: Texts,
    calls: Vec<u64>,
    firsts: Vec<First>,
    /// Where the texts of the first lines stand, by place; the same offset for none.
    spans: Vec<(usize, usize)>,
    span_ends: Vec<usize>,
    key: Vec<u8>,
}

/// A record of some lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// Tells records apart.
    pub key: &'a [u8],
    /// How many lines make it.
    pub calls: u64,
    /// The first of them.
    pub first: First,
    /// Where its texts stand, by place; the same offset for none.
    pub spans: &'a [(usize, usize)],
}

impl Records {
    /// Counts a line.
    ///
    /// # Arguments
    ///
    /// * `kind` - lines of different kinds have different records whatever their texts.
    /// * `line` - the line.
    /// * `spans` - where its texts stand in `text`, by place; the same offset for none.
    pub fn add(&mut self, kind: u32, line: First, text: &[u8], spans: impl Iterator<Item = (usize, usize)> + Clone) {
        self.key.clear();
        self.key.extend_from_slice(&kind.to_le_bytes());
        for (start, end) in spans.clone() {
            self.key.extend_from_slice(&((end - start) as u32).to_le_bytes());
            self.key.extend_from_slice(&text[start..end]);
        }
        let (number, new) = self.texts.number(&self.key);
        if new {
            self.calls.push(1);
            self.firsts.push(line);
            self.spans.extend(spans);
            self.span_ends.push(self.spans.len());
        } else {
            self.calls[number as usize] += 1;
        }
    }

    /// Returns the records in the order of their first lines.
    pub fn iter(&self) -> impl Iterator<Item = Record<'_>> {
        self.texts.iter().enumerate().map(|(number, key)| {
            let start = if number == 0 { 0 } else { self.span_ends[number - 1] };
            let spans = &self.spans[start..self.span_ends[number]];
            Record { key, calls: self.calls[number], first: self.firsts[number], spans }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_same_texts_are_counted_together() {
        let mut records = Records::default();
        let text = b"abcab";
        let mut add = |kind, number, spans: [(usize, usize); 2]| {
            records.add(kind, First { number, ..First::default() }, text, spans.into_iter());
        };
        add(0, 0, [(0, 2), (2, 3)]);
        add(0, 1, [(0, 1), (1, 3)]);
        add(1, 2, [(0, 2), (2, 3)]);
        add(0, 3, [(3, 5), (2, 3)]);
        add(0, 4, [(0, 0), (0, 0)]);
        let found: Vec<_> = records.iter().map(|each| (each.first.number, each.calls, each.spans.to_vec())).collect();
        assert_eq!(
            found,
            [
                (0, 2, vec![(0, 2), (2, 3)]),
                (1, 1, vec![(0, 1), (1, 3)]),
                (2, 1, vec![(0, 2), (2, 3)]),
                (4, 1, vec![(0, 0), (0, 0)])
            ]
        );
    }
}
