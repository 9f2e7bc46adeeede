//! The interface to Python; `segkoch_lint_core.pyi` describes it.

use crate::columns;
use crate::columns::texts_of;
use crate::components::{Conditions, Ids, without_ordinary};
use crate::knowledge::{Comparison, Fate, Knowledge, Query};
use crate::plan::Member;
use crate::pool::{Event, Pool};
use crate::records::{Kind, Meaning, Part};
use crate::stored::{self, Row, Shares, Source};
use crate::totals::Taken;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyTuple};
use std::collections::HashMap;
use std::time::Duration;

/// The version of the interface: a core with another one is not used. Raise it with each change.
const ABI: u32 = 11;

/// The longest time before Python's signals are handled.
const PATIENCE: Duration = Duration::from_millis(50);

type Group<'py> = Vec<Option<Bound<'py, PyBytes>>>;
type LineTuple = (usize, usize, usize, Option<u32>, u32, Vec<(u32, u32)>);
type Tuples<'py> = Vec<Bound<'py, PyTuple>>;
type ShareTuple<'py> = (&'static str, usize, Bound<'py, PyBytes>);
type Persons = (bool, bool, bool, bool, u64);
type Parts = Vec<(Option<usize>, bool, bool)>;

#[pyclass(module = "segkoch_lint_core")]
struct Core {
    pool: Pool<PyBackedBytes>,
    /// The row of the query that `next` returned last.
    row: Vec<u16>,
}

/// Records that were taken.
#[pyclass(frozen, module = "segkoch_lint_core")]
struct Records {
    records: crate::records::Records,
    kinds: Vec<Kind>,
}

/// A watch of strings in lines.
#[pyclass(frozen, module = "segkoch_lint_core")]
struct Watch(columns::Watch);

#[pymethods]
#[allow(clippy::needless_pass_by_value)] // arguments come from Python by value
impl Watch {
    #[new]
    fn new(strings: Vec<(Vec<u8>, usize)>) -> Self {
        Self(columns::Watch::new(&strings))
    }

    fn passes(&self, line: &[u8]) -> bool {
        self.0.passes(line)
    }
}

/// The result of a text.
#[pyclass(frozen, get_all, module = "segkoch_lint_core")]
struct Found {
    lines: Vec<LineTuple>,
    calls: Vec<(u32, u32, u64)>,
    groups: Vec<Vec<Option<Py<PyBytes>>>>,
    ends: usize,
}

fn invalid(message: String) -> PyErr {
    PyValueError::new_err(message)
}

#[pymethods]
#[allow(clippy::needless_pass_by_value)] // arguments come from Python by value
impl Core {
    #[new]
    #[pyo3(signature = (*, depth, longest, asks, threads=1))]
    fn new(depth: usize, longest: usize, asks: bool, threads: usize) -> Self {
        Self { pool: Pool::new(Knowledge::new(depth, longest, asks), threads), row: Vec::new() }
    }

    #[pyo3(signature = (*, asks))]
    fn add_node(&mut self, asks: bool) -> usize {
        self.pool.change().add_node(asks)
    }

    fn add_questions(&mut self, patterns: Vec<String>) -> PyResult<usize> {
        self.pool.change().add_questions(&patterns).map_err(invalid)
    }

    #[pyo3(signature = (shortened=None))]
    fn add_column(&mut self, shortened: Option<(String, usize)>) -> PyResult<usize> {
        self.pool.change().add_column(shortened).map_err(invalid)
    }

    #[pyo3(signature = (*, node=None, asked=false, questions=None, numbers_by_kind=false, column=None, left=false, longest=None))]
    #[allow(clippy::too_many_arguments)]
    fn add_member(
        &mut self,
        node: Option<usize>,
        asked: bool,
        questions: Option<usize>,
        numbers_by_kind: bool,
        column: Option<usize>,
        left: bool,
        longest: Option<usize>,
    ) -> usize {
        let longest = longest.unwrap_or(usize::MAX);
        self.pool.change().add_member(Member {
            slot: 0,
            node,
            asked,
            questions,
            numbers_by_kind,
            column,
            left,
            longest,
        })
    }

    #[pyo3(signature = (node, name, member=None))]
    fn add_key(&mut self, node: usize, name: &[u8], member: Option<usize>) {
        self.pool.change().add_key(node, name, member);
    }

