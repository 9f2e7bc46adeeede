//! The users about whom there can be no findings, so that they are only counted.
//!
//! Records are connected if they have an id of a user, a device id or an advertising id in common, directly or through
//! other records. A finding about a user or an id never depends on two components, so each is checked by itself.
//! A component is *ordinary* if all of this holds:
//!
//! * All its records with an id of a user are of one person: they have the same user id, or another id linked to
//!   this user; or none has a user id, and all have the same other id. No id was given up for another one.
//! * Each device id and advertising id is used on one platform only, and there are few device ids on each platform.
//! * For each platform, the app sent each pair of ids that a server sent, or one of the two sent nothing.
//!
//! The caller makes sure that the rules have no findings about such users and ids, and leaves the records out.

use crate::records::{Kind, Meaning, Records};
use crate::stored::folded;
use crate::texts::Texts;
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use std::borrow::Cow;

/// The number of platforms that are distinguished; a component with any other one is not ordinary.
const MOST_PLATFORMS: usize = 4;

/// No node, no id or no component.
const NONE: u32 = u32::MAX;

/// What was sent for a person on one platform: a device id by the app, an advertising id by the app, a device id by a
/// server, an advertising id by a server.
pub type Seen = [bool; 4];

/// The ids of a record from elsewhere: of a user, another one of the same, a device id and an advertising id in lower
/// case. Each may be empty.
pub type Ids<'a> = [&'a str; 4];

/// When a component is ordinary.
#[derive(Clone, Copy, Debug)]
pub struct Conditions<'a> {
    /// The origin of what apps send.
    pub app: &'a str,
    /// The origin of what servers send.
    pub server: &'a str,
    /// How many device ids a person may have on a platform.
    pub most_devices: u32,
}

impl Conditions<'_> {
    fn side(&self, origin: &str) -> Side {
        if origin == self.app {
            Side::App
        } else if origin == self.server {
            Side::Server
        } else {
            Side::Neither
        }
    }
}

/// Returns the records that are not of ordinary components, and how many persons of ordinary components there are: each
/// once a platform, by what was sent.
///
/// # Arguments
///
/// * `all` - records, with their kinds.
/// * `others` - the ids of further records, whose components are not ordinary.
/// * `conditions` - when a component is ordinary.
#[must_use]
pub fn without_ordinary(
    all: &[(&Records, &[Kind])],
    others: &[Ids<'_>],
    conditions: &Conditions<'_>,
) -> (Vec<Records>, Vec<(Seen, u64)>) {
    let mut graph = Graph::default();
    for (records, kinds) in all {
        for (kind, texts) in records.texts(kinds) {
            graph.add(kind, texts, conditions);
        }
    }
    for ids in others {
        graph.set_apart(ids);
    }
    let components = Components::new(&mut graph, conditions.most_devices);
    let mut entries = graph.entries.iter();
    let mut is_retained = |_| entries.next().is_some_and(|entry| !components.is_ordinary(entry));
    let rest = all.iter().map(|(records, _)| records.retained(&mut is_retained));
    (rest.collect(), components.persons())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    App,
    Server,
    Neither,
}

/// The parts of a record that matter here.
#[derive(Clone, Copy, Debug)]
struct Entry {
    /// One of its nodes; none if it is not about a user.
    node: u32,
    /// The nodes of the user and of the other id of the same.
    user: u32,
    other: u32,
    /// The numbers of the device id and of the advertising id.
    pair: (u32, u32),
    /// The platform and the sender; none if the record only links ids.
    sent: Option<(u8, Side)>,
}

impl Entry {
    fn names_person(&self) -> bool {
        self.user != NONE || self.other != NONE
    }
}

/// An id: of a user, or a device id or advertising id in lower case.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    parent: u32,
    is_device: bool,
    /// A bit for each platform on which it is used.
    platforms: u8,
    /// Whether some user has it as another id.
    is_linked: bool,
    /// Whether its component is not ordinary.
    is_special: bool,
}

/// Ids, and which of them records have in common. Texts begin with a letter for what they are.
#[derive(Debug, Default)]
struct Graph<'a> {
    names: Texts,
    nodes: Vec<Node>,
    /// Device ids and advertising ids as they were sent, and the nodes that they belong to.
    ids: Texts,
    id_nodes: Vec<u32>,
    platforms: Vec<&'a str>,
    entries: Vec<Entry>,
    text: Vec<u8>,
}

