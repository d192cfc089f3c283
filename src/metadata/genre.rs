//! What kind of text a document is, and in which language.
//!
//! In: a document's blocks and text. Out: a genre where cues tell it, and a language tag.

use super::rules::Where;
use super::{Genre, View};
use crate::layout::BlockKind;

/// The genre that the first cue gives; news and opinion by the words of the text where none does.
pub(super) fn genre(view: &View, title: Option<&str>, section: Option<&str>) -> Option<Genre> {
    let mut announced = String::new();
    for block in view.blocks {
        let speaks = matches!(
            block.kind,
            BlockKind::Byline | BlockKind::Dateline | BlockKind::SourceNote | BlockKind::Footer
        ) || block.rule == "heading.head" && block.span.len() <= 60;
        if speaks && block.span.len() <= 400 {
            announced.push_str(&view.folded(block));
            announced.push('\n');
        }
    }
    announced.push_str(section.unwrap_or(""));
    let opening = floor(view.content, 600);
    let has = |kind| view.of(kind).next().is_some();
    let kinds = if has(BlockKind::AuthorBio) && has(BlockKind::Byline) { "bio+byline" } else { "" };
    for rule in &view.rules.genres {
        let place = match rule.place {
            Where::Announced => announced.as_str(),
            Where::Title => title.unwrap_or(""),
            Where::Opening => opening,
            Where::Text => view.content,
            Where::Kind => kinds,
        };
        if rule.pattern.find_iter(place).take(rule.least).count() >= rule.least {
            return Some(rule.genre);
        }
    }
    by_words(view)
}

/// Words that plead, in lower case.
const PLEADING: &[&str] = &["i", "must", "my", "ought", "our", "should", "us", "we"];
/// Of these, the ones that say what has to be done.
const NORMS: &[&str] = &["must", "ought", "should"];
/// Words of talk, in lower case.
const TALK: &[&str] = &["i", "i'm", "me", "my", "yeah", "you", "your"];
/// Words that report, in lower case.
const REPORTING: &[&str] = &[
    "according",
    "accused",
    "added",
    "announced",
    "called",
    "confirmed",
    "declared",
    "denied",
    "noted",
    "officials",
    "quoted",
    "reported",
    "said",
    "says",
    "sources",
    "spokesman",
    "spokesperson",
    "spokeswoman",
    "stated",
    "statement",
    "stressed",
    "told",
    "urged",
    "warned",
];

/// Pleading in the writer's own voice is opinion; reporting is news; talk is neither.
fn by_words(view: &View) -> Option<Genre> {
    if view.of(BlockKind::Dateline).any(|b| {
        b.rule == "dateline.prefix"
            || b.rule == "dateline.place" && b.span.of(view.text).contains('(')
    }) {
        return Some(Genre::News);
    }
    let (mut words, mut pleading, mut norms, mut talk, mut reporting) = (0, 0, 0, 0, 0);
    let mut quoted = false;
    for word in floor(view.content, 60_000).split([' ', '\n']) {
        quoted |= word.starts_with(['"', '“', '«']) || word.starts_with("(\"");
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if !bare.is_empty() && bare.len() <= 12 {
            let lower = bare.to_ascii_lowercase();
            let among = |list: &[&str]| u32::from(list.binary_search(&lower.as_str()).is_ok());
            if !quoted {
                pleading += among(PLEADING);
                norms += among(NORMS);
                talk += among(TALK);
            }
            reporting += among(REPORTING);
        }
        words += u32::from(!bare.is_empty());
        let end = word.trim_end_matches(['.', ',', '?', '!', ';', ':', ')']);
        if word.contains('\n') || end.ends_with(['"', '”', '»']) {
            quoted = false;
        }
    }
    // Conversations and mails say I and you all the time.
    if words < 40 || talk * 25 > words {
        return None;
    }
    let pleads = pleading >= 3 && norms >= 2 && pleading * 400 >= words;
    if pleads && (pleading > reporting || pleading >= 5 && pleading * 2 > reporting) {
        return Some(Genre::Opinion);
    }
    let byline = view.of(BlockKind::Byline).any(|b| b.rule != "byline.reporting");
    (reporting * 250 >= words || byline && reporting > 0).then_some(Genre::News)
}

fn floor(text: &str, mut at: usize) -> &str {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    &text[..at]
}

