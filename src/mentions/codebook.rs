//! The codebook: known names, the entities that they mean, and the matcher that finds them.
//!
//! In: CSV lists (the embedded ones, a user's laid over them) and a text's words. Out: mentions of
//! listed entities with exact spans. The matcher is a trie over the hashes of word skeletons (see
//! [`super::tokens`]); every hit is compared letter by letter, so hashes decide nothing. A walk can
//! start at a capitalised word only and is never longer than the longest alias: linear time.
//!
//! What an ambiguous name means is said in `ambiguous.csv`, for every spelling that reads the same:
//! of the lines whose `requires` is empty or holds an entity that the document mentions by a name of
//! its own, the one of lowest rank counts; where none does, the name is no mention. So 'Tripoli' is
//! the Lebanese city where the document names Lebanon and not Libya, and 'Assad' alone is the
//! president unless only another Assad is named. 'Homs' is the city, and the governorate where
//! 'province' or 'governorate' stands beside it. A capital stays a place where it stands for a
//! government. Months are no names; a state's or city's name before an unknown capitalised word is
//! part of a longer name (see `names`), such as 'Jordan Peterson'.

use super::bits;
use super::tokens::{Gap, Shape, Token, Tokens, normalise, plain, scan};
use super::{Document, EntityRef, Finder, Mention, MentionKind, Method};
use crate::mentions::lexicon::{Class, Lexicon};
use crate::source::{csv_fault, line_of, long_cell, open_quote};
use foldhash::fast::RandomState;
use rayon::prelude::*;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Who or what a mention speaks of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entity {
    /// Stable slug, such as `bashar-al-assad`.
    pub id: String,
    /// Usual English name.
    pub name: String,
    /// Person, organization, armed group, state, place, agreement or event.
    pub kind: MentionKind,
    /// Further names that mean it wherever they stand.
    pub aliases: Vec<String>,
    /// Adjectives and people nouns.
    pub demonyms: Vec<String>,
    /// Names that mean it in documents that also mention it by name.
    pub short_forms: Vec<String>,
    /// One of [`SIDES`].
    pub side: Option<String>,
    /// ISO 3166-1 alpha-3.
    pub country: Option<String>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Title of the English Wikipedia article.
    pub wikipedia: Option<String>,
    /// The codebook's file and the id, which is the `rule` of its mentions: `states:syria`.
    pub source: String,
    /// `short_forms` cut into words.
    pub(super) forms: Vec<ShortForm>,
}

impl Entity {
    /// Its name and its aliases.
    fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.name).chain(&self.aliases)
    }
}

/// A listed short form cut into words.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ShortForm {
    /// The words without articles and titles, as they are written.
    pub(super) words: Vec<String>,
    /// Hash of each word's skeleton.
    pub(super) hashes: Vec<u32>,
    /// Whether it is a common noun that needs 'the'.
    pub(super) noun: bool,
}

impl ShortForm {
    fn new(short: &str, kind: MentionKind, lexicon: &Lexicon) -> Option<Self> {
        let mut words = Vec::new();
        scan(short, 0, lexicon, &mut words);
        words.retain(|w| !w.article);
        // 'King Abdullah': the title is no part of the name, and no name alone.
        if kind == MentionKind::Person {
            let titles = Class::TITLE.or(Class::HONORIFIC).or(Class::MODIFIER);
            let name = words.iter().position(|w| !w.is(titles) || w.is(Class::GIVEN));
            words.drain(..name.unwrap_or(words.len()));
        }
        let heads = Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::AGREEMENT).or(Class::EVENT);
        let noun = words.len() == 1 && words[0].is(heads) && kind != MentionKind::Person;
        (!words.is_empty()).then(|| Self {
            words: words.iter().map(|w| w.span().of(short).to_string()).collect(),
            hashes: words.iter().map(|w| w.hash).collect(),
            noun,
        })
    }
}

/// What `side` may be.
pub const SIDES: &[&str] = &[
    "syrian_government",
    "government_ally",
    "opposition",
    "jihadist",
    "kurdish",
    "foreign_state",
    "international",
    "civil_society",
    "media",
];

/// The kinds that an entity may have.
pub const ENTITY_KINDS: &[MentionKind] = &[
    MentionKind::Person,
    MentionKind::Organization,
    MentionKind::ArmedGroup,
    MentionKind::State,
    MentionKind::Place,
    MentionKind::Agreement,
    MentionKind::Event,
];

/// A line of a list that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}{}: {message}", in_column(column))]
pub struct ListError {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Name of the column; empty where the line as a whole is at fault.
    pub column: String,
    /// What is wrong.
    pub message: String,
}

/// Where no column is at fault, none is named.
fn in_column(column: &str) -> String {
    if column.is_empty() { String::new() } else { format!(", column {column}") }
}

/// One line of `ambiguous.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The name.
    pub alias: String,
    /// What it means where the condition holds.
    pub entity_id: String,
    /// Ids of entities one of which the document must mention; none: it holds always.
    pub requires: Vec<String>,
    /// Lower ranks are tried first.
    pub rank: u32,
    /// Where it stands.
    pub at: Place,
}

/// A file of a list and a line of it, from 1.
type Place = (Arc<str>, u64);

/// Lists as read, before they are compiled.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    entities: BTreeMap<String, (Box<Entity>, Place)>,
    conditions: Vec<Condition>,
}

/// A line of a list.
#[derive(Debug)]
enum Row {
    Entity(Box<Entity>, Place),
    Condition(Condition),
    /// The id of an entity that an overlay takes away.
    Removal(String, Place),
}

/// The columns of a file of entities.
pub const COLUMNS: &[&str] = &[
    "entity_id",
    "name",
    "kind",
    "aliases",
    "demonyms",
    "short_forms",
    "side",
    "country",
    "latitude",
    "longitude",
    "wikipedia",
];
const CONDITION_COLUMNS: &[&str] = &["alias", "entity_id", "requires", "rank"];

impl Lists {
    /// Reads lists, each given by its file name and content.
    ///
    /// A file whose name is `ambiguous.csv` holds conditions, every other one entities.
    ///
    /// # Errors
    ///
    /// Every line that is wrong, in the order of files and lines.
    pub fn read<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, Vec<ListError>> {
        let (mut lists, mut removals, mut errors) = (Self::default(), Vec::new(), Vec::new());
        for (file, text) in files {
            read_rows(file, text, &mut |row| lists.take(row, &mut removals, &mut errors));
        }
        for (id, (file, line)) in removals {
            errors.push(ListError {
                file: file.to_string(),
                line,
                column: "entity_id".into(),
                message: format!("'-{id}' removes an entity, which only an overlay can"),
            });
        }
        errors.extend(lists.check(&BTreeSet::new()));
        if errors.is_empty() { Ok(lists) } else { Err(errors) }
    }

    /// The built-in lists. That they agree with each other is seen to by a test and not in every run.
    ///
    /// # Errors
    ///
    /// Lines that are wrong, which a test rules out.
    pub fn embedded() -> Result<Self, Vec<ListError>> {
        // They are cut into rows on all cores: whoever starts a run waits for it.
        let files: Vec<Vec<Result<Row, ListError>>> = EMBEDDED
            .par_iter()
            .map(|(file, text)| {
                let mut rows = Vec::new();
                read_rows(file, text, &mut |row| rows.push(row));
                rows
            })
            .collect();
        let (mut lists, mut removals, mut errors) = (Self::default(), Vec::new(), Vec::new());
        for row in files.into_iter().flatten() {
            lists.take(row, &mut removals, &mut errors);
        }
        debug_assert!(removals.is_empty(), "only an overlay removes entities");
        if errors.is_empty() { Ok(lists) } else { Err(errors) }
    }

