//! Names of people who do not exist, with their readings.
use super::dice::Dice;

/// A name and its reading in katakana, family name first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) family: String,
    pub(super) given: String,
    pub(super) family_kana: String,
    pub(super) given_kana: String,
}

const FAMILY: &str = "
    佐藤/サトウ 鈴木/スズキ 髙橋/タカハシ 高橋/タカハシ 田中/タナカ 伊藤/イトウ 伊東/イトウ 渡辺/ワタナベ 渡邉/ワタナベ 山本/ヤマモト 中村/ナカムラ
    小林/コバヤシ 加藤/カトウ 吉田/ヨシダ 𠮷田/ヨシダ 山田/ヤマダ 佐々木/ササキ 山口/ヤマグチ 松本/マツモト 井上/イノウエ 木村/キムラ 林/ハヤシ
    斎藤/サイトウ 齋藤/サイトウ 清水/シミズ 山崎/ヤマザキ 山﨑/ヤマザキ 阿部/アベ 安部/アベ 森/モリ 池田/イケダ 橋本/ハシモト 石川/イシカワ
    山下/ヤマシタ 小川/オガワ 石井/イシイ 長谷川/ハセガワ 後藤/ゴトウ 岡田/オカダ 近藤/コンドウ 前田/マエダ 藤田/フジタ 遠藤/エンドウ 青木/アオキ
    坂本/サカモト 村上/ムラカミ 太田/オオタ 金子/カネコ 藤井/フジイ 福田/フクダ 西村/ニシムラ 三浦/ミウラ 竹内/タケウチ 中川/ナカガワ 岡本/オカモト
    松田/マツダ 原田/ハラダ 中野/ナカノ 小野/オノ 田村/タムラ 藤原/フジワラ 中山/ナカヤマ 石田/イシダ 小島/コジマ 和田/ワダ 森田/モリタ 内田/ウチダ
    柴田/シバタ 酒井/サカイ 原/ハラ 高木/タカギ 安藤/アンドウ 宮崎/ミヤザキ 上田/ウエダ 島田/シマダ 工藤/クドウ 大野/オオノ 杉山/スギヤマ 丸山/マルヤマ
    今井/イマイ 河野/コウノ 村田/ムラタ 武田/タケダ 上野/ウエノ 平野/ヒラノ 菅原/スガワラ 久保/クボ 千葉/チバ 岩崎/イワサキ 野口/ノグチ 松井/マツイ
    野村/ノムラ 菊地/キクチ 佐野/サノ 大西/オオニシ 古川/フルカワ 浜田/ハマダ 濵田/ハマダ 市川/イチカワ 小松/コマツ 水野/ミズノ 大塚/オオツカ 中島/ナカジマ
    早川/ハヤカワ 望月/モチヅキ 永井/ナガイ 桜井/サクライ 櫻井/サクライ 五十嵐/イガラシ 関/セキ 辻/ツジ 東/アズマ 堀/ホリ 南/ミナミ 葛󠄀西/カサイ
    勅使河原/テシガワラ 小鳥遊/タカナシ 四十万谷/シジマヤ 一二三/ヒフミ 羽生田/ハニュウダ 喜屋武/キャン 比嘉/ヒガ 纐纈/コウケツ 𣘺本/ハシモト 禰󠄀宜田/ネギタ";

const GIVEN: &str = "
    蒼/アオイ 碧/アオ 陽葵/ヒマリ 凛/リン 結菜/ユナ 芽依/メイ 紬/ツムギ 澪/ミオ 咲良/サクラ 莉子/リコ 杏/アン 心春/コハル 楓/カエデ 琴音/コトネ
    結衣/ユイ 美咲/ミサキ 陽菜/ヒナ 葵/アオイ さくら/サクラ ひなた/ヒナタ こころ/ココロ 彩花/アヤカ 美月/ミヅキ 優奈/ユウナ 花音/カノン 千尋/チヒロ
    真央/マオ 七海/ナナミ 詩織/シオリ 日和/ヒヨリ 菜々子/ナナコ 朱莉/アカリ 柚希/ユズキ 華/ハナ 愛梨/アイリ 茉莉花/マリカ 佳穂/カホ 奏/カナデ
    湊/ミナト 蓮/レン 陽翔/ハルト 律/リツ 樹/イツキ 颯太/ソウタ 大翔/ヒロト 悠真/ユウマ 朝陽/アサヒ 新/アラタ 結翔/ユイト 伊織/イオリ 暖/ダン
    航/ワタル 陸/リク 海斗/カイト 拓海/タクミ 健太/ケンタ 翔太/ショウタ 大輝/ダイキ 直樹/ナオキ 悠斗/ユウト 駿/シュン 涼介/リョウスケ 優/ユウ
    琉生/ルイ 晴/ハル 大和/ヤマト 瑛太/エイタ 壮真/ソウマ 奏太/カナタ 仁/ジン 光/ヒカル 圭吾/ケイゴ 慎之介/シンノスケ 虎太郎/コタロウ 龍之介/リュウノスケ
    響/ヒビキ 遥/ハルカ 薫/カオル 望/ノゾミ 泉/イズミ 渚/ナギサ 千夏/チナツ 智也/トモヤ 亮/リョウ 将/ショウ 巧/タクミ 風花/フウカ 栞/シオリ 藍/アイ";

