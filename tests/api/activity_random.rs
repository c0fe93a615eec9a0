//! Posting in whatever pieces, order and repetition gives the same totals.
use asagao_tests::{AOI, CLASS_5_2, HARUTO, LESSON, NOW, School, activity, time, with};
use chrono::TimeDelta;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, proptest};
use serde_json::{Value, json};

const VERBS: [&str; 5] = ["VIEWED", "ANSWERED", "SUBMITTED", "SCORED", "WAIVED"];
const KINDS: [&str; 9] = ["MATERIAL", "BOOK", "VIDEO", "QUIZ", "QUESTION", "ASSIGNMENT", "DISCUSSION", "PORTAL", "TOOL"];
const PLACES: [Option<&str>; 4] = [None, Some("SCHOOL"), Some("HOME"), Some("ELSEWHERE")];

/// Activities of two pupils in two classes or none within four days.
fn batch() -> impl Strategy<Value = Vec<Value>> {
    let what = (prop::sample::select(&VERBS[..]), prop::sample::select(&KINDS[..]), prop::sample::select(&PLACES[..]));
    let whose = (prop::sample::select(vec![AOI, HARUTO]), prop::sample::select(vec![None, Some(CLASS_5_2), Some(LESSON)]));
    let numbers = (1..=50_i64, prop::option::of(0..=90_000_u32), 0..=5_760_i64);
    let items = prop::collection::vec((what, whose, numbers), 1..80);
    items.prop_map(|items| {
        let items = (1..).zip(items).map(|(n, ((verb, kind, place), (pupil, class), (count, milliseconds, minutes)))| {
            let at = (time(NOW) - TimeDelta::minutes(minutes)).to_rfc3339();
            let seconds = milliseconds.map(|milliseconds| f64::from(milliseconds) / 1_000.0);
            let fields = json!({ "verb": verb, "objectKind": kind, "classId": class, "count": count, "place": place,
                "durationSeconds": seconds, "occurredAt": at });
            with(activity(n, pupil), fields)
        });
        items.collect()
    })
}

async fn totals(school: &School) -> Vec<Value> {
    let mut totals = Vec::new();
    for pupil in [AOI, HARUTO] {
        totals.extend(school.totals(pupil, "2026-11-01", "2026-11-30").await);
    }
    totals
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn however_a_batch_is_split_shuffled_and_repeated_the_totals_are_the_same(
        (whole, shuffled) in batch().prop_flat_map(|whole| (Just(whole.clone()), Just(whole).prop_shuffle())),
        size in 1_usize..30,
        again in any::<prop::sample::Index>(),
    ) {
        let run = async {
            let (one, other) = (School::open().await, School::open().await);
            assert_eq!(one.person("drill").record(&whole).await["accepted"], whole.len());
            let pieces: Vec<_> = shuffled.chunks(size).collect();
            for piece in &pieces {
                other.person("drill").record(piece).await;
                other.person("drill").record(pieces[again.index(pieces.len())]).await;
            }
            assert_eq!(totals(&one).await, totals(&other).await);
            assert_eq!((one.recount().await, other.recount().await), (0, 0));
        };
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run);
    }
}
