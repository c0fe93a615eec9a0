//! Compiles the tests anew when one is added: `automod::dir!` reads the folder, which cargo does not notice.
fn main() {
    println!("cargo:rerun-if-changed=api");
}
