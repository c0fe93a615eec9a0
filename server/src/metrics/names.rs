//! What each figure is, in one place; docs/operations.md has the same list.
use metrics::{describe_counter, describe_gauge, describe_histogram};

/// Says of each figure what it is.
pub(super) fn describe() {
    describe_counter!("asagao_http_requests_total", "Requests answered, by route, method and kind of status.");
    describe_histogram!("asagao_http_request_duration_seconds", "How long answers took, by route.");
    describe_histogram!(
        "asagao_graphql_operation_duration_seconds",
        "How long operations took, by root field, of the API and of pages."
    );
    describe_counter!("asagao_refused_total", "Answers of the API with at least one error of this code.");
    describe_counter!("asagao_activities_total", "Activities posted by the API, by what became of them.");
    describe_gauge!("asagao_posting_waiting_items", "Activities that wait to be committed; bounded by their size in memory.");
    describe_histogram!("asagao_posting_commit_rows", "Activities committed together.");
    describe_gauge!("asagao_database_connections", "Connections to the database, by pool and state.");
    describe_gauge!("asagao_database_connections_max", "The most connections of a pool.");
    describe_histogram!("asagao_database_write_wait_seconds", "How long writes waited for their turn.");
    describe_histogram!("asagao_analysis_duration_seconds", "How long the analysis of a class took.");
    describe_counter!("asagao_analysis_failures_total", "Analyses of a class that failed.");
    describe_gauge!(
        "asagao_night_last_success_timestamp_seconds",
        "When this server last found nothing left to analyse of a night."
    );
    describe_counter!("asagao_night_failures_total", "Rounds of the nightly analysis that failed, whole or for a class.");
    describe_counter!("asagao_access_log_entries_total", "Entries of the access log that are lasting.");
    describe_counter!("asagao_access_log_failures_total", "Attempts to write the access log that failed.");
    describe_gauge!("asagao_access_log_queue_entries", "Entries of the access log that wait for their writer; at most 10,000.");
    describe_gauge!("asagao_listening_connections", "Connections of those who listen; at most 4,000.");
    describe_gauge!("asagao_subscriptions_open", "Subscriptions that are open.");
    describe_gauge!("asagao_build_info", "1, with the version.");
    describe_gauge!("process_start_time_seconds", "When the process began.");
    describe_gauge!("process_resident_memory_bytes", "Memory in use.");
    describe_counter!("process_cpu_seconds_total", "Time of processors, in whole seconds.");
    describe_gauge!("process_open_fds", "Open files and connections.");
}
