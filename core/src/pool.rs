//! Threads that read texts with shared knowledge, and pass queries to one caller.
//!
//! Texts are finished in any order and returned in the order of submission, so results do not depend on the threads.

use crate::engine::{Engine, Findings, Progress, Stop};
use crate::knowledge::{Knowledge, Query};
use crate::records::Records;
use crate::totals::{Taken, Totals};
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The next event.
#[derive(Debug)]
pub enum Event<T> {
    /// A query, which counts as answered at the next call.
    Query(Query),
    /// The next text in the order of submission, with its result, or why reading it failed.
    Finished(T, Result<Taken, String>),
    /// Nothing within the time to wait.
    Nothing,
    /// No text is left.
    Empty,
}

struct Task<T> {
    number: u64,
    text: T,
    leave_first: bool,
    /// None if the text is not begun.
    progress: Option<Progress>,
}

type Outcome = Result<Box<Findings>, String>;

/// The texts by their numbers, in different stages.
struct State<T> {
    /// Those that can be read.
    tasks: BTreeMap<u64, Task<T>>,
    /// Those that wait for an answer, while threads read others.
    queries: BTreeMap<u64, (Query, Task<T>)>,
    finished: BTreeMap<u64, (T, Outcome)>,
    /// Records to be joined, each with the number of the first line of their text.
    kept: VecDeque<(Records, usize)>,
}

struct Shared<T> {
    knowledge: RwLock<Knowledge>,
    state: Mutex<State<T>>,
    /// The records of all texts. Only the holder of this lock takes records from the state: they are joined in order.
    records: Mutex<Records>,
    /// How many there are.
    joined: AtomicUsize,
    /// Whether threads must release the knowledge: it is changed, or the pool is closed.
    pause: AtomicBool,
    closed: AtomicBool,
    for_threads: Condvar,
    for_answers: Condvar,
}

/// The result of working on a task.
enum Step {
    Finished(Outcome),
    Ask(Query),
    Pause,
}

impl<T: AsRef<[u8]>> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<T>>) -> MutexGuard<'a, State<T>> {
        self.for_threads.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Waits until the knowledge may be used; None if the pool is closed.
    fn knowledge(&self) -> Option<RwLockReadGuard<'_, Knowledge>> {
        loop {
            let knowledge = self.knowledge.read().unwrap_or_else(PoisonError::into_inner);
            // A change is announced before it waits for the lock, so no thread sees half of it.
            if !self.pause.load(Ordering::SeqCst) {
                return Some(knowledge);
            }
            drop(knowledge);
            let mut state = self.state();
            while self.pause.load(Ordering::SeqCst) && !self.is_closed() {
                state = self.wait(state);
            }
            if self.is_closed() {
                return None;
            }
        }
    }

    /// Continues a task; a failure in it is its result.
    fn step(&self, engine: &mut Engine, knowledge: &Knowledge, task: &mut Task<T>) -> Step {
        let run = || {
            let text = task.text.as_ref();
            let progress = task.progress.get_or_insert_with(|| Progress::new(text, task.leave_first));
            match engine.run(knowledge, text, progress, &self.pause) {
                Stop::End => {
                    let findings = task.progress.take().map(Progress::into_findings);
                    Step::Finished(Ok(Box::new(findings.unwrap_or_default())))
                }
                Stop::Ask(query) => Step::Ask(query),
                Stop::Pause => Step::Pause,
            }
        };
        catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
            *engine = Engine::default();
            let message = panic.downcast_ref::<&str>().map(ToString::to_string);
            Step::Finished(Err(message.or_else(|| panic.downcast().ok().map(|text| *text)).unwrap_or_default()))
        })
    }

    fn finish(&self, task: Task<T>, outcome: Outcome) {
        self.state().finished.insert(task.number, (task.text, outcome));
        self.for_answers.notify_one();
    }

    /// Joins the kept records, unless another thread does.
    fn join_kept(&self) {
        if let Ok(mut records) = self.records.try_lock() {
            self.join_into(&mut records);
        }
    }

    fn join_into(&self, records: &mut Records) {
        let next = || self.state().kept.pop_front();
        while let Some((kept, line)) = next() {
            records.join(&kept, line);
        }
        self.joined.store(records.len(), Ordering::Relaxed);
    }

    /// What a thread does until the pool is closed.
    fn work(&self) {
        let mut engine = Engine::default();
        while let Some(task) = self.next_task() {
            self.go_through(&mut engine, task);
            self.join_kept();
        }
    }

    fn next_task(&self) -> Option<Task<T>> {
        let mut state = self.state();
        while !self.is_closed() {
            if let Some((_, task)) = state.tasks.pop_first() {
                return Some(task);
            }
            state = self.wait(state);
        }
        None
    }

    /// Works on a task until it is finished, has a query, or the pool is closed.
    fn go_through(&self, engine: &mut Engine, mut task: Task<T>) {
        while let Some(knowledge) = self.knowledge() {
            match self.step(engine, &knowledge, &mut task) {
                Step::Finished(outcome) => return self.finish(task, outcome),
                Step::Ask(query) => return self.ask(query, task),
                Step::Pause => {}
            }
        }
    }

    fn ask(&self, query: Query, task: Task<T>) {
        self.state().queries.insert(task.number, (query, task));
        self.for_answers.notify_one();
    }
}

