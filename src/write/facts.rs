//! What only people know of a dataset: its title, licence, creators, date.
//!
//! In: the table `[dataset]` of the configuration file. Out: [`Facts`], which the descriptors state.
//! Nothing is made up: what is not said stays out of them.

use jiff::civil::Date;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// What is stated of a dataset as a whole.
///
/// ```
/// use rapporteur::write::Facts;
///
/// let facts = Facts { title: Some("Talks on Syria".into()), ..Facts::default() };
/// assert_eq!(facts.missing(), ["description", "licence", "creators", "published", "homepage"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// A short name for programs: small letters, digits, `.`, `_` and `-`.
    #[serde(deserialize_with = "slug")]
    pub name: Option<String>,
    /// What people call it.
    #[serde(deserialize_with = "text")]
    pub title: Option<String>,
    /// What it is, in some sentences.
    #[serde(deserialize_with = "text")]
    pub description: Option<String>,
    /// Its version; repositories like `MAJOR.MINOR.PATCH`.
    #[serde(deserialize_with = "text")]
    pub version: Option<String>,
    /// The day on which it is published.
    #[serde(deserialize_with = "day")]
    pub published: Option<Date>,
    /// The licence's id in the SPDX licence list, such as `CC-BY-4.0`.
    #[serde(alias = "license", deserialize_with = "spdx")]
    pub licence: Option<String>,
    /// Where the licence stands; without it the page of the SPDX licence list.
    #[serde(alias = "license_url", deserialize_with = "url")]
    pub licence_url: Option<String>,
    /// The web page of the dataset.
    #[serde(deserialize_with = "url")]
    pub homepage: Option<String>,
    /// How it is to be cited: a sentence, or an entry of `BibTeX`.
    #[serde(deserialize_with = "text")]
    pub citation: Option<String>,
    /// Words under which it is to be found.
    pub keywords: Vec<String>,
    /// Who made it.
    pub creators: Vec<Agent>,
    /// Who else had a part in it.
    pub contributors: Vec<Agent>,
    /// Where the texts come from.
    pub sources: Vec<Source>,
}

/// A person or an organization.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// The full name.
    pub name: String,
    /// Which of the two it is.
    #[serde(default, rename = "type")]
    pub kind: AgentKind,
    /// What a person belongs to.
    #[serde(default, deserialize_with = "text")]
    pub affiliation: Option<String>,
    /// What a contributor did, such as `translator`.
    #[serde(default, deserialize_with = "text")]
    pub role: Option<String>,
    /// The ORCID iD of a person, in digits and hyphens.
    #[serde(default, deserialize_with = "orcid")]
    pub orcid: Option<String>,
    /// An address.
    #[serde(default, deserialize_with = "text")]
    pub email: Option<String>,
    /// A web page; without it that of the ORCID iD.
    #[serde(default, deserialize_with = "url")]
    pub url: Option<String>,
}

impl Agent {
    /// The web page that tells who it is.
    #[must_use]
    pub fn page(&self) -> Option<String> {
        let orcid = || self.orcid.as_ref().map(|id| format!("https://orcid.org/{id}"));
        self.url.clone().or_else(orcid)
    }
}

/// What an [`Agent`] is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is what its name says")]
pub enum AgentKind {
    #[default]
    Person,
    Organization,
}

/// Where texts come from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What it is called.
    pub title: String,
    /// Its web page.
    #[serde(default, deserialize_with = "url")]
    pub url: Option<String>,
}

impl Facts {
    /// The facts that are not stated and that repositories ask for: Croissant 1.1 wants each of them
    /// (section "Required" of its specification), Zenodo and Dataverse all but the last.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let licence = self.licence.as_ref().or(self.licence_url.as_ref());
        [
            ("title", self.title.is_none()),
            ("description", self.description.is_none()),
            ("licence", licence.is_none()),
            ("creators", self.creators.is_empty()),
            ("published", self.published.is_none()),
            ("homepage", self.homepage.is_none()),
        ]
        .into_iter()
        .filter_map(|(name, is_missing)| is_missing.then_some(name))
        .collect()
    }

    /// The web address of the licence, if it has one.
    #[must_use]
    pub fn licence_page(&self) -> Option<String> {
        let listed = || {
            let id = self.licence.as_ref().filter(|id| !id.starts_with(OWN_LICENCE))?;
            Some(format!("https://spdx.org/licenses/{id}.html"))
        };
        self.licence_url.clone().or_else(listed)
    }
}

/// What begins the id of a licence that is not in the SPDX list (SPDX 2.3, annex D).
const OWN_LICENCE: &str = "LicenseRef-";

fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(from)?;
    if text.trim().is_empty() {
        return Err(D::Error::custom("an empty text; leave the key out instead"));
    }
    Ok(Some(text))
}

