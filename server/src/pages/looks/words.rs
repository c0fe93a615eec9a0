//! The words of the access log: which records a right is about, what was done.

/// Which records some rights are about, each once, in the order of the rights.
pub(in crate::pages) fn areas(rights: &[String]) -> Vec<&'static str> {
    let mut areas: Vec<&'static str> = rights.iter().map(|right| area(right)).collect();
    areas.sort_by_key(|area| ORDER.iter().position(|of| of == area));
    areas.dedup();
    areas
}

const ORDER: [&str; 15] = [
    "名簿",
    "学籍",
    "保護者",
    "出欠",
    "学習",
    "成績",
    "心の天気",
    "健康観察",
    "保健室",
    "気にかけたい知らせ",
    "支援",
    "来年度の準備",
    "保存と廃棄",
    "閲覧の記録",
    "ほかの記録",
];

fn area(right: &str) -> &'static str {
    match right {
        "ROSTER_READ" | "ROSTER_WRITE" | "PROTECTED_READ" | "RECORD_OPEN" => "名簿",
        "OFFICIAL_NAME_READ" | "MOVE_WRITE" => "学籍",
        "GUARDIAN_READ" | "GUARDIAN_WRITE" => "保護者",
        "TURNOVER_WRITE" => "来年度の準備",
        "ACTIVITY_READ" | "LESSON_WRITE" => "学習",
        "MOOD_READ" => "心の天気",
        "HEALTH_READ" | "HEALTH_WRITE" => "健康観察",
        "VISIT_READ" | "VISIT_WRITE" => "保健室",
        "ACCESS_LOG_READ" => "閲覧の記録",
        "ANALYSIS_RUN" | "ANALYSIS_CHOOSE" => "気にかけたい知らせ",
        of if of.starts_with("ATTENDANCE") || of.starts_with("CALENDAR") => "出欠",
        of if of.starts_with("MARK") => "成績",
        of if of.starts_with("FLAG") => "気にかけたい知らせ",
        of if of.starts_with("SUPPORT") => "支援",
        of if of.starts_with("RETENTION") => "保存と廃棄",
        _ => "ほかの記録",
    }
}

/// What was done.
pub(super) fn act(act: &str) -> &'static str {
    match act {
        "CHANGE" => "見て変えた",
        "EXPORT" => "ファイルに出した",
        "SIGN_IN" => "サインインした",
        "SIGN_OUT" => "サインアウトした",
        "REFUSE" => "断られた",
        "COMMAND" => "サーバーで操作した",
        "CLEAR" => "古い記録を消した",
        _ => "見た",
    }
}

/// What was refused.
pub(super) fn refused(what: &[String]) -> Vec<&'static str> {
    let of = |what: &String| match what.as_str() {
        "sign-in" => "サインイン",
        "token" | "client" => "合わないトークン",
        _ => "役目にない操作",
    };
    let mut words: Vec<&'static str> = what.iter().map(of).collect();
    words.dedup();
    words
}