impl<'a> Graph<'a> {
    /// Adds a record.
    fn add(&mut self, kind: &'a Kind, mut texts: impl Iterator<Item = Cow<'a, str>>, conditions: &Conditions<'_>) {
        let mut entry = Entry { node: NONE, user: NONE, other: NONE, pair: (NONE, NONE), sent: None };
        if kind.meaning != Meaning::Event {
            let mut next = || texts.next().unwrap_or_default();
            let [user, other, previous] = [next(), next(), next()].map(|text| self.node(b'p', &text));
            let mut nodes = [user, other, previous, NONE, NONE];
            (entry.user, entry.other) = (user, other);
            if user != NONE && other != NONE {
                self.nodes[other as usize].is_linked = true;
            }
            if previous != NONE {
                self.nodes[previous as usize].is_special = true;
            }
            if let Meaning::User(platform, origin) = &kind.meaning {
                let (device, advertising) = (self.id(b'd', &next()), self.id(b'a', &next()));
                let platform = self.platform(platform);
                for (number, id) in nodes[3..].iter_mut().zip([device, advertising]).filter(|(_, id)| *id != NONE) {
                    *number = self.id_nodes[id as usize];
                    let node = &mut self.nodes[*number as usize];
                    node.platforms |= 1 << platform;
                    node.is_special |= platform == MOST_PLATFORMS; // there may be several of these
                }
                entry.pair = (device, advertising);
                entry.sent = Some((platform as u8, conditions.side(origin)));
            }
            let mut nodes = nodes.into_iter().filter(|node| *node != NONE);
            if let Some(first) = nodes.next() {
                entry.node = first;
                nodes.for_each(|node| self.connect(first, node));
            }
        }
        self.entries.push(entry);
    }