fn slug<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let name = String::deserialize(from)?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    if name.is_empty() || !name.chars().all(fits) {
        let message = format!("{name:?} has other characters than a-z, 0-9, '.', '_' and '-'");
        return Err(D::Error::custom(message));
    }
    Ok(Some(name))
}

fn spdx<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let id = String::deserialize(from)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    if id.is_empty() || !id.chars().all(fits) {
        let message = format!("{id:?} is no id of the SPDX licence list, such as \"CC-BY-4.0\"");
        return Err(D::Error::custom(message));
    }
    Ok(Some(id))
}

fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let url = String::deserialize(from)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let is_sound = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
    let odd = |c: char| c.is_whitespace() || c.is_control() || "<>\"".contains(c);
    if !is_sound || url.contains(odd) {
        let message = format!("{url:?} is no web address; it begins with https:// or http://");
        return Err(D::Error::custom(message));
    }
    Ok(Some(url))
}

/// Four groups of four digits, the last of which may be an X. The check digit is not looked at.
fn orcid<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let id = String::deserialize(from)?;
    let bare = id.strip_prefix("https://orcid.org/").unwrap_or(&id);
    let fits = |(at, c): (usize, char)| match at {
        4 | 9 | 14 => c == '-',
        18 => c.is_ascii_digit() || c == 'X',
        _ => c.is_ascii_digit(),
    };
    if bare.len() != 19 || !bare.char_indices().all(fits) {
        let message = format!("{id:?} is no ORCID iD, such as \"0000-0002-1825-0097\"");
        return Err(D::Error::custom(message));
    }
    Ok(Some(bare.to_owned()))
}

/// A date of TOML, or a text that is one.
fn day<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Toml(toml::value::Datetime),
        Text(String),
    }
    let wrong = || D::Error::custom("no date, such as 2026-11-30");
    let text = match Day::deserialize(from).map_err(|_| wrong())? {
        Day::Toml(day) => day.to_string(),
        Day::Text(day) => day,
    };
    // A time of day would be read over.
    let date: Date = text.parse().map_err(|_| wrong())?;
    if date.to_string() == text { Ok(Some(date)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_read() {
        let text = r#"
            name = "talks-1"
            published = 2026-11-30
            licence = "CC-BY-4.0"
            creators = [{ name = "Lina Haddad", orcid = "https://orcid.org/0000-0002-1825-0097" }]
            contributors = [{ name = "An Archive", type = "organization", role = "sponsor" }]
        "#;
        let facts: Facts = toml::from_str(text).unwrap();
        assert_eq!(facts.published, Some(jiff::civil::date(2026, 11, 30)));
        let page = "https://spdx.org/licenses/CC-BY-4.0.html";
        assert_eq!(facts.licence_page().as_deref(), Some(page));
        let page = "https://orcid.org/0000-0002-1825-0097";
        assert_eq!(facts.creators[0].page().as_deref(), Some(page));
        assert_eq!(facts.contributors[0].kind, AgentKind::Organization);
        assert_eq!(facts.missing(), ["title", "description", "homepage"]);
        let quoted: Facts = toml::from_str("published = \"2026-11-30\"").unwrap();
        assert_eq!(quoted.published, facts.published);
        let other: Facts = toml::from_str("license = \"LicenseRef-own\"").unwrap();
        assert_eq!(other.licence_page(), None);
        let other: Facts = toml::from_str("license_url = \"https://example.org/l\"").unwrap();
        assert_eq!(other.licence_page().as_deref(), Some("https://example.org/l"));
    }

    #[test]
    fn faults_are_named() {
        for (text, error) in [
            ("name = \"Talks\"", "\"Talks\" has other characters than a-z"),
            ("name = \"\"", "\"\" has other characters than a-z"),
            ("title = \" \"", "an empty text; leave the key out"),
            ("published = \"November 2026\"", "no date, such as 2026-11-30"),
            ("published = 2026-11-30T10:00:00", "no date, such as 2026-11-30"),
            ("published = 2026", "no date, such as 2026-11-30"),
            ("licence = \"CC BY 4.0\"", "\"CC BY 4.0\" is no id of the SPDX licence list"),
            ("homepage = \"example.org\"", "\"example.org\" is no web address"),
            ("homepage = \"https:///x\"", "\"https:///x\" is no web address"),
            ("homepage = \"https://a>b\"", "\"https://a>b\" is no web address"),
            ("homepage = \"https://a b\"", "\"https://a b\" is no web address"),
            (
                "creators = [{ name = \"A\", orcid = \"0000-0002\" }]",
                "\"0000-0002\" is no ORCID iD",
            ),
            ("creators = [{ title = \"A\" }]", "unknown field `title`"),
            ("sources = [{ url = \"https://a.org\" }]", "missing field `title`"),
            ("rights = \"none\"", "unknown field `rights`"),
        ] {
            let found = toml::from_str::<Facts>(text).unwrap_err().to_string();
            assert!(found.contains(error), "{text}: {found}");
        }
    }
}
