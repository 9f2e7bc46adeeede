//! Questions about a text as one automaton: it finds in one pass which of many patterns match.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use regex_automata::{
    Anchored, MatchKind,
    hybrid::LazyStateID,
    hybrid::dfa::{Cache, Config, DFA},
    nfa::thompson,
    util::start,
    util::syntax,
};
use std::hash::BuildHasher;
use std::sync::{Mutex, PoisonError};

/// Bytes of cached states; with more, they are dropped and computed again.
const STATES_BYTES: usize = 4 << 20;

/// Bytes that the automaton of a set of patterns may take, without its states.
const MOST_AUTOMATON: usize = 2 << 20;

/// The answer is a number: equal for two texts only if the same patterns match both.
#[derive(Debug)]
pub struct Questions {
    automaton: DFA,
    /// By byte, its class: bytes of one class lead to the same states.
    classes: [u8; 256],
    /// The numbers of sets of patterns, shared by all engines.
    numbers: Mutex<HashMap<Vec<usize>, u16, RandomState>>,
}

/// The number of the texts that no pattern matches.
const NONE: u16 = 0;

/// A state or an answer that is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// A table of the states of an automaton that an engine has reached: each step is one look-up.
#[derive(Debug)]
pub struct States {
    cache: Cache,
    /// By how often the cache was cleared, which gives its ids other meanings.
    clears: usize,
    /// The automaton's ids of the states; with the first of them a text begins.
    ids: Vec<LazyStateID>,
    numbers: HashMap<LazyStateID, u32, RandomState>,
    /// By state and class of byte, the start of the next state in this table.
    next: Vec<u32>,
    /// By state, the answer of a text that ends there.
    answers: Vec<u32>,
    /// By state, whether no byte leads to another one; None until a byte does not.
    is_last: Vec<Option<bool>>,
}

impl States {
    fn add(&mut self, id: LazyStateID, classes: usize) -> u32 {
        let number = self.ids.len() as u32;
        self.ids.push(id);
        self.numbers.insert(id, number);
        self.next.resize(self.next.len() + classes, UNKNOWN);
        self.answers.push(UNKNOWN);
        self.is_last.push(None);
        number
    }
}

impl Questions {
    /// Compiles patterns. They see printable ASCII only.
    ///
    /// # Errors
    ///
    /// A pattern is not valid, or all together are too large.
    pub fn new(patterns: &[String]) -> Result<Self, String> {
        Self::within(patterns, STATES_BYTES)
    }

    fn within(patterns: &[String], states_bytes: usize) -> Result<Self, String> {
        // A pattern that matched still matches at the end of the text, where all answers are read at once.
        let whole: Vec<String> = patterns.iter().map(|each| format!("(?:{each})(?s-u:.)*")).collect();
        let config = Config::new()
            .match_kind(MatchKind::All)
            .cache_capacity(states_bytes)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(None);
        let automaton = DFA::builder()
            .configure(config)
            .syntax(syntax::Config::new().utf8(false))
            .thompson(thompson::Config::new().utf8(false).nfa_size_limit(Some(MOST_AUTOMATON)))
            .build_many(&whole)
            .map_err(|error| error.to_string())?;
        begin_of(&automaton, &mut automaton.create_cache()).ok_or("the automaton cannot be begun")?;
        let classes = std::array::from_fn(|byte| automaton.byte_classes().get(byte as u8));
        let numbers = HashMap::from_iter([(Vec::new(), NONE)]);
        Ok(Self { automaton, classes, numbers: Mutex::new(numbers) })
    }

    /// Returns states for an engine; they may be used with these questions only.
    #[must_use]
    pub fn states(&self) -> States {
        let cache = self.automaton.create_cache();
        let clears = cache.clear_count();
        let (ids, next, answers, is_last) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        States { cache, clears, ids, numbers: HashMap::default(), next, answers, is_last }
    }

