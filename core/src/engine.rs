//! Reads lines, reduces each to its row of answers, and counts those whose row is known.

use crate::columns::add_text;
use crate::knowledge::{
    Answer, Comparison, FIRST_ANSWER, FRACTION, Fate, Knowledge, LIST, OBJECT, Pair, Query, SCALAR, Verdict,
    WHOLE_NUMBER, fill_answered,
};
use crate::plan::{Behind, Found, Keys};
use crate::questions::{Recent, States};
use crate::records::Records;
use crate::scanner::{Special, Unusual, byte_at, colon, fits, scalar, skip_space, value};
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of the longest text that Python is asked about; lines with longer ones are left to Python.
const MOST_ASKED: usize = 512;

/// Queries of one line, which is read anew after each; a line with more of them is left to Python.
const MOST_QUERIES: usize = 64;

/// Why reading stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The text ended.
    End,
    /// A query has to be answered first.
    Ask(Query),
    /// A pause was requested.
    Pause,
}

enum Halt {
    Unusual,
    Ask(Query),
}

impl From<Unusual> for Halt {
    fn from(_: Unusual) -> Self {
        Self::Unusual
    }
}

/// A line that is returned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its number in the text, from 0.
    pub number: usize,
    /// Where it begins.
    pub start: usize,
    /// The offset after it, its end left out.
    pub end: usize,
    /// Its row; None if the line is left to Python.
    pub row: Option<u32>,
    /// The group of a line that is shown.
    pub group: u32,
    /// Of a line that is shown, the byte ranges of the values that are asked for; an empty range for a missing value.
    pub extents: Vec<(u32, u32)>,
}

/// The result of reading one text.
#[derive(Debug, Default)]
pub struct Findings {
    /// Lines that are returned, in order.
    pub lines: Vec<Line>,
    /// The names of the groups of calls that were counted, numbered here.
    pub groups: Texts,
    /// How many calls were counted, by row and group.
    pub calls: HashMap<(u32, u32), u64, RandomState>,
    /// The records of users and events.
    pub records: Records,
    /// The number of line ends.
    pub ends: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Value {
    start: usize,
    end: usize,
    special: Special,
}

/// Reads lines with knowledge that may only grow between two calls.
#[derive(Debug, Default)]
pub struct Engine {
    keys: Vec<Keys>,
    states: Vec<States>,
    /// By member.
    recent: Vec<Recent>,

    // The line being read.
    row: Vec<u16>,
    values: Vec<Value>,
    group: Vec<u8>,
    open: Vec<u8>,
    scratch: Vec<u8>,

    progress: Progress,
}

/// How far a text was read, and the result so far. Any engine can continue.
#[derive(Debug, Default)]
pub struct Progress {
    /// The offset of the next line, its number, and how many queries it had so far.
    at: usize,
    number: usize,
    queries: usize,
    is_utf8: bool,
    leave_first: bool,
    findings: Findings,
}

impl Progress {
    /// Begins to read a text of whole lines.
    ///
    /// # Arguments
    ///
    /// * `leave_first` - leave the first line that would be counted to Python.
    #[must_use]
    pub fn new(text: &[u8], leave_first: bool) -> Self {
        Self { is_utf8: simdutf8::basic::from_utf8(text).is_ok(), leave_first, ..Self::default() }
    }

    /// Returns the result of the text.
    #[must_use]
    pub fn into_findings(self) -> Findings {
        self.findings
    }
}

impl Engine {
    /// Continues to read a text; a pause is at the end of a line.
    pub fn run(&mut self, knowledge: &Knowledge, text: &[u8], progress: &mut Progress, pause: &AtomicBool) -> Stop {
        std::mem::swap(&mut self.progress, progress);
        let stop = self.go_through(knowledge, text, pause);
        std::mem::swap(&mut self.progress, progress);
        stop
    }

    fn go_through(&mut self, knowledge: &Knowledge, text: &[u8], pause: &AtomicBool) -> Stop {
        self.fit(knowledge);
        while self.progress.at < text.len() {
            if pause.load(Ordering::Relaxed) {
                return Stop::Pause;
            }
            let first = skip_space(text, self.progress.at);
            if byte_at(text, first) == b'\n' {
                self.advance(text, first);
                continue;
            }
            let read = self.read(knowledge, text, first);
            let settled = read.and_then(|end| self.settle(knowledge, text, end).map(|()| end));
            match settled {
                Ok(end) => self.advance(text, end),
                Err(Halt::Ask(query)) if self.progress.queries < MOST_QUERIES => {
                    self.progress.queries += 1;
                    return Stop::Ask(query);
                }
                Err(Halt::Unusual | Halt::Ask(_)) => {
                    let end = self.end_of_line(text);
                    self.leave(end);
                    self.advance(text, end);
                }
            }
        }
        Stop::End
    }