const GIVEN_OF_STAFF: &str = "
    由紀/ユキ 直子/ナオコ 恵美/エミ 久美子/クミコ 智子/トモコ 裕子/ユウコ 真由美/マユミ 千春/チハル 亜希/アキ 綾/アヤ 友香/トモカ 麻衣/マイ
    誠/マコト 隆/タカシ 浩一/コウイチ 健/ケン 和也/カズヤ 大介/ダイスケ 剛/ツヨシ 俊彦/トシヒコ 正樹/マサキ 秀明/ヒデアキ 潤/ジュン 修/オサム";

/// Whole names that registers have and that many programs cut or sort wrongly.
const WHOLE: &str = "
    フェルナンデス・オリヴェイラ/ガブリエル ダ・シルヴァ・サントス/ミゲル グエン/ティ・トゥイ・リン シャルマ/アーラヴ サントス・デラクルス/マリア
    王/梓萱/オウ/シケン 金/敏俊/キム/ミンジュン オリヴェイラ・タカハシ/ユミ・ベアトリス バティスタ/ジョアン タパ/スニタ 李/浩然/リ/ハオラン";

/// Of how many pupils one has such a name.
const WHOLE_ONE_IN: usize = 40;

/// A pupil's name.
pub(super) fn of_pupil(dice: &mut Dice) -> Name {
    if dice.below(WHOLE_ONE_IN) == 0 {
        let words: Vec<&str> = WHOLE.split_whitespace().collect();
        let parts: Vec<&str> = dice.pick(&words).split('/').collect();
        // Katakana is its own reading.
        let (name, kana) = (&parts[..2], &parts[parts.len() - 2..]);
        return Name { family: name[0].into(), given: name[1].into(), family_kana: kana[0].into(), given_kana: kana[1].into() };
    }
    of(dice, GIVEN)
}

/// The name of a member of staff.
pub(super) fn of_staff(dice: &mut Dice) -> Name {
    of(dice, GIVEN_OF_STAFF)
}

fn of(dice: &mut Dice, given: &str) -> Name {
    let mut one = |words: &str| {
        let words: Vec<&str> = words.split_whitespace().collect();
        let (name, kana) = dice.pick(&words).split_once('/').expect("each name stands with its reading");
        (name.to_owned(), kana.to_owned())
    };
    let ((family, family_kana), (given, given_kana)) = (one(FAMILY), one(given));
    Name { family, given, family_kana, given_kana }
}

impl Name {
    /// Family name and given name.
    pub(super) fn whole(&self) -> String {
        format!("{} {}", self.family, self.given)
    }

    /// What the register orders by: the reading in 五十音順, where voiced and small letters stand with the plain ones.
    pub(super) fn order(&self) -> (String, String, String, String) {
        let plain = |kana: &str| kana.chars().map(plain).collect();
        (plain(&self.family_kana), plain(&self.given_kana), self.family_kana.clone(), self.given_kana.clone())
    }
}

fn plain(letter: char) -> char {
    let back = |by: u32| char::from_u32(u32::from(letter) - by).unwrap_or(letter);
    match letter {
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(u32::from(letter) + 1).unwrap_or(letter)
        }
        'カ'..='ヂ' => back((u32::from(letter) - u32::from('カ')) % 2),
        'ヅ' | 'デ' | 'ド' => back(1),
        'ハ'..='ポ' => back((u32::from(letter) - u32::from('ハ')) % 3),
        'ヴ' => 'ウ',
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_has_a_reading_in_katakana() {
        for name in [FAMILY, GIVEN, GIVEN_OF_STAFF].into_iter().flat_map(str::split_whitespace) {
            let (_, kana) = name.split_once('/').expect("a reading");
            assert!(!kana.is_empty() && kana.chars().all(|letter| ('ァ'..='ー').contains(&letter)), "{name}");
        }
        assert!(WHOLE.split_whitespace().all(|name| matches!(name.split('/').count(), 2 | 4)));
        assert!(WHOLE.split_whitespace().any(|name| name.chars().take_while(|letter| *letter != '/').count() >= 12));
    }

    #[test]
    fn the_register_orders_by_sound() {
        let order: Vec<String> =
            ["ハシ", "バショ", "パセ", "ヒガ", "ヴ", "キャン", "キユ"].map(|kana| kana.chars().map(plain).collect()).into();
        assert_eq!(order, ["ハシ", "ハシヨ", "ハセ", "ヒカ", "ウ", "キヤン", "キユ"]);
        assert_eq!("ガギグゲゴザジズゼゾダヂヅデドッ".chars().map(plain).collect::<String>(), "カキクケコサシスセソタチツテトツ");
    }

    #[test]
    fn a_town_has_many_names() {
        let names: BTreeSet<String> = (0..800).map(|number| of_pupil(&mut Dice::new(1, "name", &[number])).whole()).collect();
        assert!(names.len() > 720, "{}", names.len());
    }
}
