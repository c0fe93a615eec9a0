//! Codes and vocabularies of Japanese schools: 学校コード, 教育委員会コード, grades and subjects.

/// A grade as a roster writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grade<'a> {
    /// One that the standard knows.
    Known(&'a str),
    /// 7 to 9 of a 義務教育学校, as J1 to J3.
    Seventh(&'static str),
    /// Something else, kept as it is.
    Unknown(&'a str),
}

impl<'a> Grade<'a> {
    pub(super) fn name(self) -> &'a str {
        match self {
            Grade::Known(name) | Grade::Seventh(name) | Grade::Unknown(name) => name,
        }
    }
}

/// What a grade means.
pub(super) fn grade(text: &str) -> Grade<'_> {
    match text.as_bytes() {
        [b'P', b'1'..=b'6'] | [b'J' | b'H' | b'E', b'1'..=b'3'] => Grade::Known(text),
        [b'7'] | [b'P', b'7'] => Grade::Seventh("J1"),
        [b'8'] | [b'P', b'8'] => Grade::Seventh("J2"),
        [b'9'] | [b'P', b'9'] => Grade::Seventh("J3"),
        _ => Grade::Unknown(text),
    }
}

/// Whether a word is one that the base standard lets everybody add.
pub(super) fn is_extension(word: &str) -> bool {
    let rest = word.strip_prefix("ext:");
    rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)))
}

/// Whether a subject code is one of P010 to P100 or J010 to J090.
pub(super) fn is_subject(code: &str) -> bool {
    let number = code
        .get(1..)
        .filter(|digits| digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .and_then(|digits| digits.parse::<u32>().ok());
    let most = match code.as_bytes().first() {
        Some(b'P') => 100,
        Some(b'J') => 90,
        _ => return false,
    };
    number.is_some_and(|number| number % 10 == 0 && (10..=most).contains(&number))
}

const OF_ELEMENTARY: [&str; 10] = ["国語", "社会", "算数", "理科", "生活", "音楽", "図画工作", "家庭", "体育", "外国語"];
const OF_JUNIOR_HIGH: [&str; 9] = ["国語", "社会", "数学", "理科", "音楽", "美術", "保健体育", "技術・家庭", "外国語"];

/// A class's subjects, names or codes separated by commas, as names and, where each is a code, as codes.
pub(crate) fn subjects(text: &str) -> (String, String) {
    if text.is_empty() || !text.split(',').all(is_subject) {
        return (text.to_owned(), String::new());
    }
    let name = |code: &str| {
        let names: &[&str] = if code.starts_with('P') { &OF_ELEMENTARY } else { &OF_JUNIOR_HIGH };
        let at = code[1..].parse::<usize>().unwrap_or_default() / 10;
        names.get(at.wrapping_sub(1)).copied().unwrap_or(code).to_owned()
    };
    (text.split(',').map(name).collect::<Vec<_>>().join(","), text.to_owned())
}

/// Whether a text is a 教育委員会コード: six digits, the first two a prefecture.
#[must_use]
pub fn is_board(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) && (1..=47).contains(&code[..2].parse().unwrap_or(0))
}

/// What a 学校コード is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchoolCode {
    /// 13 characters, the last of which fits.
    Right,
    /// 13 characters, the last of which does not fit the others.
    WrongCheck,
    /// Something else.
    Malformed,
}

/// Looks at a 学校コード: kind of school, prefecture, who keeps it, number, check digit. The digit is that of Luhn with letters counted from
/// A = 1, told from published codes.
#[must_use]
pub fn school(code: &str) -> SchoolCode {
    let [kind @ b'A'..=b'H', variant @ b'1'..=b'2', prefecture_tens @ b'0'..=b'4', rest @ ..] = code.as_bytes() else {
        return SchoolCode::Malformed;
    };
    if rest.len() != 10 || !rest.iter().all(u8::is_ascii_digit) || !(b'1'..=b'3').contains(&rest[1]) {
        return SchoolCode::Malformed;
    }
    let digits =
        [kind - b'A' + 1, variant - b'0', prefecture_tens - b'0'].into_iter().chain(rest[..9].iter().map(|digit| digit - b'0'));
    let sum: u8 = digits
        .zip([2, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    if (10 - sum % 10) % 10 == rest[9] - b'0' { SchoolCode::Right } else { SchoolCode::WrongCheck }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_of_published_codes_fits() {
        for code in ["C122210000093", "C122210001403", "C123210001288", "F112310102342"] {
            assert_eq!(school(code), SchoolCode::Right, "{code}");
        }
        assert_eq!(school("C122210000094"), SchoolCode::WrongCheck);
        for code in ["", "C12221000009", "X122210000093", "C122210000093x", "C1222１0000093", "C122500000093"] {
            assert_eq!(school(code), SchoolCode::Malformed, "{code}");
        }
    }

    #[test]
    fn grades_of_a_compulsory_school_are_those_of_a_junior_high() {
        assert_eq!(["P6", "7", "P9", "J3", "Q1"].map(|text| grade(text).name()), ["P6", "J1", "J3", "J3", "Q1"]);
        assert_eq!(grade("10"), Grade::Unknown("10"));
    }

    #[test]
    fn subjects_are_ten_of_an_elementary_and_nine_of_a_junior_high_school() {
        assert!(["P010", "P100", "J010", "J090"].into_iter().all(is_subject));
        assert!(!["P110", "J100", "P011", "P000", "K010", "P10", "P+10", ""].into_iter().any(is_subject));
    }

    #[test]
    fn codes_are_given_away_with_their_names() {
        assert_eq!(subjects("P030,P100"), ("算数,外国語".into(), "P030,P100".into()));
        assert_eq!(subjects("算数"), ("算数".into(), String::new()));
    }

    #[test]
    fn a_boards_code_begins_with_a_prefecture() {
        assert!(is_board("011000") && is_board("222135"));
        assert!(!is_board("991000") && !is_board("22213") && !is_board("001000") && !is_board("２２２１３５"));
    }
}