    /// Lays a user's lists over these: a known `entity_id` replaces the entity, a new one adds it,
    /// one with a leading `-` removes it. A condition replaces all conditions of its alias.
    ///
    /// # Errors
    ///
    /// Every line that is wrong, by itself or together with what it is laid over.
    pub fn overlay<'f>(
        mut self,
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Result<Self, Vec<ListError>> {
        let (mut over, mut removals, mut errors) = (Self::default(), Vec::new(), Vec::new());
        for (file, text) in files {
            read_rows(file, text, &mut |row| over.take(row, &mut removals, &mut errors));
        }
        for (id, (file, line)) in removals {
            if self.entities.remove(&id).is_none() {
                let message = format!("no entity '{id}' to remove");
                let file = file.to_string();
                errors.push(ListError { file, line, column: "entity_id".into(), message });
            }
            // Where a name's meaning hung on it alone, that meaning goes with it.
            self.conditions.retain_mut(|c| {
                let needs = !c.requires.is_empty();
                c.requires.retain(|own| *own != id || over.entities.contains_key(own));
                c.entity_id != id && (!needs || !c.requires.is_empty())
            });
        }
        let own: BTreeSet<String> = over.entities.keys().cloned().collect();
        self.entities.extend(over.entities);
        let replaced: BTreeSet<&str> = over.conditions.iter().map(|c| c.alias.as_str()).collect();
        self.conditions.retain(|c| !replaced.contains(c.alias.as_str()));
        self.conditions.extend(over.conditions.iter().cloned());
        errors.extend(self.check(&own));
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// Adds a row, or says why it cannot be.
    fn take(
        &mut self,
        row: Result<Row, ListError>,
        removals: &mut Vec<(String, Place)>,
        errors: &mut Vec<ListError>,
    ) {
        match row {
            Ok(Row::Entity(entity, at)) => match self.entities.entry(entity.id.clone()) {
                Entry::Vacant(free) => {
                    free.insert((entity, at));
                }
                Entry::Occupied(known) => {
                    let (_, (other, line)) = known.get();
                    let id = known.key();
                    errors.push(ListError {
                        file: at.0.to_string(),
                        line: at.1,
                        column: "entity_id".into(),
                        message: format!("'{id}' stands in {other}, line {line} already"),
                    });
                }
            },
            Ok(Row::Condition(condition)) => self.conditions.push(condition),
            Ok(Row::Removal(id, at)) => removals.push((id, at)),
            Err(error) => errors.push(error),
        }
    }

    /// What is wrong with the lists as a whole: names of two entities, ids that lead nowhere.
    ///
    /// Where two lists are at odds the fault is in that of the user's entities, `own`.
    fn check(&self, own: &BTreeSet<String>) -> Vec<ListError> {
        let mut errors = Vec::new();
        let conditional: HashSet<&str> = self.conditions.iter().map(|c| c.alias.as_str()).collect();
        let mut owner: HashMap<&str, (&str, &Place)> = HashMap::new();
        let built_in = self.entities.iter().filter(|(id, _)| !own.contains(*id));
        let laid_over = self.entities.iter().filter(|(id, _)| own.contains(*id));
        for (_, (entity, at)) in built_in.chain(laid_over) {
            let (file, line) = at;
            let error = |column: &str, message| ListError {
                file: file.to_string(),
                line: *line,
                column: column.into(),
                message,
            };
            for alias in entity.names() {
                let alias = alias.trim_start_matches('~');
                if conditional.contains(alias) {
                    continue;
                }
                match owner.insert(alias, (&entity.id, at)) {
                    Some((other, (file, line))) if other != entity.id => errors.push(error(
                        "aliases",
                        format!(
                            "'{alias}' is a name of '{other}' ({file}, line {line}) too; say in \
                             ambiguous.csv which it means when"
                        ),
                    )),
                    _ => {}
                }
            }
        }
        let mut meanings = HashMap::new();
        for c in &self.conditions {
            let error = |column: &str, message| ListError {
                file: c.at.0.to_string(),
                line: c.at.1,
                column: column.into(),
                message,
            };
            if c.alias.is_empty() {
                errors.push(error("alias", "empty, expected a name".into()));
            }
            if let Some((file, line)) = meanings.insert((&c.alias, &c.entity_id, c.rank), &c.at) {
                let message =
                    format!("this name, entity and rank stand in {file}, line {line} already");
                errors.push(error("", message));
            }
            if !self.entities.contains_key(&c.entity_id) {
                errors.push(error("entity_id", format!("no entity '{}'", c.entity_id)));
            }
            for id in &c.requires {
                if !self.entities.contains_key(id) {
                    errors.push(error("requires", format!("no entity '{id}'")));
                }
            }
        }
        errors
    }
}

/// Calls `each` with every row of a list, or with what is wrong with it.
fn read_rows(file: &str, text: &str, each: &mut dyn FnMut(Result<Row, ListError>)) {
    let columns = if file == "ambiguous.csv" { CONDITION_COLUMNS } else { COLUMNS };
    let error = |line: u64, column: &str, message: String| ListError {
        file: file.into(),
        line,
        column: column.into(),
        message,
    };
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    match reader.headers() {
        Ok(header) if header.iter().eq(columns.iter().copied()) => {}
        Ok(header) => {
            let line = header.position().map_or(1, |position| line_of(position, text.as_bytes()));
            let unknown = header.iter().find(|name| !columns.contains(name));
            let missing = columns.iter().find(|name| !header.iter().any(|own| own == **name));
            let message = match (unknown, missing) {
                (Some(name), _) => format!("unknown column '{name}'"),
                (None, Some(name)) => format!("column '{name}' is missing"),
                (None, None) => "the columns are in another order".to_owned(),
            };
            let wanted = columns.join(",");
            each(Err(error(line, "", format!("{message}; the header must be {wanted}"))));
            return;
        }
        Err(e) => {
            each(Err(error(1, "", e.to_string())));
            return;
        }
    }
    let place: Arc<str> = file.into();
    // The line of the last row if a cell of it holds a line break.
    let mut broken = None;
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(e) => {
                let (line, message) = csv_fault(&e, text.as_bytes());
                each(Err(error(line.unwrap_or(0), "", message)));
                continue;
            }
        };
        let line = record.position().map_or(0, |position| line_of(position, text.as_bytes()));
        broken = record.iter().any(|cell| cell.contains('\n')).then_some(line);
        if let Some((at, message)) = long_cell(&record) {
            each(Err(error(line, columns[at], message)));
            continue;
        }
        let field = |name: &str| {
            columns.iter().position(|c| *c == name).and_then(|i| record.get(i)).unwrap_or("").trim()
        };
        let at = (Arc::clone(&place), line);
        if file == "ambiguous.csv" {
            let rank = field("rank");
            let Ok(rank) = (if rank.is_empty() { Ok(0) } else { rank.parse() }) else {
                let message = format!("'{rank}' is no number; expected a whole one, 0 or more");
                each(Err(error(line, "rank", message)));
                continue;
            };
            each(Ok(Row::Condition(Condition {
                alias: field("alias").into(),
                entity_id: field("entity_id").into(),
                requires: split(field("requires"), '|'),
                rank,
                at,
            })));
            continue;
        }
        let id = field("entity_id");
        if let Some(gone) = id.strip_prefix('-') {
            each(Ok(Row::Removal(gone.into(), at)));
            continue;
        }
        each(match read_entity(file, &field) {
            Ok(entity) => Ok(Row::Entity(Box::new(entity), at)),
            Err((column, message)) => Err(error(line, column, message)),
        });
    }
    if let Some((line, message)) = open_quote(text.as_bytes(), broken) {
        each(Err(error(line, "", message.to_owned())));
    }
}

fn split(list: &str, by: char) -> Vec<String> {
    list.split(by).map(str::trim).filter(|item| !item.is_empty()).map(String::from).collect()
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_string())
}

