//! What holds for any bytes. The fuzz targets hold it against what the fuzzer makes, and `tests/seeds.rs` against what is
//! kept in `seeds/`.

use segkoch_lint_core::engine::Line;
use segkoch_lint_core::knowledge::{Comparison, Fate, Knowledge, Query};
use segkoch_lint_core::plan::Member;
use segkoch_lint_core::pool::{Event, Pool};
use segkoch_lint_core::records::{Kind, Meaning, Part, Record};
use segkoch_lint_core::scanner::{fits, skip_space, value};
use segkoch_lint_core::totals::{GroupTexts, Taken};
use std::collections::BTreeMap;
use std::time::Duration;

/// Levels of nesting up to which `serde_json` reads, too.
const DEPTH: usize = 100;

/// Bytes of a line in which no more can be new than is learned from one line.
const LONGEST: usize = 250;

/// Scanning ends well for any bytes, and accepts just the JSON that `serde_json` does, but for what the core leaves to the
/// reader: long numbers and exponents, and deep nesting.
///
/// # Panics
///
/// That is not so.
pub fn scanner(data: &[u8]) {
    let one_line: Vec<u8> = data.iter().map(|&byte| if byte == b'\n' { b' ' } else { byte }).collect();
    let start = skip_space(&one_line, 0);
    let end = value(&one_line, start, DEPTH, &mut Vec::new());
    let accepted = end.is_ok_and(|at| skip_space(&one_line, at) == one_line.len());
    let Ok(text) = std::str::from_utf8(&one_line) else {
        return; // which is checked elsewhere
    };
    let expected = serde_json::from_str::<serde_json::Value>(text);
    if accepted {
        assert!(expected.is_ok(), "accepted, but {expected:?}: {text}");
        assert!(fits(&one_line, usize::MAX) && (one_line.is_empty() || !fits(&one_line, one_line.len() - 1)));
    } else {
        assert!(expected.is_err() || is_left(&one_line), "not accepted: {text}");
    }
}

/// Returns whether something in JSON is left to Python.
fn is_left(json: &[u8]) -> bool {
    let (mut at, mut depth) = (0, 0);
    while at < json.len() {
        let rest = &json[at..];
        let length = match rest[0] {
            b'"' => {
                let mut end = 1;
                while rest[end] != b'"' {
                    end += 1 + usize::from(rest[end] == b'\\');
                }
                end + 1
            }
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &&u8| byte.is_ascii_digit() || b".eE+-".contains(byte);
                let number = &rest[..rest.iter().take_while(is_part).count()];
                let exponent = number.split(|byte| byte.eq_ignore_ascii_case(&b'e')).nth(1).unwrap_or_default();
                if number.len() > 200 || exponent.iter().filter(|byte| byte.is_ascii_digit()).count() > 2 {
                    return true;
                }
                number.len()
            }
            byte => {
                depth += usize::from(matches!(byte, b'{' | b'['));
                depth -= usize::from(matches!(byte, b'}' | b']'));
                if depth > DEPTH {
                    return true;
                }
                1
            }
        };
        at += length;
    }
    false
}

/// A text gives the same however it is cut into blocks of whole lines, and however many threads go through them.
///
/// # Panics
///
/// That is not so.
pub fn blocks(data: &[u8]) {
    let [threads, cuts, text @ ..] = data else {
        return;
    };
    let lines = lines_of(text);
    let whole = vec![lines.concat()];
    let mut cut = vec![Vec::new()];
    for (number, line) in lines.iter().enumerate() {
        cut.last_mut().expect("there is one").extend_from_slice(line);
        if cuts.rotate_left(number as u32 % 8) & 1 == 1 {
            cut.push(Vec::new());
        }
    }
    let told = |blocks, threads| {
        let (each, records) = go_through(blocks, threads);
        let mut all = Told::default();
        for next in each {
            all.add(next);
        }
        (all, records)
    };
    let expected = told(whole.clone(), 1);
    assert_eq!(told(cut, 1 + usize::from(*threads) % 3), expected);
    assert_eq!(told(whole, 2), expected);
}