    #[pyo3(signature = (first, second, *, order))]
    fn add_pair(&mut self, first: usize, second: usize, order: bool) {
        self.pool.change().add_pair(first, second, if order { Comparison::Order } else { Comparison::Texts });
    }

    #[pyo3(signature = (member, text, answer))]
    fn answer_text(&mut self, member: usize, text: &[u8], answer: Option<u16>) -> PyResult<()> {
        self.pool.change().answer_text(member, text, answer).map_err(invalid)
    }

    #[pyo3(signature = (fate, records=[None, None], shown=None))]
    fn answer_row(
        &mut self,
        fate: &str,
        records: [Option<u32>; 2],
        shown: Option<Vec<Option<usize>>>,
    ) -> PyResult<u32> {
        let fate = match fate {
            "counted" => Fate::Counted,
            "shown" => Fate::Shown,
            "left" => Fate::Left,
            other => return Err(invalid(format!("no such fate: {other}"))),
        };
        let mut knowledge = self.pool.change();
        let row = knowledge.answer_row(&self.row, fate, records);
        if let Some(members) = shown {
            knowledge.show(row, members);
        }
        Ok(row)
    }

    fn watch_groups(&mut self) {
        self.pool.change().watch_groups();
    }

    #[staticmethod]
    fn group<'py>(py: Python<'py>, name: &[u8]) -> Group<'py> {
        texts_of(name).into_iter().map(|text| text.map(|text| PyBytes::new(py, text))).collect()
    }

    #[pyo3(signature = (name, strings))]
    fn answer_group(&mut self, name: &[u8], strings: Option<Vec<(Vec<u8>, usize)>>) {
        self.pool.change().answer_group(name, strings.as_deref());
    }

    #[pyo3(signature = (text, *, leave_first))]
    fn submit(&mut self, text: PyBackedBytes, leave_first: bool) {
        self.pool.submit(text, leave_first);
    }

    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        loop {
            let (kind, about, text) = match py.detach(|| self.pool.next(PATIENCE)) {
                Event::Nothing => {
                    py.check_signals()?;
                    continue;
                }
                Event::Empty => return Ok(None),
                Event::Finished(_, outcome) => {
                    let taken = outcome.map_err(PyRuntimeError::new_err)?;
                    return Ok(Some(Bound::new(py, found(py, taken))?.into_any()));
                }
                Event::Query(Query::Key(node, name)) => ("key", node, name),
                Event::Query(Query::Text(member, text)) => ("text", member, text),
                Event::Query(Query::Group(name)) => ("group", 0, name),
                Event::Query(Query::Row(row, line)) => {
                    self.row = row;
                    ("row", 0, line)
                }
            };
            return Ok(Some((kind, about, PyBytes::new(py, &text)).into_pyobject(py)?.into_any()));
        }
    }

    #[pyo3(signature = (parts, place, *, meaning, platform="", origin=""))]
    fn add_kind(
        &mut self,
        parts: Parts,
        place: Vec<String>,
        meaning: &str,
        platform: &str,
        origin: &str,
    ) -> PyResult<u32> {
        let meaning = match meaning {
            "user" => Meaning::User(platform.to_owned(), origin.to_owned()),
            "link" => Meaning::Link,
            "event" => Meaning::Event,
            other => return Err(invalid(format!("no such meaning: {other}"))),
        };
        let part = |(member, is_stripped, is_placed)| Part { member, is_stripped, is_placed };
        let parts = parts.into_iter().map(part).collect();
        Ok(self.pool.change().add_kind(Kind { meaning, parts, place }))
    }

    #[getter]
    fn records(&mut self) -> usize {
        self.pool.records()
    }

    fn keep_records(&mut self, line: usize) {
        self.pool.keep_records(line);
    }

    fn take_records(&mut self) -> Records {
        let records = self.pool.take_records();
        let kinds = if records.is_empty() { Vec::new() } else { self.pool.knowledge().kinds().to_vec() };
        Records { records, kinds }
    }

    fn forget_groups(&mut self) {
        self.pool.change().forget_groups();
        self.pool.totals().forget_groups();
    }
}

