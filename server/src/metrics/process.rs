//! What the system knows of this process, under the names that Prometheus' own clients use.
use metrics::{counter, gauge};
use std::fs;
use std::time::Duration;

/// Looks at memory, time of the processor and open files. Where the system does not say, nothing is told.
#[expect(clippy::cast_precision_loss, reason = "sizes and counts are far under 2^52")]
pub(super) fn look() {
    if let Some(bytes) = resident_bytes() {
        gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(time) = processor_time() {
        counter!("process_cpu_seconds_total").absolute(time.as_secs());
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge!("process_open_fds").set(files.count() as f64);
    }
}

/// How much memory is in use.
fn resident_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// How long processors have worked for this process, in its own code and in the system's.
pub(crate) fn processor_time() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program stands in brackets and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u64>().ok();
    // A hundred a second on every Linux that this runs on.
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        assert!(resident_bytes().is_some_and(|bytes| bytes > 1_000_000));
        let before = processor_time().expect("the system tells");
        let mut n = 0_u64;
        while processor_time().expect("the system tells") < before + Duration::from_millis(20) {
            n = std::hint::black_box(n + 1);
        }
    }
}
