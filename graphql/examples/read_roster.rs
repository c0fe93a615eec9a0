//! How long it takes to read and digest a package and nothing else: what an import of it is measured by.
//!
//!   `cargo run --release -p asagao-graphql --example read_roster -- PACKAGE`
use asagao_graphql::formats::oneroster::Package;
use asagao_graphql::formats::text_encoding::Said;
use asagao_graphql::jobs::roster_import::digest_alone;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("say which package: a ZIP file or a folder");
        return ExitCode::FAILURE;
    };
    let began = Instant::now();
    match Package::open(&path, Said::Auto) {
        Ok(package) => {
            let (rows, digest) = digest_alone(&package);
            println!("{rows} rows read and digested in {:.3} s ({:x?})", began.elapsed().as_secs_f64(), &digest[..4]);
            ExitCode::SUCCESS
        }
        Err(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            ExitCode::FAILURE
        }
    }
}