fn read_entity<'r>(
    file: &str,
    field: &impl Fn(&str) -> &'r str,
) -> Result<Entity, (&'static str, String)> {
    let id = field("entity_id");
    let slug = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if id.is_empty() || !id.bytes().all(slug) {
        return Err(("entity_id", format!("'{id}' is no slug of a-z, 0-9 and '-'")));
    }
    if field("name").is_empty() {
        return Err(("name", "empty, expected the usual English name".into()));
    }
    let kind = ENTITY_KINDS.iter().find(|k| k.as_str() == field("kind")).ok_or_else(|| {
        let kinds: Vec<&str> = ENTITY_KINDS.iter().map(|kind| kind.as_str()).collect();
        let kinds = kinds.join(", ");
        ("kind", format!("'{}' is no kind of entity; expected one of {kinds}", field("kind")))
    })?;
    let side = some(field("side"));
    if let Some(side) = side.as_deref().filter(|s| !SIDES.contains(s)) {
        let message =
            format!("'{side}' is no side; expected one of {}, or nothing", SIDES.join(", "));
        return Err(("side", message));
    }
    let country = some(field("country"));
    if let Some(country) =
        country.as_deref().filter(|c| c.len() != 3 || !c.bytes().all(|b| b.is_ascii_uppercase()))
    {
        return Err((
            "country",
            format!("'{country}' is no ISO 3166-1 alpha-3 code; expected one as SYR"),
        ));
    }
    let degrees = |name: &'static str, limit: f64| match field(name) {
        "" => Ok(None),
        text => match text.parse::<f64>() {
            Ok(value) if value.abs() <= limit => Ok(Some(value)),
            _ => Err((name, format!("'{text}' is no number of degrees up to {limit}"))),
        },
    };
    for column in ["aliases", "demonyms", "short_forms"] {
        let list = field(column);
        if !list.is_empty()
            && list.split(';').any(|name| name.trim().trim_start_matches('~').is_empty())
        {
            return Err((column, "an empty name between two ';'".into()));
        }
    }
    let (latitude, longitude) = (degrees("latitude", 90.0)?, degrees("longitude", 180.0)?);
    if latitude.is_some() != longitude.is_some() {
        return Err(("latitude", "latitude and longitude need each other".into()));
    }
    let stem = file.strip_suffix(".csv").unwrap_or(file);
    Ok(Entity {
        id: id.into(),
        name: field("name").into(),
        kind: *kind,
        aliases: split(field("aliases"), ';'),
        demonyms: split(field("demonyms"), ';'),
        short_forms: split(field("short_forms"), ';'),
        side,
        country,
        latitude,
        longitude,
        wikipedia: some(field("wikipedia")),
        source: format!("{stem}:{id}"),
        forms: Vec::new(),
    })
}

/// What a name can mean.
#[derive(Clone, Debug)]
pub struct Reading<'c> {
    /// The entity.
    pub entity: &'c Entity,
    /// What leads from the name to it.
    pub why: Why<'c>,
    /// Ids of entities one of which the document must mention; empty: see `condition`.
    pub requires: Vec<&'c str>,
    /// The condition in words where nothing is required.
    pub condition: &'static str,
}

