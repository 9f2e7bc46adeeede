//! Goes through lines, reduces each to its row of answers, and counts those whose row is known.

use crate::columns::{ABSENT, Groups};
use crate::plan::{Behind, Found, Member, Node};
use crate::questions::Questions;
use crate::records::Records;
use crate::rows::Rows;
use crate::scanner::{Special, Unusual, byte_at, colon, scalar, skip_space, value};
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

/// Bytes of a text that is asked about; of longer ones the reader tells.
const MOST_ASKED: usize = 512;

/// Things that are learned from one line, which is read anew each time; a line that holds more is left to the reader.
const MOST_LESSONS: usize = 64;

// Answers, so that none of one kind is one of another: what kind of value it is; what an automaton says (even numbers
// from here on); what was taught of a text (odd ones).
const OBJECT: u16 = 1;
const LIST: u16 = 2;
const SCALAR: u16 = 3;
const WHOLE_NUMBER: u16 = 4;
const FRACTION: u16 = 5;
const FIRST_ANSWER: u16 = 6;

/// How two members of an object are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// By their texts: with white space around left out, and case and hyphens apart.
    Texts,
    /// By which of them stands first.
    Order,
}

#[derive(Clone, Copy, Debug)]
struct Pair {
    first: usize,
    second: usize,
    comparison: Comparison,
    slot: usize,
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

#[derive(Clone, Copy, Debug)]
struct Verdict {
    fate: Fate,
    /// The kind of record that such lines make, if any.
    record: Option<u32>,
}

/// Why going through lines stopped: something is to be learned, about what stands at `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What is to be learned.
    pub lesson: Lesson,
    /// Where it stands.
    pub start: usize,
    /// The offset after it.
    pub end: usize,
}

/// Something that the core does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// A key of the object with this number.
    Key(usize),
    /// The text of the member with this number.
    Text(usize),
    /// A row; what stands there is the line.
    Row,
    /// What the lines of the group with this number are watched for; what stands there is the first of them.
    Group(u32),
}

enum Halt {
    Unusual,
    Learn(Stop),
}

impl From<Unusual> for Halt {
    fn from(_: Unusual) -> Self {
        Self::Unusual
    }
}

/// A line that is handed out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number in the text, from 0.
    pub number: usize,
    /// Where it begins.
    pub start: usize,
    /// The offset after it, its end left out.
    pub end: usize,
    /// Its row; None if it is left to the reader.
    pub row: Option<u32>,
    /// Of a line that is shown, by member, where its value begins and ends in the line; the same offset for none.
    pub extents: Vec<(u32, u32)>,
}

/// A line that makes a record for the first time.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// The line; without extents.
    pub line: Line,
    /// The number of the record.
    pub number: u32,
    /// The texts of the record, as (place, start, end); of places without any, none.
    pub spans: Vec<(usize, usize, usize)>,
}

/// What lines gave since the last time.
#[derive(Debug, Default)]
pub struct Taken {
    /// Lines that are handed out, in order.
    pub lines: Vec<Line>,
    /// Calls that were counted, by row and group.
    pub calls: Vec<(u32, u32, u64)>,
    /// New groups; they are numbered in the order in which they are handed out.
    pub groups: Vec<Vec<Option<Vec<u8>>>>,
    /// Lines that made new records.
    pub records: Vec<NewRecord>,
    /// Records that calls were counted of, with the number of calls.
    pub counted: Vec<(u32, u64)>,
    /// How many ends of lines there were.
    pub ends: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Value {
    start: usize,
    end: usize,
    special: Special,
}

/// The plan of what is read, what was learned, and where the text is.
#[derive(Debug)]
pub struct Engine {
    nodes: Vec<Node>,
    members: Vec<Member>,
    questions: Vec<Questions>,
    pairs: Vec<Pair>,
    groups: Groups,
    /// The members that make columns, and which.
    grouped: Vec<(usize, usize)>,
    /// The members whose texts make records, by place.
    identities: Vec<usize>,
    taught: Texts,
    taught_answers: Vec<Option<u16>>,
    rows: Rows,
    verdicts: Vec<Verdict>,
    records: Records,
    depth: usize,
    longest: usize,

    // The line being read.
    row: Vec<u16>,
    values: Vec<Value>,
    group: Vec<u32>,
    open: Vec<u8>,
    scratch: Vec<u8>,

