use super::*;
use proptest::prelude::*;

fn read(bytes: &[u8], said: Said) -> (String, Encoding) {
    let decoded = decode(bytes, said).unwrap();
    (decoded.text.into_owned(), decoded.encoding)
}

#[test]
fn the_same_text_is_read_from_each_encoding() {
    let text = "番号,氏名\r\n1,髙﨑 濵子\r\n";
    let sixteen =
        |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> { std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(bytes).collect() };
    assert_eq!(read(text.as_bytes(), Said::Auto), (text.into(), Encoding::Utf8));
    assert_eq!(read(format!("\u{feff}{text}").as_bytes(), Said::Cp932), (text.into(), Encoding::Utf8));
    assert_eq!(read(&encode_cp932(text).unwrap(), Said::Auto), (text.into(), Encoding::Cp932));
    assert_eq!(read(&sixteen(u16::to_le_bytes), Said::Auto), (text.into(), Encoding::Utf16));
    assert_eq!(read(&sixteen(u16::to_be_bytes), Said::Auto), (text.into(), Encoding::Utf16));
    assert_eq!(read(b"1,2", Said::Auto), ("1,2".into(), Encoding::Utf8));
}

#[test]
fn the_first_wrong_byte_is_told_by_its_line() {
    let wrong = decode("一\n二\n".as_bytes(), Said::Cp932).unwrap_err();
    assert_eq!((wrong.encoding, wrong.line), (Encoding::Cp932, 2));
    let mut bytes = encode_cp932("山田\r\n川\r\n").unwrap();
    bytes.extend_from_slice(b"\x81\x20\r\n");
    let wrong = decode(&bytes, Said::Cp932).unwrap_err();
    assert_eq!((wrong.line, wrong.at), (3, bytes.len() - 4));
    assert!(wrong.japanese().starts_with("3行目"));
    assert_eq!(decode(&encode_cp932("a\n山").unwrap(), Said::Utf8).unwrap_err().line, 2);
}

#[test]
fn a_file_of_utf8_with_a_broken_byte_is_not_taken_for_another() {
    let mut bytes = "番号,氏名\n1,山田 太郎\n".as_bytes().to_vec();
    bytes.push(0xe3);
    let wrong = decode(&bytes, Said::Auto).unwrap_err();
    assert_eq!((wrong.encoding, wrong.line), (Encoding::Utf8, 3));
}

#[test]
fn trap_13_what_cp932_cannot_hold_is_told_and_never_a_question_mark() {
    let Unheld(unheld) = encode_cp932("𠮷田 葛\u{e0100}城 𡈽屋 髙橋 ヷ 🌸").unwrap_err();
    assert_eq!(unheld, ["𠮷", "葛\u{e0100}", "𡈽", "ヷ", "🌸"]);
    for name in ["髙橋", "﨑", "濵", "德永", "神谷", "①", "森鷗外"] {
        match encode_cp932(name) {
            Ok(bytes) => assert_eq!(read(&bytes, Said::Cp932).0, name),
            Err(Unheld(unheld)) => assert_eq!(unheld, ["鷗"]),
        }
    }
    let replaced = encode_cp932_with("𠮷田 𡈽 a", |c| if c == "𠮷" { "吉".into() } else { "𡈽".into() });
    assert_eq!(read(&replaced, Said::Cp932).0, "吉田 〓 a");
}

#[test]
fn a_wave_dash_a_minus_and_kana_with_its_mark_apart_go_where_windows_has_them() {
    let bytes = encode_cp932("1〜2−3 か\u{3099}ハ\u{309a} ¥100").unwrap();
    assert_eq!(read(&bytes, Said::Cp932).0, "1～2－3 がパ ￥100");
    assert!(bytes.starts_with(b"1\x81\x602\x81\x7c"));
}

#[test]
fn characters_that_one_machine_made_are_told_by_their_lines() {
    let text = read(b"a\r\n\xf0\x40", Said::Cp932).0;
    assert_eq!(private_characters(&text).collect::<Vec<_>>(), [(2, '\u{e000}')]);
}

proptest! {
    #[test]
    fn what_was_encoded_is_read_as_it_was(text in "[ -~ぁ-んァ-ヶ一-龠髙﨑～－①Ⅲ\n]{0,40}") {
        let encoded = encode_cp932(&text);
        if let Ok(bytes) = &encoded {
            prop_assert_eq!(&*decode(bytes, Said::Cp932).unwrap().text, text.as_str());
        }
        prop_assert_eq!(encoded.is_ok(), encode_cp932_with(&text, |_| "〓".into()) == encoded.clone().unwrap_or_default());
    }

    #[test]
    fn no_bytes_make_it_stumble(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for said in [Said::Auto, Said::Utf8, Said::Cp932] {
            let _ = decode(&bytes, said);
        }
    }
}
