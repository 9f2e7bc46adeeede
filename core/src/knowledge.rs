//! What all engines know of lines: the plan of what is read, and the answers to queries.

use crate::columns::{Column, Watch};
use crate::plan::{Member, Node};
use crate::questions::Questions;
use crate::records::Kind;
use crate::rows::Rows;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

// Answers have disjoint ranges: the kinds of values; the answers of automata (even numbers from here on); the answers
// to queries about texts (odd numbers).
pub(crate) const OBJECT: u16 = 1;
pub(crate) const LIST: u16 = 2;
pub(crate) const SCALAR: u16 = 3;
pub(crate) const WHOLE_NUMBER: u16 = 4;
pub(crate) const FRACTION: u16 = 5;
pub(crate) const FIRST_ANSWER: u16 = 6;

/// How two members of an object are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// By their texts: with white space around left out, and case and hyphens apart.
    Texts,
    /// By their order.
    Order,
}

/// Two members that are compared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    pub first: usize,
    pub second: usize,
    pub comparison: Comparison,
    pub slot: usize,
}

/// What is done with lines of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They are counted.
    Counted,
    /// They are returned with their row.
    Shown,
    /// They are left to Python.
    Left,
}

/// The answer to a query about a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Known(u16),
    /// Lines with it are left to Python.
    Left,
}

/// The answer to a query about a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub fate: Fate,
    /// The kinds of records of such lines.
    pub records: [Option<u32>; 2],
}

/// A question to the caller about something unknown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// A key of the object with this number.
    Key(usize, Vec<u8>),
    /// The text of the member with this number.
    Text(usize, Vec<u8>),
    /// A row, and a line that has it.
    Row(Vec<u16>, Vec<u8>),
    /// The watch of the group with this name ([`crate::columns::texts_of`]).
    Group(Vec<u8>),
}

/// The plan of what is read, and the answers to queries.
#[derive(Debug)]
pub struct Knowledge {
    pub(crate) nodes: Vec<Node>,
    pub(crate) members: Vec<Member>,
    pub(crate) questions: Vec<Questions>,
    pub(crate) pairs: Vec<Pair>,
    pub(crate) columns: Vec<Column>,
    /// The kinds of records.
    pub(crate) kinds: Vec<Kind>,
    pub(crate) rows: Rows,
    pub(crate) verdicts: Vec<Verdict>,
    /// By row, the members whose ranges its shown lines have; none for the line itself.
    shown: HashMap<u32, Vec<Option<usize>>, RandomState>,
    /// Answers in a row.
    pub(crate) width: usize,
    /// The levels that a line may have.
    pub(crate) depth: usize,
    /// The bytes that a line may have.
    pub(crate) longest: usize,
    answered: Texts,
    answers: Vec<Answer>,
    /// By group, the watch of its lines, or None if all of them are left; absent if groups are not watched.
    watches: Option<HashMap<Box<[u8]>, Option<Watch>, RandomState>>,
}

impl Knowledge {
    /// Creates knowledge of nothing; object 0 is the line itself.
    ///
    /// # Arguments
    ///
    /// * `depth` - levels of nesting that a line may have.
    /// * `longest` - bytes that it may have, also as compact JSON that Python writes.
    /// * `asks` - whether to ask about unknown keys of a line.
    #[must_use]
    pub fn new(depth: usize, longest: usize, asks: bool) -> Self {
        Self {
            nodes: vec![Node::new(asks)],
            members: Vec::new(),
            questions: Vec::new(),
            pairs: Vec::new(),
            columns: Vec::new(),
            kinds: Vec::new(),
            rows: Rows::default(),
            verdicts: Vec::new(),
            shown: HashMap::default(),
            width: 0,
            depth,
            longest,
            answered: Texts::default(),
            answers: Vec::new(),
            watches: None,
        }
    }

    /// Adds an object whose members are read; returns its number.
    pub fn add_node(&mut self, asks: bool) -> usize {
        self.nodes.push(Node::new(asks));
        self.nodes.len() - 1
    }

    /// Adds questions about texts; returns their number.
    ///
    /// # Errors
    ///
    /// A pattern is not valid, or they are too large.
    pub fn add_questions(&mut self, patterns: &[String]) -> Result<usize, String> {
        self.questions.push(Questions::new(patterns)?);
        Ok(self.questions.len() - 1)
    }

    /// Adds a column that calls are grouped by; returns its number.
    ///
    /// # Arguments
    ///
    /// * `shortened` - a pattern and a number of bytes: only that many bytes count of texts that match.
    ///
    /// # Errors
    ///
    /// The pattern is not valid.
    pub fn add_column(&mut self, shortened: Option<(String, usize)>) -> Result<usize, String> {
        let shortened = match shortened {
            Some((pattern, bytes)) => Some((self.add_questions(&[pattern])?, bytes)),
            None => None,
        };
        self.columns.push(Column { member: None, shortened });
        Ok(self.columns.len() - 1)
    }

    /// Adds a member that is read, and sets its slot; returns its number.
    pub fn add_member(&mut self, member: Member) -> usize {
        let number = self.members.len();
        let slot = self.add_slot();
        self.members.push(Member { slot, ..member });
        if let Some(column) = member.column {
            self.columns[column].member = Some(number);
        }
        number
    }

