//! The fields of whole texts, in the forms in which pages, wires, offices, mails and databases set
//! them. `{T}` stands for a headline and `{B}` for three paragraphs of news.

use super::*;
use crate::layout::{LayoutRules, layout};
use std::sync::LazyLock;

const HEADLINE: &str = "Envoys meet again by the lake";
const BODY: &str = "The envoys met again on Monday in the hall by the lake, and officials said that the talks would go on for another week.\n\n\
    A spokesman said that both sides had agreed on the list of names, but that the order of speakers was still open.\n\n\
    Residents of the town told reporters that nothing had changed there, and that the road was still closed to trucks.";

fn read(form: &str) -> Metadata {
    static RULES: LazyLock<(LayoutRules, MetadataRules)> =
        LazyLock::new(|| (LayoutRules::embedded().unwrap(), MetadataRules::embedded().unwrap()));
    let text = form.replace("{T}", HEADLINE).replace("{B}", BODY);
    let (layout_rules, rules) = &*RULES;
    let found = layout(&text, layout_rules);
    let own = found.blocks.iter().filter(|b| b.document == Some(0) && b.kind.is_kept());
    let content: Vec<String> =
        own.map(|b| b.span.of(&text).split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    metadata(&text, &found, 0, &content.join("\n\n"), rules)
}

fn check(table: &[(&str, Option<&str>)], field: impl Fn(Metadata) -> Option<String>) {
    let wrong: Vec<_> = table
        .iter()
        .filter_map(|(form, wanted)| {
            let got = field(read(form));
            (got.as_deref() != *wanted).then_some((form, got, wanted))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn authors() {
    let under_the_headline = [
        ("By Jane Roe", Some("Jane Roe")),
        ("BY JANE ROE", Some("JANE ROE")),
        ("by Jane Roe", Some("Jane Roe")),
        ("Jane Roe", Some("Jane Roe")),
        ("By Jane Roe and John Doe", Some("Jane Roe; John Doe")),
        ("By Jane Roe, John Doe and Omar al-Poe", Some("Jane Roe; John Doe; Omar al-Poe")),
        ("By Jane Roe in Beirut and John Doe in Geneva", Some("Jane Roe; John Doe")),
        ("By JANE ROE and JOHN DOE", Some("JANE ROE; JOHN DOE")),
        ("By Jane Roe, Staff Writer", Some("Jane Roe")),
        ("By Jane Roe | Example News", Some("Jane Roe")),
        ("By Jane Roe, Associated Press", Some("Jane Roe")),
        ("By JANE ROE, Associated Press Writer", Some("JANE ROE")),
        ("By Jane Roe Associated Press Writer", Some("Jane Roe")),
        ("By Jane Roe @jroe", Some("Jane Roe")),
        ("By Jane Roe jroe@example.org", Some("Jane Roe")),
        ("By Jane Roe (jroe@example.org)", Some("Jane Roe")),
        ("By Jane Roe, AMMAN", Some("Jane Roe")),
        ("By Jane Roe, Special to The Example", Some("Jane Roe")),
        ("By Jane Roe Staff Reporter", Some("Jane Roe")),
        ("Written by Jane Roe", Some("Jane Roe")),
        ("Posted by Jane Roe on March 3, 2016", Some("Jane Roe")),
        ("Posted on March 3, 2016 by Jane Roe", Some("Jane Roe")),
        ("Published by Jane Roe", Some("Jane Roe")),
        ("Opinion by Jane Roe", Some("Jane Roe")),
        ("Author: Jane Roe", Some("Jane Roe")),
        ("Author: Roe, Jane", Some("Jane Roe")),
        ("Von Jana Roe", Some("Jana Roe")),
        ("Von Jana Roe, Berlin", Some("Jana Roe")),
        ("Par Jeanne Roe", Some("Jeanne Roe")),
        ("Par Jeanne Roe (Beyrouth, correspondance)", Some("Jeanne Roe")),
        ("Por Juana Roe", Some("Juana Roe")),
        ("Автор: Иван Роев", Some("Иван Роев")),
        ("作者：王小明", Some("王小明")),
        ("بقلم: أحمد علي", Some("أحمد علي")),
        ("By Reuters Staff", None),
        ("By Staff Reporter", None),
        ("By The Associated Press", None),
        ("From our correspondent", None),
        ("By the Editorial Board", None),
        ("Edited by Jane Roe", None),
        ("Translated by Jane Roe", None),
        ("Jane Roe | 03.03.2016", Some("Jane Roe")),
        ("Jane Roe, Example News", Some("Jane Roe")),
        ("Jane Roe @jroe", Some("Jane Roe")),
        ("Jane Roe jroe@example.org", Some("Jane Roe")),
        ("By Jane Roe for Example News", Some("Jane Roe")),
        ("Text: Jane Roe", Some("Jane Roe")),
        ("By Jane Roe, John Doe | Example", Some("Jane Roe; John Doe")),
        ("By Jane Roe with John Doe", Some("Jane Roe; John Doe")),
        ("By Jane van der Roe", Some("Jane van der Roe")),
        ("By J.P. Roe", Some("J.P. Roe")),
        ("By Jane O’Roe", Some("Jane O’Roe")),
        ("By Jane Roe - March 3, 2016", Some("Jane Roe")),
        ("By Jane Roe March 3, 2016 at 5:02 p.m. EST", Some("Jane Roe")),
        ("Jane Roe\nMarch 3, 2016", Some("Jane Roe")),
    ];
    for (line, wanted) in under_the_headline {
        let form = format!("{{T}}\n\n{line}\n\n{{B}}\n");
        check(&[(&form, wanted)], |m| m.author);
    }
    check(
        &[
            (
                "{T}\n\n{B}\n\n(Reporting by Jane Roe in Beirut and John Doe; Editing by Ann Poe)\n",
                Some("Jane Roe; John Doe"),
            ),
            (
                "{T}\n\nBy Ann Poe\n\n{B}\n\n(Additional reporting by Jane Roe; Editing by John Doe)\n",
                Some("Ann Poe"),
            ),
            ("{T}\n\n{B}\n\n(Additional reporting by Jane Roe)\n", None),
            (
                "{T}\n\n{B}\n\nJane Roe is a senior fellow at the Example Institute.\n",
                Some("Jane Roe"),
            ),
            (
                "From: Jane Roe <jroe@example.org>\nTo: list@example.org\nDate: Thu, 3 Mar 2016 10:00:00 +0000\nSubject: {T}\n\n{B}\n",
                Some("Jane Roe"),
            ),
            (
                "From: \"Roe, Jane\" <jroe@example.org>\nTo: list@example.org\nDate: Thu, 3 Mar 2016 10:00:00 +0000\nSubject: {T}\n\n{B}\n",
                Some("Jane Roe"),
            ),
            (
                "Letter dated 3 March 2016 from the Chargé d’affaires addressed to the President of the Council\n\n{B}\n\n(Signed) Jane Roe\nChargé d’affaires\n",
                Some("Jane Roe"),
            ),
            ("Jane Roe\n\n{T}\n\n{B}\n\nMore from Jane Roe\n", Some("Jane Roe")),
        ],
        |m| m.author,
    );
}

#[test]
fn publishers() {
    check(
        &[
            ("{T}\n\nGENEVA (Reuters) - {B}", Some("Reuters")),
            ("{T}\n\nGENEVA, March 3 (AFP) - {B}", Some("Agence France-Presse")),
            ("{T}\n\nGENEVA (AP) — {B}", Some("Associated Press")),
            ("{T}\n\nДАМАСК, 12 марта. /ТАСС/. {B}", Some("TASS")),
            ("{T}\n\nBerlin (dpa) - {B}", Some("dpa")),
            ("{T}\n\nDamasco, 12 mar (EFE).- {B}", Some("EFE")),
            ("{T}\n\nMOSCOW, 12 March - Interfax. {B}", Some("Interfax")),
            ("{T}\n\nDamascus, SANA – {B}", Some("SANA")),
            ("{T}\n\n{B}\n\nSource: Example Herald\n", Some("Example Herald")),
            ("{T}\n\n{B}\n\nSource: Example Herald and agencies\n", Some("Example Herald")),
            (
                "{T}\n\n{B}\n\n(Source: Example Coalition’s Media Office)\n",
                Some("Example Coalition"),
            ),
            ("{T}\n\n{B}\n\nSource: AFP\n", Some("Agence France-Presse")),
            ("{T}\n\n{B}\n\n© 2016 Example Herald. All rights reserved.\n", Some("Example Herald")),
            (
                "{T}\n\n{B}\n\nCopyright 2016 The Example Company, Inc. All Rights Reserved\n",
                Some("The Example Company"),
            ),
            ("{T}\n\n{B}\n\nCopyright © 2016 Example Media LLC\n", Some("Example Media")),
            ("{T}\n\n{B}\n\n© Example.net 2016\n", Some("Example")),
            (
                "{T}\n\n{B}\n\n© 2016 Example Group Ltd or its affiliated companies. All rights reserved.\n",
                Some("Example Group"),
            ),
            (
                "THE EXAMPLE\n\n{T}\n\n{B}\n\n© 2016 Example Publishing Group Limited\n",
                Some("Example"),
            ),
            ("{T}\n\n{B}\n\nExample Herald © 2016\n", Some("Example Herald")),
            (
                "United Nations\nMeetings Coverage and Press Releases\n\n{T}\n\n3 March 2016\n\n{B}\n",
                Some("United Nations"),
            ),
            (
                "United Nations S/2016/123\nSecurity Council\nDistr.: General\n3 March 2016\n\n{T}\n\n{B}\n",
                Some("United Nations"),
            ),
            (
                "Ministry of Foreign Affairs of Exampleland\n\n{T}\n\n3 March 2016\n\n{B}\n",
                Some("Ministry of Foreign Affairs of Exampleland"),
            ),
            (
                "U.S. Department of State\n\n{T}\n\nMarch 3, 2016\n\n{B}\n",
                Some("U.S. Department of State"),
            ),
            (
                "The White House\nOffice of the Press Secretary\nFor Immediate Release\nMarch 3, 2016\n\n{T}\n\n{B}\n",
                Some("The White House"),
            ),
            (
                "Council of the European Union\nPress release\n3 March 2016\n\n{T}\n\n{B}\n",
                Some("Council of the European Union"),
            ),
            (
                "{T}\n\nInstitute for Lake Studies\n3 March 2016\n\n{B}\n",
                Some("Institute for Lake Studies"),
            ),
            ("{T}\n\nPublisher: Example Press\nDate: 3 March 2016\n\n{B}\n", Some("Example Press")),
            (
                "The Example Herald\n\nMarch 3, 2016 Thursday\n\n{T}\n\nBYLINE: Jane Roe\n\nSECTION: A; Pg. 8\n\nLENGTH: 300 words\n\n{B}\n\nLOAD-DATE: March 4, 2016\n",
                Some("The Example Herald"),
            ),
            (
                "{T}\n\nBy Jane Roe\n300 words\n3 March 2016\nReuters News\nLBA\nEnglish\n(c) 2016 Reuters Limited\n\n{B}\n",
                Some("Reuters"),
            ),
            ("{T} | Example Lake Blog\n\n{T}\n\nMarch 3, 2016\n\n{B}\n", Some("Example Lake Blog")),
            ("{T} - Example Times\n\n{T}\n\nMarch 3, 2016\n\n{B}\n", Some("Example Times")),
            (
                "EXAMPLE TIMES\nHome | News | Opinion | Sports\n\n{T}\n\nMarch 3, 2016\n\n{B}\n",
                Some("EXAMPLE TIMES"),
            ),
            (
                "Lakeview\nHome | News | Opinion\n\n{T}\n\nMarch 3, 2016\n\n{B}\n\nA farmer told Lakeview that the road was closed.\n",
                Some("Lakeview"),
            ),
            ("{T}\n\nBy The Associated Press\n\n{B}\n", Some("Associated Press")),
            ("{T}\n\nReuters Staff\n\n{B}\n", Some("Reuters")),
            ("{T}\n2016-03-03 09:12:33 Source: Xinhua\n\n{B}\n", Some("Xinhua")),
            ("{T}\n\nExample24 | 2016/03/03 14:35\n\nERBIL (Example24) – {B}\n", Some("Example24")),
            ("{T}\n\n3 March 2016\n\n{B}\n", None),
            ("{T}\n\nJane Roe\n\n{B}\n", None),
            ("{T}\n\nHuman Rights Watch\n3 March 2016\n\n{B}\n", Some("Human Rights Watch")),
        ],
        |m| m.publisher,
    );
}

#[test]
fn dates_of_publication() {
    let under_the_headline = [
        ("3 March 2016", Some("2016-03-03")),
        ("March 3, 2016", Some("2016-03-03")),
        ("Mar. 3, 2016", Some("2016-03-03")),
        ("Sept. 12, 2013", Some("2013-09-12")),
        ("Published on 3 March 2016", Some("2016-03-03")),
        ("Published: March 3, 2016 10:32 GMT", Some("2016-03-03")),
        ("Last modified on Thu 3 Mar 2016 11.42 GMT", Some("2016-03-03")),
        ("Updated March 4, 2016\nPublished March 3, 2016", Some("2016-03-03")),
        ("Published 3 March 2016 | Updated 4 March 2016", Some("2016-03-03")),
        ("Updated: 4 March 2016 - First published: 3 March 2016", Some("2016-03-03")),
        ("Posted on March 3, 2016 at 10:32 pm EST", Some("2016-03-03")),
        ("Posted at 10:32 pm EST March 3, 2016", Some("2016-03-03")),
        ("2016-03-03", Some("2016-03-03")),
        ("2016-03-03T10:32:00Z", Some("2016-03-03")),
        ("2016/03/03 14:35", Some("2016-03-03")),
        ("03.03.2016", Some("2016-03-03")),
        ("12.09.2013", Some("2013-09-12")),
        ("Stand: 12.09.2013 10:32 Uhr", Some("2013-09-12")),
        ("03/04/2016", None),
        ("13/04/2016", Some("2016-04-13")),
        ("04/13/2016", Some("2016-04-13")),
        ("03-03-2016", Some("2016-03-03")),
        ("٣ مارس ٢٠١٦", Some("2016-03-03")),
        ("2016年3月22日", Some("2016-03-22")),
        ("12 марта 2016", Some("2016-03-12")),
        ("Publié le 12 mars 2016 à 10h32", Some("2016-03-12")),
        ("Publié le 12 mars 2016 à 10h32 - Mis à jour le 13 mars 2016 à 09h10", Some("2016-03-12")),
        ("12. März 2016", Some("2016-03-12")),
        ("12 de marzo de 2016", Some("2016-03-12")),
        ("12 MAR 2016 - 10:32 CET", Some("2016-03-12")),
        ("12 Mart 2016", Some("2016-03-12")),
        ("12 آذار 2016", Some("2016-03-12")),
        ("March 2016", Some("2016-03-01")),
        ("Thursday, March 3, 2016", Some("2016-03-03")),
        ("3rd March 2016", Some("2016-03-03")),
        ("Geneva, 3 March 2016", Some("2016-03-03")),
        ("Paris, le 3 mars 2016", Some("2016-03-03")),
        (
            "Published date: 3 March 2016 10:32 GMT | Last update: 3 years 2 months ago",
            Some("2016-03-03"),
        ),
        (
            "Adopted by the Security Council at its 7588th meeting, on 18 December 2015",
            Some("2015-12-18"),
        ),
        ("03.03.2016 | 10:32", Some("2016-03-03")),
        ("Date: 3 March 2016", Some("2016-03-03")),
        ("Jane Roe |03.03.2016", Some("2016-03-03")),
        ("Mar 3 2016 10:32AM", Some("2016-03-03")),
        ("Accessed 3 March 2016", None),
        ("", None),
    ];
    for (line, wanted) in under_the_headline {
        let form = format!("{{T}}\n\n{line}\n\n{{B}}\n");
        check(&[(&form, wanted)], |m| m.published.map(|p| p.date.to_string()));
    }
    check(
        &[
            ("{T}\n\nGENEVA, March 3 (Reuters) - {B}\n", None),
            ("{T}\n\nGENEVA, March 3 (Reuters) - {B}\n\n© 2016 Reuters\n", Some("2016-03-03")),
            ("{T}\n\nGENEVA, March 3, 2016 (Reuters) - {B}\n", Some("2016-03-03")),
            ("{T}\n\n{B}\n\nLOAD-DATE: March 4, 2016\n", None),
            (
                "United Nations S/RES/2254 (2015)\n\nResolution 2254 (2015)\n\nThe Security Council,\n\nRecalling its resolutions,\n\n1. Decides to meet again at the lake;\n\n2. Decides to remain seized of the matter.\n",
                Some("2015-01-01"),
            ),
        ],
        |m| m.published.map(|p| p.date.to_string()),
    );
}

#[test]
fn genres() {
    check(
        &[
            ("{T}\n\nGENEVA (Reuters) - {B}", Some("news")),
            ("{T}\n\nBy Jane Roe\n\n{B}", Some("news")),
            ("Opinion\n\n{T}\n\nBy Jane Roe\n\n{B}", Some("opinion")),
            ("{T}\n\nOp-Ed\n\nBy Jane Roe\n\n{B}", Some("opinion")),
            ("Opinion: {T}\n\nBy Jane Roe\n\n{B}", Some("opinion")),
            ("Editorial\n\n{T}\n\n{B}", Some("editorial")),
            ("{T}\n\nBy the Editorial Board\n\n{B}", Some("editorial")),
            ("Analysis: {T}\n\nBy Jane Roe\n\n{B}", Some("analysis")),
            ("ANALYSIS\n\n{T}\n\nBy Jane Roe\n\n{B}", Some("analysis")),
            ("FOR IMMEDIATE RELEASE\n\n{T}\n\n{B}", Some("press_release")),
            ("Press release\n3 March 2016\n\n{T}\n\n{B}", Some("press_release")),
            ("Joint statement on the talks\n\n3 March 2016\n\n{B}", Some("press_release")),
            ("Remarks by the President at the Lake\n\n3 March 2016\n\n{B}", Some("speech")),
            (
                "Foreign Minister Roe’s remarks and answers to media questions at the lake\n\n3 March 2016\n\n{B}",
                Some("speech"),
            ),
            (
                "Speech by Minister Roe at the Example conference\n\n3 March 2016\n\nExcellencies, ladies and gentlemen,\n\n{B}",
                Some("speech"),
            ),
            (
                "Interview with the envoy\n\n3 March 2016\n\nQ: And then?\n\nA: It ended there.\n\nQ: And now?\n\nA: It begins.\n",
                Some("interview"),
            ),
            (
                "Foreign Minister Roe's interview with Example TV\n\n3 March 2016\n\n{B}",
                Some("interview"),
            ),
            ("Report of the Secretary-General on the lake\n\n3 March 2016\n\n{B}", Some("report")),
            ("{T}\n\nSituation Report No. 4\n3 March 2016\n\n{B}", Some("report")),
            (
                "{T}\n\nMiddle East Report N°211, 3 March 2016\n\nExecutive Summary\n\n{B}",
                Some("report"),
            ),
            (
                "United Nations S/RES/2254 (2015)\n\nResolution 2254 (2015)\n\nThe Security Council,\n\nRecalling its resolutions,\n\n1. Decides to meet again at the lake;\n\n2. Decides to remain seized of the matter.\n",
                Some("legal"),
            ),
            (
                "Security Council hears of lake\n\n3 March 2016\n\n{B}\n\nFor information media. Not an official record.\n",
                Some("press_release"),
            ),
            ("Commentary\n\n{T}\n\nJane Roe\n\n{B}", Some("opinion")),
            ("Kommentar\n\n{T}\n\nVon Jana Roe\n\n{B}", Some("opinion")),
            (
                "Statement by the Press Secretary on the lake\n\n3 March 2016\n\n{B}",
                Some("press_release"),
            ),
            ("Factbox: the lake\n\n3 March 2016\n\n{B}", Some("analysis")),
            ("Letters to the editor\n\n{B}", Some("opinion")),
        ],
        |m| m.genre.map(|g| g.as_str().to_owned()),
    );
}
