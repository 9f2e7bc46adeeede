//! The boundary to Python; `segkoch_lint_core.pyi` describes it.

use crate::engine::{Comparison, Engine, Fate, Lesson, Taken};
use crate::plan::Member;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Raised by one whenever the boundary changes, so that a core of another age is not used.
const ABI: u32 = 4;

type Group<'py> = Vec<Option<Bound<'py, PyBytes>>>;
type LineTuple = (usize, usize, usize, Option<u32>, Py<PyBytes>);
type RecordTuple = (usize, usize, usize, u32, u32, Vec<(usize, usize, usize)>);

#[pyclass(module = "segkoch_lint_core")]
struct Core(Engine);

/// What lines gave.
#[pyclass(frozen, get_all, module = "segkoch_lint_core")]
struct Found {
    lines: Vec<LineTuple>,
    calls: Vec<(u32, u32, u64)>,
    records: Vec<RecordTuple>,
    counted: Vec<(u32, u64)>,
    ends: usize,
}

fn invalid(message: String) -> PyErr {
    PyValueError::new_err(message)
}

#[pymethods]
#[allow(clippy::needless_pass_by_value)] // arguments come from Python by value
impl Core {
    #[new]
    #[pyo3(signature = (*, depth, longest, asks))]
    fn new(depth: usize, longest: usize, asks: bool) -> Self {
        Self(Engine::new(depth, longest, asks))
    }

    #[pyo3(signature = (*, asks))]
    fn add_node(&mut self, asks: bool) -> usize {
        self.0.add_node(asks)
    }

    fn add_questions(&mut self, patterns: Vec<String>) -> PyResult<usize> {
        self.0.add_questions(&patterns).map_err(invalid)
    }

    #[pyo3(signature = (shortened=None))]
    fn add_column(&mut self, shortened: Option<(String, usize)>) -> PyResult<usize> {
        self.0.add_column(shortened).map_err(invalid)
    }

    #[pyo3(signature = (*, node=None, asked=false, questions=None, numbers_by_kind=false, column=None, identity=None, left=false, longest=None))]
    #[allow(clippy::too_many_arguments)]
    fn add_member(
        &mut self,
        node: Option<usize>,
        asked: bool,
        questions: Option<usize>,
        numbers_by_kind: bool,
        column: Option<usize>,
        identity: Option<usize>,
        left: bool,
        longest: Option<usize>,
    ) -> usize {
        let longest = longest.unwrap_or(usize::MAX);
        self.0.add_member(Member { slot: 0, node, asked, questions, numbers_by_kind, column, identity, left, longest })
    }

    #[pyo3(signature = (node, name, member=None))]
    fn add_key(&mut self, node: usize, name: &[u8], member: Option<usize>) {
        self.0.add_key(node, name, member);
    }

    #[pyo3(signature = (first, second, *, order))]
    fn add_pair(&mut self, first: usize, second: usize, order: bool) {
        self.0.add_pair(first, second, if order { Comparison::Order } else { Comparison::Texts });
    }

    #[pyo3(signature = (member, text, answer))]
    fn teach_text(&mut self, member: usize, text: &[u8], answer: Option<u16>) -> PyResult<()> {
        self.0.teach_text(member, text, answer).map_err(invalid)
    }

    fn teach_row(&mut self, fate: &str, record: Option<u32>) -> PyResult<u32> {
        let fate = match fate {
            "counted" => Fate::Counted,
            "shown" => Fate::Shown,
            "left" => Fate::Left,
            other => return Err(invalid(format!("no such fate: {other}"))),
        };
        Ok(self.0.teach_row(fate, record))
    }

    fn watch_groups(&mut self) {
        self.0.watch_groups();
    }

    fn group<'py>(&self, py: Python<'py>, group: u32) -> Group<'py> {
        self.0.group(group).into_iter().map(|text| text.map(|text| PyBytes::new(py, &text))).collect()
    }

    #[pyo3(signature = (group, strings))]
    fn teach_group(&mut self, group: u32, strings: Option<Vec<(Vec<u8>, usize)>>) {
        self.0.teach_group(group, strings.as_deref());
    }

    #[pyo3(signature = (text, *, leave_first))]
    fn begin(&mut self, py: Python<'_>, text: &[u8], leave_first: bool) {
        py.detach(|| self.0.begin(text, leave_first));
    }

    fn run(&mut self, py: Python<'_>, text: &[u8]) -> Option<(&'static str, usize, usize, usize)> {
        let stop = py.detach(|| self.0.run(text))?;
        let (lesson, about) = match stop.lesson {
            Lesson::Key(node) => ("key", node),
            Lesson::Text(member) => ("text", member),
            Lesson::Row => ("row", 0),
            Lesson::Group(group) => ("group", group as usize),
        };
        Some((lesson, about, stop.start, stop.end))
    }

    fn take<'py>(&mut self, py: Python<'py>) -> (Found, Vec<Group<'py>>) {
        let Taken { lines, calls, groups, records, counted, ends } = self.0.take();
        let lines = lines.into_iter().map(|each| {
            let extents: Vec<u8> = each
                .extents
                .iter()
                .flat_map(|&(start, end)| [start.to_ne_bytes(), end.to_ne_bytes()])
                .flatten()
                .collect();
            (each.number, each.start, each.end, each.row, PyBytes::new(py, &extents).unbind())
        });
        let lines = lines.collect();
        let records = records.into_iter().map(|each| {
            let line = each.line;
            (line.number, line.start, line.end, line.row.unwrap_or_default(), each.number, each.spans)
        });
        let groups = groups
            .into_iter()
            .map(|group| group.into_iter().map(|text| text.map(|text| PyBytes::new(py, &text))).collect());
        (Found { lines, calls, records: records.collect(), counted, ends }, groups.collect())
    }

    #[getter]
    fn records(&self) -> usize {
        self.0.records()
    }

    fn forget_records(&mut self) {
        self.0.forget_records();
    }

    fn forget_groups(&mut self) {
        self.0.forget_groups();
    }
}

#[pymodule]
fn segkoch_lint_core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("ABI", ABI)?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add_class::<Core>()?;
    module.add_class::<Found>()
}