/// A line gives the same whatever was learned before.
///
/// # Panics
///
/// That is not so.
pub fn order(data: &[u8]) {
    let [step, text @ ..] = data else {
        return;
    };
    let lines = lines_of(text);
    let (expected, expected_records) = go_through(lines.clone(), 1);
    // Every order that goes on by a fixed number of lines, backwards included.
    let count = lines.len();
    let step = (1..=usize::from(*step).max(1)).rev().find(|&step| is_coprime(step, count)).unwrap_or(1);
    let numbers: Vec<usize> = (0..count).map(|place| (place * step + count - 1) % count).collect();
    let (found, records) = go_through(numbers.iter().map(|&number| lines[number].clone()).collect(), 1);
    for (number, told) in numbers.into_iter().zip(found) {
        assert_eq!(told, expected[number], "{:?}", String::from_utf8_lossy(&lines[number]));
    }
    let calls = |records: Vec<Recorded>| {
        let mut calls: BTreeMap<_, u64> = BTreeMap::new();
        for each in records {
            *calls.entry(each.key).or_default() += each.calls; // the same texts may be written in several ways
        }
        calls
    };
    assert_eq!(calls(records), calls(expected_records));
}

fn is_coprime(mut one: usize, mut other: usize) -> bool {
    while other > 0 {
        (one, other) = (other, one % other);
    }
    one == 1
}

fn lines_of(text: &[u8]) -> Vec<Vec<u8>> {
    let short = |line: &[u8]| [&line[..line.len().min(LONGEST)], b"\n"].concat();
    text.split(|&byte| byte == b'\n').map(short).collect()
}

/// What lines gave, but for numbers that depend on what was learned first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    lines: Vec<HandedOut>,
    calls: BTreeMap<(Fingerprint, GroupTexts), u64>,
    ends: usize,
}

/// A line's number, what it is like if its row is known, and where its members stand.
type HandedOut = (usize, Option<Fingerprint>, Vec<(u32, u32)>);

/// What the members that are read of all lines are like.
type Fingerprint = Vec<u16>;

/// What calls say of their users, and where the first of them stands.
#[derive(Debug, PartialEq, Eq)]
struct Recorded {
    /// The kind, and the texts.
    key: (String, Vec<String>),
    first: (usize, String),
    calls: u64,
}

impl Told {
    /// Adds what the next block gave.
    fn add(&mut self, next: Self) {
        let before = self.ends;
        self.lines.extend(next.lines.into_iter().map(|(number, row, extents)| (before + number, row, extents)));
        for (key, calls) in next.calls {
            *self.calls.entry(key).or_default() += calls;
        }
        self.ends += next.ends;
    }
}

/// The members that are read of all lines come first; others are added as their keys are learned.
const MEMBERS: usize = 5;

/// Slots of a row that are the same whatever was learned: those of the members, and of their comparison.
const SLOTS: usize = MEMBERS + 2;

fn knowledge() -> Knowledge {
    let mut knowledge = Knowledge::new(DEPTH, LONGEST, true);
    let column = knowledge.add_column(Some(("^[a-z]+$".to_owned(), 3))).expect("a pattern");
    let other_column = knowledge.add_column(None).expect("no pattern");
    let questions = knowledge.add_questions(&["^[a-z]+$".to_owned(), "^ *$".to_owned()]).expect("patterns");
    let inner = knowledge.add_node(false);
    let read = Member { longest: usize::MAX, ..Member::default() };
    let object = Member { node: Some(inner), ..read };
    let text = Member { asked: true, questions: Some(questions), numbers_by_kind: true, ..read };
    let members = [
        (0, "a", object),
        (inner, "b", Member { column: Some(column), ..text }),
        (inner, "c", text),
        (0, "d", Member { asked: true, longest: 40, ..read }),
        (0, "e", Member { column: Some(other_column), ..read }),
    ];
    assert_eq!(members.len(), MEMBERS);
    let numbers = members.map(|(node, key, member)| {
        let number = knowledge.add_member(member);
        knowledge.add_key(node, key.as_bytes(), Some(number));
        number
    });
    knowledge.add_pair(numbers[1], numbers[2], Comparison::Texts);
    knowledge.add_pair(numbers[0], numbers[3], Comparison::Order);
    let [_, b, c, d, e] = numbers.map(Some);
    let place = vec!["<".to_owned(), "-".to_owned(), ">".to_owned()];
    let whole = |member| Part { member, ..Part::default() };
    let placed = |member| Part { is_placed: true, is_stripped: true, ..whole(member) };
    let user = Meaning::User("ios".to_owned(), "mobile".to_owned());
    let user =
        Kind { meaning: user, parts: vec![whole(b), whole(None), whole(e), placed(c), whole(d), whole(e)], place };
    knowledge.add_kind(Kind { meaning: Meaning::Event, parts: vec![placed(b), whole(d)], ..user.clone() });
    knowledge.add_kind(Kind { meaning: Meaning::Link, parts: [None, d, None].map(whole).to_vec(), ..user.clone() });
    knowledge.add_kind(user);
    knowledge.watch_groups();
    knowledge
}

