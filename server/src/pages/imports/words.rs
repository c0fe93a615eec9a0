//! What can be found in a roster package, in the words of a school's office: what is wrong, and what to do.

/// A finding's name in words.
pub(crate) struct Words {
    /// What is wrong.
    pub what: &'static str,
    /// What to do.
    pub mend: &'static str,
}

/// The words of a code; one that is not known here is named itself.
pub(crate) fn of(code: &str) -> Words {
    let (_, what, mend) =
        WORDS.iter().find(|(name, ..)| *name == code).unwrap_or(&("", "読み取れないところがあります", "出力し直してください。"));
    Words { what, mend }
}

const WORDS: &[(&str, &str, &str)] = &[
    ("UNREADABLE", "読み取れません", "ファイルが壊れていないかを確かめ、もういちど送ってください。"),
    ("NOT_A_PACKAGE", "OneRoster のファイルではありません", "OneRoster の ZIP ファイルを選んでください。"),
    ("ZIP_BROKEN", "ZIP ファイルが壊れています", "もういちど出力するか、ダウンロードし直してください。"),
    ("ZIP_ENCRYPTED", "ZIP の中が暗号化されています", "パスワードを付けずに ZIP ファイルを作ってください。"),
    ("ZIP_METHOD", "ここでは開けない圧縮方式です", "ふつうの圧縮方式（Deflate）で作り直してください。"),
    ("FILE_TWICE", "ZIP の中に同じ名前のファイルが2つあります", "どちらか1つにしてください。"),
    ("FILE_TOO_LARGE", "ファイルが大きすぎます（展開して 2 GB まで）", "学校ごとに分けて出力してください。"),
    (
        "FILE_MISSING",
        "ファイルがありません",
        "manifest・orgs・academicSessions・courses・classes・users・roles・enrollments をそろえて出力してください。",
    ),
    (
        "FILE_ABSENT",
        "manifest では「なし」（absent）なのに、ファイルがあります",
        "出力し直すか、manifest のその行を直してください。",
    ),
    (
        "FILE_NOT_IN_MANIFEST",
        "manifest に書かれていないファイルです（そのまま読みました）",
        "manifest に bulk か delta と書いてください。",
    ),
    ("FILE_NOT_READ", "名簿ではないファイルです（読んでいません）", "このままでかまいません。"),
    ("MANIFEST_VALUE", "manifest で使えない値です", "absent・bulk・delta のどれかにしてください。"),
    ("MANIFEST_VERSION", "manifest.version が 1.0 ではありません", "OneRoster 1.2 で出力してください。"),
    ("VERSION_MISSING", "manifest に OneRoster の版がありません", "OneRoster 1.2・1.2.1・1.2_JP のどれかで出力してください。"),
    ("VERSION_UNKNOWN", "ここで読める OneRoster の版ではありません", "OneRoster 1.2・1.2.1・1.2_JP のどれかで出力してください。"),
    ("COLUMN_MISSING", "列がありません", "その列も出力してください。"),
    ("COLUMN_TWICE", "同じ列が2つあります", "どちらか1つにしてください。"),
    ("COLUMN_UNKNOWN", "標準にない列です（読んでいません）", "列の名前のつづりを確かめてください。"),
    (
        "NOT_UTF8",
        "UTF-8 ではなく CP932（Shift_JIS）として読みました",
        "めずらしい漢字が抜けていないかを確かめてください。できれば UTF-8 で出力してください。",
    ),
    ("NOT_UTF8_BUT_UTF16", "UTF-8 ではなく UTF-16 として読みました", "できれば UTF-8 で出力してください。"),
    ("BYTE_ORDER_MARK", "はじめに BOM があります（読めました）", "ほかのシステムのために、BOM なしで出力してください。"),
    ("TEXT_BROKEN", "文字として読めないところがあります", "UTF-8 で保存し直すか、文字コードを選んでください。"),
    ("NULL_CHARACTER", "記録できない文字（U+0000）があります", "その文字を取ってください。"),
    ("ROW_LENGTH", "値の数が見出しと合いません", "コンマと引用符（\"）を確かめてください。"),
    ("ROW_UNREADABLE", "行を読み取れません", "コンマと引用符（\"）を確かめてください。"),
    (
        "ROW_TOO_LONG",
        "行が終わりません（この行から後は読んでいません）",
        "ここで始まる引用符（\"）が閉じているかを確かめてください。",
    ),
    ("ROW_EMPTY", "空の行です（読みとばしました）", "行を消してください。"),
    ("REQUIRED", "空です", "値を入れてください。"),
    ("NOT_A_UUID", "UUID ではありません", "UUID の ID を出力してください。"),
    ("NOT_A_UUID_V4", "UUID の第4版ではありません", "日本の標準では第4版の UUID を使います。"),
    ("NOT_A_DATE", "日付として読めません", "2026-04-01 のように書いてください。"),
    ("NOT_A_TIME", "日時として読めません", "2026-04-01T09:00:00.000Z のように書いてください。"),
    ("NOT_A_FLAG", "true でも false でもありません", "true か false にしてください。"),
    ("NOT_A_YEAR", "年度として読めません", "2026 のように書いてください。"),
    ("NOT_A_NUMBER", "出席番号は 1 から 999 の数です", "数字で書くか、空にしてください。"),
    ("WORD_UNKNOWN", "この列で使えない語です", "標準の語にしてください。"),
    ("WORD_NOT_JAPANESE", "日本の標準では使わない語です", "日本の標準の語にしてください。"),
    ("ORG_NOT_KEPT", "学校（school）でも教育委員会（district）でもありません", "この行を外してください。"),
    (
        "STATUS_IN_BULK",
        "全件（bulk）のファイルに status・dateLastModified があります（読めました）",
        "空にするか、manifest で delta としてください。",
    ),
    ("TEXT_TOO_LONG", "1,000字をこえています", "短くしてください。"),
    ("HALF_WIDTH_KANA", "半角カタカナがあります", "全角で書いてください。"),
    ("PRIVATE_CHARACTER", "外字（その機械だけの文字）があります", "どの字かを確かめ、Unicode の字で書いてください。"),
    ("LAST_BEFORE_FIRST", "終わりの日が、はじめの日より前です", "どちらかを直してください。"),
    ("YEAR_TITLE", "年度の名前が「2026年度」の形ではありません", "年の数字と「年度」で書いてください。"),
    ("YEAR_SPAN", "年度が4月1日から翌年3月31日までではありません", "日付を直してください。"),
    ("MUST_BE_EMPTY", "日本の標準では空にする列です", "空にしてください。"),
    ("COURSE_TITLE", "コースの名前が「2026年度」で始まりません", "年度を前に付けてください。"),
    ("SCHOOL_CODE", "13文字の学校コードではありません", "文部科学省の一覧で確かめてください。"),
    ("SCHOOL_CODE_CHECK", "学校コードの最後の数字が合いません", "文部科学省の一覧と見くらべてください。"),
    ("BOARD_CODE", "6けたの教育委員会コードではありません", "文部科学省の一覧で確かめてください。"),
    ("GRADE_UNKNOWN", "学年として読めません", "P1〜P6・J1〜J3 をコンマで区切って書いてください。"),
    ("GRADE_READ_AS_JUNIOR_HIGH", "7〜9年を J1〜J3 として読みました", "義務教育学校の 7〜9年は J1〜J3 と書いてください。"),
    ("SUBJECT_CODE", "教科コードではありません", "P010〜P100・J010〜J090 をコンマで区切って書いてください。"),
    ("SUBJECT_COUNT", "教科と教科コードの数が合いません", "教科ごとにコードを付けてください。"),
    ("NOT_ENABLED", "使えないアカウント（enabledUser が false）です", "true にするか、その人を外してください。"),
    ("PASSWORD", "パスワードが入っています（読んでいません）", "名簿のファイルからパスワードを外してください。"),
    ("KANA_FULL_WIDTH", "よみが全角カタカナではありません", "全角カタカナで書いてください。"),
    (
        "ROLE_NOT_PRIMARY",
        "日本の標準では、この役割は主（primary）にしません",
        "主を teacher とし、この役割は secondary にしてください。",
    ),
    ("STUDENT_PRIMARY", "児童生徒の primary は false です", "false にしてください。"),
    ("ID_TWICE", "同じ ID の行が前にあります", "1人・1件に1つの ID にしてください。"),
    ("MASTER_TWICE", "同じ userMasterIdentifier の人が前にいます", "1人に1つの ID にしてください。"),
    ("NO_SUCH_ORG", "orgs にその学校・教育委員会がありません", "orgs に加えるか、ID を直してください。"),
    ("NOT_A_SCHOOL", "学校ではない組織です", "学校の ID にしてください。"),
    ("BOARD_WITH_PARENT", "教育委員会に上の組織が書かれています", "空にしてください。"),
    ("NO_SUCH_SESSION", "academicSessions にその年度がありません", "academicSessions に加えるか、ID を直してください。"),
    ("NO_SUCH_COURSE", "courses にそのコースがありません", "courses に加えるか、ID を直してください。"),
    ("NO_SUCH_CLASS", "classes にその学級がありません", "classes に加えるか、ID を直してください。"),
    ("CLASS_OF_OTHER_SCHOOL", "学級の学校と違う学校です", "学校の ID を直してください。"),
    ("NO_SUCH_USER", "users にその人がいません", "users に加えるか、ID を直してください。"),
    ("GRADE_OF_OTHERS", "児童生徒の学年が、学級の学年にありません", "users か classes の grades を直してください。"),
    ("WRONG_ROLE", "roles での役割と合いません", "roles か enrollments の役割を直してください。"),
    ("NO_ROLE", "roles に役割がありません", "roles に加えてください。"),
    ("NO_PRIMARY_ROLE", "主（primary）の役割がありません", "roles の roleType を1つ primary にしてください。"),
    ("DAYS_REVERSED", "終わりの日が、はじめの日より前です", "どちらかを直してください。"),
    ("PLACE_TWICE", "同じ人が同じ期間、同じ学級にもういちどいます", "行を1つにするか、期間を分けてください。"),
    ("NOT_YOUR_SCHOOL", "名簿を受け持っていない学校です", "その学校の行を外すか、教育委員会に頼んでください。"),
    ("NOT_YOURS", "受け持っていない学校の記録です", "その行を外すか、教育委員会に頼んでください。"),
    ("KEPT_FOR_HISTORY", "記録があるため、消さずに残します", "このままでかまいません。"),
    ("MANIFEST_TWICE", "manifest に同じ項目が2つあります", "どちらか1つにしてください。"),
    (
        "NO_COMMAS",
        "列がコンマではなく、セミコロンかタブで区切られています",
        "コンマ区切りの CSV で保存し直してください（Excel では「CSV UTF-8」）。",
    ),
    ("UTF16_WITHOUT_MARK", "UTF-16 で保存されていて、読み取れません", "UTF-8 で保存し直してください。"),
    (
        "COLUMNS_IN_OTHER_CASE",
        "列の名前の大文字と小文字が標準と違います",
        "列の名前を標準のとおり（sourcedId など）に書いてください。",
    ),
    (
        "OF_VERSION_1_1",
        "役割が users に書かれ、roles がありません（OneRoster 1.1 の形です）",
        "OneRoster 1.2・1.2.1・1.2_JP のどれかで出力してください。",
    ),
    ("LINE_BREAK", "とちゅうで改行されています", "引用符（\"）を確かめ、1行に書いてください。"),
    (
        "DUTY_NOT_GIVEN",
        "学校では決められない役目か、自分の役目です",
        "教育委員会に頼んでください。自分の役目は、学校のほかの人に頼んでください。",
    ),
    (
        "YEAR_OF_BOARD",
        "この年度は、まだ教育委員会が取り込んでいません（何も読んでいません）",
        "教育委員会が、この年度の名簿を先に取り込みます。",
    ),
    ("YEAR_TWICE", "同じ年度の行が前にあります", "1つの年度を1行にし、学級の年度の ID を直してください。"),
    ("TERM_OF_YEAR", "学期などは記録しません（学級はその年度のものとして読みました）", "学級には年度の ID を書いてください。"),
    ("TERM_OF_NO_YEAR", "どの年度の学期か分かりません", "年度の行を加えるか、parentSourcedId に年度の ID を書いてください。"),
    ("TERMS_OF_YEARS", "2つ以上の年度にまたがる学級です（はじめの年度として読みました）", "年度ごとに学級を分けてください。"),
    ("CODE_TWICE", "同じ学校コードの学校が前にあります", "文部科学省の一覧で確かめてください。"),
    (
        "NOBODY_LEAVES",
        "読めない行があるため、このファイルにない人も、在籍のままにします",
        "ファイルを直して、もういちど送ってください。",
    ),
    ("NOBODY_ENROLLED", "行がありません（だれも学級に入りません）", "出力が最後まで終わっているかを確かめてください。"),
    ("TWO_HOMEROOMS", "同じ期間に、2つの学籍クラスにいます", "前の学級の endDate を、つぎの学級が始まる前の日にしてください。"),
    ("NO_SUCH_PROFILE", "userProfiles にその ID がありません", "userProfiles に加えるか、空にしてください。"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use asagao_graphql::formats::oneroster::rules;
    use asagao_graphql::jobs::roster_import;
    use std::collections::BTreeSet;

    #[test]
    fn everything_that_can_be_found_has_words() {
        for rule in rules::ALL.iter().chain(roster_import::rules::ALL) {
            assert!(WORDS.iter().any(|(code, ..)| *code == rule.code), "{} has no words", rule.code);
        }
        let codes: BTreeSet<_> = WORDS.iter().map(|(code, ..)| code).collect();
        assert_eq!(codes.len(), WORDS.len(), "each code has its words once");
    }
}
