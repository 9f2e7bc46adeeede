//! Holds what the fuzz targets do against the inputs that are kept in `fuzz/seeds`, and against each prefix of them.

#[path = "../fuzz/properties.rs"]
mod properties;

use std::fs;
use std::path::Path;

fn replay(target: &str, property: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut seeds = 0;
    for entry in fs::read_dir(folder).expect("there are seeds") {
        let seed = fs::read(entry.expect("a file").path()).expect("a seed");
        for end in (0..=seed.len()).step_by(1 + seed.len() / 200) {
            property(&seed[..end]);
        }
        property(&seed);
        seeds += 1;
    }
    assert!(seeds > 0);
}

#[test]
fn the_scanner_agrees_with_another_parser() {
    replay("scanner", properties::scanner);
}

#[test]
fn blocks_may_end_after_any_line() {
    replay("blocks", properties::blocks);
}

#[test]
fn lines_may_come_in_any_order() {
    replay("order", properties::order);
}
