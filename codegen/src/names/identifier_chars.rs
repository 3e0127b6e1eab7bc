//! Which letters an identifier may have without a warning of rustc (`uncommon_codepoints`, `mixed_script_confusables`).

use std::ops::RangeInclusive;

/// Letters beyond ASCII that rustc takes for common, of scripts that documents are written in; those whose other case is
/// no single letter are left out, and so is what only changes the letter before it.
const COMMON: &[RangeInclusive<char>] = &[
    '\u{c0}'..='\u{d6}',
    '\u{d8}'..='\u{f6}',
    '\u{f8}'..='\u{12f}',
    '\u{134}'..='\u{137}',
    '\u{139}'..='\u{13e}',
    '\u{141}'..='\u{148}',
    '\u{14a}'..='\u{17e}',
    '\u{1a0}'..='\u{1a1}',
    '\u{1af}'..='\u{1b0}',
    '\u{218}'..='\u{21b}',
    '\u{1ea0}'..='\u{1ef9}',
    // Greek
    '\u{386}'..='\u{386}',
    '\u{388}'..='\u{38a}',
    '\u{38c}'..='\u{38c}',
    '\u{38e}'..='\u{38f}',
    '\u{391}'..='\u{3a1}',
    '\u{3a3}'..='\u{3af}',
    '\u{3b1}'..='\u{3ce}',
    // Cyrillic
    '\u{400}'..='\u{45f}',
    '\u{490}'..='\u{491}',
    // Hebrew, Arabic
    '\u{5d0}'..='\u{5ea}',
    '\u{620}'..='\u{63f}',
    '\u{641}'..='\u{64a}',
    '\u{679}'..='\u{68d}',
    '\u{68f}'..='\u{6a0}',
    '\u{6a2}'..='\u{6d3}',
    // Devanagari, Thai
    '\u{904}'..='\u{939}',
    '\u{93c}'..='\u{94d}',
    '\u{e01}'..='\u{e32}',
    '\u{e34}'..='\u{e3a}',
    '\u{e40}'..='\u{e4e}',
    // Hiragana, Katakana, Han, Hangul
    '\u{3041}'..='\u{3096}',
    '\u{30a1}'..='\u{30fa}',
    '\u{30fc}'..='\u{30fc}',
    '\u{3400}'..='\u{4dbf}',
    '\u{4e00}'..='\u{9fff}',
    '\u{ac00}'..='\u{d7a3}',
];

/// Letters that look like those of another script, so that rustc warns where a crate has no other of theirs.
const LOOK_ALIKES: &str = "ΑΒΓΕΖΗΘΙΚΛΜΝΟΠΡΤΥΦΧαβγδεθικνοπρστυφЄЅІЈАБВГЕЗКЛМНОПРСТУФХЫЬЮабгекопрстуфхєѕіјћҐґ\
    וטיןסإاةهจบปฝพฟยყくへイエカタトニノハヘロー";

/// Whether an identifier may have this sign.
pub(super) fn is_common_char(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || sign == '_' || COMMON.iter().any(|range| range.contains(&sign))
}

/// Whether rustc would warn of an identifier: of a letter that came by changing its case, or because all its letters of
/// another script look like Latin ones.
pub(super) fn is_confusable(name: &str) -> bool {
    let mut foreign =
        name.chars().filter(|sign| *sign > '\u{24f}' && !('\u{1e00}'..='\u{1eff}').contains(sign)).peekable();
    !name.chars().all(is_common_char) || foreign.peek().is_some() && foreign.all(|sign| LOOK_ALIKES.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::{is_common_char, is_confusable};

    #[test]
    fn words_of_many_languages_stand_and_odd_letters_do_not() {
        for word in ["größe", "zażółć", "đường", "όνομα", "имя", "שם", "اسم", "नाम", "ชื่อ", "なまえ", "名前", "이름"]
        {
            assert!(word.chars().all(is_common_char) && !is_confusable(word), "{word}");
        }
        for sign in ['ª', '²', 'Ⅷ', 'ﬁ', 'ı', 'İ', 'µ', 'ǆ', '\u{301}', '\u{200d}', '😀'] {
            assert!(!is_common_char(sign), "{sign}");
        }
    }

    #[test]
    fn what_only_looks_like_latin_misleads() {
        assert!(is_confusable("ο") && is_confusable("оса") && is_confusable("x_α"));
        assert!(!is_confusable("о_имя") && !is_confusable("ohm"));
    }
}
