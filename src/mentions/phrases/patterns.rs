//! A small language of patterns over tokens, in which rules are written as data.
//!
//! In: patterns such as `(WEEKDAY ','?)? MONTH ~'.'? DAY`. Out: a [`RuleSet`] that finds the
//! longest match at a token. A pattern has no repetition, so that a match costs at most what the
//! pattern's length allows, and scanning is linear.
//!
//! | written | matches |
//! |---|---|
//! | `word` | that word, in any case |
//! | `CLASS` | a word of that class of the lexicon |
//! | `NUM` | a number in digits or words, over several tokens |
//! | `DIGITS` `DAY` `MM` `HOUR` `YEAR` `YY` `ORD` `DECADE` | a token in digits: any, 1 to 31, 0 to 59, 0 to 24, 1000 to 2199, two digits, with an ordinal's ending, 1990s |
//! | `'x'` `APOS` | the mark x, an apostrophe |
//! | `~x` | x without white space before it |
//! | `^x` | x where it begins with a capital |
//! | `(a \| b)` | one of both, the first that fits |
//! | `x?` | x or nothing, x first |
//! | `<` `>` | where the span begins and ends, if not with the match |

use super::tokens::{
    Bits, CAPITAL, DataError, GLUED, Kind, Lexicon, NumberWords, ORDINAL, PLURAL, SEPARATED, TIGHT,
    Token,
};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// What stands at a place of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Test {
    Word(u16),
    Class(Bits),
    Mark(u8),
    Num,
    Digits,
    Day,
    Minute,
    Hour,
    Year,
    TwoDigits,
    Ordinal,
    Decade,
}

impl Test {
    /// Whether `token` alone passes, which of numbers in words is not asked.
    fn passes(self, token: &Token) -> bool {
        let value = token.number;
        let is = |without: u8| token.kind == Kind::Number && token.flags & without == 0;
        let plain = ORDINAL | PLURAL | SEPARATED | GLUED;
        match self {
            Self::Word(word) => token.word == word,
            Self::Mark(mark) => token.is_mark(mark),
            Self::Class(class) => token.classes & class != 0,
            Self::Num => false,
            Self::Digits => is(plain),
            Self::Day => {
                is(PLURAL | SEPARATED | GLUED) && token.mark <= 2 && (1.0..=31.0).contains(&value)
            }
            Self::Minute => is(ORDINAL | PLURAL | SEPARATED) && token.mark == 2 && value < 60.0,
            Self::Hour => is(ORDINAL | PLURAL | SEPARATED) && token.mark <= 2 && value <= 24.0,
            Self::Year => is(plain) && token.mark == 4 && (1000.0..2200.0).contains(&value),
            Self::TwoDigits => is(plain) && token.mark == 2,
            Self::Ordinal => is(0) && token.has(ORDINAL),
            Self::Decade => {
                is(0) && token.has(PLURAL) && (2..=4).contains(&token.mark) && value % 10.0 == 0.0
            }
        }
    }
}

/// What a token must be, and whether it must be without white space before it or begin with a capital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Step {
    test: Test,
    tight: bool,
    capital: bool,
}

impl Step {
    /// Whether `token` is written as it must be.
    fn is_written(self, token: &Token) -> bool {
        (!self.tight || token.has(TIGHT)) && (!self.capital || token.has(CAPITAL))
    }
}

#[derive(Clone, Copy, Debug)]
enum Op {
    Test(Step),
    /// First here, then there.
    Split(usize, usize),
    Jump(usize),
    Open,
    Close,
    Match,
}