/// Words that English can't do without, in lower case.
const ENGLISH: &[&str] = &[
    "a", "and", "are", "as", "at", "by", "for", "from", "in", "is", "it", "of", "on", "that",
    "the", "to", "was", "were", "with",
];
/// Those of them that make English unmistakable when they are frequent.
const ENGLISH_ONLY: &[&str] = &["and", "of", "the"];
/// Bytes and words from which the language is told; more tell no more.
const SAMPLE_BYTES: usize = 4000;
const SAMPLE_WORDS: usize = 400;

/// The BCP 47 tag of the language that a text is in, `und` where it can't be told.
pub(super) fn language(content: &str) -> &'static str {
    let sample = floor(content, SAMPLE_BYTES);
    let (mut words, mut english, mut only) = (0, 0, 0);
    for word in sample.split_ascii_whitespace().take(SAMPLE_WORDS) {
        words += 1;
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.len() <= 4 {
            let lower = word.to_ascii_lowercase();
            english += u32::from(ENGLISH.binary_search(&lower.as_str()).is_ok());
            only += u32::from(ENGLISH_ONLY.contains(&lower.as_str()));
        }
    }
    // Plain English needs no statistics of letters, which cost more than all other metadata.
    if words >= 40 && english * 5 >= words && only * 16 >= words {
        return "en";
    }
    if let Some(info) = whatlang::detect(sample)
        && info.is_reliable()
    {
        return tag(info.lang());
    }
    if words >= 6 && english * 5 >= words { "en" } else { "und" }
}

/// ISO 639-3 to the tag of RFC 5646, which takes two letters where ISO 639-1 has them.
fn tag(lang: whatlang::Lang) -> &'static str {
    const TAGS: &[(&str, &str)] = &[
        ("afr", "af"),
        ("aka", "ak"),
        ("amh", "am"),
        ("ara", "ar"),
        ("aze", "az"),
        ("bel", "be"),
        ("ben", "bn"),
        ("bul", "bg"),
        ("cat", "ca"),
        ("ces", "cs"),
        ("cmn", "zh"),
        ("cym", "cy"),
        ("dan", "da"),
        ("deu", "de"),
        ("ell", "el"),
        ("eng", "en"),
        ("epo", "eo"),
        ("est", "et"),
        ("fin", "fi"),
        ("fra", "fr"),
        ("guj", "gu"),
        ("heb", "he"),
        ("hin", "hi"),
        ("hrv", "hr"),
        ("hun", "hu"),
        ("hye", "hy"),
        ("ind", "id"),
        ("ita", "it"),
        ("jav", "jv"),
        ("jpn", "ja"),
        ("kan", "kn"),
        ("kat", "ka"),
        ("khm", "km"),
        ("kor", "ko"),
        ("lat", "la"),
        ("lav", "lv"),
        ("lit", "lt"),
        ("mal", "ml"),
        ("mar", "mr"),
        ("mkd", "mk"),
        ("mya", "my"),
        ("nep", "ne"),
        ("nld", "nl"),
        ("nob", "nb"),
        ("ori", "or"),
        ("pan", "pa"),
        ("pes", "fa"),
        ("pol", "pl"),
        ("por", "pt"),
        ("ron", "ro"),
        ("rus", "ru"),
        ("sin", "si"),
        ("slk", "sk"),
        ("slv", "sl"),
        ("sna", "sn"),
        ("spa", "es"),
        ("srp", "sr"),
        ("swe", "sv"),
        ("tam", "ta"),
        ("tel", "te"),
        ("tgl", "tl"),
        ("tha", "th"),
        ("tuk", "tk"),
        ("tur", "tr"),
        ("ukr", "uk"),
        ("urd", "ur"),
        ("uzb", "uz"),
        ("vie", "vi"),
        ("yid", "yi"),
        ("zul", "zu"),
    ];
    TAGS.binary_search_by(|(code, _)| code.cmp(&lang.code())).map_or("und", |at| TAGS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        assert_eq!(language("The envoys met in the town on Monday and spoke of the truce."), "en");
        assert_eq!(
            language(
                "Die Gesandten trafen sich am Montag in der Stadt und sprachen über den Waffenstillstand."
            ),
            "de"
        );
        assert_eq!(language("Ok 12"), "und");
        for lang in whatlang::Lang::all() {
            assert_ne!(tag(*lang), "und", "{lang:?}");
        }
    }

    #[test]
    fn lists_are_sorted() {
        assert!(NORMS.is_sorted() && TALK.is_sorted());
        assert!(PLEADING.is_sorted() && REPORTING.is_sorted() && ENGLISH.is_sorted());
    }
}