    /// Makes room for what was answered.
    fn fit(&mut self, knowledge: &Knowledge) {
        self.keys.resize_with(knowledge.nodes.len(), Keys::default);
        self.states.extend(knowledge.questions[self.states.len()..].iter().map(crate::questions::Questions::states));
        self.recent.resize_with(knowledge.members.len(), Recent::default);
        self.row.resize(knowledge.width, 0);
        self.values.resize(knowledge.members.len(), Value::default());
    }

    fn end_of_line(&self, text: &[u8]) -> usize {
        memchr::memchr(b'\n', &text[self.progress.at..]).map_or(text.len(), |length| self.progress.at + length)
    }

    /// Goes to the next line; this one ends at `end`.
    fn advance(&mut self, text: &[u8], end: usize) {
        self.progress.findings.ends += usize::from(end < text.len());
        self.progress.number += 1;
        self.progress.queries = 0;
        self.progress.at = end + 1;
    }

    fn leave(&mut self, end: usize) {
        self.progress.findings.lines.push(Line {
            number: self.progress.number,
            start: self.progress.at,
            end,
            ..Line::default()
        });
    }

    /// Counts, returns or leaves a line, as its row demands.
    fn settle(&mut self, knowledge: &Knowledge, text: &[u8], end: usize) -> Result<(), Halt> {
        let line = &text[self.progress.at..end];
        let row = knowledge.rows.find(&self.row);
        let row = row.ok_or_else(|| Halt::Ask(Query::Row(self.row.clone(), line.to_vec())))?;
        let verdict = knowledge.verdicts[row as usize];
        match verdict.fate {
            Fate::Left => self.leave(end),
            Fate::Counted if self.progress.leave_first => {
                self.progress.leave_first = false;
                self.leave(end);
            }
            Fate::Counted | Fate::Shown => {
                self.find_group(knowledge, text);
                match knowledge.passes(&self.group, line) {
                    None => return Err(Halt::Ask(Query::Group(self.group.clone()))),
                    Some(false) => self.leave(end),
                    Some(true) => {
                        self.record(knowledge, text, verdict);
                        let (group, _) = self.progress.findings.groups.number(&self.group);
                        *self.progress.findings.calls.entry((row, group)).or_insert(0) += 1;
                        if verdict.fate == Fate::Shown {
                            let extents = self.extents(knowledge.shown(row), knowledge, line);
                            let (number, start) = (self.progress.number, self.progress.at);
                            self.progress.findings.lines.push(Line {
                                number,
                                start,
                                end,
                                row: Some(row),
                                group,
                                extents,
                            });
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Returns the byte ranges of values in the line.
    fn extents(&self, shown: &[Option<usize>], knowledge: &Knowledge, line: &[u8]) -> Vec<(u32, u32)> {
        let extent = |member: &Option<usize>| match *member {
            None => {
                let start = line.len() - line.trim_ascii_start().len();
                (start as u32, line.trim_ascii_end().len() as u32)
            }
            Some(member) if self.row[knowledge.members[member].slot] == 0 => (0, 0),
            Some(member) => {
                let Value { start, end, .. } = self.values[member];
                ((start - self.progress.at) as u32, (end - self.progress.at) as u32)
            }
        };
        shown.iter().map(extent).collect()
    }

    /// Finds the name of the line's group.
    fn find_group(&mut self, knowledge: &Knowledge, text: &[u8]) {
        self.group.clear();
        for column in &knowledge.columns {
            let member = column.member.filter(|&member| self.row[knowledge.members[member].slot] != 0);
            let text = member.map(|member| {
                let Value { start, end, special } = self.values[member];
                let text = &text[start..end];
                let is_plain = special.is_plain() && text[0] == b'"';
                match column.shortened {
                    Some((asked, bytes)) if is_plain => {
                        let inner = &text[1..text.len() - 1];
                        let holds = knowledge.questions[asked].matches(&mut self.states[asked], inner);
                        if holds { &text[..=bytes.min(inner.len())] } else { text }
                    }
                    _ => text,
                }
            });
            add_text(&mut self.group, text);
        }
    }

    fn record(&mut self, knowledge: &Knowledge, text: &[u8], verdict: Verdict) {
        let (row, values, start) = (&self.row, &self.values, self.progress.at);
        let extent_of = |member: usize| match row[knowledge.members[member].slot] {
            0 => (start, start),
            _ => (values[member].start, values[member].end),
        };
        for number in verdict.records.into_iter().flatten() {
            let kind = &knowledge.kinds[number as usize];
            self.progress.findings.records.add(number, kind, text, (self.progress.number, start), extent_of);
        }
    }

    /// Reads a line that begins, after white space, at `first`, into its row; returns the offset of its end.
    fn read(&mut self, knowledge: &Knowledge, text: &[u8], first: usize) -> Result<usize, Halt> {
        if byte_at(text, first) != b'{' {
            return Err(Halt::Unusual);
        }
        // A line that is too long is not read at all.
        let most = text.len().min(self.progress.at.saturating_add(knowledge.longest).saturating_add(1));
        if most < text.len() && memchr::memchr(b'\n', &text[self.progress.at..most]).is_none() {
            return Err(Halt::Unusual);
        }
        if !self.progress.is_utf8
            && simdutf8::basic::from_utf8(&text[self.progress.at..self.end_of_line(text)]).is_err()
        {
            return Err(Halt::Unusual);
        }
        self.row.fill(0);
        let end = skip_space(text, self.object(knowledge, text, first, 0, 1)?);
        if byte_at(text, end) != b'\n' || !fits(&text[self.progress.at..end], knowledge.longest) {
            return Err(Halt::Unusual);
        }
        self.compare(knowledge, text)?;
        Ok(end)
    }

    fn object(
        &mut self,
        knowledge: &Knowledge,
        text: &[u8],
        at: usize,
        node: usize,
        depth: usize,
    ) -> Result<usize, Halt> {
        if depth > knowledge.depth {
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
            let (found, after) = self.keys[node].read(&knowledge.nodes[node], text, key, &mut behind)?;
            at = skip_space(text, colon(text, after)?);
            at = match found {
                Found::Read(member) => self.member(knowledge, text, at, member, depth)?,
                Found::Unread => value(text, at, knowledge.depth - depth, &mut self.open)?,
                Found::Unknown => {
                    return Err(Halt::Ask(Query::Key(node, text[key + 1..after - 1].to_vec())));
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

    fn member(
        &mut self,
        knowledge: &Knowledge,
        text: &[u8],
        start: usize,
        number: usize,
        depth: usize,
    ) -> Result<usize, Halt> {
        let member = knowledge.members[number];
        // A repeated key has an answer already.
        if member.left || self.row[member.slot] != 0 {
            return Err(Halt::Unusual);
        }
        let mut special = Special::default();
        let (answer, end) = match (byte_at(text, start), member.node) {
            (b'{', Some(node)) => {
                self.row[member.slot] = OBJECT;
                (OBJECT, self.object(knowledge, text, start, node, depth + 1)?)
            }
            (bracket @ (b'{' | b'['), _) => {
                let end = value(text, start, knowledge.depth - depth, &mut self.open)?;
                (if bracket == b'{' { OBJECT } else { LIST }, end)
            }
            (first, _) => {
                let end = scalar(text, start, &mut special)?;
                let is_plain = first == b'"' && special.is_plain();
                (self.answer(knowledge, &text[start..end], number, is_plain)?, end)
            }
        };
        let most = if member.column.is_some() { MOST_ASKED } else { member.longest };
        if end - start > most || !fits(&text[start..end], member.longest) {
            return Err(Halt::Unusual);
        }
        self.row[member.slot] = answer;
        self.values[number] = Value { start, end, special };
        Ok(end)
    }

    /// Returns the answer of a scalar.
    fn answer(&mut self, knowledge: &Knowledge, text: &[u8], number: usize, is_plain: bool) -> Result<u16, Halt> {
        let member = knowledge.members[number];
        if !member.asked {
            return Ok(SCALAR);
        }
        if is_plain && let Some(asked) = member.questions {
            let (questions, states) = (&knowledge.questions[asked], &mut self.states[asked]);
            let inner = &text[1..text.len() - 1];
            let answer = self.recent[number].answer(inner, || questions.answer(states, inner));
            let answer = answer.and_then(|number| number.checked_mul(2)?.checked_add(FIRST_ANSWER));
            return Ok(answer.ok_or(Unusual)?);
        }
        if member.numbers_by_kind
            && let Some(answer) = kind_of_number(text)
        {
            return Ok(answer);
        }
        if text.len() > MOST_ASKED {
            return Err(Halt::Unusual);
        }
        fill_answered(&mut self.scratch, number, text);
        match knowledge.answered(&self.scratch) {
            Some(Answer::Known(answer)) => Ok(answer),
            Some(Answer::Left) => Err(Halt::Unusual),
            None => Err(Halt::Ask(Query::Text(number, text.to_vec()))),
        }
    }

    fn compare(&mut self, knowledge: &Knowledge, text: &[u8]) -> Result<(), Unusual> {
        let slot_of = |member: usize| knowledge.members[member].slot;
        for &Pair { first, second, comparison, slot } in &knowledge.pairs {
            if self.row[slot_of(first)] == 0 || self.row[slot_of(second)] == 0 {
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

/// Returns whether a number is whole; None if it is not a number, or if its notation leaves that open.
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

/// Returns how two texts of printable ASCII are equal, with white space around them left out.
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
    use crate::plan::Member;
    use crate::records::Kind;
    use crate::totals::{Taken, Totals};

    fn knowledge() -> Knowledge {
        let mut knowledge = Knowledge::new(3, 100, true);
        let column = knowledge.add_column(None).unwrap();
        let inner = knowledge.add_node(false);
        let object = knowledge.add_member(Member { node: Some(inner), longest: usize::MAX, ..Member::default() });
        let questions = knowledge.add_questions(&["^[a-z]+$".to_owned()]).unwrap();
        let text = Member {
            asked: true,
            questions: Some(questions),
            numbers_by_kind: true,
            column: Some(column),
            longest: usize::MAX,
            ..Member::default()
        };
        let text = knowledge.add_member(text);
        knowledge.add_key(0, b"a", Some(object));
        knowledge.add_key(inner, b"b", Some(text));
        knowledge.add_kind(Kind::of(text));
        knowledge
    }

    /// Reads a text; unknown keys are not read, and unknown rows have the fate.
    fn run_with(knowledge: &mut Knowledge, text: &[u8], leave_first: bool, fate: Fate) -> (Vec<Query>, Taken) {
        let (mut engine, mut queries, pause) = (Engine::default(), Vec::new(), AtomicBool::new(false));
        let mut progress = Progress::new(text, leave_first);
        while let Stop::Ask(query) = engine.run(knowledge, text, &mut progress, &pause) {
            match &query {
                Query::Key(node, key) => knowledge.add_key(*node, key, None),
                Query::Text(member, text) => knowledge.answer_text(*member, text, Some(0)).unwrap(),
                Query::Row(row, _) => {
                    knowledge.answer_row(row, fate, [(!knowledge.kinds().is_empty()).then_some(0), None]);
                }
                Query::Group(name) => knowledge.answer_group(name, Some(&[(b"\"x\"".to_vec(), 1)])),
            }
            assert!(knowledge.knows(&query));
            queries.push(query);
        }
        let findings = progress.into_findings();
        if fate != Fate::Left {
            let kinds = knowledge.kinds();
            let recorded: u64 = findings.records.iter(kinds).map(|each| each.calls).sum();
            let counted: u64 = findings.calls.values().sum();
            assert_eq!(recorded, if kinds.is_empty() { 0 } else { counted });
        }
        (queries, Totals::default().add(findings))
    }

    fn run(knowledge: &mut Knowledge, text: &str) -> (Vec<Query>, Taken) {
        run_with(knowledge, text.as_bytes(), false, Fate::Counted)
    }

    fn kinds(queries: &[Query]) -> String {
        let kind = |query: &Query| match query {
            Query::Key(..) => 'k',
            Query::Text(..) => 't',
            Query::Row(..) => 'r',
            Query::Group(_) => 'g',
        };
        queries.iter().map(kind).collect()
    }

    fn numbers(taken: &Taken) -> Vec<usize> {
        taken.lines.iter().map(|line| line.number).collect()
    }

    #[test]
    fn lines_that_give_the_same_answers_are_counted_together() {
        let text = "{\"a\":{\"b\":\"x\"}}\n{\"a\":{\"b\":\"y\"},\"c\":[1]}\r\n\n{\"a\":{\"b\":\"X\"}}";
        let (queries, taken) = run(&mut knowledge(), text);
        assert_eq!(kinds(&queries), "rkr");
        let mut calls = taken.calls.clone();
        calls.sort_unstable();
        assert_eq!(calls, [(0, 0, 1), (0, 1, 1), (1, 2, 1)]);
        assert_eq!(taken.groups.len(), 3);
        assert_eq!((taken.lines.len(), taken.ends), (0, 3));
    }

    #[test]
    fn texts_that_match_are_one_group_but_for_what_does_not_count() {
        let mut knowledge = Knowledge::new(3, 100, true);
        let column = knowledge.add_column(Some((r"^\d\d:\d\d$".to_owned(), 2))).unwrap();
        let member = Member { column: Some(column), longest: usize::MAX, ..Member::default() };
        let member = knowledge.add_member(member);
        knowledge.add_key(0, b"a", Some(member));
        let (_, taken) = run(
            &mut knowledge,
            "{\"a\":\"17:30\"}\n{\"a\":\"17:31\"}\n{\"a\":\"18:30\"}\n{\"a\":\"17\"}\n{\"a\":17}\n{}",
        );
        let groups: Vec<_> = taken.groups.iter().map(|texts| texts[0].as_deref()).collect();
        assert_eq!(groups, [Some(&b"\"17"[..]), Some(b"\"18"), Some(b"\"17\""), Some(b"17"), None]);
    }

    #[test]
    fn lines_of_groups_that_are_watched_may_be_left() {
        let mut knowledge = knowledge();
        knowledge.watch_groups();
        let text = "{\"a\":{\"b\":\"x\"}}\n{\"a\":{\"b\":\"x\"},\"c\":\"x\"}\n{\"a\":{\"b\":\"y\"},\"c\":\"x\"}";
        let (queries, taken) = run(&mut knowledge, text);
        assert_eq!(kinds(&queries), "rgkg");
        assert_eq!(numbers(&taken), [1]);
        assert_eq!(taken.calls.iter().map(|&(_, _, calls)| calls).sum::<u64>(), 2);
    }

    #[test]
    fn what_is_unusual_is_left() {
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
            let (_, taken) = run(&mut knowledge(), line);
            assert_eq!(taken.lines.len(), 1, "{line}");
            assert_eq!(taken.lines[0], Line { end: line.len(), ..Line::default() });
        }
        let (queries, taken) = run_with(&mut knowledge(), b"{\"c\":\"\xff\"}\n{\"a\":1}", true, Fate::Counted);
        assert_eq!((kinds(&queries), taken.lines.len()), ("r".to_owned(), 2));
    }

    #[test]
    fn a_line_with_too_many_queries_is_left() {
        let mut knowledge = Knowledge::new(3, 1 << 20, true);
        let keys: Vec<String> = (0..=MOST_QUERIES).map(|number| format!("\"{number}\":1")).collect();
        let (queries, taken) = run(&mut knowledge, &format!("{{{}}}\n{{{}}}", keys.join(","), keys[1..].join(",")));
        assert_eq!(queries.len(), MOST_QUERIES + 2);
        assert_eq!(numbers(&taken), [0]);
        let mut knowledge = Knowledge::new(3, 10, true);
        let (queries, taken) = run(&mut knowledge, "{\"a\":\"aaaaaaaaaaaa\"}\n{\"b\":1}");
        assert_eq!(kinds(&queries), "kr");
        assert_eq!(taken.lines.len(), 1);
    }

    #[test]
    fn a_line_that_is_shown_has_the_ranges_of_its_members() {
        let mut knowledge = knowledge();
        knowledge.show(0, vec![Some(0), Some(1), None]);
        let (_, taken) = run_with(&mut knowledge, b"\n {\"a\" : {\"b\":\"x\"}} \r\n{\"a\":{}}", false, Fate::Shown);
        let [line, other] = &taken.lines[..] else { panic!("{:?}", taken.lines) };
        assert_eq!((line.number, line.start, line.row, line.group), (1, 1, Some(0), 0));
        assert_eq!(line.extents, [(8, 17), (13, 16), (1, 18)]);
        assert_eq!((other.number, other.row, other.group), (2, Some(1), 1));
        assert_eq!(other.extents, []);
        assert_eq!(taken.groups.len(), 2);
    }

    #[test]
    fn a_paused_engine_continues_at_the_same_line_with_the_answers_given_meanwhile() {
        let (mut knowledge, mut engine, text) = (Knowledge::new(3, 100, false), Engine::default(), b"{\"a\":1}");
        let mut progress = Progress::new(text, false);
        let pause = AtomicBool::new(true);
        assert_eq!(engine.run(&knowledge, text, &mut progress, &pause), Stop::Pause);
        let member = knowledge.add_member(Member { longest: usize::MAX, ..Member::default() });
        knowledge.add_key(0, b"a", Some(member));
        knowledge.answer_row(&[SCALAR], Fate::Counted, [None; 2]);
        pause.store(false, Ordering::Relaxed);
        assert_eq!(engine.run(&knowledge, text, &mut progress, &pause), Stop::End);
        assert_eq!(progress.into_findings().calls.len(), 1);
    }

    #[test]
    fn whole_numbers_are_distinguished_from_others() {
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
