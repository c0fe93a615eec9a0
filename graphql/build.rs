//! Rebuilds the crate when a migration changes: `migrate!` embeds them but cargo does not see them.
fn main() {
    println!("cargo::rerun-if-changed=../migrations");
}
