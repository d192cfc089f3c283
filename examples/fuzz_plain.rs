//! Fuzzing without coverage, on any toolchain and with what `cargo test` has built: the committed seeds as
//! they are, then mutations of them.
//!
//! ```sh
//! cargo run --example fuzz_plain -- SECONDS SEED [TARGET...]
//! cargo run --example fuzz_plain -- FILE TARGET
//! ```
//!
//! In: how long each target runs (0: the seeds only) and the seed of chance, or a file to replay. Out: a line a
//! target; the first failure ends the program with status 1, and its input is left in the working folder. The targets and their laws:
//! `fuzz/src/targets.rs`.

#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a tool for developers"
)]

#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::env;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Most bytes of an input.
const MOST: usize = 4096;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let Some((first, rest)) = arguments.split_first() else {
        println!("usage: fuzz_plain SECONDS SEED [TARGET...] | fuzz_plain FILE TARGET");
        return ExitCode::from(2);
    };
    let Ok(seconds) = first.parse::<u64>() else {
        let target = rest.first().and_then(|name| targets::of(name)).expect("the name of a target");
        target(&fs::read(first).expect("a file"));
        println!("{first}: holds");
        return ExitCode::SUCCESS;
    };
    let seed: u64 = rest.first().map_or(1, |seed| seed.parse().expect("a number as seed"));
    let wanted = rest.get(1..).unwrap_or_default();
    let dictionary =
        dictionary(&fs::read_to_string(root.join("dictionary.txt")).expect("the dictionary"));
    let mut failed = 0;
    for (name, target) in targets::TARGETS {
        if !wanted.is_empty() && !wanted.iter().any(|own| own == name) {
            continue;
        }
        let seeds = seeds(&root.join("seeds").join(name));
        let until = Instant::now() + Duration::from_secs(seconds);
        match fuzz(*target, &seeds, &dictionary, seed, until) {
            Ok(runs) => println!("{name}: {} seeds and {runs} mutations hold", seeds.len()),
            Err(input) => {
                let path = format!("failed-{name}");
                fs::write(&path, &input).expect("a file in the working folder");
                println!("{name}: failed; the input is in {path}");
                failed += 1;
            }
        }
    }
    ExitCode::from(u8::from(failed > 0))
}

/// The seeds of a target, in the order of their names.
fn seeds(dir: &Path) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .map(|entry| entry.expect("a seed").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("a seed")).collect()
}

/// Runs the seeds, then mutations until the time is over; gives their number, or what failed.
fn fuzz(
    target: targets::Target,
    seeds: &[Vec<u8>],
    dictionary: &[Vec<u8>],
    seed: u64,
    until: Instant,
) -> Result<usize, Vec<u8>> {
    let holds = |input: &[u8]| catch_unwind(|| target(input)).map_err(|_| input.to_vec());
    for input in seeds {
        holds(input)?;
    }
    let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut runs = 0;
    while Instant::now() < until {
        let mut input = seeds.get(chance.below(seeds.len().max(1))).cloned().unwrap_or_default();
        for _ in 0..=chance.below(6) {
            mutate(&mut input, seeds, dictionary, &mut chance);
        }
        input.truncate(MOST);
        holds(&input)?;
        runs += 1;
    }
    Ok(runs)
}

/// Marsaglia's xorshift (2003), 64 bits: the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n.max(1) as u64).unwrap_or(0)
    }
}

fn mutate(input: &mut Vec<u8>, seeds: &[Vec<u8>], dictionary: &[Vec<u8>], chance: &mut Chance) {
    let at = chance.below(input.len() + 1);
    let end = at + chance.below((input.len() - at).min(64) + 1);
    match chance.below(7) {
        0 => drop(input.splice(at..end, [])),
        1 => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
        2 => input.insert(at, u8::try_from(chance.below(256)).unwrap_or(0)),
        3 => {
            let again = input[at..end].repeat(1 + chance.below(40));
            drop(input.splice(at..at, again));
        }
        4 => {
            let other = seeds.get(chance.below(seeds.len())).cloned().unwrap_or_default();
            let from = chance.below(other.len() + 1);
            let to = from + chance.below(other.len() - from + 1);
            drop(input.splice(at..at, other[from..to].iter().copied()));
        }
        _ => {
            let word = dictionary.get(chance.below(dictionary.len())).cloned().unwrap_or_default();
            drop(input.splice(at..end.min(at + chance.below(8)), word));
        }
    }
}

/// The words of a dictionary in libFuzzer's form: one in quotation marks a line, `\\`, `\"` and `\xNN` as in C.
fn dictionary(text: &str) -> Vec<Vec<u8>> {
    let quoted = text.lines().filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted
        .map(|word| {
            let mut bytes = Vec::new();
            let mut rest = word.as_bytes();
            while let Some((&byte, after)) = rest.split_first() {
                rest = after;
                let hex = || std::str::from_utf8(after.get(1..3)?).ok();
                match (byte, after.first()) {
                    (b'\\', Some(b'x')) => {
                        bytes.extend(hex().and_then(|hex| u8::from_str_radix(hex, 16).ok()));
                        rest = after.get(3..).unwrap_or_default();
                    }
                    (b'\\', Some(&own)) => {
                        bytes.push(own);
                        rest = &after[1..];
                    }
                    _ => bytes.push(byte),
                }
            }
            bytes
        })
        .collect()
}
