//! The statistics as SQL of `DuckDB` over the dataset's Parquet files.

use std::path::Path;

use super::{OF_ENTITIES, OF_MENTIONS, Of, PairSort, Request, WordSort};
use crate::error::{Error, Result};
use crate::read::place;
use crate::select::{Condition, conditions_sql, identifier, quoted, sql_name};
use crate::write::Format;

/// What stands between words: `White_Space` of Unicode.
const BETWEEN_WORDS: &str =
    r"\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}";

pub(super) fn explain(out_dir: &Path, request: &Request) -> Result<String> {
    let sql = Sql { out_dir, request };
    let query = match &request.of {
        Of::Documents { by } => sql.documents(by)?,
        Of::Mentions { by, kinds, least } => sql.mentions(by, kinds, *least)?,
        Of::Timeline { by, entities } => sql.timeline(by, entities)?,
        Of::Cooccurrence { entity, least, sort } => {
            sql.cooccurrence(entity.as_deref(), *least, *sort)?
        }
        Of::Keyness { target, reference, least, least_ll, sort } => {
            sql.keyness([target, reference], *least, *least_ll, *sort)?
        }
        Of::Texts => sql.texts()?,
    };
    let limit = match request.limit {
        0 => String::new(),
        limit => format!("\nLIMIT {limit}"),
    };
    Ok(format!("{query}{limit};\n"))
}

struct Sql<'r> {
    out_dir: &'r Path,
    request: &'r Request,
}

