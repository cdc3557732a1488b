//! Texts of people: what no name, status or reason may contain, and how a text is compared as people read it.

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{
    GeneralCategory, GeneralCategoryGroup, UnicodeEmoji, UnicodeGeneralCategory,
};

/// Joins emoji into one, as in a family.
const ZERO_WIDTH_JOINER: char = '\u{200d}';
/// Choose between the drawn and the printed form of the character before.
const VARIATION_SELECTORS: [char; 2] = ['\u{fe0e}', '\u{fe0f}'];
/// Blank characters of categories that are otherwise visible, and marks that are never shown: Hangul fillers, Khmer inherent
/// vowels, the empty Braille pattern, the joiner of graphemes, the notation for silence (Unicode Standard, section 5.21,
/// "Default Ignorable Code Points").
const BLANK: [char; 9] = [
    '\u{115f}',
    '\u{1160}',
    '\u{3164}',
    '\u{ffa0}',
    '\u{17b4}',
    '\u{17b5}',
    '\u{2800}',
    '\u{34f}',
    '\u{1d159}',
];
/// What looks like a hyphen but is no dash by its category: minus signs, bullets, strokes and lines, long vowel marks (Unicode
/// Technical Standard 39, confusables of U+002D, and their wider forms).
const HYPHEN_LOOK_ALIKES: [char; 16] = [
    '\u{2212}', '\u{2d7}', '\u{2043}', '\u{2796}', '\u{6d4}', '\u{2cba}', '\u{2cbb}', '\u{30fc}',
    '\u{31d0}', '\u{4e00}', '\u{2f00}', '\u{3161}', '\u{2500}', '\u{2501}', '\u{23af}', '\u{23e4}',
];

/// Why a text is refused. Each reads on from the name of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing but spaces.
    #[error("is empty")]
    Empty,
    /// Too long.
    #[error("has more than {max_chars} characters")]
    TooLong {
        /// The maximum number of characters.
        max_chars: usize,
    },
    /// A control character or a line break.
    #[error("has a control character or a line break (U+{:04X})", u32::from(*.0))]
    Control(char),
    /// A character that is not shown, or that changes the direction of others.
    #[error(
        "has an invisible or direction-changing character (U+{:04X})",
        u32::from(*.0)
    )]
    Invisible(char),
}

/// Checks a text of one line, which may be empty: at most `max_chars` characters, each of them visible, or a space.
///
/// # Errors
/// The first thing that is wrong.
pub fn check_line(text: &str, max_chars: usize) -> Result<(), TextError> {
    let mut before: Option<char> = None;
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_control(c) {
            return Err(TextError::Control(c));
        }
        let is_part_of_emoji = match c {
            ZERO_WIDTH_JOINER => {
                before.is_some_and(is_emoji) && rest.peek().copied().is_some_and(is_emoji)
            }
            c if VARIATION_SELECTORS.contains(&c) => {
                before.is_some_and(UnicodeEmoji::is_emoji_char_or_emoji_component)
            }
            _ => false,
        };
        if is_invisible(c) && !is_part_of_emoji {
            return Err(TextError::Invisible(c));
        }
        // A variation selector belongs to the emoji before it.
        if !VARIATION_SELECTORS.contains(&c) {
            before = Some(c);
        }
    }
    if text.chars().count() > max_chars {
        return Err(TextError::TooLong { max_chars });
    }
    Ok(())
}

/// Checks a text of one line that must not be empty.
///
/// # Errors
/// The first thing that is wrong.
pub fn check_filled_line(text: &str, max_chars: usize) -> Result<(), TextError> {
    check_line(text, max_chars)?;
    if text.trim().is_empty() {
        return Err(TextError::Empty);
    }
    Ok(())
}

