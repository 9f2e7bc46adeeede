//! Scans one line of JSON (RFC 8259): grammar, escapes, depth. UTF-8 is checked elsewhere, for many lines at once.
//!
//! No token of JSON holds a raw line end, so a scan never leaves its line: there, and at the end of the text, it reads
//! `\n`, which no token may hold.

use std::borrow::Cow;

/// A line is left to Python: it is broken or unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unusual;

/// The result of scanning: the offset after the value.
pub type Scanned = Result<usize, Unusual>;

/// A double can hold any number whose exponent has at most so many digits, and which has at most so many bytes.
const MOST_EXPONENT: usize = 2;
const MOST_NUMBER: usize = 200;

/// Bytes of the longest number that Python writes: the sign, 17 digits, the point, and `e-308`.
const LONGEST_NUMBER: usize = 24;

/// Bytes of a number with a point, but no exponent, from which on Python may write it with one.
const LONG_NUMBER: usize = 19;

/// Compact JSON that Python writes is less than this many times as long as the text it was read from: `1e15` is written
/// as `1000000000000000.0`.
const MOST_GROWTH: usize = 5;

const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The properties of a string that need care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Special {
    /// It holds an escape.
    pub escaped: bool,
    /// It holds a character beyond ASCII.
    pub beyond_ascii: bool,
}

impl Special {
    /// Returns whether the text between the quotes is the string's value, and ASCII.
    #[must_use]
    pub fn is_plain(self) -> bool {
        !self.escaped && !self.beyond_ascii
    }
}

/// Returns the byte at an offset; the end of a line after the end of the text.
#[inline]
#[must_use]
pub fn byte_at(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(b'\n')
}

/// Returns the offset after white space, ends of lines excepted.
#[inline]
#[must_use]
pub fn skip_space(text: &[u8], mut at: usize) -> usize {
    while matches!(byte_at(text, at), b' ' | b'\t' | b'\r') {
        at += 1;
    }
    at
}

/// Marks the bytes of a word that are zero. Only the lowest mark is exact; no byte below it is zero.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(LOW) & !word & HIGH
}

/// Scans a string from the byte after its opening quote to the one after its closing quote.
///
/// # Errors
///
/// It does not end, holds a control character or an escape that JSON does not have, or half of a surrogate pair.
#[inline]
pub fn string(text: &[u8], mut at: usize, special: &mut Special) -> Scanned {
    loop {
        while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*chunk);
            let control = word.wrapping_sub(LOW * 0x20) & !word & HIGH;
            let stops = zeros(word ^ (LOW * u64::from(b'"'))) | zeros(word ^ (LOW * u64::from(b'\\'))) | control;
            if stops == 0 {
                special.beyond_ascii |= word & HIGH != 0;
                at += 8;
                continue;
            }
            let length = stops.trailing_zeros() / 8;
            special.beyond_ascii |= word & HIGH & !(u64::MAX << (8 * length)) != 0;
            at += length as usize;
            break;
        }
        loop {
            match byte_at(text, at) {
                b'"' => return Ok(at + 1),
                b'\\' => {
                    special.escaped = true;
                    at = escape(text, at + 1)?;
                    break;
                }
                0..0x20 => return Err(Unusual),
                other => {
                    special.beyond_ascii |= other >= 0x80;
                    at += 1;
                }
            }
        }
    }
}

/// Returns the value of a string of valid JSON, or an empty text for any other value.
#[must_use]
pub fn string_value(text: &[u8]) -> Cow<'_, str> {
    let inner = text.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or_default();
    let Ok(inner) = std::str::from_utf8(inner) else {
        return Cow::Borrowed("");
    };
    let mut parts = inner.split('\\');
    let first = parts.next().unwrap_or_default();
    if first.len() == inner.len() {
        return Cow::Borrowed(inner);
    }
    let mut value = first.to_owned();
    let mut high = None;
    while let Some(part) = parts.next() {
        let (kind, rest) = part.split_at_checked(1).unwrap_or_default();
        let (character, rest) = match kind {
            "" => ('\\', parts.next().unwrap_or_default()), // two backslashes
            "b" => ('\x08', rest),
            "f" => ('\x0c', rest),
            "n" => ('\n', rest),
            "r" => ('\r', rest),
            "t" => ('\t', rest),
            "u" => {
                let (digits, rest) = rest.split_at_checked(4).unwrap_or_default();
                let unit = u16::from_str_radix(digits, 16).unwrap_or_default();
                let units = high.take().into_iter().chain([unit]);
                if let Some(Ok(character)) = char::decode_utf16(units).next() {
                    (character, rest)
                } else {
                    high = Some(unit);
                    continue;
                }
            }
            other => (other.chars().next().unwrap_or_default(), rest),
        };
        value.push(character);
        value.push_str(rest);
    }
    Cow::Owned(value)
}

