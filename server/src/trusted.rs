//! Trusted documents: a client sends the digest of a document that the server knows instead of the document.
use asagao_graphql::error::{Error, Result};
use async_graphql::Request;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

/// The documents that a server knows.
#[derive(Default)]
pub struct Trusted {
    documents: HashMap<String, String>,
    /// Whether nothing else runs.
    only: bool,
}

impl Trusted {
    /// Reads a manifest: a JSON object from each document's SHA-256, in hexadecimal, to the document. With `only` nothing else runs.
    pub fn read(file: &Path, only: bool) -> std::result::Result<Self, String> {
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = fs::read_to_string(file).map_err(|error| told(&error))?;
        Trusted::of(&text, only).map_err(|error| told(&error))
    }

    /// The documents of a manifest's text.
    pub fn of(manifest: &str, only: bool) -> std::result::Result<Self, String> {
        let documents: HashMap<String, String> =
            serde_json::from_str(manifest).map_err(|error| format!("it is no JSON object from digests to documents: {error}"))?;
        for (digest, document) in &documents {
            if *digest != sha256(document) {
                return Err(format!("{digest} is not the SHA-256 of its document, which is {}", sha256(document)));
            }
            let mut request = Request::new(document);
            if let Err(error) = request.parsed_query() {
                return Err(format!("the document {digest} cannot be read: {}", error.message));
            }
        }
        Ok(Trusted { documents, only })
    }

    /// Whether nothing else runs.
    pub(crate) fn only(&self) -> bool {
        self.only
    }

    /// The document to run: what was sent, if it may run, or what its digest stands for.
    pub(crate) fn document(
        &self,
        sent: Option<String>,
        id: Option<&str>,
        extensions: Option<&Map<String, Value>>,
    ) -> Result<String> {
        let hash = extensions.and_then(|extensions| extensions.get("persistedQuery")).map(|of| &of["sha256Hash"]);
        let hash = match hash {
            Some(Value::String(hash)) => Some(hash.as_str()),
            Some(_) => return Err(Error::BadInput("`extensions.persistedQuery.sha256Hash` is a text".into())),
            None => None,
        };
        let named = id.map(|id| id.strip_prefix("sha256:").unwrap_or(id)).or(hash).map(str::to_ascii_lowercase);
        match (sent, named) {
            (Some(document), named) => {
                if named.is_some_and(|named| named != sha256(&document)) {
                    return Err(Error::BadInput("the digest is not that of the document: send one of them".into()));
                }
                if self.only && !self.documents.contains_key(&sha256(&document)) {
                    return Err(Error::BadInput(
                        "only documents run that whoever runs this server has in its manifest: send `documentId`".into(),
                    ));
                }
                Ok(document)
            }
            (None, Some(_)) if self.documents.is_empty() => Err(Error::BadInput(
                "PersistedQueryNotSupported: this server knows no documents by their digests, send the document itself".into(),
            )),
            (None, Some(named)) => self.documents.get(&named).cloned().ok_or_else(|| {
                Error::BadInput(
                    "PersistedQueryNotFound: there is no document of this digest in the manifest of this server".into(),
                )
            }),
            (None, None) => Err(Error::BadInput("`query` is missing: send a document, or its digest as `documentId`".into())),
        }
    }
}

/// The manifest of the documents in a folder and those below it, every file that ends in `.graphql`.
pub fn manifest(folder: &Path) -> std::result::Result<String, String> {
    let mut documents = BTreeMap::new();
    gather(folder, &mut documents).map_err(|error| format!("{}: {error}", folder.display()))?;
    let manifest = serde_json::to_string_pretty(&documents).expect("texts are JSON");
    Trusted::of(&manifest, false)?;
    Ok(manifest)
}

fn gather(folder: &Path, documents: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, documents)?;
        } else if path.extension().is_some_and(|end| end == "graphql") {
            let document = fs::read_to_string(&path)?;
            documents.insert(sha256(&document), document);
        }
    }
    Ok(())
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a String takes what is written");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_made_of_a_folder_and_read_again() {
        let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
        let manifest = manifest(&pages).expect("the documents of the pages are documents");
        let trusted = Trusted::of(&manifest, true).expect("it is a manifest");
        assert!(trusted.documents.len() > 10);
        for (digest, document) in trusted.documents.clone() {
            assert_eq!(trusted.document(None, Some(&format!("sha256:{digest}")), None).expect("it is known"), document);
            assert_eq!(trusted.document(Some(document.clone()), None, None).expect("it is known"), document);
        }
        assert!(trusted.document(Some("{ __typename }".into()), None, None).is_err());
    }

    #[test]
    fn a_manifest_that_is_wrong_is_refused_with_the_reason() {
        for (manifest, reason) in [
            ("[]", "JSON object"),
            ("{\"abc\": \"{ __typename }\"}", "is not the SHA-256"),
            (&format!("{{\"{}\": \"{{\"}}", sha256("{")), "cannot be read"),
        ] {
            let error = Trusted::of(manifest, false).err().expect("it is wrong");
            assert!(error.contains(reason), "{error}");
        }
        assert!(Trusted::read(Path::new("/nowhere"), false).err().expect("it is not there").starts_with("/nowhere: "));
    }
}