/// Threads, their knowledge and their texts.
pub struct Pool<T> {
    shared: Arc<Shared<T>>,
    totals: Totals,
    most: usize,
    threads: Vec<JoinHandle<()>>,
    /// The engine that is used without threads.
    engine: Engine,
    handed_in: u64,
    given_back: u64,
    /// The text with the query that is being answered.
    answered: Option<Task<T>>,
}

impl<T: AsRef<[u8]> + Send + Sync + 'static> Pool<T> {
    /// Creates a pool; its threads start when there are two texts to read.
    ///
    /// # Arguments
    ///
    /// * `threads` - how many threads there may be; with one, [`Pool::next`] does all the work.
    #[must_use]
    pub fn new(knowledge: Knowledge, threads: usize) -> Self {
        let (tasks, queries, finished) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let shared = Shared {
            knowledge: RwLock::new(knowledge),
            state: Mutex::new(State { tasks, queries, finished, kept: VecDeque::new() }),
            records: Mutex::default(),
            joined: AtomicUsize::new(0),
            pause: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            for_threads: Condvar::new(),
            for_answers: Condvar::new(),
        };
        Self {
            shared: Arc::new(shared),
            totals: Totals::default(),
            most: threads,
            threads: Vec::new(),
            engine: Engine::default(),
            handed_in: 0,
            given_back: 0,
            answered: None,
        }
    }

    /// Returns the knowledge to be changed. No thread continues before [`Pool::next`] is called, so several changes can
    /// be made together.
    pub fn change(&self) -> RwLockWriteGuard<'_, Knowledge> {
        self.shared.pause.store(true, Ordering::SeqCst);
        self.shared.knowledge.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the knowledge.
    pub fn knowledge(&self) -> RwLockReadGuard<'_, Knowledge> {
        self.shared.knowledge.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the totals so far.
    pub fn totals(&mut self) -> &mut Totals {
        &mut self.totals
    }

    /// Keeps the records of the text that was finished last. If there are threads, one joins them with earlier ones.
    ///
    /// # Arguments
    ///
    /// * `line` - the number of its first line.
    pub fn keep_records(&mut self, line: usize) {
        let latest = self.totals.take_latest();
        self.shared.state().kept.push_back((latest, line));
        if self.threads.is_empty() {
            self.shared.join_kept();
        }
    }

    /// Returns the kept records, and drops them.
    pub fn take_records(&mut self) -> Records {
        let mut records = self.shared.records.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.join_into(&mut records);
        self.shared.joined.store(0, Ordering::Relaxed);
        std::mem::take(&mut records)
    }

    /// Returns about how many records are kept.
    #[must_use]
    pub fn records(&self) -> usize {
        let kept: usize = self.shared.state().kept.iter().map(|(records, _)| records.len()).sum();
        self.shared.joined.load(Ordering::Relaxed) + kept
    }

    /// Submits a text of whole lines; see [`Engine::begin`].
    pub fn submit(&mut self, text: T, leave_first: bool) {
        let task = Task { number: self.handed_in, text, leave_first, progress: None };
        self.handed_in += 1;
        self.shared.state().tasks.insert(task.number, task);
        // Threads that pause wait there, too.
        self.shared.for_threads.notify_all();
        if self.most > 1 && self.handed_in - self.given_back > 1 {
            self.start();
        }
    }

    /// Returns the next event.
    ///
    /// # Arguments
    ///
    /// * `patience` - about how long to wait for it.
    pub fn next(&mut self, patience: Duration) -> Event<T> {
        self.go_on();
        if self.given_back == self.handed_in {
            return Event::Empty;
        }
        loop {
            let mut state = self.shared.state();
            if let Some((_, (query, task))) = state.queries.pop_first() {
                drop(state);
                self.answered = Some(task);
                // Another text may have had the same query.
                if self.shared.knowledge.read().unwrap_or_else(PoisonError::into_inner).knows(&query) {
                    self.go_on();
                    continue;
                }
                return Event::Query(query);
            }
            if let Some((text, outcome)) = state.finished.remove(&self.given_back) {
                drop(state);
                self.given_back += 1;
                return Event::Finished(text, outcome.map(|findings| self.totals.add(*findings)));
            }
            if self.threads.is_empty() {
                drop(state);
                self.work_here();
                continue;
            }
            let waited = self.shared.for_answers.wait_timeout(state, patience);
            let (state, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            let is_empty = state.queries.is_empty() && !state.finished.contains_key(&self.given_back);
            if timeout.timed_out() && is_empty {
                return Event::Nothing;
            }
        }
    }

    /// Lets threads continue after an answer or a change.
    fn go_on(&mut self) {
        let mut state = self.shared.state();
        if let Some(task) = self.answered.take() {
            state.tasks.insert(task.number, task);
        }
        self.shared.pause.store(false, Ordering::SeqCst);
        drop(state);
        self.shared.for_threads.notify_all();
    }

    /// Starts as many threads as the system allows.
    fn start(&mut self) {
        while self.threads.len() < self.most {
            let shared = Arc::clone(&self.shared);
            let Ok(thread) = thread::Builder::new().name("segkoch-lint".to_owned()).spawn(move || shared.work()) else {
                self.most = self.threads.len();
                return;
            };
            self.threads.push(thread);
        }
    }

    /// Reads the next text in this thread, as far as possible.
    fn work_here(&mut self) {
        let Some((_, mut task)) = self.shared.state().tasks.pop_first() else {
            return;
        };
        let knowledge = self.shared.knowledge.read().unwrap_or_else(PoisonError::into_inner);
        match self.shared.step(&mut self.engine, &knowledge, &mut task) {
            Step::Finished(outcome) => self.shared.finish(task, outcome),
            Step::Ask(query) => self.shared.ask(query, task),
            Step::Pause => {
                self.shared.state().tasks.insert(task.number, task);
            }
        }
    }
}