impl Records {
    fn each<'a>(
        &'a self,
        source: &Source<'a>,
        library_of: &Bound<'_, PyAny>,
        take: impl FnMut(Row<'a>) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut known = HashMap::<String, String>::new();
        let library_of = |name: &str| -> PyResult<String> {
            if let Some(library) = known.get(name) {
                return Ok(library.clone());
            }
            let library: String = library_of.call1((name,))?.extract()?;
            known.insert(name.to_owned(), library.clone());
            Ok(library)
        };
        stored::rows(&self.records, &self.kinds, source, library_of, take)
    }
}

#[pymethods]
#[allow(clippy::needless_pass_by_value)] // arguments come from Python by value
impl Records {
    fn __len__(&self) -> usize {
        self.records.len()
    }

    #[staticmethod]
    #[pyo3(signature = (held, others, *, app, server, most_devices))]
    fn without_ordinary(
        py: Python<'_>,
        held: Vec<Py<Self>>,
        others: Vec<[String; 4]>,
        app: &str,
        server: &str,
        most_devices: u32,
    ) -> (Vec<Self>, Vec<Persons>) {
        py.detach(|| {
            let held: Vec<_> = held.iter().map(Py::get).collect();
            let records: Vec<_> = held.iter().map(|each| (&each.records, &each.kinds[..])).collect();
            let others: Vec<Ids<'_>> = others.iter().map(|ids| ids.each_ref().map(String::as_str)).collect();
            let (rest, persons) = without_ordinary(&records, &others, &Conditions { app, server, most_devices });
            let rest = rest.into_iter().zip(held).map(|(records, each)| Self { records, kinds: each.kinds.clone() });
            (rest.collect(), persons.into_iter().map(|([a, b, c, d], number)| (a, b, c, d, number)).collect())
        })
    }

    #[pyo3(signature = (prefix, digits, ignored, library_of))]
    #[allow(clippy::many_single_char_names)] // the columns of a row
    fn rows<'py>(
        &self,
        py: Python<'py>,
        prefix: &str,
        digits: usize,
        ignored: &str,
        library_of: Bound<'py, PyAny>,
    ) -> PyResult<(Tuples<'py>, Tuples<'py>, Tuples<'py>)> {
        let (mut users, mut links, mut events) = (Vec::new(), Vec::new(), Vec::new());
        self.each(&Source { prefix, digits, ignored }, &library_of, |row| {
            match row {
                Row::User([a, b, c, d, e, f, g, h, i, j, k], calls) => {
                    users.push((a, b, c, d, e, f, g, h, i, j, k, calls).into_pyobject(py)?);
                }
                Row::Link(before, user, alias) => links.push((before, user, u8::from(alias)).into_pyobject(py)?),
                Row::Event(name, library, place, calls) => {
                    events.push((name, library, place, calls).into_pyobject(py)?);
                }
            }
            Ok(())
        })?;
        Ok((users, links, events))
    }

    #[pyo3(signature = (prefix, digits, ignored, library_of, shares))]
    fn shares<'py>(
        &self,
        py: Python<'py>,
        prefix: &str,
        digits: usize,
        ignored: &str,
        library_of: Bound<'py, PyAny>,
        shares: u32,
    ) -> PyResult<(Vec<ShareTuple<'py>>, Tuples<'py>)> {
        let (mut lines, mut events) = (Shares::new(shares), Vec::new());
        self.each(&Source { prefix, digits, ignored }, &library_of, |row| {
            lines.add(&row);
            if let Row::Event(name, library, place, calls) = row {
                events.push((name, library, place, calls).into_pyobject(py)?);
            }
            Ok(())
        })?;
        let parts = lines.parts().map(|(table, number, part)| (table, number, PyBytes::new(py, part)));
        Ok((parts.collect(), events))
    }
}

fn found(py: Python<'_>, taken: Taken) -> Found {
    let Taken { lines, calls, groups, ends } = taken;
    let lines = lines.into_iter().map(|each| (each.number, each.start, each.end, each.row, each.group, each.extents));
    let groups = groups
        .into_iter()
        .map(|texts| texts.into_iter().map(|text| text.map(|text| PyBytes::new(py, &text).unbind())).collect());
    Found { lines: lines.collect(), calls, groups: groups.collect(), ends }
}

#[pymodule]
fn segkoch_lint_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ABI", ABI)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Core>()?;
    module.add_class::<Found>()?;
    module.add_class::<Records>()?;
    module.add_class::<Watch>()
}