/// Scans an escape from the byte after its backslash; a surrogate pair is one escape.
#[cold]
fn escape(text: &[u8], at: usize) -> Scanned {
    match byte_at(text, at) {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(at + 1),
        b'u' => match four_digits(text, at + 1)? {
            0xdc00..=0xdfff => Err(Unusual),
            0xd800..=0xdbff => {
                let paired = byte_at(text, at + 5) == b'\\'
                    && byte_at(text, at + 6) == b'u'
                    && matches!(four_digits(text, at + 7)?, 0xdc00..=0xdfff);
                if paired { Ok(at + 11) } else { Err(Unusual) }
            }
            _ => Ok(at + 5),
        },
        _ => Err(Unusual),
    }
}

fn four_digits(text: &[u8], at: usize) -> Result<u32, Unusual> {
    (at..at + 4).try_fold(0, |number, each| {
        let digit = char::from(byte_at(text, each)).to_digit(16).ok_or(Unusual)?;
        Ok(number << 4 | digit)
    })
}

/// Scans a number.
///
/// # Errors
///
/// It is not a number, or may be larger than a double can hold.
pub fn number(text: &[u8], start: usize) -> Scanned {
    let mut at = start + usize::from(byte_at(text, start) == b'-');
    at = if byte_at(text, at) == b'0' { at + 1 } else { digits(text, at)? };
    if byte_at(text, at) == b'.' {
        at = digits(text, at + 1)?;
    }
    if matches!(byte_at(text, at), b'e' | b'E') {
        at += 1;
        at += usize::from(matches!(byte_at(text, at), b'+' | b'-'));
        let end = digits(text, at)?;
        if end - at > MOST_EXPONENT {
            return Err(Unusual);
        }
        at = end;
    }
    if at - start > MOST_NUMBER { Err(Unusual) } else { Ok(at) }
}

/// Returns whether a value has no more than `most` bytes both in the text and as compact JSON in UTF-8 that Python
/// writes; false if in doubt. The text was scanned before.
///
/// Escapes and white space only get shorter if Python writes the value, but numbers may get longer.
#[inline]
#[must_use]
pub fn fits(text: &[u8], most: usize) -> bool {
    text.len() <= most / MOST_GROWTH || (text.len() <= most && text.len() + growth(text) <= most)
}

/// Returns by how many bytes the numbers of a value may get longer.
fn growth(text: &[u8]) -> usize {
    let (mut at, mut longer) = (0, 0);
    while at < text.len() {
        let start = at;
        at += 1;
        match text[start] {
            b'"' => at = string(text, at, &mut Special::default()).unwrap_or(text.len()),
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                let number = &text[start..start + text[start..].iter().take_while(is_part).count()];
                at = start + number.len();
                let has = |wanted: u8| number.iter().any(|byte| byte.eq_ignore_ascii_case(&wanted));
                if has(b'e') || (number.len() >= LONG_NUMBER && has(b'.')) {
                    longer += LONGEST_NUMBER.saturating_sub(number.len());
                }
            }
            _ => {}
        }
    }
    longer
}

#[inline]
fn digits(text: &[u8], start: usize) -> Scanned {
    let mut at = start;
    while byte_at(text, at).is_ascii_digit() {
        at += 1;
    }
    if at == start { Err(Unusual) } else { Ok(at) }
}

