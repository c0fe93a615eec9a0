//! Bytes to UTF-8 as a stream. What a file is encoded in is told from its first characters that are not ASCII.
use crate::formats::text_encoding::{Encoding, Said, decode};
use encoding_rs::{Decoder, SHIFT_JIS, UTF_16BE, UTF_16LE};
use std::io::{Read, Result};

/// How much is read at a time, and how much of a file has to tell its encoding.
const WINDOW: usize = 64 * 1024;

/// A file's text in UTF-8 without its byte order mark. Bytes that are no characters stay as they are in UTF-8, and become U+FFFD else.
pub(super) struct Decoded<R> {
    reader: R,
    said: Said,
    /// `None` while everything was ASCII.
    encoding: Option<Encoding>,
    mark: bool,
    decoder: Option<Decoder>,
    /// Read and not yet decoded.
    raw: Vec<u8>,
    ended: bool,
    text: Vec<u8>,
    given: usize,
}

impl<R: Read> Decoded<R> {
    pub(super) fn new(reader: R, said: Said) -> Result<Self> {
        let mut decoded = Decoded {
            reader,
            said,
            encoding: None,
            mark: false,
            decoder: None,
            raw: Vec::new(),
            ended: false,
            text: Vec::new(),
            given: 0,
        };
        decoded.refill(WINDOW)?;
        decoded.read_mark();
        Ok(decoded)
    }

    /// What the text so far is encoded in; `None` where it is ASCII.
    pub(super) fn encoding(&self) -> Option<Encoding> {
        self.encoding
    }

    /// Whether a byte order mark stood at the beginning.
    pub(super) fn mark(&self) -> bool {
        self.mark
    }

    fn read_mark(&mut self) {
        let marks: [(&[u8], _, _); 3] = [
            (b"\xef\xbb\xbf", Encoding::Utf8, None),
            (b"\xff\xfe", Encoding::Utf16, Some(UTF_16LE)),
            (b"\xfe\xff", Encoding::Utf16, Some(UTF_16BE)),
        ];
        for (mark, encoding, decoder) in marks {
            if self.raw.starts_with(mark) {
                self.raw.drain(..mark.len());
                self.mark = true;
                self.encoding = Some(encoding);
                self.decoder = decoder.map(encoding_rs::Encoding::new_decoder_without_bom_handling);
                return;
            }
        }
        self.tell();
    }

    fn refill(&mut self, want: usize) -> Result<()> {
        while !self.ended && self.raw.len() < want {
            let begins = self.raw.len();
            self.raw.resize(begins + WINDOW, 0);
            let read = self.reader.read(&mut self.raw[begins..]);
            self.raw.truncate(begins + *read.as_ref().unwrap_or(&0));
            self.ended = read? == 0;
        }
        Ok(())
    }

    /// Finds out what the bytes at hand are, once they are more than ASCII.
    fn tell(&mut self) {
        if self.encoding.is_some() || self.raw.is_ascii() {
            return;
        }
        // A character that the window cuts in two must not make UTF-8 look broken.
        let whole = self.raw.iter().rposition(|byte| *byte == b'\n').filter(|_| !self.ended).unwrap_or(self.raw.len());
        let encoding = decode(&self.raw[..whole], self.said).map_or_else(|wrong| wrong.encoding, |text| text.encoding);
        if encoding == Encoding::Cp932 {
            self.decoder = Some(SHIFT_JIS.new_decoder_without_bom_handling());
        }
        self.encoding = Some(encoding);
    }

    fn decode_some(&mut self) -> Result<()> {
        if self.raw.is_empty() {
            self.refill(1)?;
        }
        if self.encoding.is_none() && !self.raw.is_ascii() {
            self.refill(WINDOW)?;
            self.tell();
        }
        self.given = 0;
        let Some(decoder) = &mut self.decoder else {
            std::mem::swap(&mut self.text, &mut self.raw);
            self.raw.clear();
            return Ok(());
        };
        let room = decoder.max_utf8_buffer_length(self.raw.len()).expect("a window is far smaller than memory");
        self.text.resize(room, 0);
        let last = self.ended && self.raw.is_empty();
        let (_, read, written, _) = decoder.decode_to_utf8(&self.raw, &mut self.text, last);
        self.text.truncate(written);
        self.raw.drain(..read);
        if last {
            // One that has finished may not be asked again.
            self.decoder = None;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> Result<usize> {
        while self.given == self.text.len() {
            let finishes = self.ended && self.raw.is_empty();
            self.decode_some()?;
            if finishes && self.text.is_empty() {
                return Ok(0);
            }
        }
        let give = out.len().min(self.text.len() - self.given);
        out[..give].copy_from_slice(&self.text[self.given..self.given + give]);
        self.given += give;
        Ok(give)
    }
}