/// Slots for what builtin tests caught; classes of the lexicon use their own number.
pub mod slot {
    /// A number in digits or words.
    pub const NUM: u8 = 128;
    /// Digits.
    pub const DIGITS: u8 = 129;
    /// Day of the month.
    pub const DAY: u8 = 130;
    /// Two digits up to 59.
    pub const MINUTE: u8 = 131;
    /// Hour.
    pub const HOUR: u8 = 132;
    /// Year of four digits.
    pub const YEAR: u8 = 133;
    /// Year of two digits.
    pub const TWO_DIGITS: u8 = 134;
    /// Ordinal in digits.
    pub const ORDINAL: u8 = 135;
    /// First year of a decade.
    pub const DECADE: u8 = 136;
}

/// A token that a class or builtin test caught.
#[derive(Clone, Copy, Debug)]
pub struct Capture {
    /// Class, or one of [`slot`].
    pub slot: u8,
    /// Number of the token.
    pub token: usize,
    /// Value of the class or number.
    pub value: f64,
}

/// One match.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Number of the rule.
    pub rule: usize,
    /// Number of its pattern in the rule.
    pub pattern: usize,
    /// First token of the span.
    pub start: usize,
    /// One past the last token of the span.
    pub end: usize,
    /// One past the last token that the pattern looked at.
    pub looked: usize,
    /// What was caught.
    pub captures: Vec<Capture>,
}

impl Found {
    /// The `n`th value in `slot`.
    #[must_use]
    pub fn get(&self, slot: u8, n: usize) -> Option<f64> {
        self.captures.iter().filter(|c| c.slot == slot).nth(n).map(|c| c.value)
    }

    /// The token of the `n`th value in `slot`.
    #[must_use]
    pub fn token(&self, slot: u8, n: usize) -> Option<usize> {
        self.captures.iter().filter(|c| c.slot == slot).nth(n).map(|c| c.token)
    }
}

#[derive(Clone, Debug)]
struct Program {
    rule: usize,
    pattern: usize,
    ops: Vec<Op>,
}

/// Compiled rules.
///
/// Which patterns may match at a token is found by an automaton over kinds of tokens, built as text
/// asks for it (as lazy DFAs of regular expressions are: Cox 2007, "Regular Expression Matching Can
/// Be Simple And Fast"); only those are then run, to catch values.
#[derive(Debug, Default)]
pub struct RuleSet {
    programs: Vec<Program>,
    /// First op of each program when all are laid end to end.
    offsets: Vec<u32>,
    /// The program of each op when all are laid end to end.
    owners: Vec<u16>,
    /// The tests of all patterns, each once.
    steps: Vec<Step>,
    /// The test of each op when all are laid end to end; [`NONE`] of what is none.
    step_of: Vec<u16>,
    /// Kind of each word of the lexicon: words of one kind pass the same tests.
    kinds: Vec<u16>,
    /// How many symbols there are.
    width: usize,
    /// Automata that no one uses at the moment.
    pool: Mutex<Vec<Automaton>>,
}

impl Clone for RuleSet {
    fn clone(&self) -> Self {
        Self {
            programs: self.programs.clone(),
            offsets: self.offsets.clone(),
            owners: self.owners.clone(),
            steps: self.steps.clone(),
            step_of: self.step_of.clone(),
            kinds: self.kinds.clone(),
            width: self.width,
            pool: Mutex::default(),
        }
    }
}

/// What is known so far of which patterns may go on.
#[derive(Debug, Default)]
pub struct Automaton {
    /// Next state by state and column; 0 is dead, [`UNKNOWN`] not asked for yet.
    next: Vec<u16>,
    /// Columns that `next` has room for.
    stride: usize,
    /// Columns of symbols, in the order in which they are met ([`UNKNOWN`] until then): the frequent ones lie
    /// side by side in a few lines of the cache, though most symbols are never met.
    columns: Vec<u16>,
    /// Columns that symbols have.
    met: usize,
    states: Vec<State>,
    index: BTreeMap<Box<[u32]>, u16>,
    /// Patterns that reached their end and one past the last token where they did so, while one match is
    /// looked for.
    ended: Vec<(u16, usize)>,
    /// Room for what is tried.
    tried: Found,
}

