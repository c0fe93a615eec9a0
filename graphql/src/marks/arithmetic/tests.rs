use super::conversion::better;
use super::*;
use proptest::prelude::*;

/// A rule with any cut-offs and weights that are allowed, by letters for three and by percents for five.
fn rules() -> impl Strategy<Value = MarkRule> {
    let cuts = (2..=100_i32).prop_flat_map(|a| (Just(a), 1..a));
    let weights = (0..=100_i32, 0..=100_i32, 1..=100_i32);
    let five = prop::collection::btree_set(1..=100_i32, 4);
    let three = (1..=6_usize).prop_flat_map(|best| (Just(best), 0..best));
    (cuts, weights, five, three).prop_map(|((cut_a, cut_b), (knowledge, thinking, attitude), five, (best, next))| MarkRule {
        cut_a,
        cut_b,
        weights: ViewpointNumbers { knowledge, thinking, attitude },
        conversions: vec![
            RatingConversion { scale: RatingScale::Three, table: table_by_points(&[best, next]), cuts: Vec::new() },
            RatingConversion { scale: RatingScale::Five, table: Vec::new(), cuts: five.into_iter().rev().collect() },
        ],
    })
}

/// What was reached in three viewpoints, with a little more that fits.
fn sums() -> impl Strategy<Value = ([Sum; 3], [Sum; 3])> {
    let sum = (1..=100_000_i64)
        .prop_flat_map(|most| (Just(most), 0..=most).prop_flat_map(|(most, points)| (Just(most), Just(points), points..=most)));
    prop::array::uniform3(sum).prop_map(|three| {
        (three.map(|(most, points, _)| Sum { points, most }), three.map(|(most, _, points)| Sum { points, most }))
    })
}

fn letters(rule: &MarkRule, sums: [Sum; 3]) -> [Option<Letter>; 3] {
    sums.map(|sum| rule.letter(sum))
}

proptest! {
    #[test]
    fn more_points_never_give_a_worse_mark(rule in rules(), (less, more) in sums()) {
        prop_assert_eq!(rule.check(), Ok(()));
        for (less, more) in less.into_iter().zip(more) {
            prop_assert!(rule.letter(less) <= rule.letter(more));
        }
        for scale in [RatingScale::Three, RatingScale::Five] {
            let of = |sums: [Sum; 3]| rule.rating(scale, letters(&rule, sums), sums);
            prop_assert!(of(less).is_some(), "every combination has a result");
            prop_assert!(of(less) <= of(more));
            prop_assert!((1..=scale.most()).contains(&of(less).unwrap()));
        }
    }

    #[test]
    fn lower_cut_offs_never_give_a_worse_mark(rule in rules(), (sums, _) in sums(), by in 1..=100_i32) {
        let mut lower = rule.clone();
        lower.cut_b = (lower.cut_b - by).max(1);
        lower.cut_a = (lower.cut_a - by).max(lower.cut_b + 1);
        prop_assert_eq!(lower.check(), Ok(()));
        for sum in sums {
            prop_assert!(rule.letter(sum) <= lower.letter(sum));
        }
        for scale in [RatingScale::Three, RatingScale::Five] {
            prop_assert!(rule.rating(scale, letters(&rule, sums), sums) <= lower.rating(scale, letters(&lower, sums), sums));
        }
    }

    #[test]
    fn a_table_in_which_a_better_letter_gives_less_is_refused(at in 0..27_usize, rating in 1..=3_i32) {
        let mut rule = proposal();
        rule.conversions[0].table[at].rating = rating;
        let monotone = rule.conversions[0].table.iter().all(|line| {
            better(&line.letters).iter().all(|better| rule.conversions[0].of(better) >= Some(line.rating))
        });
        prop_assert_eq!(rule.check().is_ok(), monotone);
    }

    #[test]
    fn what_is_shown_is_what_is_compared((sums, _) in sums(), rule in rules()) {
        for sum in sums {
            let exact = sum.points * 100 >= i64::from(rule.cut_a) * sum.most;
            prop_assert_eq!(rule.letter(sum) == Some(Letter::A), exact);
        }
    }
}

#[test]
fn what_is_missing_is_no_zero() {
    let rule = proposal();
    let full = Sum { points: 90, most: 100 };
    assert_eq!(rule.letter(Sum::default()), None, "never C");
    assert_eq!(rule.rating(RatingScale::Three, [Some(Letter::A), None, Some(Letter::A)], [full; 3]), None);
    assert_eq!(rule.rating(RatingScale::Five, [Some(Letter::A); 3], [full, Sum::default(), full]), None);
    let mut two = rule.clone();
    two.weights.thinking = 0;
    assert_eq!(two.rating(RatingScale::Five, [Some(Letter::A); 3], [full, Sum::default(), full]), Some(5));
}

#[test]
fn the_proposal_says_what_schools_say() {
    let rule = proposal();
    assert_eq!(rule.check(), Ok(()));
    let of = |letters: &str| rule.conversions[0].of(letters).unwrap();
    assert_eq!(
        [of("AAA"), of("AAB"), of("ABB"), of("BBB"), of("BBC"), of("ACC"), of("BCC"), of("CCC")],
        [3, 3, 2, 2, 2, 2, 1, 1]
    );
    assert_eq!(rule.letter(Sum { points: 799, most: 1_000 }), Some(Letter::B));
    assert_eq!(rule.letter(Sum { points: 800, most: 1_000 }), Some(Letter::A));
}

#[test]
fn rules_with_holes_are_refused() {
    let with = |change: fn(&mut MarkRule)| {
        let mut rule = proposal();
        change(&mut rule);
        rule.check().map_err(|(field, _)| field)
    };
    assert_eq!(with(|rule| rule.cut_b = 80), Err("rule.cutB"));
    assert_eq!(with(|rule| rule.cut_a = 101), Err("rule.cutB"));
    assert_eq!(with(|rule| rule.weights = ViewpointNumbers { knowledge: 0, thinking: 0, attitude: 0 }), Err("rule.weights"));
    assert_eq!(with(|rule| drop(rule.conversions[0].table.pop())), Err("rule.conversions.table"));
    assert_eq!(with(|rule| rule.conversions[0].table[0].letters = "AAB".into()), Err("rule.conversions.table"));
    assert_eq!(with(|rule| rule.conversions[1].cuts = vec![90, 80, 80, 20]), Err("rule.conversions.cuts"));
    assert_eq!(with(|rule| rule.conversions[1].cuts.truncate(3)), Err("rule.conversions.cuts"));
    assert_eq!(with(|rule| rule.conversions[1].scale = RatingScale::Three), Err("rule.conversions"));
    assert_eq!(with(|rule| rule.conversions[1].table = table_by_points(&[5, 4, 3, 2])), Err("rule.conversions"));
}
