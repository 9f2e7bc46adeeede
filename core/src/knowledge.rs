//! What is known of lines: what is read of them, and what was learned. All who go through lines share it.

use crate::columns::{Column, Watch};
use crate::plan::{Member, Node};
use crate::questions::Questions;
use crate::records::Kind;
use crate::rows::Rows;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

// Answers, so that none of one kind is one of another: what kind of value it is; what an automaton says (even numbers
// from here on); what was taught of a text (odd ones).
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
    /// By which of them stands first.
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

/// What becomes of lines with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They are counted.
    Counted,
    /// They are handed out with their row.
    Shown,
    /// They are left to the reader.
    Left,
}

/// What was taught of a text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Known(u16),
    /// Lines with it are left to the reader.
    Left,
}

/// What is known of lines with a row.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict {
    pub fate: Fate,
    /// The kinds of records that such lines make.
    pub records: [Option<u32>; 2],
}

/// Something that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// A key of the object with this number.
    Key(usize, Vec<u8>),
    /// The text of the member with this number.
    Text(usize, Vec<u8>),
    /// A row, and a line that has it.
    Row(Vec<u16>, Vec<u8>),
    /// What the lines of the group with this name are watched for; see [`crate::columns::texts_of`].
    Group(Vec<u8>),
}

/// The plan of what is read, and what was learned.
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
    /// By row, the members of which lines that are shown tell where they stand; none for the line itself.
    shown: HashMap<u32, Vec<Option<usize>>, RandomState>,
    /// Answers in a row.
    pub(crate) width: usize,
    /// Levels of nesting that a line may have.
    pub(crate) depth: usize,
    /// Bytes that it may have.
    pub(crate) longest: usize,
    taught: Texts,
    answers: Vec<Answer>,
    /// By group, what its lines are watched for, or None if all of them are left; nothing at all if none is watched.
    watches: Option<HashMap<Box<[u8]>, Option<Watch>, RandomState>>,
}