    /// Returns the number of the patterns that match a text of printable ASCII; None if that is unknown.
    pub fn answer(&self, states: &mut States, text: &[u8]) -> Option<u16> {
        if states.ids.is_empty() || states.cache.clear_count() != states.clears {
            self.begin_anew(states)?;
        }
        let shift = self.automaton.byte_classes().stride2();
        let mut start = 0;
        for &byte in text {
            let next = states.next[start | usize::from(self.classes[usize::from(byte)])];
            if next as usize == start {
                let is_last = states.is_last[start >> shift];
                if is_last == Some(true) {
                    break;
                }
                if is_last.is_none() && !self.find_last(states, start >> shift) {
                    return self.answer_anew(states, text);
                }
            } else if next == UNKNOWN {
                match self.step(states, start >> shift, byte) {
                    Some(next) => start = next,
                    None => return self.answer_anew(states, text),
                }
            } else {
                start = next as usize;
            }
        }
        let state = start >> shift;
        if states.answers[state] == UNKNOWN {
            let id = self.automaton.next_eoi_state(&mut states.cache, states.ids[state]).ok()?;
            let answer = self.number(&states.cache, id)?;
            states.answers[state] = u32::from(answer);
            return Some(answer);
        }
        u16::try_from(states.answers[state]).ok()
    }

    /// Clears the table, but for the state in which texts begin.
    #[cold]
    fn begin_anew(&self, states: &mut States) -> Option<()> {
        states.ids.clear();
        states.numbers.clear();
        states.next.clear();
        states.answers.clear();
        states.is_last.clear();
        let begin = begin_of(&self.automaton, &mut states.cache)?;
        states.clears = states.cache.clear_count();
        states.add(begin, 1 << self.automaton.byte_classes().stride2());
        Some(())
    }

    /// Finds the state after a byte, adds it to the table, and returns its start there; None if states were dropped
    /// meanwhile.
    #[cold]
    fn step(&self, states: &mut States, state: usize, byte: u8) -> Option<usize> {
        let id = self.automaton.next_state(&mut states.cache, states.ids[state], byte).ok()?;
        if states.cache.clear_count() != states.clears {
            return None;
        }
        let shift = self.automaton.byte_classes().stride2();
        let known = states.numbers.get(&id).copied();
        let next = known.unwrap_or_else(|| states.add(id, 1 << shift)) << shift;
        states.next[state << shift | usize::from(self.classes[usize::from(byte)])] = next;
        Some(next as usize)
    }

    /// Finds out whether no byte leads from a state to another one; returns false if states were dropped meanwhile.
    #[cold]
    fn find_last(&self, states: &mut States, state: usize) -> bool {
        let start = state << self.automaton.byte_classes().stride2();
        for byte in b' '..=0x7f {
            match self.step(states, state, byte) {
                None => return false,
                Some(next) if next != start => {
                    states.is_last[state] = Some(false);
                    return true;
                }
                Some(_) => {}
            }
        }
        states.is_last[state] = Some(true);
        true
    }

    /// Answers without the table.
    #[cold]
    fn answer_anew(&self, states: &mut States, text: &[u8]) -> Option<u16> {
        let mut state = begin_of(&self.automaton, &mut states.cache)?;
        for &byte in text {
            state = self.automaton.next_state(&mut states.cache, state, byte).ok()?;
        }
        state = self.automaton.next_eoi_state(&mut states.cache, state).ok()?;
        self.number(&states.cache, state)
    }

    /// Returns whether any pattern matches a text of printable ASCII; false if that is unknown.
    pub fn matches(&self, states: &mut States, text: &[u8]) -> bool {
        self.answer(states, text).is_some_and(|answer| answer != NONE)
    }

    fn number(&self, cache: &Cache, state: LazyStateID) -> Option<u16> {
        let mut matching = Vec::new();
        if state.is_match() {
            for index in 0..self.automaton.match_len(cache, state) {
                matching.push(self.automaton.match_pattern(cache, state, index).as_usize());
            }
        }
        matching.sort_unstable();
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let next = u16::try_from(numbers.len()).ok()?;
        Some(*numbers.entry(matching).or_insert(next))
    }
}

/// Bytes of a text from which on asking about it takes longer than a look-up among recent texts.
const LONG: usize = 16;