/// What leads from a name to an entity: the name in the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'c> {
    /// It is listed as it is written.
    Listed(&'c str),
    /// It is another spelling of a listed name.
    Variant(&'c str),
    /// It is a demonym.
    Demonym(&'c str),
    /// It is a short form.
    ShortForm(&'c str),
}

/// What a name in the trie leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// The name itself or an alias.
    Name(u32),
    /// A demonym.
    Demonym(u32),
    /// A name that means several things: range of [`Codebook::choices`].
    Choice(u32, u32),
}

/// A name in the trie.
#[derive(Clone, Debug)]
struct Alias {
    uses: Use,
    /// Bits of the words that must begin with a capital.
    capitals: u32,
    /// Bits of the words that must be all capitals.
    uppers: u32,
    /// Bits of the words with capitals inside, which must be written as they are: `LeT`, `YouTube`.
    mixed: u32,
    /// Bits of the words with a possessive ending.
    possessives: u32,
    /// What must stand between its words.
    gaps: Box<[Gap]>,
    any_case: bool,
    /// Whether its first word is a direction that may be written small: eastern Ghouta.
    direction: bool,
    /// Whether an article must stand before it.
    article: bool,
    /// Skeletons of the words with blanks between.
    skeleton: Box<str>,
    /// Plain forms of the words with blanks between.
    plain: Box<str>,
    /// The next alias that ends at the same node, plus one.
    next: u32,
}

/// One reading of an ambiguous name.
#[derive(Clone, Debug)]
struct Choice {
    entity: u32,
    requires: Vec<u32>,
    source: String,
}

/// Compiled lists.
#[derive(Clone, Debug)]
pub struct Codebook {
    entities: Vec<Entity>,
    aliases: Vec<Alias>,
    choices: Vec<Choice>,
    /// For each node the first alias that ends there, plus one.
    ends: Vec<u32>,
    /// Open addressing by node and word.
    edges: Vec<Edge>,
    /// One bit for each value of the low bits of a first word's hash.
    firsts: Vec<u64>,
    /// The same, of fewer bits, for first words that may be written small.
    small_firsts: Vec<u64>,
    /// The person whom a surname means; none where several have it.
    surnames: HashMap<String, Option<u32>>,
}

/// So many that no thread waits, and so few that their names, before they are in the trie, take little memory.
const ENTITIES_AT_ONCE: usize = 1 << 14;
const FIRST_BITS: u32 = 1 << 18;
const SMALL_FIRST_BITS: u32 = 1 << 15;

/// From a node by a word to another, with what a walk needs to know of that: it lies far from this one.
#[derive(Clone, Copy, Debug, Default)]
struct Edge {
    node: u32,
    /// Hash of the word.
    hash: u32,
    /// The node that it leads to; 0 where the slot is free.
    child: u32,
    /// The first alias that ends at the child, plus one.
    end: u32,
    /// Bits of the hashes of the words that lead on from the child.
    onward: u32,
}

/// The bit of [`Edge::onward`] of a word.
const fn onward_bit(hash: u32) -> u32 {
    1 << (hash >> 27)
}

fn mix(node: u32, hash: u32) -> usize {
    let key = (u64::from(node) << 32 | u64::from(hash)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (key >> 24) as usize
}

/// A name found in a text.
#[derive(Clone, Copy, Debug)]
struct Hit {
    alias: u32,
    /// First word.
    first: usize,
    /// One past the last word.
    last: usize,
}

/// A name cut into words, to be put into the trie.
struct Name {
    alias: Alias,
    /// Hashes of its words, one or more.
    hashes: Vec<u32>,
    /// Whether its first word may be written small.
    may_be_small: bool,
}

/// What has to be known of all names to cut one into words.
struct Known<'e> {
    entities: &'e [Entity],
    lexicon: &'e Lexicon,
    /// Names of states and their people.
    peoples: HashSet<&'e str, RandomState>,
    /// Whose a name is.
    owners: HashMap<&'e str, u32, RandomState>,
}

impl<'e> Known<'e> {
    fn new(entities: &'e [Entity], lexicon: &'e Lexicon) -> Self {
        let (mut peoples, mut owners) = (HashSet::default(), HashMap::default());
        owners.reserve(entities.iter().map(|entity| 1 + entity.aliases.len()).sum());
        for (number, entity) in (0..).zip(entities) {
            for name in entity.names() {
                owners.insert(name.as_str(), number);
            }
            if entity.kind == MentionKind::State {
                peoples.extend(entity.names().chain(&entity.demonyms).map(String::as_str));
            }
        }
        Self { entities, lexicon, peoples, owners }
    }

    /// All names of an entity but those that mean it under conditions only.
    fn names_of(&self, number: usize, conditional: &HashSet<String>) -> Vec<Name> {
        let entity = &self.entities[number];
        let number = to_u32(number);
        // Only states and places have people named after them; 'Ba'athist' is no demonym.
        let peopled = matches!(entity.kind, MentionKind::State | MentionKind::Place);
        let demonyms = entity.demonyms.iter().filter(|_| peopled);
        let names = entity.names().map(|name| (name, Use::Name(number), entity.kind));
        names
            .chain(demonyms.map(|name| (name, Use::Demonym(number), MentionKind::Demonym)))
            .filter(|(name, ..)| !conditional.contains(&reading(name)))
            .flat_map(|(name, uses, kind)| self.names(name, uses, kind))
            .collect()
    }

    /// A listed name in the spellings that it has.
    fn names(&self, name: &str, uses: Use, kind: MentionKind) -> impl Iterator<Item = Name> {
        let (name, any_case) = match name.strip_prefix('~') {
            Some(rest) => (rest, true),
            None => (name, false),
        };
        // Q stands for the letter that others write G: Qaddafi, Gaddafi.
        let other =
            name.contains(['Q', 'q']) && !name.to_lowercase().contains("qu") && name.len() > 5;
        let other = other.then(|| name.replace('Q', "G").replace('q', "g"));
        let other = other.and_then(|other| self.name(&other, any_case, uses, kind));
        self.name(name, any_case, uses, kind).into_iter().chain(other)
    }

    /// None where it is a description.
    fn name(&self, name: &str, any_case: bool, uses: Use, kind: MentionKind) -> Option<Name> {
        let mut words = Vec::new();
        scan(name, 0, self.lexicon, &mut words);
        // In a name of its own 'El ' is Spanish; 'al-' and 'Al ' are the Arabic article.
        for word in &mut words {
            let text = word.span().of(name);
            let hyphen = name[word.end as usize..].starts_with('-');
            word.article &= hyphen || !text.eq_ignore_ascii_case("el");
        }
        let led = words.first().is_some_and(|w| w.article);
        let words: Vec<Token> = words.into_iter().filter(|w| !w.article).collect();
        // 'UN-led process' is a description.
        let led_by = |w: &Token| matches!(w.span().of(name), "led" | "backed" | "sponsored");
        if words.is_empty() || words.len() > 30 || words.iter().any(led_by) {
            return None;
        }
        // 'Lebanon's Hezbollah' is two names.
        if words.len() > 1 && words[0].possessive && self.peoples.contains(words[0].span().of(name))
        {
            return None;
        }
        let mut skeleton = String::with_capacity(name.len());
        let mut plain = String::with_capacity(name.len());
        let (mut capitals, mut uppers, mut mixed, mut possessives) = (0, 0, 0, 0);
        let mut gaps = Vec::with_capacity(words.len());
        for (i, word) in words.iter().enumerate() {
            if i > 0 {
                skeleton.push(' ');
                plain.push(' ');
            }
            spell(word, name, &mut skeleton, &mut plain);
            capitals |= u32::from(word.is_capital()) << i;
            uppers |= u32::from(word.shape == Shape::Upper) << i;
            mixed |= u32::from(is_mixed(word, name)) << i;
            possessives |= u32::from(word.possessive) << i;
            gaps.push(word.gap);
        }
        // 'Syrian army' and 'Idlib province' are a name and a common noun; 'Syrian Army' is a name.
        let last = words.len() - 1;
        let nouns = match kind {
            MentionKind::Organization | MentionKind::ArmedGroup => {
                Class::ORG_HEAD.or(Class::ARMED_HEAD).or(Class::REGIME)
            }
            MentionKind::Place => Class::PLACE_HEAD.or(Class::PLACE_NOUN),
            _ => Class::NONE,
        };
        // 'Syrian conflict' is a description, 'Geneva talks' are named.
        let described = matches!(kind, MentionKind::Event | MentionKind::Agreement)
            && self.peoples.contains(words[0].span().of(name));
        if last > 0 && (words[last].is(nouns) || described) {
            capitals |= 1 << last;
        }
        let direction = kind == MentionKind::Place
            && last > 0
            && words[0].is(Class::DIRECTION)
            && !self.peoples.contains(words[1].span().of(name))
            && match self.owners.get(&name[words[1].start as usize..]) {
                None => true,
                Some(&other) => matches!(uses, Use::Name(e) if e == other),
            };
        // A name begins with a capital; 'province of Hama' and 'eastern Ghouta' are seen to.
        if words[0].shape == Shape::Lower
            && !any_case
            && !(kind == MentionKind::Place && words[0].is(Class::DIRECTION.or(Class::PLACE_NOUN)))
        {
            return None;
        }
        let article = led && words.len() == 1 && skeleton.len() < 5;
        let alias = Alias {
            uses,
            capitals,
            uppers,
            mixed,
            possessives,
            gaps: gaps.into(),
            any_case,
            direction,
            article,
            skeleton: skeleton.into(),
            plain: plain.into(),
            next: 0,
        };
        let may_be_small = any_case || direction || words[0].shape == Shape::Lower;
        Some(Name { alias, hashes: words.iter().map(|w| w.hash).collect(), may_be_small })
    }
}

impl Codebook {
    /// Compiles lists.
    #[must_use]
    pub fn new(lists: Lists, lexicon: &Lexicon) -> Self {
        let Lists { entities, mut conditions } = lists;
        let mut entities: Vec<Entity> = entities.into_values().map(|(entity, _)| *entity).collect();
        entities.par_iter_mut().for_each(|entity| {
            let forms = entity.short_forms.iter();
            entity.forms =
                forms.filter_map(|short| ShortForm::new(short, entity.kind, lexicon)).collect();
        });
        let mut book = Self {
            entities: Vec::new(),
            aliases: Vec::new(),
            choices: Vec::new(),
            ends: vec![0],
            edges: vec![Edge::default(); 1 << 12],
            firsts: vec![0; FIRST_BITS as usize / 64],
            small_firsts: vec![0; SMALL_FIRST_BITS as usize / 64],
            surnames: HashMap::new(),
        };
        for (number, entity) in (0..).zip(&entities) {
            for form in entity.short_forms.iter().filter(|_| entity.kind == MentionKind::Person) {
                book.surnames
                    .entry(reading(form))
                    .and_modify(|owner| *owner = None)
                    .or_insert(Some(number));
            }
        }
        let known = Known::new(&entities, lexicon);
        let index: HashMap<&str, u32> = entities.iter().map(|e| e.id.as_str()).zip(0..).collect();
        conditions.sort_by(|a, b| (&a.alias, a.rank).cmp(&(&b.alias, b.rank)));
        let mut conditional = HashSet::new();
        for group in conditions.chunk_by(|a, b| a.alias == b.alias) {
            let from = count(&book.choices);
            for c in group {
                let Some(&entity) = index.get(c.entity_id.as_str()) else { continue };
                let requires = c.requires.iter().filter_map(|id| index.get(id.as_str()).copied());
                book.choices.push(Choice {
                    entity,
                    requires: requires.collect(),
                    source: format!("ambiguous:{}:{}", c.alias, c.entity_id),
                });
            }
            let to = count(&book.choices);
            let first = book.choices.get(from as usize);
            let kind = first.map_or(MentionKind::Person, |c| entities[c.entity as usize].kind);
            let names = known.names(&group[0].alias, Use::Choice(from, to), kind);
            names.for_each(|name| book.add(name));
            conditional.insert(reading(&group[0].alias));
        }
        for from in (0..entities.len()).step_by(ENTITIES_AT_ONCE) {
            let some = from..entities.len().min(from + ENTITIES_AT_ONCE);
            let names = some.into_par_iter().map(|number| known.names_of(number, &conditional));
            let names: Vec<Vec<Name>> = names.collect();
            book.reserve(names.iter().map(Vec::len).sum());
            names.into_iter().flatten().for_each(|name| book.add(name));
        }
        book.complete_edges();
        book.entities = entities;
        book
    }

    /// The entities in the order of their ids.
    #[must_use]
    pub fn entities(&self) -> &[Entity] {
        &self.entities
    }

    /// The entity with this id.
    #[must_use]
    pub fn entity(&self, id: &str) -> Option<&Entity> {
        let at = self.entities.binary_search_by(|e| e.id.as_str().cmp(id)).ok()?;
        Some(&self.entities[at])
    }

    /// The one person who is called `surname` for short.
    #[must_use]
    pub fn surname(&self, surname: &str) -> Option<&Entity> {
        let owner = (*self.surnames.get(&reading(surname))?)?;
        self.entities.get(owner as usize)
    }

    /// Number of names that are looked for.
    #[must_use]
    pub fn alias_count(&self) -> usize {
        self.aliases.len()
    }

    /// The entities that `name`, taken alone, can mean, most likely first.
    #[must_use]
    pub fn lookup(&self, name: &str, lexicon: &Lexicon) -> Vec<&Entity> {
        let tokens = Tokens::new(name, &[crate::text::Span::new(0, name.len())], lexicon);
        let mut hits = Vec::new();
        let mut scratch = Scratch::default();
        self.hits(name, &tokens, 0..tokens.words.len(), false, &mut scratch, &mut hits);
        let whole = |hit: &&Hit| {
            hit.last == tokens.words.len()
                && tokens.words[..hit.first].iter().all(|word| word.article)
        };
        let mut found: Vec<&Entity> = Vec::new();
        for hit in hits.iter().filter(whole) {
            for entity in self.readings(self.aliases[hit.alias as usize].uses) {
                if !found.iter().any(|e| e.id == entity.id) {
                    found.push(entity);
                }
            }
        }
        found
    }

    /// What `name`, taken alone, can mean and why, most likely first: by the lists' names, then as a
    /// short form.
    #[must_use]
    pub fn readings_of<'c>(&'c self, name: &str, lexicon: &Lexicon) -> Vec<Reading<'c>> {
        let skeletons = |name: &str| {
            let (mut skeleton, mut plain) = (String::new(), String::new());
            for word in name.trim_start_matches('~').split([' ', '-']) {
                normalise(word, &mut skeleton, &mut plain);
                plain.push(' ');
            }
            (skeleton, plain)
        };
        let own = skeletons(name);
        let mut out: Vec<Reading<'c>> = Vec::new();
        for entity in self.lookup(name, lexicon) {
            let as_written = |list: &'c [String]| {
                let exact = list.iter().find(|listed| skeletons(listed).1 == own.1);
                exact.map(|listed| (listed.as_str(), true)).or_else(|| {
                    let close = list.iter().find(|listed| skeletons(listed).0 == own.0);
                    close.map(|listed| (listed.as_str(), false))
                })
            };
            let why = match (
                as_written(std::slice::from_ref(&entity.name)),
                as_written(&entity.aliases),
                as_written(&entity.demonyms),
            ) {
                (Some((listed, true)), ..) | (_, Some((listed, true)), _) => Why::Listed(listed),
                (_, _, Some((listed, _))) => Why::Demonym(listed),
                (Some((listed, _)), ..) | (_, Some((listed, _)), _) => Why::Variant(listed),
                _ => Why::Variant(&entity.name),
            };
            let conditions: Vec<&Choice> = self
                .choices
                .iter()
                .filter(|c| self.entities[c.entity as usize].id == entity.id)
                .filter(|c| {
                    c.source.split(':').nth(1).is_some_and(|alias| skeletons(alias).0 == own.0)
                })
                .collect();
            let (requires, condition) = match conditions[..] {
                [] => (Vec::new(), "none"),
                _ if conditions.iter().any(|c| c.requires.is_empty()) => {
                    (Vec::new(), "the document speaks of none of the others")
                }
                _ => (conditions.iter().flat_map(|c| &c.requires).collect(), ""),
            };
            let mut requires: Vec<&str> =
                requires.iter().map(|e: &&u32| self.entities[**e as usize].id.as_str()).collect();
            requires.dedup();
            let condition = if requires.is_empty() && out.is_empty() && condition != "none" {
                "none; it is the likeliest"
            } else {
                condition
            };
            out.push(Reading { entity, why, requires, condition });
        }
        for entity in &self.entities {
            if out.iter().any(|reading| reading.entity.id == entity.id) {
                continue;
            }
            let short = entity.short_forms.iter().find(|short| skeletons(short).0 == own.0);
            if let Some(short) = short {
                let why = Why::ShortForm(short);
                let condition = "the document mentions it by name";
                out.push(Reading { entity, why, requires: Vec::new(), condition });
            }
        }
        out
    }

    fn readings(&self, uses: Use) -> Vec<&Entity> {
        match uses {
            Use::Name(e) | Use::Demonym(e) => vec![&self.entities[e as usize]],
            Use::Choice(from, to) => self.choices[from as usize..to as usize]
                .iter()
                .map(|c| &self.entities[c.entity as usize])
                .collect(),
        }
    }

    fn edge(&self, node: u32, hash: u32) -> Option<&Edge> {
        let mask = self.edges.len() - 1;
        let mut slot = mix(node, hash) & mask;
        loop {
            match &self.edges[slot] {
                Edge { child: 0, .. } => return None,
                edge if edge.node == node && edge.hash == hash => return Some(edge),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    fn insert_edge(&mut self, node: u32, hash: u32) -> u32 {
        if let Some(edge) = self.edge(node, hash) {
            return edge.child;
        }
        if self.ends.len() * 2 > self.edges.len() {
            self.widen(self.edges.len() * 2);
        }
        let child = count(&self.ends);
        self.ends.push(0);
        self.place_edge(Edge { node, hash, child, end: 0, onward: 0 });
        child
    }

    /// Makes room for more names, most of which add a node or more.
    fn reserve(&mut self, names: usize) {
        self.aliases.reserve(names);
        self.ends.reserve(names);
        let slots = ((self.ends.len() + names) * 2).next_power_of_two();
        if slots > self.edges.len() {
            self.widen(slots);
        }
    }

    /// Gives the edges this many slots, a power of two.
    fn widen(&mut self, slots: usize) {
        let old = std::mem::replace(&mut self.edges, vec![Edge::default(); slots]);
        for edge in old.into_iter().filter(|e| e.child != 0) {
            self.place_edge(edge);
        }
    }

    fn place_edge(&mut self, edge: Edge) {
        let mask = self.edges.len() - 1;
        let mut slot = mix(edge.node, edge.hash) & mask;
        while self.edges[slot].child != 0 {
            slot = (slot + 1) & mask;
        }
        self.edges[slot] = edge;
    }

    /// Notes at every edge what it leads to.
    fn complete_edges(&mut self) {
        let mut onward = vec![0; self.ends.len()];
        for edge in self.edges.iter().filter(|e| e.child != 0) {
            onward[edge.node as usize] |= onward_bit(edge.hash);
        }
        for edge in self.edges.iter_mut().filter(|e| e.child != 0) {
            edge.end = self.ends[edge.child as usize];
            edge.onward = onward[edge.child as usize];
        }
    }

    fn add(&mut self, Name { mut alias, hashes, may_be_small }: Name) {
        bits::set(&mut self.firsts, hashes[0] as usize);
        if may_be_small {
            bits::set(&mut self.small_firsts, hashes[0] as usize);
        }
        let node = hashes.iter().fold(0, |node, hash| self.insert_edge(node, *hash));
        let end = &mut self.ends[node as usize];
        alias.next = *end;
        self.aliases.push(alias);
        *end = count(&self.aliases);
    }

    /// Adds every name that stands in the words of `range` to `out`, all readings of all lengths.
    fn hits(
        &self,
        text: &str,
        tokens: &Tokens,
        range: std::ops::Range<usize>,
        all_caps: bool,
        scratch: &mut Scratch,
        out: &mut Vec<Hit>,
    ) {
        let words = &tokens.words[..range.end];
        let mut starts = std::mem::take(&mut scratch.starts);
        starts.clear();
        for first in range {
            let word = &words[first];
            if word.gap == Gap::Glued {
                continue;
            }
            // Few names may begin with a small letter, so most small words end here.
            let filter = if word.shape == Shape::Lower { &self.small_firsts } else { &self.firsts };
            if !bits::has(filter, word.hash as usize) {
                continue;
            }
            if let Some(edge) = self.edge(0, word.hash) {
                starts.push((first, *edge));
            }
        }
        // The table is larger than the caches: while nothing else is done, look-ups do not wait for each other.
        for &(first, edge) in &starts {
            let mut walk = Walk { node: edge.child, onward: edge.onward, used: [0; 32], len: 1 };
            walk.used[0] = to_u32(first);
            if edge.end != 0 {
                self.accept(text, words, &walk, edge.end, all_caps, scratch, out);
            }
            self.descend(text, words, first + 1, &mut walk, all_caps, scratch, out);
        }
        scratch.starts = starts;
    }

    /// Goes further down the trie with word `at` and the following ones; an article between two words is
    /// passed over or, where a list writes it as a word, taken.
    #[allow(clippy::too_many_arguments, reason = "the state of a walk over borrowed data")]
    fn descend(
        &self,
        text: &str,
        words: &[Token],
        mut at: usize,
        walk: &mut Walk,
        all_caps: bool,
        scratch: &mut Scratch,
        out: &mut Vec<Hit>,
    ) {
        let first = walk.used[0] as usize;
        while at < words.len() && walk.len < 31 && at - first < 40 {
            let word = &words[at];
            if word.gap == Gap::Other {
                break;
            }
            let leads = walk.onward & onward_bit(word.hash) != 0;
            let edge = if leads { self.edge(walk.node, word.hash) } else { None };
            if word.article && edge.is_some() {
                let (node, onward, len) = (walk.node, walk.onward, walk.len);
                self.descend(text, words, at + 1, walk, all_caps, scratch, out);
                (walk.node, walk.onward, walk.len) = (node, onward, len);
            }
            if let Some(edge) = edge {
                (walk.node, walk.onward) = (edge.child, edge.onward);
                walk.used[walk.len] = to_u32(at);
                walk.len += 1;
                if edge.end != 0 {
                    self.accept(text, words, walk, edge.end, all_caps, scratch, out);
                }
            } else if !word.article {
                break;
            }
            at += 1;
        }
    }

    /// Adds the names that the words of a walk spell, of those from `end` on.
    #[allow(clippy::too_many_arguments, reason = "the state of a walk over borrowed data")]
    fn accept(
        &self,
        text: &str,
        words: &[Token],
        walk: &Walk,
        end: u32,
        all_caps: bool,
        scratch: &mut Scratch,
        out: &mut Vec<Hit>,
    ) {
        let mut next = end;
        let used = &walk.used[..walk.len];
        let (first, last) = (used[0] as usize, used[walk.len - 1] as usize);
        if words.get(last + 1).is_some_and(|w| w.gap == Gap::Glued) {
            return;
        }
        scratch.skeleton.clear();
        scratch.plain.clear();
        let from = out.len();
        let mut best = 0;
        while next != 0 {
            let number = next - 1;
            let alias = &self.aliases[number as usize];
            next = alias.next;
            // Most names are written as they are listed, which needs no folding to see.
            let mut exact = as_listed(&alias.plain, text, words, used);
            if !exact {
                if scratch.plain.is_empty() {
                    for (i, &at) in used.iter().enumerate() {
                        if i > 0 {
                            scratch.skeleton.push(' ');
                            scratch.plain.push(' ');
                        }
                        spell(&words[at as usize], text, &mut scratch.skeleton, &mut scratch.plain);
                    }
                }
                if *alias.skeleton != *scratch.skeleton {
                    continue;
                }
                exact = *alias.plain == *scratch.plain;
            }
            // A short name or a common word is not taken for a variant of another.
            if !exact && (alias.skeleton.len() < 5 || common(words, used)) {
                continue;
            }
            if alias.article && !(first > 0 && words[first - 1].article) {
                continue;
            }
            // SANA is no Sanaa: capitals fold case, not spelling.
            let shouted = !exact
                && !all_caps
                && used.iter().any(|&at| words[at as usize].shape == Shape::Upper);
            if shouted && alias.uppers == 0 || !fits(alias, text, words, used, all_caps) {
                continue;
            }
            // A name written as it is listed counts more than one in other letter case, and that
            // more than a variant of another: SANA is the agency before it is Sana.
            let cased = (0..).zip(used).all(|(i, &at)| {
                (alias.uppers >> i & 1 == 1) == (words[at as usize].shape == Shape::Upper)
            });
            let quality = u8::from(exact) + u8::from(exact && cased);
            if quality > best {
                out.truncate(from);
                best = quality;
            }
            if quality == best {
                out.push(Hit { alias: number, first, last: last + 1 });
            }
        }
    }
}

/// What is the same in names that only hyphens, apostrophes, marks and the case of small words tell
/// apart: 'Al-Mayadeen' and 'al Mayadeen'.
fn reading(name: &str) -> String {
    let name = name.trim_start_matches('~');
    let mut out = String::with_capacity(name.len() + 1);
    for word in name.split([' ', '-']) {
        let capitals = word.len() > 1 && word.chars().all(char::is_uppercase);
        plain(word, &mut out);
        out.push(if capitals { '^' } else { ' ' });
    }
    out
}

/// A walk down the trie: the words that it used.
struct Walk {
    node: u32,
    /// Of the edge that led there.
    onward: u32,
    used: [u32; 32],
    len: usize,
}

/// Strings that are used again for every hit.
#[derive(Default)]
struct Scratch {
    skeleton: String,
    plain: String,
    /// Words of a sentence that begin a name, and how a walk begins with them.
    starts: Vec<(usize, Edge)>,
}

/// Whether the words are those of `plain`, letter case aside.
fn as_listed(plain: &str, text: &str, words: &[Token], used: &[u32]) -> bool {
    let mut rest = plain.as_bytes();
    for &at in used {
        let word = words[at as usize].span().of(text).as_bytes();
        if rest.len() < word.len() || !rest[..word.len()].eq_ignore_ascii_case(word) {
            return false;
        }
        rest = &rest[word.len()..];
        match rest {
            [] => {}
            [b' ', further @ ..] => rest = further,
            _ => return false,
        }
    }
    rest.is_empty()
}

fn spell(word: &Token, text: &str, skeleton: &mut String, plain: &mut String) {
    let written = word.span().of(text);
    normalise(if written == "&" { "and" } else { written }, skeleton, plain);
}

/// Whether the word has a capital behind a small letter and is short enough to be another word
/// without.
fn is_mixed(word: &Token, text: &str) -> bool {
    word.shape == Shape::Capital
        && word.end - word.start <= 8
        && word.span().of(text).bytes().skip(1).any(|b| b.is_ascii_uppercase())
        && !word.span().of(text).contains(['\'', '’'])
}

fn common(words: &[Token], used: &[u32]) -> bool {
    used.len() == 1 && words[used[0] as usize].is(Class::COMMON.or(Class::FUNCTION))
}

/// Whether letter case, gaps and possessives of the words are those of the alias.
fn fits(alias: &Alias, text: &str, words: &[Token], used: &[u32], all_caps: bool) -> bool {
    // 'WHO WANTS THIS' is shouting, not an organisation.
    let shouted = |at: usize| {
        words[at].is(Class::FUNCTION.or(Class::COMMON))
            && (words.get(at + 1).is_some_and(|w| w.gap == Gap::Blank && w.shape == Shape::Upper)
                || at > 0 && words[at].gap == Gap::Blank && words[at - 1].shape == Shape::Upper)
    };
    let last = used.len() - 1;
    for (i, &at) in used.iter().enumerate() {
        let word = &words[at as usize];
        let bit = 1 << i;
        if alias.possessives & bit != 0 && !word.possessive
            || i < last && alias.possessives & bit == 0 && word.possessive
        {
            return false;
        }
        // An article in between is joined by its own gap; only the word before it counts.
        if i > 0 {
            let wanted = alias.gaps[i];
            let gap = words[used[i - 1] as usize + 1].gap;
            if gap != wanted && !(gap.is_soft() && wanted.is_soft()) {
                let abbreviated = gap == Gap::Dot
                    && wanted.is_soft()
                    && words[used[i - 1] as usize].end - words[used[i - 1] as usize].start <= 3;
                let unstopped = wanted == Gap::Dot && gap.is_soft();
                if !abbreviated && !unstopped {
                    return false;
                }
            }
        }
        if alias.any_case {
            continue;
        }
        let fine = if alias.uppers & bit != 0 {
            word.shape == Shape::Upper && !shouted(at as usize)
        } else if alias.mixed & bit != 0 {
            word.shape == Shape::Upper && all_caps || is_mixed(word, text)
        } else if alias.capitals & bit != 0 {
            match word.shape {
                // Short words in capitals are acronyms, unless everything is in capitals.
                Shape::Upper => all_caps || word.end - word.start > 3,
                Shape::Lower => i == 0 && alias.direction,
                _ => true,
            }
        } else {
            true
        };
        if !fine {
            return false;
        }
    }
    true
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn count<T>(list: &[T]) -> u32 {
    to_u32(list.len())
}

/// The finder of names that the codebook lists.
#[derive(Clone, Copy, Debug)]
pub struct ListedNames;

impl Finder for ListedNames {
    fn id(&self) -> &'static str {
        "codebook"
    }

    fn find<'d>(&self, document: &Document<'_, 'd>, out: &mut Vec<Mention<'d>>) {
        let book = &document.data.codebook;
        let (text, tokens) = (document.input.text, &document.tokens);
        let (mut hits, mut scratch) = (Vec::new(), Scratch::default());
        for sentence in &tokens.sentences {
            book.hits(text, tokens, sentence.range(), sentence.all_caps, &mut scratch, &mut hits);
        }
        // What the document mentions for certain decides what ambiguous names mean.
        let mut certain = Vec::with_capacity(hits.len());
        for hit in &hits {
            if let Use::Name(e) | Use::Demonym(e) = book.aliases[hit.alias as usize].uses {
                certain.push(e);
            }
        }
        certain.sort_unstable();
        certain.dedup();
        out.reserve(hits.len());
        for hit in &hits {
            if let Some(mention) = book.mention(document, *hit, &certain) {
                out.push(mention);
            }
        }
    }
}

impl Codebook {
    fn mention<'d>(
        &'d self,
        document: &Document<'_, 'd>,
        hit: Hit,
        certain: &[u32],
    ) -> Option<Mention<'d>> {
        let words = &document.tokens.words;
        let (entity, demonym, rule) = match self.aliases[hit.alias as usize].uses {
            // 'a branch of Al-Qaeda in Syria' speaks of Al-Qaeda.
            Use::Name(_) if branch_of(document, hit) => return None,
            Use::Name(e) => (e, false, None),
            Use::Demonym(e) => (e, true, None),
            Use::Choice(from, to) => {
                let choices = &self.choices[from as usize..to as usize];
                let holds = |c: &&Choice| {
                    c.requires.is_empty()
                        || c.requires.iter().any(|e| certain.binary_search(e).is_ok())
                };
                let choice = choices.iter().find(holds)?;
                let demonym = {
                    let entity = &self.entities[choice.entity as usize];
                    entity
                        .demonyms
                        .iter()
                        .any(|d| d.to_lowercase() == *self.aliases[hit.alias as usize].plain)
                };
                (choice.entity, demonym, Some(choice.source.as_str()))
            }
        };
        let mut entity = &self.entities[entity as usize];
        if entity.kind == MentionKind::Place
            && !demonym
            && document.is_province(hit.first, hit.last)
            && let Some(province) = self.province(entity, &document.data.lexicon)
        {
            entity = province;
        }
        let kind = if demonym { MentionKind::Demonym } else { entity.kind };
        let mut start = words[hit.first].start;
        // A list may give a name with the title: 'President Putin'. The title is the role.
        let mut first = hit.first;
        if kind == MentionKind::Person {
            while first + 1 < hit.last
                && words[first].is(Class::TITLE.or(Class::HONORIFIC).or(Class::MODIFIER))
                && !words[first].is(Class::GIVEN)
            {
                first += 1;
            }
            start = words[first].start;
        } else if kind == MentionKind::Place {
            // 'province of Hama': the common noun stays outside.
            while first + 1 < hit.last
                && words[first].is(Class::PLACE_NOUN.or(Class::CONNECTOR))
                && words[first].shape == Shape::Lower
            {
                first += 1;
            }
            start = words[first].start;
        }
        // An Arabic article before the name is part of it.
        if hit.first > 0
            && words[hit.first - 1].article
            && !demonym
            && document.same_sentence(hit.first - 1, hit.first)
            && words[hit.first - 1].end - words[hit.first - 1].start > 1
        {
            start = words[hit.first - 1].start;
        }
        let last = &words[hit.last - 1];
        let possessive = self.aliases[hit.alias as usize].possessives
            >> (self.aliases[hit.alias as usize].gaps.len() - 1)
            & 1
            == 1;
        // The year of an agreement is a date of its own: 'Geneva Communiqué of 2012'.
        let mut last = last;
        if matches!(kind, MentionKind::Agreement | MentionKind::Event)
            && hit.last - first > 3
            && last.shape == Shape::Digits
            && last.end - last.start == 4
            && words[hit.last - 2].is(Class::CONNECTOR)
        {
            last = &words[hit.last - 3];
        }
        let end = if possessive {
            last.end + possessive_len(document.input.text, last)
        } else {
            last.end
        };
        let mut mention = Mention::new(
            crate::text::Span { start, end },
            kind,
            Method::Codebook,
            rule.unwrap_or(&entity.source),
        );
        mention.entity = Some(EntityRef::Listed(entity));
        Some(mention)
    }
}