/// Scans a string, a number, or one of the words that JSON has.
///
/// # Errors
///
/// It is none of these.
#[inline]
pub fn scalar(text: &[u8], at: usize, special: &mut Special) -> Scanned {
    match byte_at(text, at) {
        b'"' => string(text, at + 1, special),
        b'-' | b'0'..=b'9' => number(text, at),
        b't' => word(text, at, b"true"),
        b'f' => word(text, at, b"false"),
        b'n' => word(text, at, b"null"),
        _ => Err(Unusual),
    }
}

#[inline]
fn word(text: &[u8], at: usize, expected: &[u8]) -> Scanned {
    let end = at + expected.len();
    if text.get(at..end) == Some(expected) { Ok(end) } else { Err(Unusual) }
}

/// Scans a value that is not read.
///
/// # Arguments
///
/// * `depth` - the levels that it may have.
/// * `open` - space for the brackets that are open; its content does not matter.
///
/// # Errors
///
/// It is not JSON, or too deep.
#[inline]
pub fn value(text: &[u8], at: usize, depth: usize, open: &mut Vec<u8>) -> Scanned {
    match byte_at(text, at) {
        b'{' | b'[' => container(text, at, depth, open),
        _ => scalar(text, at, &mut Special::default()),
    }
}

fn container(text: &[u8], mut at: usize, depth: usize, open: &mut Vec<u8>) -> Scanned {
    let mut ignored = Special::default();
    open.clear();
    let mut inside;
    loop {
        // At the beginning of a container.
        if open.len() >= depth {
            return Err(Unusual);
        }
        inside = byte_at(text, at);
        open.push(inside);
        at = skip_space(text, at + 1);
        let mut ended = byte_at(text, at) == closing(inside);
        loop {
            if ended {
                at += 1;
                open.pop();
                match open.last() {
                    None => return Ok(at),
                    Some(around) => inside = *around,
                }
            } else {
                if inside == b'{' {
                    at = skip_space(text, key(text, at, &mut ignored)?);
                }
                if matches!(byte_at(text, at), b'{' | b'[') {
                    break;
                }
                at = scalar(text, at, &mut ignored)?;
            }
            at = skip_space(text, at);
            ended = byte_at(text, at) == closing(inside);
            if !ended {
                if byte_at(text, at) != b',' {
                    return Err(Unusual);
                }
                at = skip_space(text, at + 1);
            }
        }
    }
}

#[inline]
fn closing(opening: u8) -> u8 {
    if opening == b'{' { b'}' } else { b']' }
}

/// Scans a key and the colon after it.
#[inline]
fn key(text: &[u8], at: usize, special: &mut Special) -> Scanned {
    if byte_at(text, at) != b'"' {
        return Err(Unusual);
    }
    colon(text, string(text, at + 1, special)?)
}

