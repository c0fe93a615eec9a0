//! How many schools a town has, what they are called, and which classes they have.

pub(super) const GRADES: [&str; 9] = ["P1", "P2", "P3", "P4", "P5", "P6", "J1", "J2", "J3"];
/// Pupils a class, so that sizes vary from 30 to 36.
const CLASS_SIZE: usize = 33;
/// How many pupils a school of a larger town has.
const SCHOOL_SIZE: usize = 290;

/// The first and the third are the schools of the usual town.
const ELEMENTARY: &str = "ひばり野 みずうみ さくら台 いずみ かわべ 山ふもと 松風 みどりが丘 東雲 八重垣 あけぼの 若草 つばさ 大空 鶴見台 ほたる川 杉の木
    白樺 日の出 竹の内 北浜 南浜 花園 石畳 うぐいす 三日月 星ヶ丘 青葉";
const JUNIOR_HIGH: &str = "朝霧 湖北 湖南 城山 若葉 白鷺 潮見 高台 清流 陽光 緑風 西原";
/// The most schools: each has a name of its own.
pub(super) const MOST_SCHOOLS: usize = 40;

/// How many schools a town of so many pupils has, where nobody says.
pub(super) fn schools_of(pupils: usize) -> usize {
    if pupils <= 5 * SCHOOL_SIZE { 3 } else { (pupils / SCHOOL_SIZE).min(MOST_SCHOOLS) }
}

/// How many pupils a town of so many schools has, where nobody says.
pub(super) fn pupils_of(schools: usize) -> usize {
    if schools == 3 { 800 } else { (schools * SCHOOL_SIZE).div_ceil(100) * 100 }
}

/// How many of the schools are elementary schools: the rest are junior high schools. Of three they are two, of 31 they are 22.
fn elementary(schools: usize) -> usize {
    schools - (schools * 29 + 50) / 100
}

/// The schools by their places, with code and name. The prefecture 99 exists nowhere.
pub(super) fn schools(count: usize) -> Vec<(String, String)> {
    let one = |kind: char, number: usize, name: &str| {
        let what = if kind == 'B' { "小学校" } else { "中学校" };
        (code(kind, number), format!("朝霧市立{name}{what}"))
    };
    let primary = ELEMENTARY.split_whitespace().take(elementary(count)).enumerate();
    let junior = JUNIOR_HIGH.split_whitespace().take(count - elementary(count)).enumerate();
    let primary = primary.map(|(at, name)| one('B', at + 1, name));
    primary.chain(junior.map(|(at, name)| one('C', at + 1, name))).collect()
}

/// A 学校コード: kind, prefecture, public, number and the check digit over them.
fn code(kind: char, number: usize) -> String {
    let head = format!("{kind}1992{number:07}");
    format!("{head}{}", check_digit(&head))
}

/// The last digit of a 学校コード with these twelve before it.
fn check_digit(head: &str) -> u32 {
    let value = |letter: char| letter.to_digit(10).unwrap_or_else(|| u32::from(letter) - u32::from('A') + 1);
    let weighed = |(at, letter)| value(letter) * if at % 2 == 0 { 2 } else { 1 };
    let sum: u32 = head.chars().enumerate().map(weighed).map(|product| product / 10 + product % 10).sum();
    (10 - sum % 10) % 10
}

/// Where a class is, and how large.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) school: usize,
    pub(super) grade: usize,
    pub(super) nth: usize,
    pub(super) size: usize,
}

/// The classes for so many pupils. 5年1組 and 5年2組 of the first school come first, so that a small town has them.
pub(super) fn places(pupils: usize, schools: usize) -> Vec<Place> {
    let count = (pupils * 2).div_ceil(CLASS_SIZE * 2 + 1).max(1);
    let (primary, junior) = (0..elementary(schools), elementary(schools)..schools);
    let mut places: Vec<Place> = Vec::new();
    let mut add = |school: usize, grade: usize, nth: usize| {
        let there = places.iter().any(|place| (place.school, place.grade, place.nth) == (school, grade, nth));
        if school < schools && !there && places.len() < count {
            places.push(Place { school, grade, nth, size: pupils / count });
        }
    };
    (1..=2).for_each(|nth| add(0, 4, nth));
    junior.clone().for_each(|school| add(school, 6, 1));
    primary.clone().skip(1).for_each(|school| add(school, 3, 1));
    for nth in 1..=count {
        // Every second elementary school is smaller by a class; the junior high schools of a city take in those of several.
        for school in primary.clone() {
            (0..6).for_each(|grade| add(school, grade, if school % 2 == 0 { nth } else { (nth - 1).max(1) }));
        }
        for school in junior.clone() {
            (nth..=nth + if schools > 3 { 2 } else { 0 }).for_each(|nth| (6..9).for_each(|grade| add(school, grade, nth)));
        }
    }
    if pupils / count > 20 {
        for (pair, by) in places.chunks_exact_mut(2).zip([3, 1, 2, 0].into_iter().cycle()) {
            pair[0].size -= by;
            pair[1].size += by;
        }
    }
    for _ in 0..pupils % count {
        let smallest = places.iter_mut().rev().min_by_key(|place| place.size);
        smallest.expect("one class at least").size += 1;
    }
    places.sort_by_key(|place| (place.school, place.grade, place.nth));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_usual_town_has_classes_of_30_to_36_and_a_small_one_has_5_2() {
        let usual = places(800, 3);
        assert_eq!((usual.len(), usual.iter().map(|place| place.size).sum::<usize>()), (24, 800));
        assert!(usual.iter().all(|place| (30..=36).contains(&place.size)));
        for pupils in [10, 33, 80, 120, 500, 3_000] {
            let places = places(pupils, schools_of(pupils));
            assert_eq!(places.iter().map(|place| place.size).sum::<usize>(), pupils);
            assert!(places.iter().all(|place| place.size <= 40), "{pupils}");
            assert!(pupils < 80 || places.iter().any(|place| (place.school, place.grade, place.nth) == (0, 4, 2)));
        }
    }

    #[test]
    fn a_city_of_31_schools_has_9_000_pupils_in_22_elementary_and_9_junior_high_schools() {
        assert_eq!((pupils_of(31), schools_of(9_000), elementary(31), elementary(3)), (9_000, 31, 22, 2));
        let places = places(9_000, 31);
        let of = |schools: std::ops::Range<usize>| -> usize {
            places.iter().filter(|place| schools.contains(&place.school)).map(|place| place.size).sum()
        };
        assert!((0..31).all(|school| of(school..school + 1) >= 90));
        // Three years of nine.
        assert!((2_400..=3_600).contains(&of(22..31)), "{}", of(22..31));
        let names: BTreeSet<(String, String)> = schools(MOST_SCHOOLS).into_iter().collect();
        assert_eq!(names.len(), MOST_SCHOOLS);
    }

    #[test]
    fn the_check_digit_of_a_school_code_is_that_of_real_ones() {
        for real in ["C122210000093", "C122210001403", "C123210001288", "F112310102342"] {
            assert_eq!(check_digit(&real[..12]).to_string(), real[12..]);
        }
        assert!(schools(3).iter().all(|(code, _)| code.len() == 13));
    }
}