impl<T> Drop for Pool<T> {
    /// Ends all threads; unfinished texts are dropped.
    fn drop(&mut self) {
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.shared.closed.store(true, Ordering::SeqCst);
        self.shared.pause.store(true, Ordering::SeqCst);
        drop(state);
        self.shared.for_threads.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked outside of a task has no result.
            drop(thread.join());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::Fate;
    use crate::plan::Member;
    use crate::records::Kind;

    const LONG: Duration = Duration::from_secs(60);

    /// A text, or something that breaks when it is read.
    #[derive(Clone, Debug)]
    enum Text {
        Good(Vec<u8>),
        Bad,
        /// It cannot be read while another thread writes.
        Slow(Arc<RwLock<()>>),
    }

    impl AsRef<[u8]> for Text {
        fn as_ref(&self) -> &[u8] {
            match self {
                Self::Good(text) => text,
                Self::Bad => panic!("this text cannot be read"),
                Self::Slow(lock) => {
                    drop(lock.read().unwrap());
                    b""
                }
            }
        }
    }

    fn pool(threads: usize) -> Pool<Text> {
        let mut knowledge = Knowledge::new(5, 1000, true);
        let column = knowledge.add_column(None).unwrap();
        let member = Member { asked: true, column: Some(column), longest: 100, ..Member::default() };
        let member = knowledge.add_member(member);
        knowledge.add_key(0, b"a", Some(member));
        knowledge.add_kind(Kind::of(member));
        Pool::new(knowledge, threads)
    }

    fn text(from: usize, lines: usize) -> Text {
        let line = |number: usize| format!("{{\"a\":{},\"key {}\":1}}\n", number % 7, number % 11);
        Text::Good((from..from + lines).map(line).collect::<String>().into_bytes())
    }

    /// Answers: lines with an even text are counted, with 3 left, the others shown.
    fn answer(pool: &Pool<Text>, query: &Query) {
        let mut knowledge = pool.change();
        match query {
            Query::Key(node, name) => knowledge.add_key(*node, name, None),
            Query::Text(member, text) => {
                let number = u16::from(text[0] - b'0');
                knowledge.answer_text(*member, text, (number != 5).then_some(number)).unwrap();
            }
            Query::Row(row, line) => {
                let fate = match line[5] - b'0' {
                    3 => Fate::Left,
                    number if number % 2 == 0 => Fate::Counted,
                    _ => Fate::Shown,
                };
                knowledge.answer_row(row, fate, [Some(0), None]);
            }
            Query::Group(_) => panic!("nothing is watched"),
        }
    }

    /// The result of a text, but for the numbers that depend on the order of texts.
    type Told = Result<(Vec<(usize, usize, usize, bool)>, Vec<u64>, usize, Vec<(usize, u64)>, usize), String>;

    fn finish(pool: &mut Pool<Text>) -> Vec<Told> {
        let mut told = Vec::new();
        loop {
            match pool.next(LONG) {
                Event::Query(query) => answer(pool, &query),
                Event::Finished(_, outcome) => told.push(outcome.map(|taken| {
                    pool.keep_records(0);
                    let (records, knowledge) = (pool.take_records(), pool.knowledge());
                    let records = records.iter(knowledge.kinds()).map(|each| (each.line, each.calls)).collect();
                    let lines = taken
                        .lines
                        .iter()
                        .map(|each| (each.number, each.start, each.end, each.row.is_some()))
                        .collect();
                    let mut calls: Vec<u64> = taken.calls.iter().map(|each| each.2).collect();
                    calls.sort_unstable();
                    (lines, calls, taken.groups.len(), records, taken.ends)
                })),
                Event::Nothing => panic!("nothing came for a minute"),
                Event::Empty => return told,
            }
        }
    }

    #[test]
    fn what_texts_give_does_not_depend_on_the_threads() {
        let give = |threads: usize| {
            let mut pool = pool(threads);
            for number in 0..40 {
                pool.submit(text(number * 13, 50), number == 0);
            }
            finish(&mut pool)
        };
        let alone = give(1);
        assert_eq!(alone.len(), 40);
        for threads in [0, 2, 3, 8] {
            assert_eq!(give(threads), alone);
        }
    }

    #[test]
    fn a_text_that_fails_is_reported_in_its_turn_and_the_others_are_read() {
        std::panic::set_hook(Box::new(|_| {}));
        for threads in [1, 2] {
            let mut pool = pool(threads);
            for each in [text(0, 100), Text::Bad, text(0, 100), Text::Bad, Text::Bad, text(0, 100)] {
                pool.submit(each, false);
            }
            let told = finish(&mut pool);
            assert_eq!(told.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false, false, true]);
            assert_eq!(told[1], Err("this text cannot be read".to_owned()));
        }
    }