/// Nouns for the parts of a state, and more than one of them.
const PROVINCES: &[(&str, &str)] = &[
    ("governorate", "governorates"),
    ("oblast", "oblasts"),
    ("province", "provinces"),
    ("vilayet", "vilayets"),
    ("wilaya", "wilayas"),
    ("wilayat", "wilayats"),
];

impl Codebook {
    /// The province or governorate that is called after the city `entity`.
    fn province(&self, entity: &Entity, lexicon: &Lexicon) -> Option<&Entity> {
        ["Governorate", "Province", "Oblast", "Region", "State"].iter().find_map(|noun| {
            let found = self.lookup(&format!("{} {noun}", entity.name), lexicon);
            found.into_iter().find(|e| e.kind == MentionKind::Place && e.id != entity.id)
        })
    }
}

impl Document<'_, '_> {
    /// Whether the name in the words `first..last` is said to be a province: 'Idlib province',
    /// 'the province of Hama', 'Idlib and Aleppo provinces'.
    fn is_province(&self, first: usize, last: usize) -> bool {
        let words = &self.tokens.words;
        let word = |at: usize| words[at].span().of(self.input.text);
        if first >= 2 && word(first - 1) == "of" && words[first].gap == Gap::Blank {
            let before = word(first - 2);
            if PROVINCES.iter().any(|noun| noun.0.eq_ignore_ascii_case(before)) {
                return true;
            }
        }
        if words[last - 1].possessive {
            return false;
        }
        let mut listed = false;
        for (at, next) in words.iter().enumerate().skip(last).take(8) {
            match next.gap {
                Gap::Blank | Gap::Hyphen => {}
                Gap::Comma => listed = true,
                _ => return false,
            }
            if next.is_capital() || next.article {
                if at == last && !listed {
                    return false;
                }
                continue;
            }
            match word(at) {
                "and" | "or" => listed = true,
                noun if PROVINCES.iter().any(|(_, plural)| *plural == noun) => return true,
                noun if PROVINCES.iter().any(|(one, _)| *one == noun) => return !listed,
                _ => return false,
            }
        }
        false
    }
}