impl Automaton {
    /// The column of a symbol.
    #[inline]
    fn column(&mut self, symbol: usize) -> usize {
        match self.columns[symbol] {
            UNKNOWN => self.add_column(symbol),
            column => usize::from(column),
        }
    }

    #[cold]
    fn add_column(&mut self, symbol: usize) -> usize {
        let column = self.met;
        if column == self.stride {
            let old = std::mem::take(&mut self.next);
            self.next = vec![UNKNOWN; old.len() * 2];
            for (new, old) in self.next.chunks_mut(column * 2).zip(old.chunks(column)) {
                new[..column].copy_from_slice(old);
            }
            self.stride = column * 2;
        }
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a lexicon has at most MOST_WORDS kinds, of four symbols each"
        )]
        let narrow = column as u16;
        self.columns[symbol] = narrow;
        self.met += 1;
        column
    }
}

#[derive(Debug, Default)]
struct State {
    /// Tests that may come next, as places of ops; with [`WITHIN`] inside a number. Those of one test stand
    /// together.
    items: Box<[u32]>,
    /// The test of each group of them, [`NONE`] inside a number, and how many there are.
    groups: Box<[(u16, usize)]>,
    ended: Box<[u16]>,
}

const UNKNOWN: u16 = u16::MAX;
/// No test.
const NONE: u16 = u16::MAX;
const WITHIN: u32 = 1 << 31;
/// States that are kept before all are forgotten; few in tests, which are to see that.
const MOST_STATES: usize = if cfg!(test) { 60 } else { 8000 };
/// Tokens that a match may look at: more than any pattern has, with numbers in words.
const REACH: usize = 48;
/// Columns that an automaton begins with; few in tests, which are to see it grow.
const STRIDE: usize = if cfg!(test) { 2 } else { 128 };
const DEAD: u16 = 0;
const START: u16 = 1;
/// Symbols of marks (in ASCII, others are one) and of numbers by what they may be; each loose or
/// tight.
const MARKS: usize = 128 * 2;
const NUMBERS: usize = 1 << 10;

struct Parser<'p> {
    parts: Vec<String>,
    at: usize,
    macros: &'p BTreeMap<String, String>,
    ops: Vec<Op>,
}

/// Cuts a pattern into its signs, with macros put in.
fn signs(pattern: &str, macros: &BTreeMap<String, String>, depth: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        if c == '\'' {
            let mark: String = chars.by_ref().take_while(|c| *c != '\'').collect();
            out.push(format!("'{mark}"));
        } else if "()|?~<>^".contains(c) {
            out.push(c.to_string());
        } else {
            let mut word = c.to_string();
            while let Some(c) = chars.next_if(|c| !c.is_whitespace() && !"()|?~<>'^".contains(*c)) {
                word.push(c);
            }
            match macros.get(&word) {
                Some(body) if depth < 8 => {
                    out.push("(".to_owned());
                    out.extend(signs(body, macros, depth + 1));
                    out.push(")".to_owned());
                }
                _ => out.push(word),
            }
        }
    }
    out
}

