//! The boundary to Python; `segkoch_lint_core.pyi` describes it.

use crate::columns;
use crate::columns::texts_of;
use crate::knowledge::{Comparison, Fate, Knowledge, Lesson};
use crate::plan::Member;
use crate::pool::{Event, Pool};
use crate::records::Kind;
use crate::totals::Taken;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyString, PyTuple};
use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::time::Duration;

/// Raised by one whenever the boundary changes, so that a core of another age is not used.
const ABI: u32 = 8;

/// How long Python's signals may have to wait.
const PATIENCE: Duration = Duration::from_millis(50);

type Group<'py> = Vec<Option<Bound<'py, PyBytes>>>;
type LineTuple = (usize, usize, usize, Option<u32>, u32, Vec<(u32, u32)>);
type Records<'py> = (Vec<Bound<'py, PyTuple>>, Vec<Link>);
type Link = (String, String, u8);

#[pyclass(module = "segkoch_lint_core")]
struct Core {
    pool: Pool<PyBackedBytes>,
    /// The row that is to be taught.
    row: Vec<u16>,
    /// By kind of records, platform and origin.
    constants: Vec<(Py<PyString>, Py<PyString>)>,
}

/// Strings that lines are watched for.
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

/// What the lines of a text gave.
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
        Self { pool: Pool::new(Knowledge::new(depth, longest, asks), threads), row: Vec::new(), constants: Vec::new() }
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
    fn teach_text(&mut self, member: usize, text: &[u8], answer: Option<u16>) -> PyResult<()> {
        self.pool.change().teach_text(member, text, answer).map_err(invalid)
    }

    #[pyo3(signature = (fate, record, shown=None))]
    fn teach_row(&mut self, fate: &str, record: Option<u32>, shown: Option<Vec<Option<usize>>>) -> PyResult<u32> {
        let fate = match fate {
            "counted" => Fate::Counted,
            "shown" => Fate::Shown,
            "left" => Fate::Left,
            other => return Err(invalid(format!("no such fate: {other}"))),
        };
        let mut knowledge = self.pool.change();
        let row = knowledge.teach_row(&self.row, fate, record);
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
    fn teach_group(&mut self, name: &[u8], strings: Option<Vec<(Vec<u8>, usize)>>) {
        self.pool.change().teach_group(name, strings.as_deref());
    }

    #[pyo3(signature = (text, *, leave_first))]
    fn hand_in(&mut self, text: PyBackedBytes, leave_first: bool) {
        self.pool.hand_in(text, leave_first);
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
                Event::Lesson(Lesson::Key(node, name)) => ("key", node, name),
                Event::Lesson(Lesson::Text(member, text)) => ("text", member, text),
                Event::Lesson(Lesson::Group(name)) => ("group", 0, name),
                Event::Lesson(Lesson::Row(row, line)) => {
                    self.row = row;
                    ("row", 0, line)
                }
            };
            return Ok(Some((kind, about, PyBytes::new(py, &text)).into_pyobject(py)?.into_any()));
        }
    }

    #[pyo3(signature = (*, users, devices, library, platform, origin, place))]
    fn add_kind(
        &mut self,
        users: [Option<usize>; 3],
        devices: [Option<usize>; 2],
        library: Option<usize>,
        platform: Py<PyString>,
        origin: Py<PyString>,
        place: Vec<String>,
    ) -> u32 {
        self.constants.push((platform, origin));
        let is_record = devices.iter().any(Option::is_some);
        self.pool.change().add_kind(Kind { users, devices, library, is_record, place })
    }

    #[getter]
    fn records(&mut self) -> usize {
        self.pool.totals().records()
    }

    fn keep_records(&mut self, line: usize) {
        self.pool.totals().keep_records(line);
    }

    fn take_records<'py>(&mut self, py: Python<'py>, library_of: Bound<'py, PyAny>) -> PyResult<Records<'py>> {
        let taken = self.pool.totals().take_records();
        let knowledge = self.pool.knowledge();
        let mut libraries = HashMap::<&[u8], Bound<'py, PyAny>>::new();
        let (mut records, mut links, mut linked) = (Vec::new(), Vec::new(), HashSet::new());
        for each in taken.iter(knowledge.kinds()) {
            let [user, other, previous] = &each.users;
            for (before, alias) in [(other, 0), (previous, 1)] {
                if !user.is_empty() && !before.is_empty() && linked.insert((before.clone(), user.clone(), alias)) {
                    links.push((before.to_string(), user.to_string(), alias));
                }
            }
            if !knowledge.kinds()[each.kind as usize].is_record {
                continue;
            }
            let library = match libraries.entry(each.library) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(library_of.call1((PyBytes::new(py, each.library),))?),
            };
            let (platform, origin) = &self.constants[each.kind as usize];
            let [device, advertising] = &each.devices;
            records.push(
                (user, other, platform, origin, device, advertising, &*library, each.line, &each.place, each.calls)
                    .into_pyobject(py)?,
            );
        }
        Ok((records, links))
    }

    fn forget_groups(&mut self) {
        self.pool.change().forget_groups();
        self.pool.totals().forget_groups();
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
    module.add_class::<Watch>()
}