/// Whether 'branch of' stands before a name that has ' in ' inside.
fn branch_of(document: &Document<'_, '_>, hit: Hit) -> bool {
    let words = &document.tokens.words;
    let word = |at: usize| words[at].span().of(document.input.text);
    let first =
        if hit.first > 0 && words[hit.first - 1].article { hit.first - 1 } else { hit.first };
    first >= 2
        && word(first - 1) == "of"
        && matches!(word(first - 2), "branch" | "affiliate" | "offshoot" | "wing" | "arm")
        && (hit.first..hit.last).any(|at| word(at) == "in")
}

/// Bytes of the possessive ending after `word`.
fn possessive_len(text: &str, word: &Token) -> u32 {
    let rest = text.get(word.end as usize..).unwrap_or("");
    to_u32(rest.chars().take(2).map(char::len_utf8).sum())
}

/// The embedded lists by file name.
pub const EMBEDDED: &[(&str, &str)] = &[
    ("agreements.csv", include_str!("../data/entities/agreements.csv")),
    ("ambiguous.csv", include_str!("../data/entities/ambiguous.csv")),
    ("armed_groups.csv", include_str!("../data/entities/armed_groups.csv")),
    ("capitals.csv", include_str!("../data/entities/capitals.csv")),
    ("cities.csv", include_str!("../data/entities/cities.csv")),
    ("companies.csv", include_str!("../data/entities/companies.csv")),
    ("events.csv", include_str!("../data/entities/events.csv")),
    ("media.csv", include_str!("../data/entities/media.csv")),
    ("organizations.csv", include_str!("../data/entities/organizations.csv")),
    ("parties.csv", include_str!("../data/entities/parties.csv")),
    ("people.csv", include_str!("../data/entities/people.csv")),
    ("regional.csv", include_str!("../data/entities/regional.csv")),
    ("regions.csv", include_str!("../data/entities/regions.csv")),
    ("resolutions.csv", include_str!("../data/entities/resolutions.csv")),
    ("states.csv", include_str!("../data/entities/states.csv")),
    ("syria_places.csv", include_str!("../data/entities/syria_places.csv")),
    ("syrian_parties.csv", include_str!("../data/entities/syrian_parties.csv")),
    ("un.csv", include_str!("../data/entities/un.csv")),
];

