//! What stands around every page: who looks, where they are, whether names may be seen by a whole room.
use super::record::{ClassKind, Rights};
use asagao_graphql::access::right::Right;

/// What `layout.html` shows around a page. Every template has it as its field `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who is signed in.
    pub who: Option<Who>,
    /// What every form sends back in its hidden field `csrf`.
    pub csrf: String,
    /// The key of what is typed and not sent, for whoever is signed in; empty for nobody.
    pub keep: String,
    /// The address of the page, to come back to after a lock.
    pub here: String,
    /// The way to show more than one factor, where that opens more (多要素認証).
    pub step_up: Option<String>,
    /// The navigation.
    pub nav: Nav,
    /// Whether the page is on a wall: nothing of a single pupil may be seen.
    pub presenting: bool,
    /// The program's version, so that a new stylesheet is fetched with a new program.
    pub version: &'static str,
}

/// The person in the bar.
#[derive(Clone, Debug)]
pub struct Who {
    /// The name.
    pub name: String,
    /// The duty in words, such as 「5年2組 担任」; empty for pupils.
    pub duty: String,
}

/// The navigation in the bar.
#[derive(Clone, Debug, Default)]
pub struct Nav {
    /// The links, in their order; none on pages for pupils and before signing in.
    pub links: Vec<Link>,
    /// The class that the links lead to; switching 提示モード returns to it.
    pub class: Option<String>,
    /// Which page it is.
    pub here: Option<Here>,
}

/// A link of the navigation.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it leads.
    pub href: String,
    /// What it says.
    pub text: &'static str,
    /// Whether it is this page.
    pub here: bool,
}

/// The page that the navigation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// 学級.
    Class,
    /// 朝の出欠.
    Attendance,
    /// 学籍の異動.
    Moves,
    /// 来年度の準備.
    NextYear,
    /// 職員の役目.
    Staff,
    /// 評価の規準.
    MarkScheme,
    /// 名簿.
    Roster,
    /// さがす.
    Search,
    /// 出席簿.
    Register,
    /// きょうの出欠, of the office.
    Today,
    /// 行事暦.
    Calendar,
    /// 長期欠席.
    LongAbsence,
    /// 知らせのふりかえり.
    Quality,
    /// 個別の記録.
    Records,
    /// 名簿の出し入れ.
    Imports,
    /// 支援.
    Support,
    /// 保存と廃棄.
    Retention,
    /// 相談.
    Consultations,
    /// 保健室.
    Infirmary,
    /// ことば.
    Words,
    /// 知らせの基準.
    Rules,
    /// 学期.
    Terms,
    /// Another page.
    Elsewhere,
}

impl Nav {
    /// The navigation of staff where no class is chosen: to the list of classes.
    #[must_use]
    pub fn staff(here: Here) -> Self {
        let board = Link { href: "/classes".to_owned(), text: "学級", here: here == Here::Class };
        Nav { links: vec![board, search(here)], class: None, here: Some(here) }
    }

    /// The navigation of a school's office.
    #[must_use]
    pub fn office(school: &str, here: Here) -> Self {
        let link = |page: &str, text, of| Link { href: format!("/schools/{school}/{page}"), text, here: here == of };
        let classes = Link { href: "/classes".to_owned(), text: "学級", here: false };
        let links = vec![
            classes,
            link("moves", "学籍の異動", Here::Moves),
            link("staff", "職員の役目", Here::Staff),
            link("next-year", "来年度の準備", Here::NextYear),
            link("mark-scheme", "評価の規準", Here::MarkScheme),
        ];
        Nav { links, class: None, here: Some(here) }
    }

    /// The navigation of staff in a class: to what they may do with it.
    #[must_use]
    pub fn class(class: &str, rights: &Rights, here: Here) -> Self {
        let mut links = vec![Link { href: format!("/classes/{class}"), text: "学級", here: here == Here::Class }];
        if rights.to(Right::AttendanceWrite) && rights.to(Right::AttendanceRead) {
            let href = format!("/classes/{class}/attendance");
            links.push(Link { href, text: "朝の出欠", here: here == Here::Attendance });
            links.push(Link { href: format!("/classes/{class}/register"), text: "出席簿", here: here == Here::Register });
        }
        if rights.to(Right::RosterRead) {
            links.push(Link { href: format!("/classes/{class}/roster"), text: "名簿", here: here == Here::Roster });
        }
        links.push(search(here));
        Nav { links, class: Some(class.to_owned()), here: Some(here) }
    }

    /// The same for a lesson, which has neither a morning nor a register of its own.
    #[must_use]
    pub fn of_kind(mut self, kind: ClassKind) -> Self {
        if let (ClassKind::Scheduled, Some(class)) = (kind, &self.class) {
            let none = [format!("/classes/{class}/attendance"), format!("/classes/{class}/register")];
            self.links.retain(|link| !none.contains(&link.href));
        }
        self
    }

    /// The same with what the office needs beside, as far as the viewer may.
    #[must_use]
    pub fn with_office(mut self, may: impl Fn(Right) -> bool) -> Self {
        let office = [
            (Right::ConsultationTake, "/consultations", "相談", Here::Consultations),
            (Right::VisitWrite, "/infirmary", "保健室", Here::Infirmary),
            (Right::BoardWordWrite, "/words", "ことば", Here::Words),
            (Right::AnalysisRuleWrite, "/rules", "知らせの基準", Here::Rules),
            (Right::TermWrite, "/terms", "学期", Here::Terms),
            (Right::SupportJoin, "/support", "支援", Here::Support),
            (Right::AttendanceDecide, "/attendance-today", "きょうの出欠", Here::Today),
            (Right::CalendarWrite, "/calendar", "行事暦", Here::Calendar),
            (Right::AttendanceCount, "/long-absence", "長期欠席", Here::LongAbsence),
            (Right::QualityRead, "/quality", "知らせのふりかえり", Here::Quality),
            (Right::RecordOpen, "/records", "個別の記録", Here::Records),
            (Right::RosterWrite, "/imports", "名簿の出し入れ", Here::Imports),
        ];
        // Whoever reads no roster has no list of classes to find the way from.
        let retention = (Right::RetentionRead, "/retention", "保存と廃棄", Here::Retention);
        let roster = may(Right::RosterRead);
        let office = office.into_iter().chain((!roster).then_some(retention));
        if !self.links.is_empty() {
            self.links.retain(|link| roster || !["/classes", "/pupils"].contains(&link.href.as_str()));
            let links = office.filter(|(right, ..)| may(*right));
            self.links.extend(links.map(|(_, href, text, here)| Link {
                href: href.to_owned(),
                text,
                here: self.here == Some(here),
            }));
        }
        self
    }
}

fn search(here: Here) -> Link {
    Link { href: "/pupils".to_owned(), text: "さがす", here: here == Here::Search }
}

impl Frame {
    /// The frame of a page for somebody who is not signed in.
    #[must_use]
    pub fn outside(csrf: String) -> Self {
        let (keep, here) = (String::new(), String::new());
        let (nav, version) = (Nav::default(), env!("CARGO_PKG_VERSION"));
        Frame { who: None, csrf, keep, here, step_up: None, nav, presenting: false, version }
    }
}
