//! Stage 3: where sentences begin and end.
//!
//! In: text in which every paragraph, heading and list item stands on one line. Out: the sentences
//! as trimmed spans, in order, without overlap; between them stands only white space. A line break
//! always ends a sentence: joining wrapped lines is the work of the layout stage.
//!
//! One pass looks for places where a sentence may end: after a full stop, exclamation or question
//! mark, an ellipsis or their likes in other scripts with the quotation marks, brackets, reference
//! marks and emoticons that belong to them; and, in English, at blanks before a word that may open
//! a sentence, since much text on the web has lost its full stops or line breaks. For each place the
//! rules say yes, no, or what is likely; the last is settled in English by a linear classifier (weights
//! in `data/sentence_weights.tsv`), elsewhere it stands.
//!
//! A place is judged by the words next to it, at most a few dozen bytes away, so that time is
//! linear in the length of the text whatever it consists of.

mod features;
mod lists;
mod rules;
mod scan;
mod words;

use std::sync::LazyLock;

use crate::text::Span;
use features::Template;
pub use lists::ListError;
use lists::{Language, Languages, Role, Weights, Words};
use words::Part;

/// Splits text into sentences; holds the word lists of all languages and the fitted weights.
///
/// ```
/// use rapporteur::sentences::Splitter;
///
/// let splitter = Splitter::embedded()?;
/// let text = "Mme Dupont est arrivée. M. Blanc aussi.";
/// let sentences: Vec<_> = splitter.split(text, "fr").iter().map(|s| s.of(text)).collect();
/// assert_eq!(sentences, ["Mme Dupont est arrivée.", "M. Blanc aussi."]);
/// # Ok::<(), rapporteur::sentences::ListError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Splitter {
    languages: Languages,
    /// For languages without lists of their own.
    other: Language,
    /// Names that end in an exclamation or question mark, by their last word.
    marked_names: Words,
    /// Words that open a clause of a resolution.
    clause_openers: Words,
    /// Words that a number follows, though no full stop: `section 2`.
    number_nouns: Words,
    /// Words that open an adverbial: `at 5 p.m.`
    prepositions: Words,
    /// Verbs that tell who speaks: `said`.
    speech_verbs: Words,
    /// Days, months and time zones, which stand behind clock times.
    calendar: Words,
    weights: Weights,
}

/// The languages that have lists, with their abbreviations and the words that open sentences.
const LISTS: &[(&str, &str, &str)] = &[
    ("ar", include_str!("data/abbreviations/ar.txt"), ""),
    (
        "de",
        include_str!("data/abbreviations/de.txt"),
        include_str!("data/sentences/openers_de.txt"),
    ),
    (
        "en",
        include_str!("data/abbreviations/en.txt"),
        include_str!("data/sentences/openers_en.txt"),
    ),
    (
        "es",
        include_str!("data/abbreviations/es.txt"),
        include_str!("data/sentences/openers_es.txt"),
    ),
    (
        "fr",
        include_str!("data/abbreviations/fr.txt"),
        include_str!("data/sentences/openers_fr.txt"),
    ),
    (
        "ru",
        include_str!("data/abbreviations/ru.txt"),
        include_str!("data/sentences/openers_ru.txt"),
    ),
];

static EMBEDDED: LazyLock<Result<Splitter, ListError>> = LazyLock::new(|| {
    let mut splitter = Splitter::default();
    for (language, abbreviations, openers) in LISTS {
        let known = splitter.language_mut(language, Language::default());
        known.abbreviations.add(abbreviations)?;
        known.openers.add(openers);
    }
    for (_, language) in lists::items(include_str!("data/sentences/ordinal_languages.txt")) {
        splitter.language_mut(language, Language::default()).ordinal_stop = true;
    }
    splitter.marked_names.add(include_str!("data/sentences/marked_names.txt"));
    splitter.clause_openers.add(include_str!("data/sentences/clause_openers.txt"));
    splitter.number_nouns.add(include_str!("data/sentences/number_nouns.txt"));
    splitter.prepositions.add(include_str!("data/sentences/prepositions.txt"));
    splitter.speech_verbs.add(include_str!("data/sentences/speech_verbs.txt"));
    splitter.calendar.add(include_str!("data/sentences/calendar_en.txt"));
    splitter.weights = Weights::parse(include_str!("data/sentence_weights.tsv"))?;
    let english = splitter.language_mut("en", Language::default());
    english.weighted = true;
    splitter.other = english.clone();
    Ok(splitter)
});