#[cfg(test)]
mod tests {
    use super::super::{Data, Input, find};
    use super::*;
    use crate::text::Span;

    const HEADER: &str = "entity_id,name,kind,aliases,demonyms,short_forms,side,country,latitude,longitude,wikipedia";

    fn lists(rows: &str, conditions: &str) -> Result<Lists, Vec<ListError>> {
        let entities = format!("# Own examples.\n{HEADER}\n{rows}");
        let ambiguous = format!("alias,entity_id,requires,rank\n{conditions}");
        Lists::read([("own.csv", entities.as_str()), ("ambiguous.csv", ambiguous.as_str())])
    }

    const ROWS: &str = "\
ahrar-al-velka,Ahrar al-Velka,armed_group,,,,,,,,
bab-al-hadid,Bab al-Hadid,place,,,,,,,,
ministry-of-peace,Ministry of Peace,organization,MOP,,,,,,,
people-s-house,People's House,organization,,,,,,,,
qarmuta,Qarmuta,place,,Qarmutan; Qarmutans,,,,10.5,20.25,
salvadora,El Salvadora,state,,,,,,,,
tall-hassoun,Tall Hassoun,place,,,,,,,,
velkari,Velkari,person,,,,,,,,
west,WAN,organization,,,,,,,,
";

    /// The mentions of `text` as text and entity.
    fn check(text: &str, expected: &[(&str, &str)]) {
        let data = Data::new(lists(ROWS, "").unwrap());
        let sentences = [Span::new(0, text.len())];
        let input = Input { text, sentences: &sentences, published: None, language: "en" };
        let found = find(&input, &data);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|m| (m.span.of(text), m.entity.as_ref().map_or("", EntityRef::id)))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn spelling_variants_are_found_with_exact_spans() {
        for variant in [
            "Ahrar al-Velka",
            "Ahrar el-Velka",
            "Ahrar Al Velka",
            "Ahrar Velka",
            "Ahrar a-Velka",
            "Ahrar al-Vélka",
            "Ahrar al Velka",
            "AHRAR AL-VELKA",
            "Ahraar al-Velkah",
        ] {
            check(&format!("Then {variant}'s men left."), &[(variant, "ahrar-al-velka")]);
        }
        for variant in ["Qarmuta", "Karmuta", "Garmuta", "Qarmoota", "Qar’muta", "Qarmutah"] {
            check(&format!("He saw {variant}."), &[(variant, "qarmuta")]);
        }
        for variant in ["Tall Hassoun", "Tall-Hassoun", "Tall Hasun", "Tall\nHassoun"] {
            check(&format!("He saw {variant}."), &[(variant, "tall-hassoun")]);
        }
        check("the Qarmutans’ land", &[("Qarmutans", "qarmuta")]);
        check("al-Velkari spoke", &[("al-Velkari", "velkari")]);
        check("the People's House closed", &[("People's House", "people-s-house")]);
    }