/// Bytes of the longest text that is cached.
const LONGEST: usize = 76;

/// The number of cached texts.
const MOST_RECENT: usize = 4096;

/// A text, and its answer.
#[derive(Clone, Copy, Debug)]
struct Answered {
    answer: u16,
    length: u16,
    text: [u8; LONGEST],
}

/// The answers of recent texts: in most logs the ids of a user are repeated within minutes.
#[derive(Debug, Default)]
pub struct Recent {
    /// By hash.
    slots: Vec<Answered>,
    hashing: RandomState,
    tries: usize,
    hits: usize,
    /// Whether few texts are repeated.
    is_useless: bool,
}

impl Recent {
    /// Returns the answer of a text.
    ///
    /// # Arguments
    ///
    /// * `ask` - computes the answer.
    #[inline]
    pub fn answer(&mut self, text: &[u8], ask: impl FnOnce() -> Option<u16>) -> Option<u16> {
        if self.is_useless || !(LONG..=LONGEST).contains(&text.len()) { ask() } else { self.find(text, ask) }
    }

    fn find(&mut self, text: &[u8], ask: impl FnOnce() -> Option<u16>) -> Option<u16> {
        if self.tries == MOST_RECENT {
            self.is_useless = self.hits < MOST_RECENT / 2;
            (self.tries, self.hits) = (0, 0);
        }
        self.tries += 1;
        if self.slots.is_empty() {
            self.slots.resize(MOST_RECENT, Answered { answer: NONE, length: 0, text: [0; LONGEST] });
        }
        let known = &mut self.slots[self.hashing.hash_one(text) as usize % MOST_RECENT];
        if known.text.get(..usize::from(known.length)) == Some(text) {
            self.hits += 1;
            return Some(known.answer);
        }
        let answer = ask()?;
        (known.answer, known.length) = (answer, text.len() as u16);
        known.text[..text.len()].copy_from_slice(text);
        Some(answer)
    }
}