/// Returns what does not depend on the order in which things were learned.
fn fingerprint(row: &[u16]) -> Fingerprint {
    // Answers of automata are even, from 6 on, and numbered as they come.
    row[..SLOTS].iter().map(|&answer| if answer >= 6 && answer % 2 == 0 { 6 } else { answer }).collect()
}

fn kind(fingerprint: &Fingerprint) -> u32 {
    u32::from(fingerprint.iter().sum::<u16>() % 2)
}

/// Goes through blocks one after the other; returns what each gave, and what was said of users in all of them.
fn go_through(blocks: Vec<Vec<u8>>, threads: usize) -> (Vec<Told>, Vec<Recorded>) {
    let mut pool = Pool::new(knowledge(), threads);
    for block in blocks {
        pool.submit(block, false);
    }
    let (mut rows, mut groups, mut all, mut line) = (Vec::new(), Vec::new(), Vec::new(), 1);
    loop {
        match pool.next(Duration::from_secs(60)) {
            Event::Query(query) => answer(&mut pool.change(), &query, &mut rows),
            Event::Finished(_, taken) => {
                pool.keep_records(line);
                all.push(told(taken.expect("nothing failed"), &rows, &mut groups));
                line += all[all.len() - 1].ends;
            }
            Event::Nothing => panic!("nothing came for a minute"),
            Event::Empty => {
                let records = pool.take_records();
                let recorded = records.iter(pool.change().kinds()).map(recorded).collect();
                return (all, recorded);
            }
        }
    }
}

fn recorded(record: Record<'_>) -> Recorded {
    let texts = record.texts.iter().map(ToString::to_string).collect();
    Recorded {
        key: (format!("{:?}", record.kind.meaning), texts),
        first: (record.line, record.place),
        calls: record.calls,
    }
}

fn answer(knowledge: &mut Knowledge, query: &Query, rows: &mut Vec<Fingerprint>) {
    match query {
        Query::Key(node, name) => {
            let read = Member { longest: usize::MAX, ..Member::default() };
            let member = name.starts_with(b"x").then(|| knowledge.add_member(read));
            knowledge.add_key(*node, name, member);
        }
        Query::Text(member, text) => {
            let answer = (text.len() % 4 != 0).then_some((text.len() % 4) as u16);
            knowledge.answer_text(*member, text, answer).expect("few answers");
        }
        Query::Row(row, _) => {
            let fingerprint = fingerprint(row);
            let fate = match fingerprint.iter().sum::<u16>() % 5 {
                0 => Fate::Left,
                1 => Fate::Shown,
                _ => Fate::Counted,
            };
            knowledge.answer_row(row, fate, [Some(kind(&fingerprint)), Some(2)]);
            rows.push(fingerprint);
        }
        Query::Group(name) => {
            let watched = [(b"\"x\"".to_vec(), 1), (b"\"a/b\"".to_vec(), 0)];
            knowledge.answer_group(name, (name.len() % 3 != 0).then_some(&watched));
        }
    }
}

fn told(taken: Taken, rows: &[Fingerprint], groups: &mut Vec<GroupTexts>) -> Told {
    let mut told = Told { ends: taken.ends, ..Told::default() };
    for Line { number, row, extents, .. } in taken.lines {
        let extents = extents.into_iter().take(MEMBERS).collect();
        told.lines.push((number, row.map(|row| rows[row as usize].clone()), extents));
    }
    groups.extend(taken.groups);
    for (row, group, calls) in taken.calls {
        *told.calls.entry((rows[row as usize].clone(), groups[group as usize].clone())).or_default() += calls;
    }
    told
}
