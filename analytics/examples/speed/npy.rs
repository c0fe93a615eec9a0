//! Tables for numpy, by its format 1.0 (<https://numpy.org/neps/nep-0001-npy-format.html>).

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

/// What stands before the numbers, this byte excepted.
const HEADER: usize = 128;

/// Writes rows of `columns` numbers each.
pub(crate) fn write(path: &Path, values: &[f64], columns: usize) {
    let shape = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {columns}), }}", values.len() / columns);
    let mut file = BufWriter::new(File::create(path).expect("a place to write"));
    let mut put = |bytes: &[u8]| file.write_all(bytes).expect("room on the disk");
    put(b"\x93NUMPY\x01\x00");
    put(&[118, 0]);
    put(format!("{shape:<width$}\n", width = HEADER - 11).as_bytes());
    values.iter().for_each(|value| put(&value.to_le_bytes()));
}

/// Reads what [`write`] wrote.
pub(crate) fn read(path: &Path) -> Vec<f64> {
    let mut bytes = Vec::new();
    BufReader::new(File::open(path).expect("the file")).read_to_end(&mut bytes).expect("a file that can be read");
    bytes[HEADER..].chunks_exact(8).map(|eight| f64::from_le_bytes(eight.try_into().expect("eight bytes"))).collect()
}
