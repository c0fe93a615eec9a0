//! How often a client may ask: those with credentials by who they are, all others by their address. What is counted is kept in this process
//! alone, and in a bounded space.
use crate::metrics;
use asagao_graphql::clock::Clock;
use asagao_graphql::error::code;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use serde_json::json;
use std::hash::Hash;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use uuid::Uuid;

/// So many clients are told apart at most: beyond that all of them count as one, until some have been quiet for long enough.
const MOST_CLIENTS: usize = 50_000;
/// After so many calls the clients are forgotten that have been quiet for long enough.
const FORGET_EVERY: u32 = 4_096;

/// A limit as it is set: `off`, or `3000/min`, `50/s`, `3000/min:600` (at most 600 of them at once).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Nothing is counted.
    Off,
    /// So many in a time, and so many at once.
    Of {
        /// How many come back in a minute.
        a_minute: NonZeroU32,
        /// How many may come at once.
        at_once: NonZeroU32,
    },
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Rate::Off);
        }
        let wrong = || {
            "it is off, or a number a time such as 3000/min or 50/s, with the most at once behind a colon: 3000/min:600"
                .to_owned()
        };
        let number = |text: &str| text.parse::<NonZeroU32>().map_err(|_| wrong());
        let (rate, at_once) = text.split_once(':').map_or((text, None), |(rate, at_once)| (rate, Some(at_once)));
        let (count, time) = rate.split_once('/').ok_or_else(wrong)?;
        let a_minute = match time {
            "min" => number(count)?,
            "s" => number(count)?.checked_mul(NonZeroU32::new(60).expect("60 is not 0")).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let at_once = at_once.map_or(Ok(a_minute), number)?;
        // Beyond that the time between two calls would be nothing.
        if a_minute.get() > 1_000_000 || at_once.get() > 1_000_000 {
            return Err("it is at most 1000000; off is no limit at all".into());
        }
        Ok(Rate::Of { a_minute, at_once })
    }
}

/// The time that is counted by: the machine's own, which never goes back, or one that was set.
#[derive(Clone)]
struct Time {
    clock: Clock,
    began: Instant,
}

impl governor::clock::Clock for Time {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match &self.clock {
            Clock::Set(_) => Duration::from_millis(u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default()),
            _ => self.began.elapsed(),
        }
    }
}

/// What one kind of client may do.
struct Limit<K: Hash + Eq + Clone> {
    counted: RateLimiter<K, HashMapStateStore<K>, Time, NoOpMiddleware<Duration>>,
    time: Time,
    calls: AtomicU32,
    /// Whom those count as who are too many to be told apart.
    all: K,
}

impl<K: Hash + Eq + Clone> Limit<K> {
    fn new(rate: Rate, clock: &Clock, all: K) -> Option<Self> {
        let Rate::Of { a_minute, at_once } = rate else { return None };
        let time = Time { clock: clock.clone(), began: Instant::now() };
        let quota = Quota::per_minute(a_minute).allow_burst(at_once);
        Some(Limit { counted: RateLimiter::hashmap_with_clock(quota, time.clone()), time, calls: AtomicU32::new(0), all })
    }

    fn check(&self, client: &K) -> Result<(), TooMany> {
        if self.calls.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.counted.retain_recent();
            self.counted.shrink_to_fit();
        }
        let client = if self.counted.len() < MOST_CLIENTS { client } else { &self.all };
        self.counted.check_key(client).map_err(|wait| {
            let wait = wait.wait_time_from(self.time.now());
            TooMany { seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0) }
        })
    }
}

/// Somebody has asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany {
    /// After so many seconds there is room again.
    pub seconds: u64,
}

impl TooMany {
    /// What is wrong and what to do.
    #[must_use]
    pub fn message(self) -> String {
        format!("too many calls: wait for {} s (Retry-After), and send more in each call rather than more calls", self.seconds)
    }
}