impl Parser<'_> {
    fn peek(&self) -> Option<&str> {
        self.parts.get(self.at).map(String::as_str)
    }

    fn alternatives(&mut self, lexicon: &mut Lexicon) -> Result<(), String> {
        let start = self.ops.len();
        self.sequence(lexicon)?;
        let mut jumps = Vec::new();
        let mut from = start;
        while self.peek() == Some("|") {
            self.at += 1;
            // The first goes behind a split, and jumps over the second.
            self.insert(from, Op::Split(from + 1, 0));
            jumps.push(self.ops.len());
            self.ops.push(Op::Jump(0));
            let next = self.ops.len();
            self.ops[from] = Op::Split(from + 1, next);
            from = next;
            self.sequence(lexicon)?;
        }
        let end = self.ops.len();
        for jump in jumps {
            self.ops[jump] = Op::Jump(end);
        }
        Ok(())
    }

    /// Inserts an op and moves the targets behind it.
    fn insert(&mut self, at: usize, op: Op) {
        let moved = |to: usize| if to >= at { to + 1 } else { to };
        for op in &mut self.ops[at..] {
            match op {
                Op::Split(a, b) => (*a, *b) = (moved(*a), moved(*b)),
                Op::Jump(a) => *a = moved(*a),
                _ => {}
            }
        }
        self.ops.insert(at, op);
    }

    fn sequence(&mut self, lexicon: &mut Lexicon) -> Result<(), String> {
        while let Some(part) = self.peek() {
            if part == "|" || part == ")" {
                break;
            }
            let start = self.ops.len();
            self.one(lexicon)?;
            if self.peek() == Some("?") {
                self.at += 1;
                self.insert(start, Op::Split(start + 1, 0));
                let end = self.ops.len();
                self.ops[start] = Op::Split(start + 1, end);
            }
        }
        Ok(())
    }

    fn one(&mut self, lexicon: &mut Lexicon) -> Result<(), String> {
        let (mut tight, mut capital) = (false, false);
        loop {
            match self.peek() {
                Some("~") => tight = true,
                Some("^") => capital = true,
                _ => break,
            }
            self.at += 1;
        }
        let part = self.peek().ok_or("ends too early")?.to_owned();
        self.at += 1;
        let test = match part.as_str() {
            "(" => {
                self.alternatives(lexicon)?;
                if self.peek() != Some(")") {
                    return Err("a parenthesis is not closed".to_owned());
                }
                self.at += 1;
                return Ok(());
            }
            "<" => {
                self.ops.push(Op::Open);
                return Ok(());
            }
            ">" => {
                self.ops.push(Op::Close);
                return Ok(());
            }
            "APOS" => Test::Mark(b'\''),
            "NUM" => Test::Num,
            "DIGITS" => Test::Digits,
            "DAY" => Test::Day,
            "MM" => Test::Minute,
            "HOUR" => Test::Hour,
            "YEAR" => Test::Year,
            "YY" => Test::TwoDigits,
            "ORD" => Test::Ordinal,
            "DECADE" => Test::Decade,
            mark if mark.starts_with('\'') => match mark.as_bytes() {
                [_, byte] => Test::Mark(*byte),
                _ => return Err(format!("{mark} is not one mark")),
            },
            word if word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') => Test::Class(
                1 << lexicon.find_class(word).ok_or_else(|| format!("there is no class {word}"))?,
            ),
            word if word.bytes().all(|b| b.is_ascii_lowercase() || b >= 0x80) => {
                Test::Word(lexicon.intern(word).map_err(|e| e.to_string())?)
            }
            other => return Err(format!("{other} can't stand in a pattern")),
        };
        self.ops.push(Op::Test(Step { test, tight, capital }));
        Ok(())
    }
}

fn compile(
    pattern: &str,
    macros: &BTreeMap<String, String>,
    lexicon: &mut Lexicon,
) -> Result<Vec<Op>, String> {
    let parts = signs(pattern, macros, 0);
    let mut parser = Parser { parts, at: 0, macros, ops: Vec::new() };
    parser.alternatives(lexicon)?;
    if parser.at != parser.parts.len() {
        return Err(format!(
            "a closing parenthesis too many in {pattern} ({:?})",
            parser.macros.len()
        ));
    }
    parser.ops.push(Op::Match);
    Ok(parser.ops)
}

