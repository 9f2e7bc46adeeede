//! What was met in all texts so far: groups and records have one number each, whichever texts they came in.

use crate::columns::texts_of;
use crate::engine::{Findings, Line};
use crate::records::First;
use crate::texts::Texts;

/// The texts of a group, by column; None where a column holds nothing.
pub type GroupTexts = Vec<Option<Vec<u8>>>;

/// A line that makes a record for the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecord {
    /// The line.
    pub line: First,
    /// The number of the record.
    pub number: u32,
    /// The texts of the record, as (place, start, end); of places without any, none.
    pub spans: Vec<(usize, usize, usize)>,
}

/// What the lines of a text gave.
#[derive(Debug, Default)]
pub struct Taken {
    /// Lines that are handed out, in order.
    pub lines: Vec<Line>,
    /// Calls that were counted, by row and group.
    pub calls: Vec<(u32, u32, u64)>,
    /// New groups; they are numbered in the order in which they are handed out.
    pub groups: Vec<GroupTexts>,
    /// Lines that made new records.
    pub records: Vec<NewRecord>,
    /// Records that calls were counted of, with the number of calls.
    pub counted: Vec<(u32, u64)>,
    /// How many ends of lines there were.
    pub ends: usize,
}

/// The groups and records that were met.
#[derive(Debug, Default)]
pub struct Totals {
    groups: Texts,
    records: Texts,
}

impl Totals {
    /// Adds what a text gave; texts are added in their order.
    pub fn add(&mut self, findings: Findings) -> Taken {
        let mut taken = Taken { lines: findings.lines, ends: findings.ends, ..Taken::default() };
        let mut groups = Vec::with_capacity(findings.groups.len());
        for name in findings.groups.iter() {
            let (number, new) = self.groups.number(name);
            groups.push(number);
            if new {
                taken.groups.push(texts_of(name).into_iter().map(|text| text.map(<[u8]>::to_vec)).collect());
            }
        }
        taken.calls =
            findings.calls.iter().map(|(&(row, group), &calls)| (row, groups[group as usize], calls)).collect();
        for record in findings.records.iter() {
            let (number, new) = self.records.number(record.key);
            taken.counted.push((number, record.calls));
            if new {
                let there = record.spans.iter().enumerate().filter(|(_, (start, end))| start < end);
                let spans = there.map(|(place, &(start, end))| (place, start, end)).collect();
                taken.records.push(NewRecord { line: record.first, number, spans });
            }
        }
        taken
    }

    /// Returns how many records are remembered.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// Forgets all records; they are numbered anew.
    pub fn forget_records(&mut self) {
        self.records.clear();
    }

    /// Forgets all groups; they are numbered anew.
    pub fn forget_groups(&mut self) {
        self.groups.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::add_text;

    fn findings(group: &[u8], record: &'static [u8]) -> Findings {
        let mut findings = Findings::default();
        let mut name = Vec::new();
        add_text(&mut name, Some(group));
        let (number, _) = findings.groups.number(&name);
        findings.calls.insert((17, number), 2);
        findings.records.add(0, First::default(), record, [(0, 0), (0, record.len())].into_iter());
        findings
    }

    #[test]
    fn groups_and_records_are_told_once_and_keep_their_numbers() {
        let mut totals = Totals::default();
        let first = totals.add(findings(b"a", b"x"));
        assert_eq!((first.calls, first.groups), (vec![(17, 0, 2)], vec![vec![Some(b"a".to_vec())]]));
        assert_eq!(first.counted, [(0, 1)]);
        assert_eq!(first.records, [NewRecord { line: First::default(), number: 0, spans: vec![(1, 0, 1)] }]);
        let other = totals.add(findings(b"b", b"y"));
        assert_eq!((other.calls, other.counted), (vec![(17, 1, 2)], vec![(1, 1)]));
        let again = totals.add(findings(b"a", b"x"));
        assert_eq!((again.calls, again.counted), (vec![(17, 0, 2)], vec![(0, 1)]));
        assert!(again.groups.is_empty() && again.records.is_empty());
        assert_eq!(totals.records(), 2);
        totals.forget_groups();
        totals.forget_records();
        let anew = totals.add(findings(b"b", b"y"));
        assert_eq!((anew.calls, anew.groups.len(), anew.records.len()), (vec![(17, 0, 2)], 1, 1));
    }
}