fn begin_of(automaton: &DFA, cache: &mut Cache) -> Option<LazyStateID> {
    let config = start::Config::new().anchored(Anchored::No);
    automaton.start_state(cache, &config).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(patterns: &[&str]) -> Questions {
        Questions::new(&patterns.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_text_is_read_no_further_than_to_the_last_state() {
        let asked = questions(&[r"\S", "^(?:guest|0)$", "b"]);
        let mut states = asked.states();
        let answer = |text: &str, states: &mut States| asked.answer(states, text.as_bytes()).unwrap();
        let found = answer("user b and more", &mut states);
        assert_eq!(states.is_last.iter().filter(|is_last| **is_last == Some(true)).count(), 1);
        assert_eq!(answer("b!", &mut states), found);
        assert_ne!(answer("user without", &mut states), found);
        assert_ne!(answer("guest", &mut states), answer("guests", &mut states));
    }

    #[test]
    fn a_text_that_came_lately_is_not_asked_about_again() {
        for length in [LONG, LONGEST] {
            let (mut recent, text) = (Recent::default(), vec![b'x'; length]);
            assert_eq!(recent.answer(&text, || Some(17)), Some(17));
            assert_eq!(recent.answer(&text, || panic!("it is known")), Some(17));
        }
        for length in [LONG - 1, LONGEST + 1] {
            let (mut recent, text) = (Recent::default(), vec![b'x'; length]);
            assert_eq!(recent.answer(&text, || Some(17)), Some(17));
            assert_eq!(recent.answer(&text, || Some(18)), Some(18));
        }
        let (mut recent, text) = (Recent::default(), [b'x'; LONG]);
        assert_eq!(recent.answer(&text, || None), None);
        assert_eq!(recent.answer(&text, || Some(17)), Some(17));
    }

    #[test]
    fn answers_are_those_of_the_text_however_many_there_are() {
        let mut recent = Recent::default();
        for round in 0..3 {
            for number in 0..2 * MOST_RECENT {
                // Each is repeated, so the cache is useful.
                for _ in 0..2 {
                    let text = format!("a text with the number {number}{}", "x".repeat(number % 7));
                    let answer = Some((number % 1000) as u16);
                    assert_eq!(recent.answer(text.as_bytes(), || answer), answer, "{round}");
                }
            }
        }
    }

    #[test]
    fn texts_that_do_not_come_again_are_not_remembered() {
        let (mut recent, text) = (Recent::default(), [b'x'; LONG]);
        for number in 0..=MOST_RECENT {
            recent.answer(format!("a text with the number {number}").as_bytes(), || Some(1));
        }
        assert_eq!(recent.answer(&text, || Some(17)), Some(17));
        assert_eq!(recent.answer(&text, || Some(18)), Some(18));
    }

    #[test]
    fn texts_that_the_same_patterns_match_have_the_same_number() {
        let asked = questions(&[r"^\s*$", r"^[0-9]+$", "a", r"^(?:ios|android)$"]);
        let (mut states, mut others) = (asked.states(), asked.states());
        // The numbers are the same for any engine and any order.
        let answers = ["ios", "", "a", "17"].map(|text| asked.answer(&mut others, text.as_bytes()));
        let mut number = |text: &str| asked.answer(&mut states, text.as_bytes()).unwrap();
        assert_eq!(["ios", "", "a", "17"].map(|text| Some(number(text))), answers);
        assert_eq!(number("17"), number("4"));
        assert_eq!(number(""), number("   "));
        assert_eq!(number("bab"), number("a"));
        assert_eq!(number("x"), number("17 "));
        assert_ne!(number("17"), number(""));
        assert_ne!(number("android"), number("ios"));
        assert_ne!(number("android"), number("a"));
        assert_ne!(number("ios"), number("ios "));
        assert!(asked.matches(&mut states, b"ios") && !asked.matches(&mut states, b"ios "));
    }

    #[test]
    fn every_pattern_is_answered_wherever_it_matches() {
        let patterns = ["^ab", "b$", "b", "^$", "c.a"];
        let single = patterns.map(|each| regex_automata::hybrid::regex::Regex::new(each).unwrap());
        let asked = questions(&patterns);
        let mut states = asked.states();
        let mut known = std::collections::HashMap::new();
        for number in 0..4usize.pow(6) {
            let text: String = (0..6)
                .map(|place| "abc".chars().nth(number / 4usize.pow(place) % 4).map_or(String::new(), String::from))
                .collect();
            let expected: Vec<bool> =
                single.iter().map(|each| each.is_match(&mut each.create_cache(), &text)).collect();
            let answer = asked.answer(&mut states, text.as_bytes()).unwrap();
            assert_eq!(known.entry(answer).or_insert_with(|| expected.clone()), &expected, "{text}");
        }
        assert!(known.len() > 5);
    }

    #[test]
    fn answers_are_the_same_however_often_states_are_forgotten() {
        let patterns = ["^[a-c]{4}x", "b.{6}c", "(?:ab|ca){3}"].map(str::to_owned);
        let asked = Questions::new(&patterns).unwrap();
        let small = Questions::within(&patterns, 1000).unwrap();
        let (mut states, mut forgetful) = (asked.states(), small.states());
        let mut same = std::collections::HashMap::new();
        let mut random = 1u32;
        for _ in 0..5000 {
            let text: Vec<u8> = (0..12)
                .map(|_| {
                    random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    b"abcx"[(random >> 16) as usize % 4]
                })
                .collect();
            let answer = asked.answer(&mut states, &text).unwrap();
            assert_eq!(*same.entry(answer).or_insert_with(|| small.answer(&mut forgetful, &text).unwrap()), {
                small.answer(&mut forgetful, &text).unwrap()
            });
        }
        assert!(same.len() > 3);
        assert!(forgetful.cache.clear_count() > 10);
        assert_eq!(states.cache.clear_count(), 0);
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        assert!(Questions::new(&["(".to_owned()]).is_err());
        assert!(Questions::new(&["(?=a)b".to_owned()]).is_err());
        assert!(Questions::new(&["(?:a{1000}){1000}".to_owned()]).is_err());
    }
}
