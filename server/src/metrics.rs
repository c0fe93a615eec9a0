//! Figures for whoever runs the server, in Prometheus' format at a listener of their own. They are counted where things happen, by the macros
//! of `metrics`, which cost next to nothing where nobody asks for them.
//!
//! No figure is of a person: labels are routes, names of the schema, codes and the like, and never what a client has written.
mod around;
mod names;
mod operations;
mod process;

pub(crate) use around::{around, method, route};
pub use operations::Operations;
pub(crate) use operations::Told;
pub(crate) use process::processor_time;

use crate::router::App;
use asagao_graphql::error::code;
use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::{counter, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::interval;

/// Where latencies are parted, in seconds: from a query by its key to the longest that an answer may take.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Where sizes in rows are parted.
const ROWS: [f64; 12] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1_000.0, 2_000.0, 5_000.0];
/// How often what was measured is put into its place, whether anybody asks or not: until then each measurement takes its own room.
const UPKEEP: Duration = Duration::from_secs(5);

/// The figures of this process.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to count, for the whole process.
    pub fn install() -> Result<Self, BuildError> {
        let builder = PrometheusBuilder::new().set_buckets(&SECONDS)?;
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_rows".into()), &ROWS)?;
        let metrics = Metrics(builder.install_recorder()?);
        names::describe();
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        gauge!("process_start_time_seconds").set(began.as_secs_f64());
        gauge!("asagao_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(metrics)
    }

    /// Answers at `/metrics` for a server.
    pub fn router(&self, app: App) -> Router {
        Router::new().route("/metrics", get(answer)).with_state((self.clone(), app))
    }

    /// Keeps what was measured small, for as long as the process lives.
    pub(crate) async fn keep_up(self) {
        let mut times = interval(UPKEEP);
        loop {
            times.tick().await;
            self.0.run_upkeep();
        }
    }
}

/// What is looked at when somebody asks.
#[expect(clippy::cast_precision_loss, reason = "connections and entries are far under 2^52")]
fn look(app: &App) {
    for pool in app.db.pools() {
        gauge!("asagao_database_connections", "pool" => pool.name, "state" => "idle").set(pool.idle as f64);
        gauge!("asagao_database_connections", "pool" => pool.name, "state" => "busy").set((pool.open - pool.idle) as f64);
        gauge!("asagao_database_connections_max", "pool" => pool.name).set(pool.most as f64);
    }
    gauge!("asagao_access_log_queue_entries").set(app.audit.waiting() as f64);
    gauge!("asagao_listening_connections").set(app.places.taken() as f64);
    process::look();
}

async fn answer(State((metrics, app)): State<(Metrics, App)>) -> impl IntoResponse {
    look(&app);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.0.render())
}

/// Counts an answer with at least one error of this code.
pub(crate) fn refused(of: &str) {
    let codes = [
        code::UNAUTHENTICATED,
        code::FORBIDDEN,
        code::BAD_INPUT,
        code::TOO_COMPLEX,
        code::UNAVAILABLE,
        code::RATE_LIMITED,
        code::INTERNAL,
    ];
    let code = codes.into_iter().find(|code| *code == of).unwrap_or("OTHER");
    counter!("asagao_refused_total", "code" => code).increment(1);
}