    #[test]
    fn what_is_another_word_is_not_found() {
        for text in [
            "ahrar al-velka in small letters",
            "Qarmutas",
            "XQarmuta",
            "Mop and bucket",
            "Salvadora alone",
            "Tall, Hassoun came",
            "Wan faces",
            "the Qarmuta2 plan",
            "Tall. Hassoun",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn faults_name_file_line_and_column() {
        let wrong = |rows: &str, conditions: &str| -> Vec<String> {
            lists(rows, conditions).unwrap_err().iter().map(ToString::to_string).collect()
        };
        assert_eq!(
            wrong("a,A,person,,,,,,,,\na,B,person,,,,,,,,\n", ""),
            ["own.csv, line 4, column entity_id: 'a' stands in own.csv, line 3 already"]
        );
        assert_eq!(
            wrong("a,A,dragon,,,,,,,,\n", ""),
            [
                "own.csv, line 3, column kind: 'dragon' is no kind of entity; expected one of person, organization, \
                 armed_group, state, place, agreement, event"
            ]
        );
        assert_eq!(
            wrong("a,A,place,,,,,,95,,\n", ""),
            ["own.csv, line 3, column latitude: '95' is no number of degrees up to 90"]
        );
        assert_eq!(
            wrong("a,A,place,,,,ours,,,,\n", ""),
            [
                "own.csv, line 3, column side: 'ours' is no side; expected one of syrian_government, \
                 government_ally, opposition, jihadist, kurdish, foreign_state, international, \
                 civil_society, media, or nothing"
            ]
        );
        assert_eq!(
            wrong("a,A,place,,,,,Syria,,,\n", ""),
            [
                "own.csv, line 3, column country: 'Syria' is no ISO 3166-1 alpha-3 code; expected one as SYR"
            ]
        );
        assert_eq!(
            wrong("a,A,place,X,,,,,,,\nb,B,place,X,,,,,,,\n", ""),
            [
                "own.csv, line 4, column aliases: 'X' is a name of 'a' (own.csv, line 3) too; say in \
                 ambiguous.csv which it means when"
            ]
        );
        assert!(lists("a,A,place,X,,,,,,,\nb,B,place,X,,,,,,,\n", "X,a,b,1\nX,b,,2\n").is_ok());
        assert_eq!(
            wrong("a,A,place,,,,,,,,\n", "X,c,d,x\nX,c,d,1\n"),
            [
                "ambiguous.csv, line 2, column rank: 'x' is no number; expected a whole one, 0 or more",
                "ambiguous.csv, line 3, column entity_id: no entity 'c'",
                "ambiguous.csv, line 3, column requires: no entity 'd'",
            ]
        );
    }

    #[test]
    fn an_overlay_adds_changes_and_removes() {
        let base = lists("a,Aaaaa,place,,,,,,,,\nb,Bbbbb,place,,,,,,,,\n", "").unwrap();
        let over = format!(
            "{HEADER}\n-a,,,,,,,,,,\nb,Bobobo,person,~bob,,,,,,,\nc,Cacaca,place,,,,,,,,\n"
        );
        let lists = base.clone().overlay([("mine.csv", over.as_str())]).unwrap();
        let data = Data::new(lists);
        let ids: Vec<&str> = data.codebook.entities().iter().map(|e| e.id.as_str()).collect();
        assert_eq!(ids, ["b", "c"]);
        assert_eq!(data.codebook.lookup("Cacaca", &data.lexicon).len(), 1);
        assert_eq!(data.codebook.lookup("BOB", &data.lexicon).len(), 1, "any case");
        let text = "then bob came";
        let input = Input { text, sentences: &[Span::new(0, 13)], published: None, language: "en" };
        assert_eq!(find(&input, &data)[0].span, Span::new(5, 8));
        let gone = format!("{HEADER}\n-x,,,,,,,,,,\n");
        let errors = base.overlay([("mine.csv", gone.as_str())]).unwrap_err();
        assert_eq!(
            errors[0].to_string(),
            "mine.csv, line 2, column entity_id: no entity 'x' to remove"
        );
    }

    #[test]
    fn the_document_decides_what_a_name_means() {
        let rows = "a-town,A Town,place,,,,,,,,\nlibya,Libya,state,,Libyan,,,,,,\n\
            lebanon,Lebanon,state,,Lebanese,,,,,,\ntrip-a,Trip in Libya,place,,,,,,,,\n\
            trip-b,Trip in Lebanon,place,,,,,,,,\n";
        let data = Data::new(lists(rows, "Tripola,trip-b,lebanon,1\nTripola,trip-a,,2\n").unwrap());
        let meaning = |text: &str| {
            let sentences = [Span::new(0, text.len())];
            let input = Input { text, sentences: &sentences, published: None, language: "en" };
            let found = find(&input, &data);
            found[0].entity.as_ref().unwrap().id().to_string()
        };
        assert_eq!(meaning("Tripola is calm."), "trip-a");
        assert_eq!(meaning("Tripola is calm, said a Lebanese paper."), "trip-b");
    }

    #[test]
    fn embedded_lists_are_right() {
        let errors = Lists::read(EMBEDDED.iter().copied()).err().unwrap_or_default();
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
        let lists = Lists::read(EMBEDDED.iter().copied()).unwrap();
        assert!(Lists::embedded().unwrap() == lists);
        assert!(lists.entities.len() > 300);
    }
}
