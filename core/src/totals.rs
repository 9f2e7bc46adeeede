//! The groups of all texts so far: each group has one number in all texts.

use crate::columns::texts_of;
use crate::engine::{Findings, Line};
use crate::records::Records;
use crate::texts::Texts;

/// The texts of a group, by column; None for an empty column.
pub type GroupTexts = Vec<Option<Vec<u8>>>;

/// The result of a text.
#[derive(Debug, Default)]
pub struct Taken {
    /// Lines that are returned, in order.
    pub lines: Vec<Line>,
    /// Calls that were counted or shown, by row and group.
    pub calls: Vec<(u32, u32, u64)>,
    /// New groups; they are numbered in the order in which they are returned.
    pub groups: Vec<GroupTexts>,
    /// The number of line ends.
    pub ends: usize,
}

/// The groups so far.
#[derive(Debug, Default)]
pub struct Totals {
    groups: Texts,
    /// The records of the last text, which are not confirmed yet.
    latest: Records,
}

impl Totals {
    /// Adds the result of a text; texts are added in their order.
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
        for line in taken.lines.iter_mut().filter(|line| line.row.is_some()) {
            line.group = groups[line.group as usize];
        }
        self.latest = findings.records;
        taken
    }

    /// Returns the records of the last text.
    pub fn take_latest(&mut self) -> Records {
        std::mem::take(&mut self.latest)
    }

    /// Removes all groups; numbers start again.
    pub fn forget_groups(&mut self) {
        self.groups.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columns::add_text;
    use crate::records::Kind;

    fn findings(group: &[u8], library: &[u8]) -> Findings {
        let mut findings = Findings::default();
        let mut name = Vec::new();
        add_text(&mut name, Some(group));
        let (number, _) = findings.groups.number(&name);
        findings.calls.insert((17, number), 2);
        let kind = Kind::of(0);
        findings.records.add(0, &kind, library, (1, 0), |_| (0, library.len()));
        findings
    }

    #[test]
    fn groups_are_returned_once_and_keep_their_numbers() {
        let mut totals = Totals::default();
        let first = totals.add(findings(b"a", b"x"));
        assert_eq!((first.calls, first.groups), (vec![(17, 0, 2)], vec![vec![Some(b"a".to_vec())]]));
        let other = totals.add(findings(b"b", b"y"));
        assert_eq!((other.calls, other.groups.len()), (vec![(17, 1, 2)], 1));
        let again = totals.add(findings(b"a", b"x"));
        assert_eq!((again.calls, again.groups.len()), (vec![(17, 0, 2)], 0));
        totals.forget_groups();
        let anew = totals.add(findings(b"b", b"y"));
        assert_eq!((anew.calls, anew.groups.len()), (vec![(17, 0, 2)], 1));
    }

    #[test]
    fn records_are_those_of_the_last_text() {
        let mut totals = Totals::default();
        for library in [b"\"x\"", b"\"y\""] {
            totals.add(findings(b"a", library));
        }
        let (taken, kinds) = (totals.take_latest(), [Kind::of(0)]);
        let found: Vec<_> = taken.iter(&kinds).map(|each| (each.texts[0].to_string(), each.line, each.calls)).collect();
        assert_eq!(found, [("y".to_owned(), 1, 1)]);
        assert!(totals.take_latest().is_empty());
    }
}