impl Splitter {
    /// The splitter with the lists and weights of this crate.
    ///
    /// # Errors
    ///
    /// If one of them is malformed, which a test rules out.
    pub fn embedded() -> Result<&'static Self, ListError> {
        EMBEDDED.as_ref().map_err(Clone::clone)
    }

    /// The splitter with further abbreviations for a language.
    ///
    /// `list` has one abbreviation a line without its last full stop, then a tab and its class:
    /// `before` (a word always follows), `number` (a number follows), `inner` (never at the end of a
    /// sentence), `either`, `closing` (ends an enumeration) or `date` (a month or day of the week); `#` opens a comment. `language` is a BCP 47 tag; its primary subtag counts.
    ///
    /// # Errors
    ///
    /// If a class is unknown.
    ///
    /// ```
    /// use rapporteur::sentences::Splitter;
    ///
    /// let splitter = Splitter::embedded()?.clone().with_abbreviations("en", "Kdt\tbefore")?;
    /// assert_eq!(splitter.split("We met Kdt. Blake there.", "en").len(), 1);
    /// # Ok::<(), rapporteur::sentences::ListError>(())
    /// ```
    pub fn with_abbreviations(mut self, language: &str, list: &str) -> Result<Self, ListError> {
        let new = Language { weighted: false, ..self.other.clone() };
        self.language_mut(language, new).abbreviations.add(list)?;
        Ok(self)
    }

    /// The sentences of `text`, which is written in `language` (a BCP 47 tag, `und` if unknown).
    ///
    /// Spans are trimmed, in order and disjoint, and cover every byte that is not white space.
    #[must_use]
    pub fn split(&self, text: &str, language: &str) -> Vec<Span> {
        let language = self.language(language);
        let weighted = language.weighted && !self.weights.is_empty();
        scan::split(self, language, weighted, text, |place| {
            let weights = &self.weights;
            let mut score = weights.of_word(Role::Before, place, &place.before)
                + weights.of_word(Role::Next, place, &place.next);
            place.near_features(&mut |template, parts| {
                score += i32::from(weights.of(template, parts));
            });
            // Most places are settled whatever the others add.
            let (least, most) = weights.of_far(place);
            if (score + least > 0) != (score + most > 0) {
                let earlier = place.earlier();
                score += weights.of_word(Role::Earlier, place, &earlier);
                place.far_features(&earlier, &mut |template, parts| {
                    score += i32::from(weights.of(template, parts));
                });
                return score;
            }
            score + least
        })
    }

    /// Splits `text` as [`Splitter::split`] does for English, with weights of the caller's: `score` is
    /// asked at every place that the rules leave open. It gets the byte at which a sentence may end and
    /// the names of the place's features, and gives hundredths of the log odds that it does. This is what
    /// weights are fitted with.
    pub fn split_with(
        &self,
        text: &str,
        mut score: impl FnMut(usize, &[String]) -> i32,
    ) -> Vec<Span> {
        let mut names = Vec::new();
        scan::split(self, self.language("en"), true, text, |place| {
            names.clear();
            let mut add = |template: Template, parts: &[Part]| {
                let mut name = template.part().name.to_owned();
                for part in parts {
                    name.push(' ');
                    part.write(&mut name);
                }
                names.push(name);
            };
            place.near_features(&mut add);
            place.far_features(&place.earlier(), &mut add);
            score(place.sign.end, &names)
        })
    }

    fn language(&self, tag: &str) -> &Language {
        let tag = primary(tag);
        let known = self.languages.iter().find(|(known, _)| *known == tag);
        known.map_or(&self.other, |(_, language)| language)
    }

    /// The language that `tag` names; one without lists gets `new` ones.
    fn language_mut(&mut self, tag: &str, new: Language) -> &mut Language {
        let tag = primary(tag);
        let known = self.languages.iter().position(|(known, _)| *known == tag);
        let at = known.unwrap_or(self.languages.len());
        if known.is_none() {
            self.languages.push((tag, new));
        }
        &mut self.languages[at].1
    }
}

/// The primary subtag in lower case, as a hash.
fn primary(tag: &str) -> u64 {
    words::hash_lower(tag.split(['-', '_']).next().unwrap_or_default())
}