impl Knowledge {
    /// Knows nothing yet; object 0 is the line itself.
    ///
    /// # Arguments
    ///
    /// * `depth` - levels of nesting that a line may have.
    /// * `longest` - bytes that it may have, also as compact JSON that Python writes.
    /// * `asks` - whether unknown keys of a line are asked about.
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
            taught: Texts::default(),
            answers: Vec::new(),
            watches: None,
        }
    }

    /// Adds an object whose members are read; returns its number.
    pub fn add_node(&mut self, asks: bool) -> usize {
        self.nodes.push(Node::new(asks));
        self.nodes.len() - 1
    }

    /// Adds what is asked of texts; returns its number.
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
    /// * `shortened` - a pattern and a number of bytes: of texts that match it, no more than these bytes count.
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

    /// Adds a member that is read; its slot is given here. Returns its number.
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

    /// Adds, or learns, a key of an object: what is read under it, if anything. The text has no quotes.
    pub fn add_key(&mut self, node: usize, name: &[u8], member: Option<usize>) {
        self.nodes[node].add(name, member);
    }

    /// Adds a comparison of two members.
    pub fn add_pair(&mut self, first: usize, second: usize, comparison: Comparison) {
        let slot = self.add_slot();
        self.pairs.push(Pair { first, second, comparison, slot });
    }

    /// Learns the answer of a member's text; None if lines with it are left to the reader.
    ///
    /// # Errors
    ///
    /// There are more answers than can be told apart.
    pub fn teach_text(&mut self, member: usize, text: &[u8], answer: Option<u16>) -> Result<(), String> {
        let answer = match answer {
            Some(number) => {
                let odd = number.checked_mul(2).and_then(|double| double.checked_add(FIRST_ANSWER + 1));
                Answer::Known(odd.ok_or("too many answers of one member")?)
            }
            None => Answer::Left,
        };
        let mut key = Vec::new();
        fill_taught(&mut key, member, text);
        let (number, new) = self.taught.number(&key);
        if new {
            self.answers.push(answer);
        } else {
            self.answers[number as usize] = answer;
        }
        Ok(())
    }

    /// Returns what was taught of a member's text, by what [`fill_taught`] makes of both; None if nothing was.
    pub(crate) fn taught(&self, key: &[u8]) -> Option<Answer> {
        self.taught.find(key).map(|number| self.answers[number as usize])
    }

    /// Learns what becomes of lines with a row that is not known; returns its number.
    pub fn teach_row(&mut self, row: &[u16], fate: Fate, records: [Option<u32>; 2]) -> u32 {
        self.verdicts.push(Verdict { fate, records });
        let mut row = row.to_vec();
        row.resize(self.width, 0);
        self.rows.add(&row)
    }

    /// Asks where members stand in lines with a row, if they are shown; none is the line itself.
    pub fn show(&mut self, row: u32, members: Vec<Option<usize>>) {
        self.shown.insert(row, members);
    }

    /// Returns the members of which lines with a row tell where they stand.
    pub(crate) fn shown(&self, row: u32) -> &[Option<usize>] {
        self.shown.get(&row).map_or(&[], Vec::as_slice)
    }

    /// Asks about each group what its lines are watched for.
    pub fn watch_groups(&mut self) {
        self.watches.get_or_insert_default();
    }

    /// Learns what the lines of a group are watched for; see [`Watch`]. None leaves all to the reader.
    pub fn teach_group(&mut self, name: &[u8], strings: Option<&[(Vec<u8>, usize)]>) {
        self.watches.get_or_insert_default().insert(name.into(), strings.map(Watch::new));
    }

    /// Forgets what groups are watched for.
    pub fn forget_groups(&mut self) {
        if let Some(watches) = &mut self.watches {
            watches.clear();
        }
    }

    /// Returns whether a line of a group passes its watch; None if it is not known what is watched.
    pub(crate) fn passes(&self, name: &[u8], line: &[u8]) -> Option<bool> {
        match &self.watches {
            None => Some(true),
            Some(watches) => watches.get(name).map(|watch| watch.as_ref().is_some_and(|watch| watch.passes(line))),
        }
    }

    /// Returns whether something was learned already.
    #[must_use]
    pub fn knows(&self, lesson: &Lesson) -> bool {
        match lesson {
            Lesson::Key(node, name) => self.nodes[*node].knows(name),
            Lesson::Text(member, text) => {
                let mut key = Vec::new();
                fill_taught(&mut key, *member, text);
                self.taught(&key).is_some()
            }
            Lesson::Row(row, _) => {
                let mut row = row.clone();
                row.resize(self.width, 0);
                self.rows.find(&row).is_some()
            }
            Lesson::Group(name) => self.passes(name, b"").is_some(),
        }
    }
}

/// Makes the key by which a member's text is taught.
pub(crate) fn fill_taught(key: &mut Vec<u8>, member: usize, text: &[u8]) {
    key.clear();
    key.extend_from_slice(&(member as u32).to_le_bytes());
    key.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_learned_is_known() {
        let mut knowledge = Knowledge::new(3, 100, true);
        knowledge.add_member(Member::default());
        knowledge.watch_groups();
        let lessons = [
            Lesson::Key(0, b"a".to_vec()),
            Lesson::Text(0, b"a".to_vec()),
            Lesson::Row(vec![1], b"{}".to_vec()),
            Lesson::Group(b"a".to_vec()),
        ];
        assert!(!lessons.iter().any(|lesson| knowledge.knows(lesson)));
        knowledge.add_key(0, b"a", None);
        knowledge.teach_text(0, b"a", None).unwrap();
        knowledge.teach_row(&[1], Fate::Left, [None; 2]);
        knowledge.teach_group(b"a", None);
        assert!(lessons.iter().all(|lesson| knowledge.knows(lesson)));
        knowledge.add_pair(0, 0, Comparison::Order);
        assert!(knowledge.knows(&lessons[2]));
        assert!(knowledge.teach_text(0, b"b", Some(u16::MAX)).is_err());
    }
}
