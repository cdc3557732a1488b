use proptest::prelude::*;

use super::*;

/// What stands between words and letters without making another word.
const SEPARATORS: [&str; 24] = [
    "", " ", "  ", "-", "_", "\u{a0}", "\u{202f}", "\u{2007}", "\u{3000}", "\u{2010}", "\u{2011}",
    "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{fe58}", "\u{fe63}", "\u{ff0d}",
    "\u{2043}", "\u{2d7}", "\u{6d4}", "\u{2796}", "\u{ff3f}",
];

fn parse(text: &str) -> AgentStatus {
    Statuses::default().parse(text).unwrap()
}

/// Texts that a person takes for `word`: each letter in either case, wide or not, and separators round it.
fn look_alikes(word: &'static str) -> impl Strategy<Value = String> {
    let letter = |c: char| {
        let wide = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        let (lower, upper) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
        prop::sample::select(vec![lower, upper, wide(lower), wide(upper)])
    };
    let letters: Vec<_> = word
        .chars()
        .map(|c| (letter(c), prop::sample::select(SEPARATORS.to_vec())))
        .collect();
    (prop::sample::select(SEPARATORS.to_vec()), letters).prop_map(|(first, letters)| {
        let letters = letters.into_iter().map(|(c, after)| format!("{c}{after}"));
        letters.fold(first.to_owned(), |text, letter| text + &letter)
    })
}

proptest! {
    #[test]
    fn no_text_that_a_person_takes_for_a_busy_status_is_idle(
        call in look_alikes("incall"), chat in look_alikes("inchat"), offline in look_alikes("offline"),
    ) {
        let statuses = Statuses::default();
        for (text, canonical) in [(call, "In-call"), (chat, "In-chat")] {
            let status = statuses.recognize(&text);
            prop_assert!(status.is_busy() && !status.is_offline(), "{text:?}");
            prop_assert_eq!(status.as_str(), canonical);
            prop_assert_eq!(status.as_read(), text);
        }
        let status = statuses.recognize(&offline);
        prop_assert!(status.is_offline() && !status.is_busy(), "{offline:?}");
    }

    #[test]
    fn every_text_that_comes_in_is_what_the_table_makes_of_it(text in "\\PC{1,70}") {
        let statuses = Statuses::default();
        if let Ok(status) = statuses.parse(&text) {
            let stored = statuses.recognize(status.as_str());
            prop_assert_eq!(stored.is_busy(), status.is_busy());
            prop_assert_eq!(stored.is_offline(), status.is_offline());
            prop_assert_eq!(stored.as_read(), status.as_str());
        }
    }
}

#[test]
fn statuses_are_compared_as_people_mean_them() {
    for text in [
        "In-Call",
        "in-call",
        "IN-CALL",
        "In call",
        "in_call",
        "InCall",
        "In-call ",
        "In\u{2011}call",
        " in  call",
        "In\u{a0}call",
        "ın-call",
        "İN-CALL",
        "In\u{ad}-call",
        "Iｎ－ｃａｌｌ",
    ] {
        let status = Statuses::default().recognize(text);
        assert!(status.is_busy(), "{text}");
        assert_eq!(status.as_str(), "In-call", "{text}");
    }
    for text in ["offline", "OFFLINE", "Offline ", "off-line", "Off line"] {
        assert_eq!(parse(text), AgentStatus::offline(), "{text}");
        assert!(parse(text).is_offline(), "{text}");
    }
}

#[test]
fn other_texts_are_kept_as_they_came() {
    for text in [
        "Available",
        "lunch",
        "LUNCH",
        "After-call work",
        "In-call review",
        "Call",
        "In",
        "Offline soon",
        "☕ Break",
    ] {
        let status = parse(text);
        assert_eq!(status.as_str(), text);
        assert!(!status.is_busy() && !status.is_offline(), "{text}");
    }
}

#[test]
fn a_deployment_names_its_busy_statuses_in_place_of_the_standard_ones() {
    let statuses = Statuses::with_busy(["On hold", "In-call"]).unwrap();
    let busy = |text| statuses.parse(text).unwrap().is_busy();
    assert!(busy("on-hold") && busy("ON HOLD") && busy("in call"));
    assert!(!busy("In-chat"));
    assert_eq!(statuses.parse("ONHOLD").unwrap().as_str(), "On hold");
    assert_eq!(statuses.busy().collect::<Vec<_>>(), ["On hold", "In-call"]);
}

#[test]
fn busy_statuses_must_be_different_texts_that_a_status_may_have() {
    let error = |busy: &[&'static str]| Statuses::with_busy(busy.iter().copied()).unwrap_err();
    assert_eq!(error(&[]), BusyStatusesError::Number);
    assert_eq!(error(&["off_line"]), BusyStatusesError::Offline);
    assert_eq!(error(&["On hold", "on-hold"]), BusyStatusesError::Twice);
    for text in ["", " ", "-", "a\u{1b}"] {
        let error = error(&["In-call", text]);
        let is_second = matches!(error, BusyStatusesError::Text { number: 2, .. });
        assert!(is_second, "{text:?}: {error}");
    }
    let many: Vec<String> = (0..=MAX_BUSY_STATUSES)
        .map(|n| format!("busy {n}"))
        .collect();
    let many = Statuses::with_busy(many.iter().map(String::as_str));
    assert_eq!(many.unwrap_err(), BusyStatusesError::Number);
}

#[test]
fn a_status_has_1_to_64_visible_characters() {
    let parse = |text: &str| Statuses::default().parse(text);
    assert!(parse(&"é".repeat(MAX_STATUS_CHARS)).is_ok());
    for text in [
        &"é".repeat(MAX_STATUS_CHARS + 1),
        "",
        " ",
        "Bre\nak",
        "Bre\u{1b}ak",
        "In\u{200b}call",
    ] {
        assert!(parse(text).is_err(), "{text:?}");
    }
}
