//! The plan of what is read of a line: a tree of objects, their keys, and the questions about their values.

use crate::scanner::{Special, Unusual, string};
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashTable};
use std::hash::BuildHasher;

/// Keys of an object that are cached although they are not read, so that their order identifies them.
const MOST_UNREAD: usize = 256;

const NOTHING: usize = usize::MAX;

/// A value that is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Member {
    /// The index of its answer in a row.
    pub slot: usize,
    /// The object that it is expected to be, whose members are read.
    pub node: Option<usize>,
    /// Whether anything but the presence of scalars is asked.
    pub asked: bool,
    /// The questions about texts, if an automaton can answer them.
    pub questions: Option<usize>,
    /// Whether numbers are asked only whether they are whole.
    pub numbers_by_kind: bool,
    /// The column of groups that it fills.
    pub column: Option<usize>,
    /// Whether a line with it is left to Python.
    pub left: bool,
    /// The bytes that it may have, in the text and as compact JSON that Python writes.
    pub longest: usize,
}

/// What a key of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A key whose value is read: the number of the member.
    Read(usize),
    /// A key whose value is not read.
    Unread,
    /// An unknown key.
    Unknown,
    /// A key with an escape: it may be any key.
    Escaped,
}

/// An object whose members are read.
#[derive(Debug)]
pub struct Node {
    /// The known keys, with quotes, each with its member if it is read.
    keys: HashMap<Box<[u8]>, Option<usize>, RandomState>,
    /// Whether to ask about unknown keys; otherwise they are not read.
    asks: bool,
}

impl Node {
    /// Creates an object without known keys.
    #[must_use]
    pub fn new(asks: bool) -> Self {
        Self { keys: HashMap::default(), asks }
    }

    /// Adds a key as it is in text, without quotes; a known key is not changed.
    pub fn add(&mut self, name: &[u8], member: Option<usize>) {
        self.keys.entry(quoted(name).into()).or_insert(member);
    }

    /// Returns whether a key is known, as it is in text, without quotes.
    #[must_use]
    pub fn knows(&self, name: &[u8]) -> bool {
        self.keys.contains_key(&*quoted(name))
    }
}

fn quoted(name: &[u8]) -> Vec<u8> {
    [b"\"", name, b"\""].concat()
}

/// A key that was read before: its text with quotes, and its member.
#[derive(Clone, Debug)]
struct Key {
    quoted: Box<[u8]>,
    member: Option<usize>,
    /// The key that came after it the last time.
    next: usize,
}

/// The keys of an object that an engine has read.
#[derive(Debug)]
pub struct Keys {
    met: Vec<Key>,
    table: HashTable<(u64, usize)>,
    hashing: RandomState,
    first: usize,
    unread: usize,
}

impl Default for Keys {
    fn default() -> Self {
        Self { met: Vec::new(), table: HashTable::new(), hashing: RandomState::default(), first: NOTHING, unread: 0 }
    }
}

/// The key that was read last of an object.
#[derive(Clone, Copy, Debug)]
pub struct Behind(usize);

impl Default for Behind {
    fn default() -> Self {
        Self(NOTHING)
    }
}

impl Keys {
    /// Reads the key with its opening quote at `at`; returns what it is and the offset after its closing quote.
    ///
    /// # Arguments
    ///
    /// * `node` - the object, always the same.
    ///
    /// # Errors
    ///
    /// It is not a string.
    #[inline]
    pub fn read(
        &mut self,
        node: &Node,
        text: &[u8],
        at: usize,
        behind: &mut Behind,
    ) -> Result<(Found, usize), Unusual> {
        // Lines of one program have their keys in the same order.
        let expected = if behind.0 == NOTHING { self.first } else { self.met[behind.0].next };
        if let Some(key) = self.met.get(expected)
            && text.get(at..at + key.quoted.len()) == Some(&key.quoted)
        {
            behind.0 = expected;
            return Ok((key.member.map_or(Found::Unread, Found::Read), at + key.quoted.len()));
        }
        self.look_up(node, text, at, behind)
    }

    fn look_up(&mut self, node: &Node, text: &[u8], at: usize, behind: &mut Behind) -> Result<(Found, usize), Unusual> {
        let mut special = Special::default();
        let end = string(text, at + 1, &mut special)?;
        if special.escaped {
            return Ok((Found::Escaped, end));
        }
        let quoted = &text[at..end];
        let hash = self.hashing.hash_one(quoted);
        let is_same = |&(known, number): &(u64, usize)| known == hash && *self.met[number].quoted == *quoted;
        let number = if let Some(&(_, number)) = self.table.find(hash, is_same) {
            number
        } else if let Some(&member) = node.keys.get(quoted) {
            self.insert(quoted, hash, member)
        } else if node.asks {
            return Ok((Found::Unknown, end));
        } else if self.unread == MOST_UNREAD {
            return Ok((Found::Unread, end));
        } else {
            self.unread += 1;
            self.insert(quoted, hash, None)
        };
        if behind.0 == NOTHING {
            self.first = number;
        } else {
            self.met[behind.0].next = number;
        }
        behind.0 = number;
        Ok((self.met[number].member.map_or(Found::Unread, Found::Read), end))
    }

    fn insert(&mut self, quoted: &[u8], hash: u64, member: Option<usize>) -> usize {
        let number = self.met.len();
        self.met.push(Key { quoted: quoted.into(), member, next: NOTHING });
        self.table.insert_unique(hash, (hash, number), |&(known, _)| known);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(keys: &mut Keys, node: &Node, text: &str, behind: &mut Behind) -> Found {
        let (found, end) = keys.read(node, text.as_bytes(), 0, behind).unwrap();
        assert_eq!(end, text.rfind('"').unwrap() + 1);
        found
    }

    #[test]
    fn keys_are_found_in_whatever_order_they_come() {
        let mut node = Node::new(true);
        node.add(b"a", Some(1));
        node.add(b"ab", Some(2));
        node.add(b"c", None);
        node.add(b"ab", None);
        assert!(node.knows(b"ab") && !node.knows(b"b"));
        let mut keys = Keys::default();
        for order in [["a", "ab", "c"], ["a", "ab", "c"], ["c", "ab", "a"], ["ab", "a", "c"]] {
            let mut behind = Behind::default();
            for key in order {
                let expected = match key {
                    "a" => Found::Read(1),
                    "ab" => Found::Read(2),
                    _ => Found::Unread,
                };
                assert_eq!(read(&mut keys, &node, &format!("\"{key}\":1"), &mut behind), expected);
            }
            assert_eq!(read(&mut keys, &node, "\"d\"", &mut behind), Found::Unknown);
            assert_eq!(read(&mut keys, &node, r#""\u0061""#, &mut behind), Found::Escaped);
        }
    }

    #[test]
    fn unknown_keys_are_not_read_if_they_are_not_asked_about() {
        let node = Node::new(false);
        let mut keys = Keys::default();
        for number in 0..1000 {
            assert_eq!(read(&mut keys, &node, &format!("\"{number}\""), &mut Behind::default()), Found::Unread);
        }
        assert_eq!(keys.met.len(), MOST_UNREAD);
    }
}