impl Sql<'_> {
    /// A table as an expression.
    fn table(&self, name: &str) -> Result<String> {
        let place = place(self.out_dir, name, Format::Parquet);
        let path = place.to_string_lossy();
        if place.is_dir() {
            let all = quoted(&format!("{path}/**/*.parquet"));
            return Ok(format!("read_parquet({all}, hive_partitioning = false)"));
        }
        if place.exists() {
            return Ok(format!("read_parquet({})", quoted(&path)));
        }
        let message = format!("--explain is about Parquet files, and it has no {name}.parquet");
        Err(Error::Dataset { path: self.out_dir.to_owned(), message })
    }

    /// The documents that count, as the first part of WITH.
    fn selected(&self) -> Result<String> {
        let from = self.table("documents")?;
        let mut conditions = self.request.selection.sql();
        if !conditions.is_empty() {
            conditions = format!("\n  {conditions}");
        }
        Ok(format!("WITH documents AS (\n  SELECT * FROM {from}{conditions}\n)"))
    }

    fn documents(&self, by: &[String]) -> Result<String> {
        let keys = keys(by.iter().map(|name| (sql_name(name), name.as_str())));
        Ok(format!(
            "{}\nSELECT {}count(*) AS documents,\n  \
             CAST(coalesce(sum(sentence_count), 0) AS BIGINT) AS sentences,\n  \
             CAST(coalesce(sum(word_count), 0) AS BIGINT) AS words,\n  \
             CAST(coalesce(sum(mention_count), 0) AS BIGINT) AS mentions\n\
             FROM documents\nGROUP BY ALL{}\nORDER BY documents DESC{}",
            self.selected()?,
            keys.select,
            // Without keys there is one group, even of nothing; the table has none then.
            if by.is_empty() { "\nHAVING count(*) > 0" } else { "" },
            keys.order,
        ))
    }

    fn mentions(&self, by: &[String], kinds: &[String], least: usize) -> Result<String> {
        let mut columns: Vec<(String, &str)> = Vec::new();
        let mut periods = Vec::new();
        for name in by.iter().map(String::as_str) {
            if name == "entity" {
                columns.push(("m.entity_id".to_owned(), "entity_id"));
                columns.push(("e.name".to_owned(), "name"));
            } else if OF_MENTIONS.contains(&name) {
                columns.push((format!("m.{}", identifier(name)), name));
            } else if OF_ENTITIES.contains(&name) {
                columns.push((format!("e.{}", identifier(name)), name));
            } else {
                let own = identifier(&format!("by {name}"));
                periods.push(format!(", {} AS {own}", sql_name(name)));
                columns.push((format!("d.{own}"), name));
            }
        }
        let keys = keys(columns.into_iter());
        let join = if by.iter().any(|name| OF_ENTITIES.contains(&name.as_str())) {
            format!("\nLEFT JOIN {} AS e USING (entity_id)", self.table("entities")?)
        } else {
            String::new()
        };
        let kinds: Vec<String> = kinds.iter().map(|kind| quoted(kind)).collect();
        let kinds = match kinds.as_slice() {
            [] => String::new(),
            kinds => format!("\nWHERE m.kind IN ({})", kinds.join(", ")),
        };
        Ok(format!(
            "{}\nSELECT {}count(*) AS mentions, count(DISTINCT m.doc_id) AS documents\n\
             FROM {} AS m\nJOIN (SELECT doc_id{} FROM documents) AS d USING (doc_id){join}{kinds}\n\
             GROUP BY ALL\nHAVING count(*) >= {}\nORDER BY mentions DESC{}",
            self.selected()?,
            keys.select,
            self.table("mentions")?,
            periods.concat(),
            least.max(1),
            keys.order
        ))
    }

    fn timeline(&self, by: &str, entities: &[String]) -> Result<String> {
        let (selected, period) = (self.selected()?, sql_name(by));
        let dated = format!(
            "{selected},\ndated AS (\n  SELECT {period} AS period, * FROM documents WHERE {period} IS NOT NULL\n)"
        );
        if entities.is_empty() {
            return Ok(format!(
                "{dated}\nSELECT period, count(*) AS documents, CAST(sum(word_count) AS BIGINT) AS words,\n  \
                 CAST(sum(mention_count) AS BIGINT) AS mentions\n\
                 FROM dated\nGROUP BY period\nORDER BY period"
            ));
        }
        let mut ids: Vec<String> = entities.iter().map(|id| format!("({})", quoted(id))).collect();
        ids.sort();
        ids.dedup();
        Ok(format!(
            "{dated},\nentities (entity_id) AS (VALUES {}),\nfound AS (\n  \
             SELECT doc_id, entity_id, count(*) AS own FROM {}\n  \
             JOIN entities USING (entity_id) GROUP BY ALL\n)\n\
             SELECT period, entity_id, count(*) AS documents, count(own) AS mentioning,\n  \
             CAST(coalesce(sum(own), 0) AS BIGINT) AS mentions,\n  \
             round(100.0 * CAST(count(own) AS DOUBLE) / count(*), 4) AS share\n\
             FROM dated CROSS JOIN entities LEFT JOIN found USING (doc_id, entity_id)\n\
             GROUP BY ALL\nORDER BY period, entity_id",
            ids.join(", "),
            self.table("mentions")?,
        ))
    }

    fn cooccurrence(&self, entity: Option<&str>, least: usize, sort: PairSort) -> Result<String> {
        let own = entity.map_or_else(String::new, |id| {
            format!("\nWHERE {} IN (entity_a, entity_b)", quoted(id))
        });
        let sort = match sort {
            PairSort::Sentences => "sentences",
            PairSort::Pmi => "pmi",
            PairSort::LogLikelihood => "log_likelihood",
        };
        Ok(format!(
            "{selected},
there AS (
  SELECT DISTINCT sentence_id, entity_id FROM {mentions}
  WHERE entity_id IS NOT NULL AND doc_id IN (SELECT doc_id FROM documents)
),
singles AS (SELECT entity_id, count(*) AS n FROM there GROUP BY ALL),
pairs AS (
  SELECT a.entity_id AS entity_a, b.entity_id AS entity_b, count(*) AS sentences
  FROM there AS a JOIN there AS b ON a.sentence_id = b.sentence_id AND a.entity_id < b.entity_id
  GROUP BY ALL HAVING count(*) >= {least}
),
counts AS (
  SELECT pairs.*, a.n AS sentences_a, b.n AS sentences_b,
    CAST(sentences AS DOUBLE) AS k, CAST(a.n AS DOUBLE) AS r1, CAST(b.n AS DOUBLE) AS c1,
    CAST((SELECT sum(sentence_count) FROM documents) AS DOUBLE) AS n
  FROM pairs
  JOIN singles AS a ON a.entity_id = entity_a
  JOIN singles AS b ON b.entity_id = entity_b{own}
)
SELECT entity_a, entity_b, sentences, sentences_a, sentences_b,
  round(log2(k * n / (r1 * c1)), 4) AS pmi,
  {ll} AS log_likelihood
FROM counts
ORDER BY {sort} DESC, entity_a, entity_b",
            selected = self.selected()?,
            mentions = self.table("mentions")?,
            least = least.max(1),
            ll = LOG_LIKELIHOOD,
        ))
    }

    fn keyness(
        &self,
        [target, reference]: [&[Condition]; 2],
        least: usize,
        least_ll: f64,
        sort: WordSort,
    ) -> Result<String> {
        let all = |conditions: &[Condition]| match conditions {
            [] => "true".to_owned(),
            own => conditions_sql(own).join(" AND "),
        };
        let sort = match sort {
            WordSort::LogLikelihood => "log_likelihood",
            WordSort::LogRatio => "log_ratio",
        };
        let significant = if least_ll > 0.0 {
            format!("\nWHERE log_likelihood >= {least_ll:?}")
        } else {
            String::new()
        };
        Ok(format!(
            "{selected},
{words},
grouped AS (
  SELECT doc_id, CASE WHEN {target} THEN 1 WHEN {reference} THEN 2 END AS side FROM documents
),
sizes AS (
  SELECT CAST(count(*) FILTER (side = 1) AS DOUBLE) AS s1,
    CAST(count(*) FILTER (side = 2) AS DOUBLE) AS s2
  FROM words JOIN grouped USING (doc_id)
),
counts AS (
  SELECT word, count(*) FILTER (side = 1) AS target, count(*) FILTER (side = 2) AS reference
  FROM words JOIN grouped USING (doc_id) WHERE side IS NOT NULL
  GROUP BY word HAVING count(*) >= {least}
),
numbers AS (
  SELECT *, CAST(target AS DOUBLE) AS k, CAST(target + reference AS DOUBLE) AS r1, s1 AS c1, s1 + s2 AS n
  FROM counts, sizes
),
measured AS (
  SELECT word, target, reference,
    round(1e6 * target / nullif(s1, 0), 4) AS target_per_million,
    round(1e6 * reference / nullif(s2, 0), 4) AS reference_per_million,
    round(log2((CASE WHEN target = 0 THEN 0.5::DOUBLE ELSE target END / nullif(s1, 0))
      / (CASE WHEN reference = 0 THEN 0.5::DOUBLE ELSE reference END / nullif(s2, 0))), 4) AS log_ratio,
    {ll} AS log_likelihood
  FROM numbers
)
SELECT * FROM measured{significant}
ORDER BY {sort} DESC, word",
            selected = self.selected()?,
            words = words(),
            target = all(target),
            reference = all(reference),
            least = least.max(1),
            ll = LOG_LIKELIHOOD,
        ))
    }

    fn texts(&self) -> Result<String> {
        Ok(format!(
            "{selected},
{words},
counts AS (
  SELECT doc_id, count(*) AS words, count(DISTINCT word) AS types,
    count(*) FILTER (letters > 6) AS long, CAST(sum(letters) AS BIGINT) AS letters
  FROM words GROUP BY doc_id
),
numbers AS (
  SELECT doc_id, sentence_count AS sentences, coalesce(words, 0) AS words, coalesce(types, 0) AS types,
    CAST(long AS DOUBLE) AS l, CAST(letters AS DOUBLE) AS c, CAST(words AS DOUBLE) AS n,
    nullif(CAST(sentence_count AS DOUBLE), 0) AS s
  FROM documents LEFT JOIN counts USING (doc_id)
)
SELECT doc_id, sentences, words, types,
  round(types / n, 4) AS type_token_ratio,
  round(types / sqrt(n), 4) AS guiraud,
  round(n / s + 100.0::DOUBLE * l / n, 4) AS lix,
  round(4.71::DOUBLE * c / n + 0.5::DOUBLE * n / s - 21.43::DOUBLE, 4) AS ari
FROM numbers
ORDER BY doc_id",
            selected = self.selected()?,
            words = words(),
        ))
    }
}