    /// Adds a kind of records; returns its number.
    pub fn add_kind(&mut self, kind: Kind) -> u32 {
        self.kinds.push(kind);
        self.kinds.len() as u32 - 1
    }

    /// Returns the kinds of records.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    fn add_slot(&mut self) -> usize {
        self.width += 1;
        self.width - 1
    }

    /// Adds a key of an object, without quotes, and the member that it holds, if that is read.
    pub fn add_key(&mut self, node: usize, name: &[u8], member: Option<usize>) {
        self.nodes[node].add(name, member);
    }

    /// Adds a comparison of two members.
    pub fn add_pair(&mut self, first: usize, second: usize, comparison: Comparison) {
        let slot = self.add_slot();
        self.pairs.push(Pair { first, second, comparison, slot });
    }

    /// Answers a query about a member's text; None if lines with it are left to Python.
    ///
    /// # Errors
    ///
    /// The answer is too large.
    pub fn answer_text(&mut self, member: usize, text: &[u8], answer: Option<u16>) -> Result<(), String> {
        let answer = match answer {
            Some(number) => {
                let odd = number.checked_mul(2).and_then(|double| double.checked_add(FIRST_ANSWER + 1));
                Answer::Known(odd.ok_or("too many answers of one member")?)
            }
            None => Answer::Left,
        };
        let mut key = Vec::new();
        fill_answered(&mut key, member, text);
        let (number, new) = self.answered.number(&key);
        if new {
            self.answers.push(answer);
        } else {
            self.answers[number as usize] = answer;
        }
        Ok(())
    }

    /// Returns the answer about a member's text, by its key ([`fill_answered`]), if there is one.
    pub(crate) fn answered(&self, key: &[u8]) -> Option<Answer> {
        self.answered.find(key).map(|number| self.answers[number as usize])
    }

    /// Answers a query about a row; returns the number of the row.
    pub fn answer_row(&mut self, row: &[u16], fate: Fate, records: [Option<u32>; 2]) -> u32 {
        self.verdicts.push(Verdict { fate, records });
        let mut row = row.to_vec();
        row.resize(self.width, 0);
        self.rows.add(&row)
    }

    /// Asks for the ranges of members in shown lines with a row; none is the line itself.
    pub fn show(&mut self, row: u32, members: Vec<Option<usize>>) {
        self.shown.insert(row, members);
    }

    /// Returns the members whose ranges the lines with a row have.
    pub(crate) fn shown(&self, row: u32) -> &[Option<usize>] {
        self.shown.get(&row).map_or(&[], Vec::as_slice)
    }

    /// Asks for the watch of each group from now on.
    pub fn watch_groups(&mut self) {
        self.watches.get_or_insert_default();
    }

    /// Answers a query about a group with the strings of its [`Watch`]; None leaves all its lines to Python.
    pub fn answer_group(&mut self, name: &[u8], strings: Option<&[(Vec<u8>, usize)]>) {
        self.watches.get_or_insert_default().insert(name.into(), strings.map(Watch::new));
    }

    /// Drops the watches of all groups.
    pub fn forget_groups(&mut self) {
        if let Some(watches) = &mut self.watches {
            watches.clear();
        }
    }

    /// Returns whether a line of a group passes its watch; None if the watch is unknown.
    pub(crate) fn passes(&self, name: &[u8], line: &[u8]) -> Option<bool> {
        match &self.watches {
            None => Some(true),
            Some(watches) => watches.get(name).map(|watch| watch.as_ref().is_some_and(|watch| watch.passes(line))),
        }
    }

    /// Returns whether a query is answered already.
    #[must_use]
    pub fn knows(&self, query: &Query) -> bool {
        match query {
            Query::Key(node, name) => self.nodes[*node].knows(name),
            Query::Text(member, text) => {
                let mut key = Vec::new();
                fill_answered(&mut key, *member, text);
                self.answered(&key).is_some()
            }
            Query::Row(row, _) => {
                let mut row = row.clone();
                row.resize(self.width, 0);
                self.rows.find(&row).is_some()
            }
            Query::Group(name) => self.passes(name, b"").is_some(),
        }
    }
}

/// Makes the key of the answer about a member's text.
pub(crate) fn fill_answered(key: &mut Vec<u8>, member: usize, text: &[u8]) {
    key.clear();
    key.extend_from_slice(&(member as u32).to_le_bytes());
    key.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answered_queries_are_known() {
        let mut knowledge = Knowledge::new(3, 100, true);
        knowledge.add_member(Member::default());
        knowledge.watch_groups();
        let queries = [
            Query::Key(0, b"a".to_vec()),
            Query::Text(0, b"a".to_vec()),
            Query::Row(vec![1], b"{}".to_vec()),
            Query::Group(b"a".to_vec()),
        ];
        assert!(!queries.iter().any(|query| knowledge.knows(query)));
        knowledge.add_key(0, b"a", None);
        knowledge.answer_text(0, b"a", None).unwrap();
        knowledge.answer_row(&[1], Fate::Left, [None; 2]);
        knowledge.answer_group(b"a", None);
        assert!(queries.iter().all(|query| knowledge.knows(query)));
        knowledge.add_pair(0, 0, Comparison::Order);
        assert!(knowledge.knows(&queries[2]));
        assert!(knowledge.answer_text(0, b"b", Some(u16::MAX)).is_err());
    }
}