    // Where the text is, and what it gave.
    at: usize,
    number: usize,
    lessons: usize,
    is_utf8: bool,
    leave_first: bool,
    counts: HashMap<(u32, u32), u64, RandomState>,
    taken: Taken,
}

impl Engine {
    /// Makes an engine that reads nothing yet; object 0 is the line itself.
    ///
    /// # Arguments
    ///
    /// * `depth` - levels of nesting that a line may have.
    /// * `longest` - bytes that it may have.
    /// * `asks` - whether unknown keys of a line are asked about.
    #[must_use]
    pub fn new(depth: usize, longest: usize, asks: bool) -> Self {
        Self {
            nodes: vec![Node::new(asks)],
            members: Vec::new(),
            questions: Vec::new(),
            pairs: Vec::new(),
            groups: Groups::default(),
            grouped: Vec::new(),
            identities: Vec::new(),
            taught: Texts::default(),
            taught_answers: Vec::new(),
            rows: Rows::default(),
            verdicts: Vec::new(),
            records: Records::default(),
            depth,
            longest,
            row: Vec::new(),
            values: Vec::new(),
            group: Vec::new(),
            open: Vec::new(),
            scratch: Vec::new(),
            at: 0,
            number: 0,
            lessons: 0,
            is_utf8: false,
            leave_first: false,
            counts: HashMap::default(),
            taken: Taken::default(),
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

    /// Adds a column that calls are grouped by; returns its number. See [`crate::columns::Column::new`].
    ///
    /// # Errors
    ///
    /// The pattern is not valid.
    pub fn add_column(&mut self, shortened: Option<(String, usize)>) -> Result<usize, String> {
        self.groups.columns.push(crate::columns::Column::new(shortened)?);
        self.group.push(ABSENT);
        Ok(self.groups.columns.len() - 1)
    }

    /// Stops at each new group to learn what its lines are watched for.
    pub fn watch_groups(&mut self) {
        self.groups.watched = true;
    }

    /// Learns what the lines of a group are watched for; see [`crate::columns::Watch`]. None leaves all to the reader.
    pub fn teach_group(&mut self, group: u32, strings: Option<&[(Vec<u8>, usize)]>) {
        self.groups.watch(group, strings.map(crate::columns::Watch::new));
    }

    /// Returns the texts of a group.
    #[must_use]
    pub fn group(&self, group: u32) -> Vec<Option<Vec<u8>>> {
        self.groups.texts(group)
    }

    /// Adds a member that is read; its slot is given here. Returns its number.
    pub fn add_member(&mut self, member: Member) -> usize {
        let slot = self.add_slot();
        let number = self.members.len();
        self.members.push(Member { slot, ..member });
        self.values.push(Value::default());
        if let Some(column) = member.column {
            self.grouped.push((number, column));
        }
        if let Some(place) = member.identity {
            if self.identities.len() <= place {
                self.identities.resize(place + 1, usize::MAX);
            }
            self.identities[place] = number;
        }
        number
    }

    fn add_slot(&mut self) -> usize {
        self.row.push(0);
        self.row.len() - 1
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
            Some(number) => Some(
                number
                    .checked_mul(2)
                    .and_then(|double| double.checked_add(FIRST_ANSWER + 1))
                    .ok_or("too many answers of one member")?,
            ),
            None => None,
        };
        self.fill_scratch(member, text);
        let (number, new) = self.taught.number(&self.scratch);
        if new {
            self.taught_answers.push(answer);
        } else {
            self.taught_answers[number as usize] = answer;
        }
        Ok(())
    }

    /// Learns what becomes of lines with the row at which reading stopped; returns its number.
    pub fn teach_row(&mut self, fate: Fate, record: Option<u32>) -> u32 {
        self.verdicts.push(Verdict { fate, record });
        self.rows.add(&self.row)
    }

    /// Returns how many records are remembered.
    #[must_use]
    pub fn records(&self) -> usize {
        self.records.len()
    }

    /// Forgets all records; what was counted of them is to be taken before.
    pub fn forget_records(&mut self) {
        self.records.clear();
    }

    /// Forgets all groups; what was counted of them is to be taken before.
    pub fn forget_groups(&mut self) {
        self.groups.clear();
    }

    /// Begins with a text of whole lines.
    ///
    /// # Arguments
    ///
    /// * `leave_first` - leave the first line that would be counted to the reader.
    pub fn begin(&mut self, text: &[u8], leave_first: bool) {
        self.at = 0;
        self.number = 0;
        self.lessons = 0;
        self.leave_first = leave_first;
        self.is_utf8 = simdutf8::basic::from_utf8(text).is_ok();
    }

    /// Goes on through the text; returns what is to be learned, or None at its end.
    pub fn run(&mut self, text: &[u8]) -> Option<Stop> {
        while self.at < text.len() {
            let first = skip_space(text, self.at);
            if byte_at(text, first) == b'\n' {
                self.advance(text, first);
                continue;
            }
            match self.read(text, first) {
                Ok(end) => {
                    let Some(row) = self.rows.find(&self.row) else {
                        return Some(Stop { lesson: Lesson::Row, start: self.at, end });
                    };
                    if let Some(stop) = self.settle(text, end, row) {
                        return Some(stop);
                    }
                    self.advance(text, end);
                }
                Err(Halt::Learn(stop)) if self.lessons < MOST_LESSONS => {
                    self.lessons += 1;
                    return Some(stop);
                }
                Err(Halt::Unusual | Halt::Learn(_)) => {
                    let end = self.end_of_line(text);
                    self.leave(end);
                    self.advance(text, end);
                }
            }
        }
        None
    }

    /// Returns all that was found since the last time.
    pub fn take(&mut self) -> Taken {
        let mut taken = std::mem::take(&mut self.taken);
        taken.calls = self.counts.drain().map(|((row, group), calls)| (row, group, calls)).collect();
        taken.groups = self.groups.take_new();
        taken.counted = self.records.take();
        taken
    }

    fn end_of_line(&self, text: &[u8]) -> usize {
        memchr::memchr(b'\n', &text[self.at..]).map_or(text.len(), |length| self.at + length)
    }

    /// Goes to the next line; this one ends at `end`.
    fn advance(&mut self, text: &[u8], end: usize) {
        self.taken.ends += usize::from(end < text.len());
        self.number += 1;
        self.lessons = 0;
        self.at = end + 1;
    }

    fn leave(&mut self, end: usize) {
        self.taken.lines.push(Line { number: self.number, start: self.at, end, ..Line::default() });
    }

    /// Does with a line what is known of its row; returns what is to be learned before.
    fn settle(&mut self, text: &[u8], end: usize, row: u32) -> Option<Stop> {
        let verdict = self.verdicts[row as usize];
        let line = Line { number: self.number, start: self.at, end, row: Some(row), extents: Vec::new() };
        match verdict.fate {
            Fate::Left => self.leave(end),
            Fate::Shown => {
                self.record(text, &line, verdict);
                let extents = self.extents();
                self.taken.lines.push(Line { extents, ..line });
            }
            Fate::Counted if self.leave_first => {
                self.leave_first = false;
                self.leave(end);
            }
            Fate::Counted => {
                let group = self.group_of(text);
                match self.groups.passes(group, &text[self.at..end]) {
                    None => return Some(Stop { lesson: Lesson::Group(group), start: self.at, end }),
                    Some(false) => self.leave(end),
                    Some(true) => {
                        self.record(text, &line, verdict);
                        *self.counts.entry((row, group)).or_insert(0) += 1;
                    }
                }
            }
        }
        None
    }

    fn extents(&self) -> Vec<(u32, u32)> {
        let line = self.at;
        let extent = |(member, value): (&Member, &Value)| match self.row[member.slot] {
            0 => (0, 0),
            _ => ((value.start - line) as u32, (value.end - line) as u32),
        };
        self.members.iter().zip(&self.values).map(extent).collect()
    }

    fn group_of(&mut self, text: &[u8]) -> u32 {
        self.group.fill(ABSENT);
        for &(member, column) in &self.grouped {
            if self.row[self.members[member].slot] != 0 {
                let Value { start, end, special } = self.values[member];
                let is_plain = special.is_plain() && text[start] == b'"';
                self.group[column] = self.groups.columns[column].number(&text[start..end], is_plain);
            }
        }
        self.groups.number(&self.group)
    }

    fn record(&mut self, text: &[u8], line: &Line, verdict: Verdict) {
        let Some(kind) = verdict.record else {
            return;
        };
        self.records.begin(kind);
        for &member in &self.identities {
            let is_there = self.row[self.members[member].slot] != 0;
            let Value { start, end, .. } = self.values[member];
            self.records.add(if is_there { &text[start..end] } else { b"" });
        }
        if let Some(number) = self.records.end() {
            let there = self.identities.iter().enumerate();
            let there = there.filter(|&(_, &member)| self.row[self.members[member].slot] != 0);
            let spans = there.map(|(place, &member)| (place, self.values[member].start, self.values[member].end));
            self.taken.records.push(NewRecord { line: line.clone(), number, spans: spans.collect() });
        }
    }

    /// Reads a line that begins, after white space, at `first`, into its row; returns the offset of its end.
    fn read(&mut self, text: &[u8], first: usize) -> Result<usize, Halt> {
        if byte_at(text, first) != b'{' {
            return Err(Halt::Unusual);
        }
        // A line that is too long is not even begun.
        let most = text.len().min(self.at.saturating_add(self.longest).saturating_add(1));
        if most < text.len() && memchr::memchr(b'\n', &text[self.at..most]).is_none() {
            return Err(Halt::Unusual);
        }
        if !self.is_utf8 && simdutf8::basic::from_utf8(&text[self.at..self.end_of_line(text)]).is_err() {
            return Err(Halt::Unusual);
        }
        self.row.fill(0);
        let end = skip_space(text, self.object(text, first, 0, 1)?);
        if byte_at(text, end) != b'\n' || end - self.at > self.longest {
            return Err(Halt::Unusual);
        }
        self.compare(text)?;
        Ok(end)
    }

    fn object(&mut self, text: &[u8], at: usize, node: usize, depth: usize) -> Result<usize, Halt> {
        if depth > self.depth {
            return Err(Halt::Unusual);
        }
        let mut at = skip_space(text, at + 1);
        if byte_at(text, at) == b'}' {
            return Ok(at + 1);
        }
        let mut behind = Behind::default();
        loop {
            if byte_at(text, at) != b'"' {
                return Err(Halt::Unusual);
            }
            let key = at;
            let (found, after) = self.nodes[node].read(text, key, &mut behind)?;
            at = skip_space(text, colon(text, after)?);
            at = match found {
                Found::Read(member) => self.member(text, at, member, depth)?,
                Found::Unread => value(text, at, self.depth - depth, &mut self.open)?,
                Found::Unknown => {
                    return Err(Halt::Learn(Stop { lesson: Lesson::Key(node), start: key + 1, end: after - 1 }));
                }
                Found::Escaped => return Err(Halt::Unusual),
            };
            at = skip_space(text, at);
            match byte_at(text, at) {
                b',' => at = skip_space(text, at + 1),
                b'}' => return Ok(at + 1),
                _ => return Err(Halt::Unusual),
            }
        }
    }

    fn member(&mut self, text: &[u8], start: usize, number: usize, depth: usize) -> Result<usize, Halt> {
        let member = self.members[number];
        // A key that stands twice has an answer already.
        if member.left || self.row[member.slot] != 0 {
            return Err(Halt::Unusual);
        }
        let mut special = Special::default();
        let (answer, end) = match (byte_at(text, start), member.node) {
            (b'{', Some(node)) => {
                self.row[member.slot] = OBJECT;
                (OBJECT, self.object(text, start, node, depth + 1)?)
            }
            (bracket @ (b'{' | b'['), _) => {
                let end = value(text, start, self.depth - depth, &mut self.open)?;
                (if bracket == b'{' { OBJECT } else { LIST }, end)
            }
            (first, _) => {
                let end = scalar(text, start, &mut special)?;
                let is_plain = first == b'"' && special.is_plain();
                (self.answer(text, start, end, number, is_plain)?, end)
            }
        };
        let most = if member.column.or(member.identity).is_some() { MOST_ASKED } else { member.longest };
        if end - start > most.min(member.longest) {
            return Err(Halt::Unusual);
        }
        self.row[member.slot] = answer;
        self.values[number] = Value { start, end, special };
        Ok(end)
    }

    /// Returns the answer of a scalar.
    fn answer(&mut self, text: &[u8], start: usize, end: usize, number: usize, is_plain: bool) -> Result<u16, Halt> {
        let member = self.members[number];
        if !member.asked {
            return Ok(SCALAR);
        }
        if is_plain && let Some(questions) = member.questions {
            let answer = self.questions[questions].answer(&text[start + 1..end - 1]).ok_or(Unusual)?;
            return Ok(answer.checked_mul(2).and_then(|double| double.checked_add(FIRST_ANSWER)).ok_or(Unusual)?);
        }
        if member.numbers_by_kind
            && let Some(answer) = kind_of_number(&text[start..end])
        {
            return Ok(answer);
        }
        if end - start > MOST_ASKED {
            return Err(Halt::Unusual);
        }
        self.fill_scratch(number, &text[start..end]);
        match self.taught.find(&self.scratch) {
            Some(known) => Ok(self.taught_answers[known as usize].ok_or(Unusual)?),
            None => Err(Halt::Learn(Stop { lesson: Lesson::Text(number), start, end })),
        }
    }

    /// Makes the key by which a member's text is taught.
    fn fill_scratch(&mut self, member: usize, text: &[u8]) {
        self.scratch.clear();
        self.scratch.extend_from_slice(&(member as u32).to_le_bytes());
        self.scratch.extend_from_slice(text);
    }

    fn compare(&mut self, text: &[u8]) -> Result<(), Unusual> {
        for &Pair { first, second, comparison, slot } in &self.pairs {
            if self.row[self.members[first].slot] == 0 || self.row[self.members[second].slot] == 0 {
                continue;
            }
            let (one, other) = (self.values[first], self.values[second]);
            self.row[slot] = match comparison {
                Comparison::Order => 1 + u16::from(one.start > other.start),
                Comparison::Texts if text[one.start] != b'"' || text[other.start] != b'"' => 0,
                Comparison::Texts if !one.special.is_plain() || !other.special.is_plain() => return Err(Unusual),
                Comparison::Texts => compared(&text[one.start + 1..one.end - 1], &text[other.start + 1..other.end - 1]),
            };
        }
        Ok(())
    }
}

/// Tells whether a number is whole; None for what is no number, or is written in a way that leaves it open.
fn kind_of_number(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let point = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    match digits.split_at(point) {
        (b"", _) => None,
        (_, b"") => Some(WHOLE_NUMBER),
        (_, [b'.', fraction @ ..]) if fraction.iter().all(u8::is_ascii_digit) => {
            fraction.iter().any(|&digit| digit != b'0').then_some(FRACTION)
        }
        _ => None,
    }
}

/// Tells how two texts of printable ASCII are alike, with white space around them left out.
fn compared(one: &[u8], other: &[u8]) -> u16 {
    let (one, other) = (one.trim_ascii(), other.trim_ascii());
    if one.is_empty() || other.is_empty() {
        2
    } else if one.eq_ignore_ascii_case(other) {
        3
    } else if without_hyphens(one).eq(without_hyphens(other)) {
        4
    } else {
        1
    }
}

fn without_hyphens(text: &[u8]) -> impl Iterator<Item = u8> {
    text.iter().filter(|&&byte| byte != b'-').map(u8::to_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn engine() -> Engine {
        let mut engine = Engine::new(3, 100, true);
        let column = engine.add_column(None).unwrap();
        let inner = engine.add_node(false);
        let object = engine.add_member(Member { node: Some(inner), longest: usize::MAX, ..Member::default() });
        let questions = engine.add_questions(&["^[a-z]+$".to_owned()]).unwrap();
        let text = Member {
            asked: true,
            questions: Some(questions),
            numbers_by_kind: true,
            column: Some(column),
            identity: Some(0),
            longest: usize::MAX,
            ..Member::default()
        };
        let text = engine.add_member(text);
        engine.add_key(0, b"a", Some(object));
        engine.add_key(inner, b"b", Some(text));
        engine
    }

    /// Goes through a text; whatever is to be learned is not read, or shown.
    fn run(engine: &mut Engine, text: &str) -> (Vec<Lesson>, Taken) {
        let mut lessons = Vec::new();
        engine.begin(text.as_bytes(), false);
        while let Some(stop) = engine.run(text.as_bytes()) {
            lessons.push(stop.lesson);
            match stop.lesson {
                Lesson::Key(node) => engine.add_key(node, &text.as_bytes()[stop.start..stop.end], None),
                Lesson::Text(member) => {
                    engine.teach_text(member, &text.as_bytes()[stop.start..stop.end], Some(0)).unwrap();
                }
                Lesson::Row => {
                    engine.teach_row(Fate::Counted, Some(0));
                }
                Lesson::Group(group) => engine.teach_group(group, Some(&[(b"\"x\"".to_vec(), 1)])),
            }
        }
        (lessons, engine.take())
    }

    #[test]
    fn lines_that_give_the_same_answers_are_counted_together() {
        let mut engine = engine();
        let text = "{\"a\":{\"b\":\"x\"}}\n{\"a\":{\"b\":\"y\"},\"c\":[1]}\r\n\n{\"a\":{\"b\":\"X\"}}";
        let (lessons, taken) = run(&mut engine, text);
        assert_eq!(lessons, [Lesson::Row, Lesson::Key(0), Lesson::Row]);
        let mut calls = taken.calls.clone();
        calls.sort_unstable();
        assert_eq!(calls, [(0, 0, 1), (0, 1, 1), (1, 2, 1)]);
        assert_eq!(taken.groups.len(), 3);
        assert_eq!(taken.records.len(), 3);
        assert_eq!((taken.lines.len(), taken.ends), (0, 3));
    }

    #[test]
    fn lines_of_groups_that_are_watched_may_be_left() {
        let mut engine = engine();
        engine.watch_groups();
        let text = "{\"a\":{\"b\":\"x\"}}\n{\"a\":{\"b\":\"x\"},\"c\":\"x\"}\n{\"a\":{\"b\":\"y\"},\"c\":\"x\"}";
        let (lessons, taken) = run(&mut engine, text);
        assert_eq!(lessons, [Lesson::Row, Lesson::Group(0), Lesson::Key(0), Lesson::Group(1)]);
        assert_eq!(taken.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [1]);
        assert_eq!(taken.calls.iter().map(|&(_, _, calls)| calls).sum::<u64>(), 2);
        assert_eq!(engine.group(0), [Some(b"\"x\"".to_vec())]);
    }

    #[test]
    fn what_is_unusual_is_left() {
        let mut engine = engine();
        for line in [
            "17",
            "{",
            "{}x",
            "{\"a\":{},\"a\":{}}",
            "{\"a\":{\"b\":1,\"b\":1}}",
            "{\"\\u0061\":1}",
            "{\"a\":[[[]]]}",
            &format!("{{\"c\":\"{}\"}}", "x".repeat(100)),
        ] {
            let (_, taken) = run(&mut engine, line);
            assert_eq!(taken.lines.len(), 1, "{line}");
            assert_eq!(taken.lines[0], Line { end: line.len(), ..Line::default() });
        }
        let text = b"{\"c\":\"\xff\"}\n{\"a\":1}";
        engine.begin(text, true);
        while let Some(stop) = engine.run(text) {
            assert_eq!(stop.lesson, Lesson::Row);
            engine.teach_row(Fate::Counted, None);
        }
        assert_eq!(engine.take().lines.len(), 2);
    }

    #[test]
    fn a_line_of_which_too_much_is_to_be_learned_is_left() {
        let mut engine = Engine::new(3, 1 << 20, true);
        let keys: Vec<String> = (0..=MOST_LESSONS).map(|number| format!("\"{number}\":1")).collect();
        let (lessons, taken) = run(&mut engine, &format!("{{{}}}\n{{{}}}", keys.join(","), keys[1..].join(",")));
        assert_eq!(lessons.len(), MOST_LESSONS + 2);
        assert_eq!(taken.lines.iter().map(|line| line.number).collect::<Vec<_>>(), [0]);
        let mut engine = Engine::new(3, 10, true);
        let (lessons, taken) = run(&mut engine, "{\"a\":\"aaaaaaaaaaaa\"}\n{\"b\":1}");
        assert_eq!(lessons, [Lesson::Key(0), Lesson::Row]);
        assert_eq!(taken.lines.len(), 1);
    }

    #[test]
    fn a_line_that_is_shown_says_where_its_members_stand() {
        let mut engine = engine();
        let text = b"\n {\"a\" : {\"b\":\"x\"}}\n";
        engine.begin(text, false);
        assert_eq!(engine.run(text).unwrap().lesson, Lesson::Row);
        engine.teach_row(Fate::Shown, None);
        assert_eq!(engine.run(text), None);
        let line = &engine.take().lines[0];
        assert_eq!((line.number, line.start, line.row), (1, 1, Some(0)));
        assert_eq!(line.extents, [(8, 17), (13, 16)]);
    }

    #[test]
    fn numbers_are_told_apart_by_whether_they_are_whole() {
        for (text, kind) in [
            ("1", Some(WHOLE_NUMBER)),
            ("-10", Some(WHOLE_NUMBER)),
            ("1.5", Some(FRACTION)),
            ("-0.050", Some(FRACTION)),
            ("1.0", None),
            ("1e5", None),
            ("1.5e5", None),
            ("true", None),
            ("\"1\"", None),
        ] {
            assert_eq!(kind_of_number(text.as_bytes()), kind, "{text}");
        }
    }

    #[test]
    fn texts_are_compared_without_white_space_case_and_hyphens() {
        for (one, other, answer) in
            [("a", "b", 1), (" ", "b", 2), (" A-b", "a-B ", 3), ("a-b", "AB", 4), ("ab", "abc", 1)]
        {
            assert_eq!(compared(one.as_bytes(), other.as_bytes()), answer);
        }
    }
}