impl IntoResponse for TooMany {
    fn into_response(self) -> Response {
        metrics::refused(code::RATE_LIMITED);
        let body = json!({ "errors": [{ "message": self.message(), "extensions": { "code": code::RATE_LIMITED } }] });
        let headers = [(RETRY_AFTER, self.seconds.to_string()), (CONTENT_TYPE, "application/json".to_owned())];
        (StatusCode::TOO_MANY_REQUESTS, headers, body.to_string()).into_response()
    }
}

/// The limits of a server.
pub struct Rates {
    holders: Option<Limit<Uuid>>,
    addresses: Option<Limit<IpAddr>>,
}

impl Rates {
    /// No limits.
    #[must_use]
    pub fn off() -> Self {
        Rates { holders: None, addresses: None }
    }

    /// A limit for each app and person with credentials, and one for each address without.
    #[must_use]
    pub fn new(holders: Rate, addresses: Rate, clock: &Clock) -> Self {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Rates { holders: Limit::new(holders, clock, Uuid::nil()), addresses: Limit::new(addresses, clock, nowhere) }
    }

    /// Counts a call of somebody with credentials.
    pub fn of_holder(&self, holder: Uuid) -> Result<(), TooMany> {
        self.holders.as_ref().map_or(Ok(()), |limit| limit.check(&holder))
    }

    /// Counts a call of somebody without credentials. Whoever has an address of IPv6 has a whole network of them.
    pub fn of_address(&self, address: IpAddr) -> Result<(), TooMany> {
        let network = match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits((address.to_bits() >> 64) << 64)),
            address @ IpAddr::V4(_) => address,
        };
        self.addresses.as_ref().map_or(Ok(()), |limit| limit.check(&network))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    fn clock() -> Clock {
        Clock::at("2026-11-24T08:20:00+09:00".parse().unwrap())
    }

    #[test]
    fn a_rate_is_read_from_its_text() {
        let of = |a_minute, at_once| Rate::Of {
            a_minute: NonZeroU32::new(a_minute).unwrap(),
            at_once: NonZeroU32::new(at_once).unwrap(),
        };
        for (text, rate) in [("off", Rate::Off), ("3000/min", of(3000, 3000)), ("50/s", of(3000, 3000)), ("60/min:5", of(60, 5))]
        {
            assert_eq!(text.parse(), Ok(rate), "{text}");
        }
        for text in ["", "on", "0/min", "5", "5/h", "-1/s", "5/min:0", "5/min:", "99999999/s", "2000000/min"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn clients_are_counted_apart_and_room_comes_back() {
        let clock = clock();
        let rates = Rates::new("60/min:2".parse().unwrap(), "60/min:1".parse().unwrap(), &clock);
        let (one, another) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!([rates.of_holder(one), rates.of_holder(one)], [Ok(()), Ok(())]);
        assert_eq!((rates.of_holder(one), rates.of_holder(another)), (Err(TooMany { seconds: 1 }), Ok(())));
        clock.advance(TimeDelta::seconds(1));
        assert_eq!((rates.of_holder(one), rates.of_holder(one)), (Ok(()), Err(TooMany { seconds: 1 })));
        let address = |text: &str| rates.of_address(text.parse().unwrap()).is_ok();
        assert!(address("2001:db8::1") && !address("2001:db8::2"), "one network");
        assert!(address("2001:db8:0:1::1") && address("192.0.2.1") && !address("::ffff:192.0.2.1"));
    }

    #[test]
    fn what_is_kept_is_bounded_and_shrinks() {
        let clock = clock();
        let rates = Rates::new(Rate::Off, "60/min:1".parse().unwrap(), &clock);
        let ask =
            |from: u32, to: u32| (from..to).filter(|n| rates.of_address(IpAddr::V4(Ipv4Addr::from_bits(*n))).is_ok()).count();
        let kept = || rates.addresses.as_ref().unwrap().counted.len();
        assert!(ask(0, 60_000) <= MOST_CLIENTS + 1, "the others count as one");
        assert!(kept() <= MOST_CLIENTS + 1);
        clock.advance(TimeDelta::minutes(2));
        ask(0, 2 * FORGET_EVERY);
        assert!(kept() <= usize::try_from(2 * FORGET_EVERY).unwrap(), "those who are quiet are forgotten: {}", kept());
    }
}
