//! What something cost: time on the clock, time of processors, memory.

use std::fs;
use std::time::Instant;

/// When something began.
pub(crate) struct Cost {
    clock: Instant,
    processors: f64,
}

impl Cost {
    pub(crate) fn start() -> Self {
        Cost { clock: Instant::now(), processors: processors() }
    }

    /// Prints one line of `key=value` for `bin/benchmark`.
    pub(crate) fn print(&self, what: &str, count: usize, digest: u64) {
        let (clock, processors) = (self.clock.elapsed().as_secs_f64(), processors() - self.processors);
        println!("what={what} count={count} clock={clock:.3} cpu={processors:.2} peak_kb={} digest={digest:016x}", peak());
    }
}

/// Seconds of processors that this process has used in all its threads, also in those that have ended; by Linux's clock ticks.
fn processors() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let after_name = stat.rsplit_once(')').expect("the name stands in parentheses").1;
    let ticks: Vec<f64> = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse().expect("a count")).collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// The most memory that was held at once, in kB.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("every process has one");
    line.trim().trim_end_matches(" kB").to_owned()
}