/// G² of a row with the cell k, its row's sum r1, its column's sum c1, and the sum n of all.
const LOG_LIKELIHOOD: &str = "round(greatest(0, 2.0::DOUBLE * (
    CASE WHEN k > 0 THEN k * ln(k * n / (r1 * c1)) ELSE 0 END
    + CASE WHEN r1 - k > 0 THEN (r1 - k) * ln((r1 - k) * n / (r1 * (n - c1))) ELSE 0 END
    + CASE WHEN c1 - k > 0 THEN (c1 - k) * ln((c1 - k) * n / ((n - r1) * c1)) ELSE 0 END
    + CASE WHEN n - r1 - c1 + k > 0
      THEN (n - r1 - c1 + k) * ln((n - r1 - c1 + k) * n / ((n - r1) * (n - c1))) ELSE 0 END)), 4)";

/// The words of the documents, as they are compared, with their letters and digits.
fn words() -> String {
    format!(
        r"stretches AS (
  SELECT doc_id, unnest(regexp_extract_all(text, '[^{BETWEEN_WORDS}]+')) AS stretch FROM documents
),
words AS (
  SELECT doc_id,
    lower(replace(regexp_extract(stretch, '[\p{{L}}\p{{N}}](?:.*[\p{{L}}\p{{N}}])?\p{{M}}*'), '’', '''')) AS word,
    length(regexp_replace(stretch, '[^\p{{L}}\p{{N}}]', '', 'g')) AS letters
  FROM stretches WHERE regexp_matches(stretch, '[\p{{L}}\p{{N}}]')
)"
    )
}

/// Expressions with names, for the head of SELECT and the end of ORDER BY.
struct Keys {
    select: String,
    order: String,
}

fn keys<'n>(columns: impl Iterator<Item = (String, &'n str)>) -> Keys {
    let mut keys = Keys { select: String::new(), order: String::new() };
    for (expression, name) in columns {
        let name = identifier(name);
        // Values of categories are ordered as texts.
        keys.select += &format!("CAST({expression} AS VARCHAR) AS {name}, ");
        keys.order += &format!(", {name} NULLS LAST");
    }
    keys
}
