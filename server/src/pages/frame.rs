//! What stands around every page: who looks, where they are, whether names may be seen by a whole room.

use asagao_graphql::access::right::Right;

/// What `layout.html` shows around a page. Every template has it as its field `frame`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Who is signed in.
    pub who: Option<Who>,
    /// What every form sends back in its hidden field `csrf`.
    pub csrf: String,
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
    /// 出席簿.
    Register,
    /// きょうの出欠, of the office.
    Today,
    /// 行事暦.
    Calendar,
    /// 長期欠席.
    LongAbsence,
    /// Another page.
    Elsewhere,
}

impl Nav {
    /// The navigation of staff: to one class where one is chosen, to the list of classes otherwise.
    #[must_use]
    pub fn staff(class: Option<&str>, here: Here) -> Self {
        let board = class.map_or_else(|| "/classes".to_owned(), |class| format!("/classes/{class}"));
        let mut links = vec![Link { href: board, text: "学級", here: here == Here::Class }];
        if let Some(class) = class {
            let href = format!("/classes/{class}/attendance");
            links.push(Link { href, text: "朝の出欠", here: here == Here::Attendance });
            links.push(Link { href: format!("/classes/{class}/register"), text: "出席簿", here: here == Here::Register });
        }
        Nav { links, class: class.map(str::to_owned), here: Some(here) }
    }

    /// The same with what the office needs beside, as far as the viewer may.
    #[must_use]
    pub fn with_office(mut self, may: impl Fn(Right) -> bool) -> Self {
        let office = [
            (Right::AttendanceDecide, "/attendance-today", "きょうの出欠", Here::Today),
            (Right::CalendarWrite, "/calendar", "行事暦", Here::Calendar),
            (Right::AttendanceCount, "/long-absence", "長期欠席", Here::LongAbsence),
        ];
        if !self.links.is_empty() {
            let links = office.into_iter().filter(|(right, ..)| may(*right));
            self.links.extend(links.map(|(_, href, text, here)| Link {
                href: href.to_owned(),
                text,
                here: self.here == Some(here),
            }));
        }
        self
    }
}

impl Frame {
    /// The frame of a page for somebody who is not signed in.
    #[must_use]
    pub fn outside(csrf: String) -> Self {
        Frame { who: None, csrf, nav: Nav::default(), presenting: false, version: env!("CARGO_PKG_VERSION") }
    }
}