    /// Returns the node of a text, if it is not empty.
    fn node(&mut self, sort: u8, text: &str) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        self.text.clear();
        self.text.push(sort);
        self.text.extend_from_slice(text.as_bytes());
        let (number, new) = self.names.number(&self.text);
        if new {
            self.nodes.push(Node { parent: number, is_device: sort == b'd', ..Node::default() });
        }
        number
    }

    /// Returns the number of a device id or an advertising id.
    fn id(&mut self, sort: u8, text: &str) -> u32 {
        if text.is_empty() {
            return NONE;
        }
        self.text.clear();
        self.text.push(sort);
        self.text.extend_from_slice(text.as_bytes());
        let (number, new) = self.ids.number(&self.text);
        if new {
            let node = self.node(sort, &folded(text));
            self.id_nodes.push(node);
        }
        number
    }

    fn platform(&mut self, name: &'a str) -> usize {
        let known = self.platforms.iter().position(|known| *known == name);
        known.unwrap_or_else(|| {
            if self.platforms.len() <= MOST_PLATFORMS {
                self.platforms.push(name);
            }
            self.platforms.len() - 1
        })
    }

    fn find(&mut self, mut node: u32) -> u32 {
        while self.nodes[node as usize].parent != node {
            let parent = self.nodes[node as usize].parent;
            self.nodes[node as usize].parent = self.nodes[parent as usize].parent;
            node = parent;
        }
        node
    }

    fn connect(&mut self, one: u32, other: u32) {
        let (one, other) = (self.find(one), self.find(other));
        self.nodes[other as usize].parent = one;
    }

    /// Notes that no component of these ids is ordinary.
    fn set_apart(&mut self, [user, other, device, advertising]: &Ids<'_>) {
        for (sort, text) in [(b'p', user), (b'p', other), (b'd', device), (b'a', advertising)] {
            let node = self.node(sort, text);
            if node != NONE {
                self.nodes[node as usize].is_special = true;
            }
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Component {
    /// The node of its user.
    user: u32,
    /// The node of the other id of a person without a user id.
    other: u32,
    /// By platform, how many device ids there are, and what was sent.
    devices: [u32; MOST_PLATFORMS + 1],
    seen: [Option<Seen>; MOST_PLATFORMS + 1],
    is_ordinary: bool,
}

impl Component {
    const NEW: Self = Self {
        user: NONE,
        other: NONE,
        devices: [0; MOST_PLATFORMS + 1],
        seen: [None; MOST_PLATFORMS + 1],
        is_ordinary: true,
    };

    fn add_node(&mut self, node: Node) {
        self.is_ordinary &= !node.is_special && node.platforms.count_ones() <= 1;
        if node.is_device && node.platforms != 0 {
            self.devices[node.platforms.trailing_zeros() as usize] += 1;
        }
    }

    fn add_person(&mut self, entry: &Entry, is_linked: bool) {
        let (known, person) = match entry {
            Entry { user: NONE, .. } if is_linked => return,
            Entry { user: NONE, other, .. } => (&mut self.other, *other),
            Entry { user, .. } => (&mut self.user, *user),
        };
        self.is_ordinary &= *known == NONE || *known == person;
        *known = person;
    }

    fn add_sent(&mut self, platform: u8, side: Side, (device, advertising): (u32, u32)) {
        let seen = self.seen[platform as usize].get_or_insert_default();
        let start = match side {
            Side::App => 0,
            Side::Server => 2,
            Side::Neither => return,
        };
        seen[start] |= device != NONE;
        seen[start + 1] |= advertising != NONE;
    }

    fn app_sent(&self, platform: u8) -> bool {
        self.seen[platform as usize].is_some_and(|[device, advertising, ..]| device || advertising)
    }
}

struct Components {
    /// By node.
    numbers: Vec<u32>,
    all: Vec<Component>,
}

impl Components {
    fn new(graph: &mut Graph<'_>, most_devices: u32) -> Self {
        let mut components = Self { numbers: vec![NONE; graph.nodes.len()], all: Vec::new() };
        for node in 0..graph.nodes.len() as u32 {
            let root = graph.find(node) as usize;
            if components.numbers[root] == NONE {
                components.numbers[root] = components.all.len() as u32;
                components.all.push(Component::NEW);
            }
            components.numbers[node as usize] = components.numbers[root];
            components.of(node).add_node(graph.nodes[node as usize]);
        }
        let mut by_app = HashSet::<(u32, u32), RandomState>::default();
        for entry in graph.entries.iter().filter(|entry| entry.names_person()) {
            let component = components.of(entry.node);
            component.add_person(entry, entry.other != NONE && graph.nodes[entry.other as usize].is_linked);
            if let Some((platform, side)) = entry.sent {
                component.add_sent(platform, side, entry.pair);
                if side == Side::App {
                    by_app.insert(entry.pair);
                }
            }
        }
        for entry in graph.entries.iter().filter(|entry| entry.names_person()) {
            if let Some((platform, Side::Server)) = entry.sent {
                let component = components.of(entry.node);
                component.is_ordinary &= !component.app_sent(platform) || by_app.contains(&entry.pair);
            }
        }
        for component in &mut components.all {
            component.is_ordinary &= component.user == NONE || component.other == NONE;
            component.is_ordinary &= component.devices.iter().all(|number| *number <= most_devices);
        }
        components
    }

    fn of(&mut self, node: u32) -> &mut Component {
        &mut self.all[self.numbers[node as usize] as usize]
    }

    fn is_ordinary(&self, entry: &Entry) -> bool {
        entry.node != NONE && self.all[self.numbers[entry.node as usize] as usize].is_ordinary
    }

    /// Returns how many persons of ordinary components there are, each once a platform, by what was sent.
    fn persons(&self) -> Vec<(Seen, u64)> {
        let mut persons = HashMap::<Seen, u64, RandomState>::default();
        for component in self.all.iter().filter(|component| component.is_ordinary) {
            for seen in component.seen.iter().flatten() {
                *persons.entry(*seen).or_insert(0) += 1;
            }
        }
        persons.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Part;

    const CONDITIONS: Conditions<'static> = Conditions { app: "mobile", server: "server", most_devices: 2 };

    /// Kinds of records, by platform and origin; then one that links, and one of events.
    fn kinds() -> Vec<Kind> {
        let kind = |meaning, parts: usize| {
            let part = |member| Part { member: Some(member), ..Part::default() };
            Kind { meaning, parts: (0..parts).map(part).collect(), place: Vec::new() }
        };
        let user = |platform: &str, origin: &str| kind(Meaning::User(platform.to_owned(), origin.to_owned()), 6);
        let all =
            ["ios", "android"].iter().flat_map(|platform| ["mobile", "server", "web"].map(|by| user(platform, by)));
        all.chain([kind(Meaning::Link, 3), kind(Meaning::Event, 2)]).collect()
    }

    const APP: u32 = 0;
    const SERVER: u32 = 1;
    const WEB: u32 = 2;
    const ON_ANDROID: u32 = 3;
    const LINK: u32 = 6;
    const EVENT: u32 = 7;

    type Said<'a> = (u32, &'a [&'a str]);

    fn records_of(said: &[Said<'_>]) -> Records {
        let (mut records, kinds) = (Records::default(), kinds());
        for (number, texts) in said {
            let texts: Vec<String> =
                texts.iter().map(|text| format!("\"{text}\"")).chain(["\"l\"".to_owned()]).collect();
            let end = |member: usize| texts[..=member].iter().map(String::len).sum::<usize>();
            let extent_of = |member| (end(member) - texts[member].len(), end(member));
            records.add(*number, &kinds[*number as usize], texts.concat().as_bytes(), (1, 0), extent_of);
        }
        records
    }

    /// Returns how many records are left, and the persons of ordinary components.
    fn left(said: &[Said<'_>], others: &[Ids<'_>]) -> (usize, Vec<(Seen, u64)>) {
        let (records, kinds) = (records_of(said), kinds());
        let (rest, mut persons) = without_ordinary(&[(&records, &kinds)], others, &CONDITIONS);
        persons.sort_unstable();
        (rest.iter().map(Records::len).sum(), persons)
    }

    fn seen(letters: &str) -> Seen {
        ['d', 'a', 'D', 'A'].map(|letter| letters.contains(letter))
    }

    #[test]
    fn ordinary_users_are_counted_once_a_platform() {
        let said: &[Said<'_>] = &[
            (APP, &["u", "a", "", "D1", "A1"]),
            (SERVER, &["u", "", "", "D1", "A1"]),
            (APP, &["", "a", "", "D2", ""]),
            (SERVER, &["u", "b", "", "D2", ""]),
            (APP + ON_ANDROID, &["u", "", "", "", "A3"]),
            (LINK, &["u", "c", ""]),
            (WEB, &["", "c", "", "d2", ""]),
            (SERVER, &["", "x", "", "D4", "A4"]),
            (WEB, &["", "y", "", "D5", ""]),
            (WEB, &["", "", "", "D5", "A5"]),
            (APP, &["", "", "", "D6", "A6"]),
            (EVENT, &["e"]),
        ];
        assert_eq!(left(said, &[]), (1, vec![(seen(""), 1), (seen("DA"), 1), (seen("a"), 1), (seen("daDA"), 1)]));
        let both = |others: &[Ids<'_>]| left(said, others).0;
        assert_eq!(both(&[["u", "", "", ""]]), 8);
        assert_eq!(both(&[["z", "b", "", ""]]), 8);
        assert_eq!(both(&[["", "", "d4", ""]]), 2);
        assert_eq!(both(&[["z", "", "a4", "a5"]]), 3);
    }

    #[test]
    fn records_of_all_others_are_left() {
        let user: Said<'_> = (APP, &["u", "a", "", "D1", "A1"]);
        let beside: &[&[Said<'_>]] = &[
            &[(SERVER, &["u", "", "", "D2", "A1"])],
            &[(SERVER, &["u", "", "", "d1", "A1"])],
            &[(SERVER, &["u", "", "", "D1", ""])],
            &[(SERVER, &["v", "", "", "D2", "a1"])],
            &[(WEB, &["v", "", "", "d1", ""])],
            &[(WEB, &["", "b", "", "d1", ""])],
            &[(WEB + ON_ANDROID, &["u", "", "", "D1", ""])],
            &[(WEB + ON_ANDROID, &["", "", "", "", "A1"])],
            &[(WEB, &["u", "", "", "D2", ""]), (WEB, &["u", "", "", "D3", ""])],
            &[(LINK, &["v", "a", ""])],
            &[(LINK, &["v", "", "u"])],
            &[(LINK, &["u", "", "b"])],
            &[(APP, &["", "u", "", "D1", "A1"])],
            &[(APP, &["", "", "", "D1", "A2"]), (SERVER, &["u", "", "", "D1", "A2"])],
        ];
        for said in beside {
            let mut all = vec![user];
            all.extend_from_slice(said);
            assert_eq!(left(&all, &[]), (all.len(), vec![]), "{said:?}");
        }
        let nobody: &[Said<'_>] = &[(APP, &["", "a", "", "D1", ""]), (APP, &["", "b", "", "D1", ""])];
        assert_eq!(left(nobody, &[]).0, 2);
    }

    #[test]
    fn users_are_the_same_in_all_records() {
        let kinds = kinds();
        let [one, other] =
            [(APP, "D1"), (SERVER, "D2")].map(|(kind, id)| records_of(&[(kind, &["u", "", "", id, ""])]));
        let same = records_of(&[(SERVER, &["u", "", "", "D1", ""])]);
        let left = |all: &[&Records]| -> Vec<usize> {
            let all: Vec<_> = all.iter().map(|records| (*records, &kinds[..])).collect();
            without_ordinary(&all, &[], &CONDITIONS).0.iter().map(Records::len).collect()
        };
        assert_eq!(left(&[&one, &same]), [0, 0]);
        assert_eq!(left(&[&one, &same, &other]), [1, 1, 1]);
    }

    #[test]
    fn there_may_be_many_platforms() {
        let mut graph = Graph::default();
        assert_eq!(["a", "b", "a", "c", "d", "e", "f", "e"].map(|name| graph.platform(name)), [0, 1, 0, 2, 3, 4, 4, 4]);
    }
}
