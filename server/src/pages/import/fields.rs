//! The fields of a record and their values, in words.

/// A field in words; `None` where a person has nothing to look at in it.
pub(super) fn name(field: &str) -> Option<&'static str> {
    Some(match field {
        "name" | "title" => "名前",
        "code" => "コード",
        "year" | "academicYear" => "年度",
        "begins" => "はじめの日",
        "ends" => "終わりの日",
        "grades" | "grade" => "学年",
        "subjects" => "教科",
        "specialNeeds" => "特別支援学級",
        "kind" => "種類",
        "identifier" => "学籍番号",
        "familyName" => "姓（正式）",
        "givenName" => "名（正式）",
        "preferredFamilyName" => "姓（表示）",
        "preferredGivenName" => "名（表示）",
        "kanaFamilyName" => "姓のよみ",
        "kanaGivenName" => "名のよみ",
        "kana" => "よみ",
        "birthDate" => "生年月日",
        "email" => "メールアドレス",
        "number" => "出席番号",
        "class" => "学級",
        "school" => "学校",
        _ => return None,
    })
}

/// A value in words; a field that is empty has none.
pub(super) fn value(field: &str, value: &str) -> String {
    match (field, value) {
        ("specialNeeds", "true") => "はい".into(),
        ("specialNeeds", "false") => "いいえ".into(),
        ("begins" | "ends" | "birthDate", day) => day.replace('-', "/"),
        ("kind", kind) => kind_words(kind).into(),
        ("grades" | "grade", grades) => {
            let codes: Vec<String> = grades.split(',').filter(|grade| !grade.is_empty()).map(str::to_owned).collect();
            crate::pages::words::grades(&codes)
        }
        _ => value.to_owned(),
    }
}

fn kind_words(kind: &str) -> &str {
    match kind {
        "HOMEROOM" => "学籍の学級",
        "SCHEDULED" => "授業",
        "HOME" => "在籍",
        "EXCHANGE" => "交流",
        other => match crate::pages::words::duty(other) {
            "" => other,
            words => words,
        },
    }
}

/// Where two texts begin to differ and where they are the same again, by characters: what is marked in a look at both.
pub(super) fn difference<'a>(one: &'a str, other: &str) -> (&'a str, &'a str, &'a str) {
    let begin: usize = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (same, rest) = one.split_at(begin);
    let end: usize =
        rest.chars().rev().zip(other[begin..].chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (differs, tail) = rest.split_at(rest.len() - end);
    (same, differs, tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_marked_by_characters() {
        assert_eq!(difference("髙橋 蒼", "高橋 蒼"), ("", "髙", "橋 蒼"));
        assert_eq!(difference("2026/04/01", "2026/04/10"), ("2026/04/", "01", ""));
        assert_eq!(difference("aa", "aaa"), ("aa", "", ""));
        assert_eq!(difference("", "x"), ("", "", ""));
    }

    #[test]
    fn values_are_in_the_words_of_a_school() {
        assert_eq!(value("begins", "2026-04-01"), "2026/04/01");
        assert_eq!(value("kind", "HOMEROOM_TEACHER"), "担任");
        assert_eq!(name("holder"), None);
    }
}