    #[test]
    fn a_pool_ends_while_its_threads_work_or_wait() {
        for queries in 0..20 {
            let mut pool = pool(3);
            for number in 0..10 {
                pool.submit(text(number, 2000), false);
            }
            for _ in 0..queries {
                if let Event::Query(query) = pool.next(LONG) {
                    answer(&pool, &query);
                }
            }
            if queries % 2 == 0 {
                let _ = pool.next(LONG);
            }
        }
    }

    #[test]
    fn a_query_without_an_answer_is_asked_again_until_the_line_is_left() {
        for threads in [1, 2] {
            let mut pool = pool(threads);
            pool.submit(Text::Good(b"{\"b\":1}".to_vec()), false);
            pool.submit(Text::Good(b"{\"b\":1}".to_vec()), false);
            let mut asked = 0;
            loop {
                match pool.next(LONG) {
                    Event::Query(_) => asked += 1,
                    Event::Finished(_, outcome) => assert_eq!(outcome.unwrap().lines.len(), 1),
                    Event::Nothing => panic!("nothing came for a minute"),
                    Event::Empty => break,
                }
            }
            assert!(asked > 2);
        }
    }

    #[test]
    fn records_are_joined_in_the_order_of_their_texts() {
        for threads in [1, 2, 3] {
            let mut pool = pool(threads);
            for number in 0..40 {
                pool.submit(text(0, 10 + number), false);
            }
            let mut line = 0;
            loop {
                match pool.next(LONG) {
                    Event::Query(query) => answer(&pool, &query),
                    Event::Finished(_, outcome) => {
                        pool.keep_records(line);
                        line += outcome.unwrap().ends;
                    }
                    Event::Nothing => panic!("nothing came for a minute"),
                    Event::Empty => break,
                }
            }
            assert!(pool.records() > 0);
            let (records, again) = (pool.take_records(), pool.take_records());
            let found: Vec<_> = records.iter(pool.knowledge().kinds()).map(|each| (each.line, each.calls)).collect();
            let calls =
                |value: usize| (10..50).map(|lines| (0..lines).filter(|line| line % 7 == value).count() as u64).sum();
            assert_eq!(found, [0, 1, 2, 4, 6].map(|value| (value, calls(value))), "{threads} threads");
            assert!(again.is_empty() && pool.records() == 0);
        }
    }

    #[test]
    fn waiting_ends_when_patience_does() {
        let mut pool = pool(2);
        assert!(matches!(pool.next(LONG), Event::Empty));
        let lock = Arc::new(RwLock::new(()));
        let writes = lock.write().unwrap();
        pool.submit(Text::Slow(Arc::clone(&lock)), false);
        pool.submit(Text::Slow(Arc::clone(&lock)), false);
        assert!(matches!(pool.next(Duration::from_millis(1)), Event::Nothing));
        assert!(matches!(pool.next(Duration::ZERO), Event::Nothing));
        drop(writes);
        assert_eq!(finish(&mut pool).len(), 2);
    }
}