impl RuleSet {
    /// Compiles patterns, given as number of the rule and pattern.
    ///
    /// The classes must be in `lexicon` already; words that patterns name are added to it.
    pub fn new<'p>(
        patterns: impl Iterator<Item = (usize, &'p str, &'p str)>,
        macros: &BTreeMap<String, String>,
        lexicon: &mut Lexicon,
        numbers: &NumberWords,
    ) -> Result<Self, DataError> {
        let mut set = Self::default();
        let mut last = usize::MAX;
        let mut count = 0;
        for (rule, id, pattern) in patterns {
            count = if rule == last { count + 1 } else { 0 };
            last = rule;
            let ops = compile(pattern, macros, lexicon)
                .map_err(|what| DataError::Rule { rule: id.to_owned(), what })?;
            set.programs.push(Program { rule, pattern: count, ops });
        }
        set.index(lexicon, numbers)?;
        Ok(set)
    }

    /// How many tokens of a match can stand before its first trigger, which is a digit, or a word or
    /// class that `is_trigger` takes, or before its first number word, where that is nearer: 'half a
    /// million' has two. What is farther before one begins no match.
    ///
    /// # Errors
    ///
    /// Rule and pattern of one that can match without a trigger.
    pub fn lead(
        &self,
        is_trigger: impl Fn(Option<u16>, Option<Bits>) -> bool,
    ) -> Result<usize, (usize, usize)> {
        let mut most = 0;
        for program in &self.programs {
            // Most tokens before each op, where it can be reached without a trigger; ops lead on only.
            let mut before: Vec<Option<usize>> = vec![None; program.ops.len()];
            before[0] = Some(0);
            for at in 0..program.ops.len() {
                let Some(tokens) = before[at] else { continue };
                let mut reach = |to: usize, tokens: usize| {
                    before[to] = before[to].max(Some(tokens));
                };
                match program.ops[at] {
                    Op::Match => return Err((program.rule, program.pattern)),
                    Op::Split(a, b) => {
                        reach(a, tokens);
                        reach(b, tokens);
                    }
                    Op::Jump(a) => reach(a, tokens),
                    Op::Open | Op::Close => reach(at + 1, tokens),
                    Op::Test(Step { test, .. }) => {
                        most = most.max(tokens);
                        match test {
                            Test::Word(word) if is_trigger(Some(word), None) => {}
                            Test::Class(class) if is_trigger(None, Some(class)) => {}
                            Test::Word(_) | Test::Class(_) | Test::Mark(_) => {
                                reach(at + 1, tokens + 1);
                            }
                            Test::Num => {
                                most = most.max(tokens + 3);
                                reach(at + 1, 0);
                            }
                            _ => {}
                        }
                    }
                }
            }
        }
        Ok(most)
    }

    fn index(&mut self, lexicon: &Lexicon, numbers: &NumberWords) -> Result<(), DataError> {
        // Classes that no pattern names tell no words apart.
        let mut used = numbers.classes();
        let mut named: Vec<u16> = numbers.words().to_vec();
        let mut steps = HashMap::new();
        let mut at = 0;
        for (number, program) in self.programs.iter().enumerate() {
            self.offsets.push(at);
            at += u32::try_from(program.ops.len()).map_err(|_| DataError::Full("rules"))?;
            let number = u16::try_from(number).map_err(|_| DataError::Full("patterns"))?;
            self.owners.resize(at as usize, number);
            for op in &program.ops {
                match op {
                    Op::Test(Step { test: Test::Word(word), .. }) => named.push(*word),
                    Op::Test(Step { test: Test::Class(class), .. }) => used |= class,
                    _ => {}
                }
                let Op::Test(step) = op else {
                    self.step_of.push(NONE);
                    continue;
                };
                let own = *steps.entry(*step).or_insert_with(|| {
                    self.steps.push(*step);
                    self.steps.len() - 1
                });
                let own = u16::try_from(own).ok().filter(|&own| own != NONE);
                self.step_of.push(own.ok_or(DataError::Full("tests of patterns"))?);
            }
        }
        let mut kinds: BTreeMap<(Bits, Bits, u16), u16> = BTreeMap::new();
        for word in 0..lexicon.len() {
            let word = u16::try_from(word).map_err(|_| DataError::Full("words"))?;
            let own = if named.contains(&word) { word } else { 0 };
            let (classes, capital) = lexicon.classes_of(word);
            let count = u16::try_from(kinds.len()).map_err(|_| DataError::Full("words"))?;
            self.kinds.push(*kinds.entry((classes & used, capital & used, own)).or_insert(count));
        }
        self.width = kinds.len() * 4 + MARKS + NUMBERS;
        Ok(())
    }

    /// Lends an automaton; give it back with [`RuleSet::give_back`], so that it need not be built
    /// again.
    #[must_use]
    pub fn borrow(&self) -> Automaton {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Takes back what [`RuleSet::borrow`] lent.
    pub fn give_back(&self, automaton: Automaton) {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).push(automaton);
    }

    /// What a token is to the automaton: tokens of one symbol pass the same tests.
    fn symbol(&self, token: &Token) -> usize {
        let tight = usize::from(token.has(TIGHT));
        match token.kind {
            Kind::Mark => usize::from(token.mark & 127) * 2 + tight,
            Kind::Number => {
                let bits = [
                    Test::Digits.passes(token),
                    Test::Day.passes(token),
                    Test::Minute.passes(token),
                    Test::Hour.passes(token),
                    Test::Year.passes(token),
                    Test::TwoDigits.passes(token),
                    token.has(ORDINAL),
                    Test::Decade.passes(token),
                    token.flags & (ORDINAL | PLURAL) == 0,
                ];
                let bits = bits.iter().fold(0, |sum, bit| sum * 2 + usize::from(*bit));
                MARKS + bits * 2 + tight
            }
            Kind::Word => {
                let kind = self.kinds.get(token.word as usize).copied().unwrap_or(0);
                MARKS
                    + NUMBERS
                    + usize::from(kind) * 4
                    + tight * 2
                    + usize::from(token.has(CAPITAL))
            }
        }
    }

    fn op(&self, item: u32) -> (usize, usize) {
        let program = usize::from(self.owners[item as usize]);
        (program, (item - self.offsets[program]) as usize)
    }

    /// Adds the tests that may come at op `at` of a program, or its end.
    fn follow(&self, program: usize, at: usize, items: &mut Vec<u32>, ended: &mut Vec<u16>) {
        match self.programs[program].ops.get(at) {
            #[allow(clippy::cast_possible_truncation, reason = "checked when the index was built")]
            Some(Op::Test(_)) => items.push(self.offsets[program] + at as u32),
            Some(Op::Split(a, b)) => {
                self.follow(program, *a, items, ended);
                self.follow(program, *b, items, ended);
            }
            Some(Op::Jump(a)) => self.follow(program, *a, items, ended),
            Some(Op::Open | Op::Close) => self.follow(program, at + 1, items, ended),
            #[allow(clippy::cast_possible_truncation, reason = "checked when the index was built")]
            Some(Op::Match) => ended.push(program as u16),
            None => {}
        }
    }

    /// The state of these tests and ends, made where it is new.
    fn state(&self, automaton: &mut Automaton, mut items: Vec<u32>, mut ended: Vec<u16>) -> u16 {
        if items.is_empty() && ended.is_empty() {
            return DEAD;
        }
        let step = |item: u32| {
            if item & WITHIN == 0 { self.step_of[item as usize] } else { NONE }
        };
        items.sort_unstable_by_key(|&item| (step(item), item));
        items.dedup();
        ended.sort_unstable();
        ended.dedup();
        let key: Box<[u32]> = items
            .iter()
            .copied()
            .chain([u32::MAX])
            .chain(ended.iter().map(|e| u32::from(*e)))
            .collect();
        if let Some(id) = automaton.index.get(&key) {
            return *id;
        }
        let groups = items.chunk_by(|&a, &b| step(a) == step(b));
        let groups = groups.map(|group| (step(group[0]), group.len())).collect();
        #[allow(clippy::cast_possible_truncation, reason = "at most MOST_STATES")]
        let id = automaton.states.len() as u16;
        automaton.index.insert(key, id);
        automaton.states.push(State { items: items.into(), groups, ended: ended.into() });
        automaton.next.resize(automaton.states.len() * automaton.stride, UNKNOWN);
        id
    }

    fn reset(&self, automaton: &mut Automaton) {
        *automaton = Automaton {
            stride: STRIDE,
            columns: vec![UNKNOWN; self.width],
            next: vec![UNKNOWN; STRIDE],
            states: vec![State::default()],
            ..Automaton::default()
        };
        let (mut items, mut ended) = (Vec::new(), Vec::new());
        for program in 0..self.programs.len() {
            self.follow(program, 0, &mut items, &mut ended);
        }
        // The start state is the first after the dead one.
        self.state(automaton, items, ended);
    }

    fn advance(
        &self,
        automaton: &mut Automaton,
        numbers: &NumberWords,
        state: u16,
        token: &Token,
    ) -> u16 {
        let (mut items, mut ended) = (Vec::new(), Vec::new());
        let from = std::mem::take(&mut automaton.states[state as usize]);
        let mut at = 0;
        // Hundreds of patterns begin alike: each test is made once.
        for &(step, count) in &from.groups {
            let group = &from.items[at..at + count];
            at += count;
            let is_on = match self.steps.get(usize::from(step)) {
                None => numbers.goes_on(token),
                Some(step) if !step.is_written(token) => false,
                Some(Step { test: Test::Num, .. }) => {
                    numbers.begins(token) && token.flags & (ORDINAL | PLURAL) == 0
                }
                Some(step) => step.test.passes(token),
            };
            if !is_on {
                continue;
            }
            let step = self.steps.get(usize::from(step));
            for item in group {
                let number = item & !WITHIN;
                // Where a number ends is left to the run.
                if step.is_none_or(|step| step.test == Test::Num) {
                    items.push(number | WITHIN);
                }
                let (program, at) = self.op(number);
                self.follow(program, at + 1, &mut items, &mut ended);
            }
        }
        automaton.states[state as usize] = from;
        self.state(automaton, items, ended)
    }

    /// Collects the patterns that may match at `at` into `automaton.ended`.
    fn ending(
        &self,
        automaton: &mut Automaton,
        numbers: &NumberWords,
        tokens: &[Token],
        at: usize,
    ) {
        automaton.ended.clear();
        if automaton.states.is_empty() || automaton.states.len() > MOST_STATES {
            self.reset(automaton);
        }
        let mut state = START;
        for (number, token) in tokens.iter().enumerate().skip(at).take(REACH) {
            let column = automaton.column(self.symbol(token));
            let cell = state as usize * automaton.stride + column;
            let mut next = automaton.next[cell];
            if next == UNKNOWN {
                next = self.advance(automaton, numbers, state, token);
                automaton.next[cell] = next;
            }
            if next == DEAD {
                return;
            }
            state = next;
            let State { ended, .. } = &automaton.states[state as usize];
            automaton.ended.extend(ended.iter().map(|id| (*id, number + 1)));
        }
    }

    /// The match at token `at` that looks furthest; of equal ones the first rule's. One past its span.
    pub fn longest(
        &self,
        automaton: &mut Automaton,
        lexicon: &Lexicon,
        numbers: &NumberWords,
        tokens: &[Token],
        at: usize,
        accept: &mut dyn FnMut(&Found) -> bool,
    ) -> Option<usize> {
        self.ending(automaton, numbers, tokens, at);
        if automaton.ended.is_empty() {
            return None;
        }
        // Those that may reach furthest first: most others need not be run then. A pattern ends no later
        // than the automaton saw it do so, but may do so earlier.
        let mut ended = std::mem::take(&mut automaton.ended);
        ended.sort_unstable_by_key(|(id, end)| (*id, Reverse(*end)));
        ended.dedup_by_key(|(id, _)| *id);
        ended.sort_unstable_by_key(|(id, end)| (Reverse(*end), *id));
        let mut run = Run {
            lexicon,
            numbers,
            tokens,
            found: std::mem::take(&mut automaton.tried),
            open: None,
            close: None,
        };
        let mut best: Option<(Reverse<usize>, u16)> = None;
        let mut last = None;
        for &(id, reach) in &ended {
            if best.is_some_and(|best| best <= (Reverse(reach), id)) {
                // Later ones end as far at most, but an earlier rule may be among them.
                if best.is_some_and(|(end, _)| end < Reverse(reach)) {
                    break;
                }
                continue;
            }
            let program = &self.programs[usize::from(id)];
            run.found.captures.clear();
            (run.open, run.close) = (None, None);
            let Some(end) = run.step(&program.ops, 0, at) else { continue };
            if best.is_some_and(|best| best <= (Reverse(end), id)) {
                continue;
            }
            run.found.rule = program.rule;
            run.found.pattern = program.pattern;
            run.found.start = run.open.unwrap_or(at);
            run.found.end = run.close.unwrap_or(end);
            run.found.looked = end;
            if run.found.start < run.found.end && accept(&run.found) {
                best = Some((Reverse(end), id));
                last = Some(run.found.end);
            }
        }
        automaton.tried = run.found;
        automaton.ended = ended;
        last
    }
}