/// The sentences of an English text, or of one in a language that is not known.
///
/// Takes text with a paragraph, heading or list item on each line; gives trimmed spans (bytes of
/// `text`) that are in order, do not overlap, and cover everything but white space. For other
/// languages, or with abbreviations of your own, use [`Splitter`].
///
/// ```
/// use rapporteur::sentences::split;
///
/// let text = "The U.N. envoy met Gen. Haddad at 5 p.m. on Monday. \"Talks go on,\" he said.";
/// let sentences: Vec<_> = split(text).iter().map(|span| span.of(text)).collect();
/// assert_eq!(
///     sentences,
///     [
///         "The U.N. envoy met Gen. Haddad at 5 p.m. on Monday.",
///         "\"Talks go on,\" he said.",
///     ]
/// );
/// ```
#[must_use]
pub fn split(text: &str) -> Vec<Span> {
    match &*EMBEDDED {
        Ok(splitter) => splitter.split(text, "und"),
        Err(_) => Splitter::default().split(text, "und"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check_in(language: &str, expected: &[&str]) {
        let text = expected.join(" ");
        let splitter = Splitter::embedded().unwrap();
        let found: Vec<_> = splitter.split(&text, language).iter().map(|s| s.of(&text)).collect();
        assert_eq!(found, expected);
    }

    /// What every split must keep, whatever the text.
    fn check_form(text: &str, spans: &[Span]) {
        let mut end = 0;
        for span in spans {
            assert!(text.is_char_boundary(span.start as usize));
            assert!(text.is_char_boundary(span.end as usize));
            assert!(!span.is_empty() && span.trim(text) == *span, "{span:?} of {text:?}");
            assert!(!span.of(text).contains('\n'), "{span:?} of {text:?}");
            assert!(span.start >= end, "{spans:?} of {text:?}");
            assert_eq!(text[end as usize..span.start as usize].trim(), "");
            end = span.end;
        }
        assert_eq!(text[end as usize..].trim(), "");
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_form(text in any::<String>(), tag in "en|fr|de|ru|ar|zh|und|x") {
            check_form(&text, &Splitter::embedded().unwrap().split(&text, &tag));
        }

        #[test]
        fn text_of_signs_keeps_its_form(
            text in "([a-zA-Z0-9]{0,3}|[.!?…:;,\"'()\\[\\]«»“”‘’ \n—–*•⁃¹²。！؟-]|\u{a0}|\u{202f}|\u{2028}|é|م|😀|Mr|p\\.m|No|etc){0,60}",
            tag in "en|fr|de|ru|ar|zh|und",
        ) {
            check_form(&text, &Splitter::embedded().unwrap().split(&text, &tag));
        }
    }

    /// Sentences of English text, joined with a blank.
    #[track_caller]
    fn check(expected: &[&str]) {
        check_in("en", expected);
    }

    /// Sentences of English text as it stands.
    #[track_caller]
    fn check_text(text: &str, expected: &[&str]) {
        let found: Vec<_> = split(text).iter().map(|s| s.of(text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn terminators() {
        check(&["The talks failed.", "Nobody was surprised."]);
        check(&["Who signed the accord?", "It was the deputy."]);
        check(&["They are back!", "We saw them."]);
        check(&["Stop!!", "That is too much."]);
        check(&["Really??", "Who told you?"]);
        check(&["Now!?", "Is it over?"]);
        check(&["Now?!", "Is it over?"]);
        check(&["The fee is $250.00 for a year."]);
        check(&["The fee is $250.00.", "It is due in May."]);
    }

    #[test]
    fn abbreviations_and_initials() {
        check(&["The author is Laila M. Haddad."]);
        check(&["The map is on p. 12 of the annex."]);
        check(&["Was the firm of Reed and co. invited?"]);
        check(&["Ask Reed and co.", "They have the files."]);
        check(&["He sold it to Ross, Blake & Co. in spring."]);
        check(&["He sold it to Ross, Blake & Co.", "It was a loss."]);
        check(&["You see Mt. Hermon from the camp."]);
        check(&["St. Paul's Gate is on 3rd st. near the souk."]);
        check(&["It was Karim Jr.'s idea."]);
        check(&["She toured the U.S.A. last spring."]);
        check(&["We live in the E.U.", "Where do you live?"]);
        check(&["He came back from the U.S.", "How long was he there?"]);
        check(&["The U.S. Treasury froze the funds."]);
        check(&["He was in the U.S. for ten weeks."]);
        check(&[
            "At 7 a.m. Mrs. Reed met the press.",
            "She left at 8 P.M.",
            "Mrs. Reed then flew home.",
        ]);
        check(&["He lives in the U.S.", "The visit was short."]);
        check(&["They sell tents, blankets, etc.", "When it rains, they give them away."]);
        check(&["The book by Ed. K. Marsh is out."]);
        check(&["She is Assoc. Dean of the school."]);
        check(&["STATEMENT OF GEN. MIRIAM D. OSMAN TO THE COURT"]);
        check(&["Resolution No. 846 was adopted.", "Art. 5 was not."]);
        check(&["See Art. IV of the charter."]);
        check(&["It was Damascus vs. Aleppo."]);
        check(&["Both fought, i.e. they did."]);
        check(&["On Jan. 5 the truce began.", "It ended on Fri. Sept. 12."]);
        check(&["It was Sami and I.", "Have you met Sami I. Khoury?"]);
        check(&["The paper is by D. R. Lee and J.-P. Roy."]);
        check(&["H. R. 1280 was tabled."]);
        check(&["They sell tents, blankets, etc.", "Prices are high."]);
        check(&["HUDSON, N.Y. (AP) -- The court met."]);
        check(&["Doc. A/70/1 lists them, as does vol. 2 No. 3."]);
        check(&["According to Gen. (ret.) A. Saleh, they left."]);
        check(&["A spokesman, R.J. Marsh, met James B. Reed.", "P.T. Lane was absent."]);
        check(&["It begins at 10 p.m. Tuesday in Geneva."]);
        check(&["In 219 BC Hannibal left."]);
        check(&["Gen. Salim Idris resigned.", "Lt. Col. Ahmad replaced him."]);
    }

    #[test]
    fn brackets_and_quotations() {
        check(&["He sells maps (He drew them for three years as a scout.) at the old port."]);
        check(&["She told him, 'We are late.' and left."]);
        check(&["She told him, \"We are late.\" and left."]);
        check(&["She told him, \"We are late.\"", "He took the map from the wall."]);
        check(&["“We are late.”", "He took the map."]);
        check(&["\"We are late.", "They will not wait.\"", "He took the map."]);
        check(&["(He drew it in 1990.)", "It is lost."]);
        check(&["\"The scouts [...] found traces of a path [...]\" (Reed 12)."]);
        check(&["\"Is it true?\" she asked."]);
        check(&["He called it \"a farce.\"", "Nobody laughed."]);
        check(&["The envoy said: \"There is no military solution.\""]);
    }

    #[test]
    fn addresses_and_names() {
        check(&["Write to Omar.Reed@example.org.", "He will answer."]);
        check(&["It is at https://www.example.50.org/a-b/c_d.html.", "Please read it."]);
        check(&["The file report.final.pdf is lost.", "See example.com/a?b=C for more."]);
        check(&["It was found on Example.Com by chance."]);
        check(&["He writes for Yahoo! on Mondays."]);
        check(&["It is on N°. 10.2.33 in the list.", "Look there."]);
    }

    #[test]
    fn lists() {
        check(&["1.) The first aim", "2.) The second aim"]);
        check(&["1.) The first aim.", "2.) The second aim."]);
        check(&["1) The first aim", "2) The second aim"]);
        check(&["1) The first aim.", "2) The second aim."]);
        check(&["1. The first aim", "2. The second aim"]);
        check(&["1. The first aim.", "2. The second aim."]);
        check(&["• 4. The first aim", "• 5. The second aim"]);
        check(&["⁃4. The first aim", "⁃5. The second aim"]);
        check(&["a. The first aim", "b. The second aim", "c. The third aim"]);
        check(&["(iv) The fourth aim is peace.", "(v) The fifth is bread."]);
        check(&["2.1. Aims of the study"]);
        check(&["2. This is set out in section 3.", "The council agreed."]);
        check(&["There are two conditions: 1. Leave the city."]);
    }

    #[test]
    fn ellipses_and_dashes() {
        check(&["The report says that “the camps are less and less safe. . . .”"]);
        check(&["What is left out here is marked with dots . . . .", "Next comes more."]);
        check(&["I did not ask for this....", "He closed the door."]);
        check(&[
            "It was not ... well, what I said...hear . . . what I say, the point is . . . I did not go.",
        ]);
        check(&["The custom was weaker . . . in the north.", ". . . It was not given up. . . ."]);
        check(&["He waited… and left."]);
        check(&["Two towns -- Homs and Hama -- were cut off."]);
        check(&["Three firms -- Acme, Reed and Ross -- bid."]);
        check(&["The plan – a bad one – was dropped."]);
    }

    #[test]
    fn reference_marks() {
        check(&[
            "This rests on field work. [1-3]",
            "Scholars agree. [4] [note 2]",
            "Others do not.",
        ]);
        check(&["This rests on field work.¹", "Scholars agree.²³", "Others do not."]);
        check(&["This rests on field work.12", "Scholars agree."]);
        check(&["This rests on field work. 3", "However, scholars differ."]);
        check(&["The camp holds 3.5 million.", "In 2012 it held none."]);
    }

    #[test]
    fn blanks() {
        check_text("The road is shut.Nobody came.", &["The road is shut.", "Nobody came."]);
        check_text(
            "They have tents, water, etc . It helps.",
            &["They have tents, water, etc .", "It helps."],
        );
        check_text("  One.\t Two.\n\n Three \r\nFour  ", &["One.", "Two.", "Three", "Four"]);
        check_text("One line\u{2028}another line", &["One line", "another line"]);
        check_text("", &[]);
        check_text(" \n\t\n", &[]);
        check_text("He paid 1,000.That was all.", &["He paid 1,000.", "That was all."]);
    }

    #[test]
    fn web_style() {
        check(&["I love this place!! :)", "We will be back."]);
        check(&["we went there in may.", "it was cold.", "nobody had told us about the river."]);
        check(&["What a day! 😀", "Thanks to all."]);
        check(&["See #Geneva.", "@envoy is there."]);
    }

    #[test]
    fn clauses_of_resolutions() {
        check(&[
            "Recalling its resolutions on the matter;",
            "Deeply concerned by the fate of the town;",
            "Noting the report of the envoy, and his words;",
        ]);
        check(&["The Council has met.", "1. Reaffirms its support;", "2. Requests a report."]);
        check(&["The council met; nobody came; Syria was absent."]);
        check(&["He named three aims: peace, bread and work."]);
        check(&["He named one aim: Peace must come first."]);
    }

    #[test]
    fn other_languages() {
        check_in("fr", &["M. Roy est arrivé à 8 h.", "« Il viendra. »", "Et après ?"]);
        check_in(
            "fr",
            &[
                "Voir l'art. 5 de la loi n° 12.",
                "Mme Blanc l'a signée le 3 janv. 2012.",
                "Qui d'autre ?",
            ],
        );
        check_in("fr", &["« Tu viens ? » dit-il.", "Elle partit."]);
        check_in("fr", &["Ils ont des tentes, des puits, etc.", "Puis ils partent."]);
        check_in("de", &["Am 3. Mai traf Dr. Kern z. B. Frau Lang.", "Er ging."]);
        check_in("de", &["Das war im Jahr 2012.", "Die Stadt fiel.", "Vgl. Art. 5 Abs. 2 GG."]);
        check_in("de", &["„Wir gehen.“", "Er blieb usw.", "Das war alles."]);
        check_in("es", &["El Sr. Ruiz vive en EE. UU. desde 2010.", "¿Quién lo sabe?", "¡Nadie!"]);
        check_in("es", &["Véase el art. 5.", "La Dra. Gil lo firmó, etc.", "Luego se fue."]);
        check_in(
            "ru",
            &[
                "Г-н Иванов жил в г. Москве, т. е. в столице.",
                "Он уехал в 2012 г.",
                "Это было давно.",
            ],
        );
        check_in("ru", &["Были палатки, вода и т. д.", "Они ушли.", "А. С. Пушкин писал об этом."]);
        check_in("ru", &["Это было в 5 тыс. км от города.", "«Кто там?» — спросил он."]);
        check_in("ar", &["وصل د. أحمد إلى دمشق.", "هل التقى الوفد؟", "لم يحدث ذلك!"]);
        check_in(
            "ru",
            &[
                "Палатки, вода и т. д. были в г. Идлиб, ул. Садовая, д. 5.",
                "Там были дети и т.п.",
                "Конец.",
            ],
        );
        check_in("de", &["Dr. med. Kern kam.", "Zelte, Wasser usw.", "Helfer fehlten."]);
        check_in("ar", &["صدر القرار رقم 2254 في عام 2015.", "ورد ذلك في ص. 12 من التقرير."]);
        check_in("zh-Hant", &["他來了。"]);
        let text = "代表团抵达日内瓦。“谈判开始了！”他说。谁会参加？";
        let found: Vec<_> =
            Splitter::embedded().unwrap().split(text, "zh").iter().map(|s| s.of(text)).collect();
        assert_eq!(found, ["代表团抵达日内瓦。", "“谈判开始了！”", "他说。", "谁会参加？"]);
        // A language that is not known, or is told wrongly, still ends at full stops.
        check_in("und", &["هل التقى الوفد؟", "لم يحدث ذلك."]);
        check_in("uk", &["Він приїхав.", "Це було давно."]);
    }

    /// Time must be linear: were it not, this test would take minutes.
    #[test]
    fn long_and_monotonous_texts() {
        let many = 20_000;
        for unit in [
            ".", ". ", "! ", ". .", "a.", "a. ", "A. ", "A.B", "- ", "-- ", "(", "\"", "1. ", "1 ",
            "[", ". [", "A ", "a", " ", "\n", "…", "。", "“", "» ", "‘a. ", "x.Y ", "1.1", ". 1 ",
            ":) ", "😀", "; A ", "a: ", "etc. ", "Mr. ",
        ] {
            let text = unit.repeat(many);
            for language in ["en", "de"] {
                check_form(&text, &Splitter::embedded().unwrap().split(&text, language));
            }
        }
    }

    /// What a feature is called in the file of weights and what it is looked up by are the same.
    #[test]
    fn names_of_features_lead_to_their_weights() {
        let weights: std::collections::BTreeMap<_, i32> =
            lists::items(include_str!("data/sentence_weights.tsv"))
                .map(|(_, item)| item.split_once('\t').unwrap())
                .map(|(name, weight)| (name, weight.parse().unwrap()))
                .collect();
        let text = "He’s in the U.S. Army.it is odd… \"Why?\" he asked (twice!). 50 AM Thanks, Ana lol :) \
                    www.example.org NOTE: see 3. -- So what etc. and 7/4/2011 he won't Dr. No.";
        let splitter = Splitter::embedded().unwrap();
        let mut places = 0;
        let mut used = 0;
        let by_name = splitter.split_with(text, |_, names| {
            let found: Vec<_> = names.iter().filter_map(|name| weights.get(&**name)).collect();
            places += 1;
            used += found.len();
            found.into_iter().sum()
        });
        assert_eq!(by_name, splitter.split(text, "en"));
        assert!(places > 5 && used > 20, "{used} weights at {places} places");
    }

    #[test]
    fn lists_of_a_user() {
        let text = "We met Kdt. Blake.";
        let splitter = Splitter::embedded().unwrap().clone();
        assert_eq!(splitter.split(text, "fr").len(), 2);
        let splitter = splitter.with_abbreviations("fr", "# Ranks\nKdt\tbefore\n").unwrap();
        assert_eq!(splitter.split(text, "fr-CH").len(), 1);
        let wrong = splitter.with_abbreviations("fr", "\nKdt\tsometimes").unwrap_err();
        assert_eq!(wrong.to_string(), "line 2: unknown class of abbreviation: sometimes");
    }

    #[test]
    fn lists_are_sorted_and_have_no_doubles() {
        let others = [
            include_str!("data/sentences/calendar_en.txt"),
            include_str!("data/sentences/clause_openers.txt"),
            include_str!("data/sentences/marked_names.txt"),
            include_str!("data/sentences/number_nouns.txt"),
            include_str!("data/sentences/ordinal_languages.txt"),
            include_str!("data/sentences/prepositions.txt"),
            include_str!("data/sentences/speech_verbs.txt"),
            include_str!("data/sentence_weights.tsv"),
        ];
        for list in LISTS.iter().flat_map(|(_, a, o)| [*a, *o]).chain(others) {
            let keys: Vec<_> = lists::items(list)
                .map(|(_, item)| item.split('\t').next().unwrap_or(item))
                .collect();
            for pair in keys.windows(2) {
                assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
            }
        }
    }
}
