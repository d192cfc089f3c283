//! Properties that layout holds for any string.

use proptest::prelude::*;
use rapporteur::layout::{Layout, LayoutRules, layout};
use rapporteur::metadata::{MetadataRules, metadata};
use std::sync::OnceLock;

fn rules() -> &'static (LayoutRules, MetadataRules) {
    static RULES: OnceLock<(LayoutRules, MetadataRules)> = OnceLock::new();
    RULES.get_or_init(|| (LayoutRules::embedded().unwrap(), MetadataRules::embedded().unwrap()))
}

/// Every byte that is not white space in one block; order; boundaries; documents contiguous.
fn holds(text: &str, found: &Layout) {
    let mut at = 0;
    let mut document = 0;
    let mut seen = vec![false; found.documents as usize];
    for block in &found.blocks {
        let (start, end) = (block.span.start as usize, block.span.end as usize);
        assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
        assert!(at <= start && start < end, "{text:?} {block:?}");
        assert!(
            text[at..start].trim().is_empty(),
            "not covered: {:?} of {text:?}",
            &text[at..start]
        );
        let part = &text[start..end];
        assert_eq!(part, part.trim(), "{block:?}");
        let mut inside = start;
        for cut in &block.hyphens {
            let (from, to) = (cut.start as usize, cut.end as usize);
            assert!(inside <= from && from < to && to <= end, "{text:?} {block:?}");
            assert!(text.is_char_boundary(from) && text.is_char_boundary(to));
            inside = to;
        }
        if let Some(number) = block.document {
            assert!(number >= document && number < found.documents);
            document = number;
            seen[number as usize] |= block.kind.is_kept();
        }
        at = end;
    }
    assert!(text[at..].trim().is_empty(), "not covered: {:?}", &text[at..]);
    assert!(seen.iter().all(|s| *s), "a document without content: {text:?}");
}

fn check(text: &str) {
    let (layout_rules, metadata_rules) = rules();
    let found = layout(text, layout_rules);
    holds(text, &found);
    for document in 0..found.documents {
        let _ = metadata(text, &found, document, text, metadata_rules);
    }
}

fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("\u{c}".to_owned()),
        Just("-----".to_owned()),
        Just(
            "GENEVA, 22 March 2018 (Reuters) - The envoys met again on Monday in the old town."
                .to_owned()
        ),
        Just("By Jane Roe".to_owned()),
        Just("23 January 2018 In Coalition News".to_owned()),
        Just("From: a@b\nDate: 3 May 2010\nSubject: the talks".to_owned()),
        Just(
            "It ended there, they said, and all of them went home. (Source: Media Office)"
                .to_owned()
        ),
        Just("Copyright 2018 Example. All rights reserved.".to_owned()),
        Just("the envoys went on to speak of inter-".to_owned()),
        Just("national affairs and of the truce that nobody kept, and then".to_owned()),
        Just("Page 3 of 7".to_owned()),
        Just("Related articles:".to_owned()),
        Just("3 comments".to_owned()),
        Just("Talks Resume in Geneva".to_owned()),
        "[ \\t]{0,3}[A-Za-zäß«»“”()., :;0-9-]{0,90}",
        "\\PC{0,30}",
    ];
    proptest::collection::vec(line, 0..40).prop_map(|l| l.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(text in "\\PC*|[ \\n\\t\\x0ca-cA-C.(){}:-]*|(?s).{0,200}") {
        check(&text);
    }

    #[test]
    fn any_lines(text in lines()) {
        check(&text);
    }
}

#[test]
fn oddities() {
    for text in [
        "",
        " ",
        "\n\n",
        "\u{c}",
        "a",
        "(Source: X)",
        "GENEVA (Reuters) -",
        "-",
        "-\n-",
        "a-\nb",
        "\u{feff}",
        "İ: x\nİ: y",
        "By",
        "by:",
        "©",
        "\u{2028}",
        "a\u{85}\nb",
    ] {
        check(text);
    }
}