struct Run<'t> {
    lexicon: &'t Lexicon,
    numbers: &'t NumberWords,
    tokens: &'t [Token],
    found: Found,
    open: Option<usize>,
    close: Option<usize>,
}

impl Run<'_> {
    /// Runs `ops` from `op` at token `at`; one past the last token where they match.
    fn step(&mut self, ops: &[Op], mut op: usize, mut at: usize) -> Option<usize> {
        loop {
            match *ops.get(op)? {
                Op::Match => return Some(at),
                Op::Jump(to) => op = to,
                Op::Open => {
                    self.open = Some(at);
                    op += 1;
                }
                Op::Close => {
                    self.close = Some(at);
                    op += 1;
                }
                Op::Split(first, second) => {
                    let kept = (self.found.captures.len(), self.open, self.close);
                    if let Some(end) = self.step(ops, first, at) {
                        return Some(end);
                    }
                    self.found.captures.truncate(kept.0);
                    (self.open, self.close) = (kept.1, kept.2);
                    op = second;
                }
                Op::Test(step) => {
                    at = self.test(step, at)?;
                    op += 1;
                }
            }
        }
    }

    fn test(&mut self, step: Step, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        if !step.is_written(token) {
            return None;
        }
        let test = step.test;
        if test == Test::Num {
            let found = self.numbers.parse(self.lexicon, self.tokens, at)?;
            self.found.captures.push(Capture { slot: slot::NUM, token: at, value: found.value });
            return Some(found.next);
        }
        if !test.passes(token) {
            return None;
        }
        let slot = match test {
            Test::Word(_) | Test::Mark(_) | Test::Num => return Some(at + 1),
            #[allow(clippy::cast_possible_truncation, reason = "a bit's number")]
            Test::Class(class) => class.trailing_zeros() as u8,
            Test::Digits => slot::DIGITS,
            Test::Day => slot::DAY,
            Test::Minute => slot::MINUTE,
            Test::Hour => slot::HOUR,
            Test::Year => slot::YEAR,
            Test::TwoDigits => slot::TWO_DIGITS,
            Test::Ordinal => slot::ORDINAL,
            Test::Decade => slot::DECADE,
        };
        let caught = match test {
            Test::Class(class) => f64::from(self.lexicon.value(token.word, class)),
            _ => token.number,
        };
        self.found.captures.push(Capture { slot, token: at, value: caught });
        Some(at + 1)
    }
}
