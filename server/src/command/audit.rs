//! `asagao audit`: whether the access log is whole, its ends to be kept elsewhere, and letting old entries go.
use super::{Failure, Result};
use crate::config::Audit;
use asagao_graphql::access::audit::clear;
use asagao_graphql::access::audit::verify::{self, Head};
use asagao_graphql::access::scope::Scope;
use asagao_graphql::clock::school_midnight;
use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(scope: &Scope, command: Audit) -> Result {
    match command {
        Audit::Verify { heads } => {
            let kept = heads.as_deref().map(read).transpose()?.unwrap_or_default();
            let found = verify::verify(scope, &kept).await?;
            found.breaks.iter().for_each(|broken| println!("{broken}"));
            let (chains, links, erased, breaks) = (found.chains, found.links, found.erased, found.breaks.len());
            println!("chains: {chains}, entries: {links}, of these erased: {erased}, wrong: {breaks}");
            Ok(if found.breaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Audit::Head => {
            for head in verify::heads(scope).await? {
                println!("{} {} {}", head.chain, head.seq, hex(&head.digest));
            }
            Ok(ExitCode::SUCCESS)
        }
        Audit::Clear { before } => {
            if before >= scope.today() {
                return Err(Failure::new("--before is not in the past"));
            }
            println!("entries erased: {}", clear::clear(scope, school_midnight(before)).await?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes whatever is written");
        text
    })
}

fn read(file: &Path) -> Result<Vec<Head>> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::new(format!("{}: {error}", file.display())))?;
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let wrong = |line: usize| {
        Failure::new(format!("{} line {line}: no line of `asagao audit head`: a chain, a number, a digest", file.display()))
    };
    lines.map(|(number, line)| head(line).ok_or_else(|| wrong(number))).collect()
}

fn head(line: &str) -> Option<Head> {
    let mut parts = line.split_whitespace();
    let (chain, seq, digest) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
    let byte = |at: usize| digest.get(at..at + 2).and_then(|byte| u8::from_str_radix(byte, 16).ok());
    let digest = (0..digest.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>()?;
    parts.next().is_none().then_some(Head { chain, seq, digest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_read() {
        let kept =
            Head { chain: "018f3f0e-7c1a-7000-8000-000000000001".parse().expect("an id"), seq: 7, digest: vec![0, 171, 255] };
        assert_eq!(head(&format!("{} {} {}", kept.chain, kept.seq, hex(&kept.digest))), Some(kept));
        for line in [
            "",
            "x 1 00",
            "018f3f0e-7c1a-7000-8000-000000000001 1",
            "018f3f0e-7c1a-7000-8000-000000000001 1 0g",
            "018f3f0e-7c1a-7000-8000-000000000001 1 é0",
        ] {
            assert_eq!(head(line), None, "{line}");
        }
    }
}
