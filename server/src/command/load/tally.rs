//! What came of the calls: how long they took, and what went wrong.
use super::plan::Kind;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

/// The longest time that is told apart, in microseconds.
const MOST: u64 = 600_000_000;

/// What came of one kind of call.
struct Of {
    /// From the time that the plan has for it: what a client waits, also where the server has stalled before.
    response: Histogram<u64>,
    /// From the moment at which it was sent.
    service: Histogram<u64>,
    items: u64,
    /// Calls that were not answered well in the end, by code.
    errors: BTreeMap<String, u64>,
    /// How often the server has asked to come again later.
    later: u64,
}

/// What came of all calls.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<Kind, Of>);

/// Times of a kind of call, in milliseconds.
#[derive(Serialize, Clone, Copy)]
pub(super) struct Times {
    p50: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

/// What is told of a kind of call.
#[derive(Serialize)]
pub(super) struct Told {
    kind: Kind,
    calls: u64,
    calls_a_second: f64,
    items: u64,
    items_a_second: f64,
    response_ms: Times,
    service_ms: Times,
    later: u64,
    errors: BTreeMap<String, u64>,
}

impl Tally {
    fn of(&mut self, kind: Kind) -> &mut Of {
        let histogram = || Histogram::new_with_bounds(1, MOST, 3).expect("three digits from a microsecond to ten minutes");
        self.0.entry(kind).or_insert_with(|| Of {
            response: histogram(),
            service: histogram(),
            items: 0,
            errors: BTreeMap::new(),
            later: 0,
        })
    }

    /// A call was answered for good.
    pub(super) fn answered(&mut self, kind: Kind, (response, service): (Duration, Duration), items: u64, errors: &[String]) {
        let of = self.of(kind);
        of.response.saturating_record(micros(response));
        of.service.saturating_record(micros(service));
        of.items += items;
        for error in errors {
            *of.errors.entry(error.clone()).or_default() += 1;
        }
    }

    /// The server has asked to come again later.
    pub(super) fn later(&mut self, kind: Kind) {
        self.of(kind).later += 1;
    }

    /// What is told, of calls that were made within this time.
    pub(super) fn told(&self, within: Duration) -> Vec<Told> {
        #[expect(clippy::cast_precision_loss, reason = "counts of a run are far under 2^52")]
        let rate = |count: u64| round(count as f64 / within.as_secs_f64());
        let told = |(kind, of): (&Kind, &Of)| Told {
            kind: *kind,
            calls: of.response.len(),
            calls_a_second: rate(of.response.len()),
            items: of.items,
            items_a_second: rate(of.items),
            response_ms: times(&of.response),
            service_ms: times(&of.service),
            later: of.later,
            errors: of.errors.clone(),
        };
        self.0.iter().map(told).collect()
    }
}

fn times(of: &Histogram<u64>) -> Times {
    let at = |quantile| milliseconds(of.value_at_quantile(quantile));
    Times { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: milliseconds(of.max()) }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(MOST).max(1)
}

#[expect(clippy::cast_precision_loss, reason = "a run's microseconds are far under 2^52")]
fn milliseconds(micros: u64) -> f64 {
    round(micros as f64 / 1_000.0)
}

fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// The table for people.
pub(super) fn table(told: &[Told]) -> String {
    let mut text = format!(
        "{:<13}{:>8}{:>9}{:>10}  {:>36}  {:>36}\n{:<13}{:>8}{:>9}{:>10}  {:>9}{:>9}{:>9}{:>9}  {:>9}{:>9}{:>9}{:>9}\n",
        "",
        "",
        "",
        "",
        "response, ms (from the plan's time)",
        "service, ms (from the sending)",
        "",
        "calls",
        "calls/s",
        "items/s",
        "p50",
        "p99",
        "p99.9",
        "max",
        "p50",
        "p99",
        "p99.9",
        "max"
    );
    for of in told {
        let kind = match of.kind {
            Kind::LessonStart => "lesson start",
            Kind::Lesson => "lesson",
            Kind::Replay => "replay",
            Kind::Again => "sent before",
            Kind::ClassPage => "class page",
        };
        // Writing to a text does not fail.
        let _ = write!(text, "{kind:<13}{:>8}{:>9.1}{:>10.1}", of.calls, of.calls_a_second, of.items_a_second);
        for Times { p50, p99, p999, max } in [of.response_ms, of.service_ms] {
            let _ = write!(text, "  {p50:>9.2}{p99:>9.2}{p999:>9.2}{max:>9.2}");
        }
        text.push('\n');
        if of.later > 0 {
            let _ = writeln!(text, "  asked to come again later: {}", of.later);
        }
        for (code, count) in &of.errors {
            let _ = writeln!(text, "  {code}: {count}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn response_and_service_are_told_apart_with_errors_by_code() {
        let mut tally = Tally::default();
        for n in 1..=1_000 {
            let (service, stalled) = (Duration::from_millis(n), Duration::from_secs(2));
            tally.answered(Kind::Lesson, (service + stalled, service), 10, &[]);
        }
        tally.answered(Kind::ClassPage, (Duration::ZERO, Duration::ZERO), 0, &["UNAVAILABLE".into()]);
        tally.later(Kind::ClassPage);
        let told = serde_json::to_value(tally.told(Duration::from_secs(100))).unwrap();
        assert_eq!((&told[0]["calls"], &told[0]["items_a_second"]), (&1_000.into(), &100.0.into()));
        let near = |place: &str, expected: f64| {
            let of = told.pointer(place).unwrap().as_f64().unwrap();
            assert!((of / expected - 1.0).abs() < 0.002, "{place}: {of}");
        };
        near("/0/service_ms/p50", 500.0);
        near("/0/service_ms/p99", 990.0);
        near("/0/response_ms/p50", 2_500.0);
        near("/0/response_ms/max", 3_000.0);
        assert_eq!((&told[1]["errors"]["UNAVAILABLE"], &told[1]["later"]), (&1.into(), &1.into()));
        let table = table(&tally.told(Duration::from_secs(100)));
        assert!(table.contains("lesson") && table.contains("UNAVAILABLE: 1"), "{table}");
    }
}
