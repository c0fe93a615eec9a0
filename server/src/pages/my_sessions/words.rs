//! The words of where a pupil is signed in, in three languages. `{名前|なまえ}` has its reading above.
use crate::pages::device;
use crate::pages::mine::Lang;
use crate::pages::ruby;

/// What the page says in one language.
pub(super) struct Words {
    lang: &'static str,
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    pub(super) about: &'static str,
    /// That it is the device in one's hands.
    pub(super) here: &'static str,
    /// Since when, before the time.
    pub(super) begun: &'static str,
    pub(super) leave: &'static str,
    pub(super) end: &'static str,
    pub(super) others: &'static str,
    pub(super) ask: &'static str,
    unknown: &'static str,
    look: &'static str,
}

/// The way here from another page of pupils, in their language.
pub(in crate::pages) fn look(lang: &str) -> String {
    ruby::marked(Words::of(Lang::of(Some(lang))).look)
}

impl Words {
    const ALL: [&'static Words; 3] = [&JA, &PT, &EN];

    pub(super) fn of(lang: &Lang) -> &'static Words {
        Words::ALL.into_iter().find(|words| words.lang == lang.code).unwrap_or(&JA)
    }

    /// The kind of a device, whose name is the same in every language unless it is not known.
    pub(super) fn device(&self, device: String) -> String {
        if device.is_empty() || device == device::UNKNOWN { self.unknown.to_owned() } else { device }
    }
}

static JA: Words = Words {
    lang: "ja",
    title: "いま はいって いる タブレット",
    heading: "いま {入|はい}って いる タブレット",
    about: "あなたの {名前|なまえ}で {入|はい}って いる タブレットや パソコンです。",
    here: "いま つかって いる もの",
    begun: "{入|はい}った {時間|じかん}",
    leave: "{出|で}る",
    end: "おわりに する",
    others: "ほかを ぜんぶ おわりに する",
    ask: "つかって いない ものが あったら、おわりに して、{先生|せんせい}に {話|はな}して ください。",
    unknown: "わからない タブレット",
    look: "いま {入|はい}って いる タブレット",
};

static PT: Words = Words {
    lang: "pt",
    title: "Onde estou conectado",
    heading: "Onde estou conectado",
    about: "São os tablets e computadores conectados com o seu nome.",
    here: "este aqui",
    begun: "Conectado desde",
    leave: "Sair",
    end: "Encerrar",
    others: "Encerrar todos os outros",
    ask: "Se houver um que você não está usando, encerre e fale com o professor.",
    unknown: "Aparelho desconhecido",
    look: "Onde estou conectado",
};

static EN: Words = Words {
    lang: "en",
    title: "Where I am signed in",
    heading: "Where I am signed in",
    about: "These are the tablets and computers that are signed in with your name.",
    here: "this one",
    begun: "Signed in since",
    leave: "Sign out",
    end: "End it",
    others: "End all the others",
    ask: "If there is one that you are not using, end it and tell your teacher.",
    unknown: "Unknown device",
    look: "Where I am signed in",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::mine::bare;

    #[test]
    fn every_kanji_has_its_reading() {
        let said = [JA.heading, JA.about, JA.here, JA.begun, JA.leave, JA.end, JA.others, JA.ask, JA.unknown, JA.look];
        for text in said {
            assert!(!bare(text), "{text}");
        }
        assert_eq!(
            (PT.device(device::UNKNOWN.into()), EN.device("iPad・Safari".into())),
            ("Aparelho desconhecido".into(), "iPad・Safari".into())
        );
    }
}