/// True if the character controls a terminal or breaks a line.
#[must_use]
pub fn is_control(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// True if the character is not shown, or changes the direction of others: all format characters, and those that no font shows.
/// Spaces are visible.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let number = u32::from(c);
    match c.general_category() {
        GeneralCategory::Format => true,
        // Variation selectors, the Mongolian and the supplementary ones too.
        GeneralCategory::NonspacingMark => {
            matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{180b}'..='\u{180f}' | '\u{e0100}'..='\u{e01ef}')
                || BLANK.contains(&c)
        }
        // Not assigned, but never to be shown; and the code points that are no characters.
        GeneralCategory::Unassigned => {
            matches!(c, '\u{2065}' | '\u{fff0}'..='\u{fff8}' | '\u{e0000}'..='\u{e0fff}' | '\u{fdd0}'..='\u{fdef}')
                || number & 0xfffe == 0xfffe
        }
        _ => BLANK.contains(&c),
    }
}

/// The text as people compare it: without regard to case, width and form of letters, and as if there were no spaces,
/// underscores, dashes or invisible characters in it. Two texts with the same key are the same word to every reader.
#[must_use]
pub fn comparison_key(text: &str) -> String {
    let composed = text.nfkc().flat_map(char::to_uppercase);
    composed
        .flat_map(char::to_lowercase)
        // The dot of a Turkish capital I.
        .filter(|c| *c != '\u{307}' && !is_separator(*c) && !is_invisible(*c) && !is_control(*c))
        .collect()
}

/// Spaces, underscores and dashes of any kind.
fn is_separator(c: char) -> bool {
    let category = c.general_category();
    c.is_whitespace()
        || c.general_category_group() == GeneralCategoryGroup::Separator
        || matches!(
            category,
            GeneralCategory::DashPunctuation | GeneralCategory::ConnectorPunctuation
        )
        || HYPHEN_LOOK_ALIKES.contains(&c)
}

/// Emoji proper, and not the digits and signs that keycaps are made of.
fn is_emoji(c: char) -> bool {
    !c.is_ascii() && c.is_emoji_char_or_emoji_component()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_refused() {
        for c in [
            '\0', '\t', '\n', '\r', '\u{1b}', '\u{7f}', '\u{85}', '\u{9b}', '\u{2028}', '\u{2029}',
        ] {
            let text = format!("Bre{c}ak");
            assert_eq!(
                check_line(&text, 64),
                Err(TextError::Control(c)),
                "{text:?}"
            );
        }
        for c in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{202a}',
            '\u{202e}',
            '\u{2060}',
            '\u{2065}',
            '\u{2066}',
            '\u{2069}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{ffff}',
            '\u{e0020}',
            '\u{e0100}',
        ] {
            let text = format!("Bre{c}ak");
            assert_eq!(
                check_line(&text, 64),
                Err(TextError::Invisible(c)),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_people_write_is_taken() {
        for text in [
            "",
            "Zoë Müller-O’Neill",
            "山田 太郎",
            "نوال",
            "नमस्ते",
            "lunch\u{a0}break",
            "☕\u{fe0f} Break",
            "👩\u{200d}👩\u{200d}👧",
            "👩🏽\u{200d}💻",
            "❤\u{fe0f}\u{200d}🔥",
            "1\u{fe0f}\u{20e3}",
            "🇩🇪",
        ] {
            assert_eq!(check_line(text, 64), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_joiner_joins_emoji_only() {
        for text in [
            "a\u{200d}b",
            "👩\u{200d}",
            "\u{200d}👩",
            "1\u{200d}2",
            "👩\u{200d}a",
        ] {
            assert!(check_line(text, 64).is_err(), "{text:?}");
        }
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(check_line("éé", 2), Ok(()));
        assert_eq!(
            check_line("ééé", 2),
            Err(TextError::TooLong { max_chars: 2 })
        );
        assert_eq!(check_filled_line(" \u{3000}", 2), Err(TextError::Empty));
    }

    #[test]
    fn a_reason_names_the_character_by_its_number() {
        let reason = check_line("a\u{1b}", 64).unwrap_err().to_string();
        assert_eq!(reason, "has a control character or a line break (U+001B)");
        let reason = check_line("a\u{e0020}", 64).unwrap_err().to_string();
        assert_eq!(
            reason,
            "has an invisible or direction-changing character (U+E0020)"
        );
    }
}