/// Scans the colon after a key.
///
/// # Errors
///
/// There is none.
#[inline]
pub fn colon(text: &[u8], at: usize) -> Scanned {
    let at = skip_space(text, at);
    if byte_at(text, at) == b':' { Ok(at + 1) } else { Err(Unusual) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(text: &str) -> bool {
        let end = value(text.as_bytes(), 0, 200, &mut Vec::new());
        end.is_ok_and(|at| skip_space(text.as_bytes(), at) == text.len())
    }

    #[test]
    fn what_is_json_is_accepted() {
        let nested = "[".repeat(200) + &"]".repeat(200);
        for text in [
            "{}",
            "[]",
            "[ ]",
            "{ }",
            r#"{"a":1}"#,
            r#"{"a": [1, {"b": {}}, []], "c" : "d"}"#,
            "17",
            "-0",
            "0.5",
            "1e5",
            "1.25E+10",
            "-1e-7",
            "true",
            "false",
            "null",
            r#""""#,
            r#""\"\\\/\b\f\n\r\tA""#,
            r#""\ud83d\ude00""#,
            "\"ü\u{7f}\"",
            "[1,2]\r",
            &nested,
        ] {
            assert!(accepts(text), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_is_not() {
        let nested = "[".repeat(201) + &"]".repeat(201);
        for text in [
            "",
            "{",
            "[",
            "[1",
            "[1,]",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            "{'a':1}",
            "{a:1}",
            "[1 2]",
            "[}",
            "{]",
            "01",
            "1.",
            ".5",
            "+1",
            "-",
            "1e",
            "1e+",
            "tru",
            "nul",
            "True",
            "NaN",
            "\"",
            "\"\t\"",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\",
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\ud83dA""#,
            "[1]]",
            "{}{}",
            "1e400",
            &nested,
            &"1".repeat(300),
            "[[]",
            r#"{"a":[}"#,
        ] {
            assert!(!accepts(text), "{text}");
        }
    }

    #[test]
    fn numbers_may_get_longer_when_they_are_written_anew() {
        for (text, bytes) in [
            ("[1,-2.5,true,\"1e5\"]", 0),
            ("1e5", 21),
            ("{\"a\":[-1E+5,0.25e1]}", 19 + 18),
            ("12345678901234568.0", 5),
            ("123456789012345678901234567890", 0),
            ("\"\\\"1e5\"", 0),
        ] {
            assert_eq!(growth(text.as_bytes()), bytes, "{text}");
            let written = text.len() + bytes;
            for most in 0..200 {
                let expected = written <= most || text.len() <= most / MOST_GROWTH;
                assert_eq!(fits(text.as_bytes(), most), expected, "{text}");
            }
        }
    }

    #[test]
    fn the_value_of_a_string_is_what_another_parser_reads() {
        let pieces = [
            "a",
            "\\\\",
            "\\\"",
            "\\/",
            "\\n",
            "\\t",
            "\\b",
            "\\f",
            "\\r",
            "\\u0041",
            "\\u00fC",
            "\u{fc}",
            "\\ud83d\\ude00",
            "u",
        ];
        for number in 0..pieces.len().pow(4) {
            let digits = (0..4).map(|place| pieces[number / pieces.len().pow(place) % pieces.len()]);
            let text = format!("\"{}\"", digits.collect::<String>());
            assert_eq!(string_value(text.as_bytes()), serde_json::from_str::<String>(&text).unwrap(), "{text}");
        }
        assert_eq!((string_value(b"17"), string_value(b"")), ("".into(), "".into()));
    }

    #[test]
    fn strings_end_where_they_end_wherever_they_begin() {
        for before in 0..20 {
            for length in 0..40 {
                let text = format!("{}\"{}\"{}", " ".repeat(before), "x".repeat(length), " ".repeat(before));
                let mut special = Special::default();
                assert_eq!(string(text.as_bytes(), before + 1, &mut special), Ok(before + length + 2));
                assert!(special.is_plain());
                for (odd, plain) in [("é", false), ("\u{7f}", true), ("\\n", false)] {
                    let text = format!("\"{}{odd}{}\"é", "x".repeat(length), "x".repeat(before));
                    let mut special = Special::default();
                    assert_eq!(string(text.as_bytes(), 1, &mut special), Ok(text.len() - 2));
                    assert_eq!(special.is_plain(), plain);
                }
            }
        }
    }

    #[test]
    fn mutated_text_is_accepted_only_where_another_parser_accepts_it() {
        let text = r#"{"a":[1,-2.5e3,true,null,{"b":"c\u00e9\n"}],"d":{},"e":"\ud83d\ude00","f":[[],[{}]]}"#;
        let pieces = ["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "1", "e", ".", "-", "u", "x", " ", "null"];
        let mut state = 1u64;
        let mut random = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % below
        };
        let mut accepted = 0;
        for _ in 0..20_000 {
            let mut mutant = text.to_owned();
            for _ in 0..=random(2) {
                let at = random(mutant.len());
                let piece = pieces[random(pieces.len())];
                let replaced = random(3).min(mutant.len() - at);
                mutant.replace_range(at..at + replaced, piece);
            }
            if accepts(&mutant) {
                accepted += 1;
                assert!(serde_json::from_str::<serde_json::Value>(&mutant).is_ok(), "{mutant}");
            } else if let Ok(value) = serde_json::from_str::<serde_json::Value>(&mutant) {
                // Only the core finds these unusual.
                assert!(
                    value.to_string().contains("e+") || mutant.contains("e3") || mutant.contains("\\u"),
                    "{mutant}"
                );
            }
        }
        assert!(accepted > 1_000);
    }
}
