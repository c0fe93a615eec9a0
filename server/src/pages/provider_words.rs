//! The words around a provider's pages. Somebody who is not in yet can be anybody: pupils read it first, then the staff, then those who
//! read no Japanese. `{入|はい}` has its reading above, `@` is the provider's name.
use super::ruby;

/// What a page says.
pub(super) struct Words {
    pub(super) title: &'static str,
    heading: &'static str,
    pupils: &'static [&'static str],
    /// In addition, for staff and families.
    adults: &'static str,
    en: &'static str,
    pt: &'static str,
}

impl Words {
    pub(super) fn heading(&self, name: &str) -> String {
        written(self.heading, name)
    }

    pub(super) fn pupils(&self, name: &str) -> Vec<String> {
        self.pupils.iter().map(|line| written(line, name)).collect()
    }

    pub(super) fn adults(&self, name: &str) -> Option<String> {
        Some(self.adults).filter(|text| !text.is_empty()).map(|text| written(text, name))
    }

    /// The same for those who read no Japanese: the language and the text.
    pub(super) fn others(&self, name: &str) -> [(&'static str, String); 2] {
        [("en", written(self.en, name)), ("pt", written(self.pt, name))]
    }
}

/// A way on, in three languages; `@` is the provider's name.
pub(super) struct Way(&'static str, [(&'static str, &'static str); 2]);

impl Way {
    pub(super) fn words(&self, name: &str) -> String {
        let Way(ja, [(en, english), (pt, portuguese)]) = self;
        let other = |lang: &str, text: &str| format!("<small lang=\"{lang}\">{}</small>", written(text, name));
        format!("<span>{}</span> {} {}", written(ja, name), other(en, english), other(pt, portuguese))
    }
}

fn written(text: &str, name: &str) -> String {
    ruby::marked(text).replace('@', &ruby::japanese(name))
}

pub(super) const DOWN: Words = Words {
    title: "いま入れません",
    heading: "いま@につながりません",
    pupils: &["{少|すこ}し {待|ま}って、もういちど はいって ください。{記録|きろく}は なくなって いません。"],
    adults: "続くときは、学校の教務か、教育委員会の担当に知らせてください。",
    en: "@ cannot be reached just now. Wait a little and sign in again. No record is lost. If it goes on, tell the school.",
    pt: "Agora não é possível acessar @. Espere um pouco e entre de novo. Nenhum registro se perdeu. Se continuar, avise a escola.",
};

pub(super) const CANCELLED: Words = Words {
    title: "取りやめました",
    heading: "@で{入|はい}るのを{取|と}りやめました",
    pupils: &["まだ はいって いません。もういちど はいるか、ほかの はいりかたを えらんで ください。"],
    adults: "",
    en: "You turned back at @ and are not signed in. Sign in again, or choose another way.",
    pt: "Você cancelou a entrada com @ e ainda não entrou. Entre de novo ou escolha outra forma.",
};

pub(super) const FAILED: Words = Words {
    title: "確かめられませんでした",
    heading: "{入|はい}る{手続|てつづ}きを{確|たし}かめられませんでした",
    pupils: &[
        "{時間|じかん}が たったか、{前|まえ}の ページに もどったのかも しれません。",
        "まだ はいって いません。もういちど、はじめから はいって ください。",
    ],
    adults: "",
    en: "You are not signed in: too much time has passed, or you went back a page. Sign in again from the beginning.",
    pt: "Você ainda não entrou: passou muito tempo, ou você voltou uma página. Entre de novo desde o começo.",
};

pub(super) const UNKNOWN: Words = Words {
    title: "このアカウントでは入れません",
    heading: "このアカウントでは{入|はい}れません",
    pupils: &[
        "{学校|がっこう}の じぶんの アカウントに なって いるか、たしかめて ください。",
        "{児童|じどう}・{生徒|せいと}の みなさん：わからない ときは、たんにんの {先生|せんせい}に きいて ください。",
    ],
    adults: "先生・職員の方、保護者の方：正しいアカウントで入れないときは、学校の教務か、教育委員会の担当に「朝顔の名簿と、いまの役目・在籍を確かめてほしい」と伝えてください。",
    en: "This account does not let you in. Check that it is your own account for the school. If it is, ask your class teacher or the school's office.",
    pt: "Não é possível entrar com esta conta. Confira se é a sua conta da escola. Se for, pergunte ao professor da turma ou à secretaria da escola.",
};

pub(super) const ONE_FACTOR: Words = Words {
    title: "多要素認証が必要です",
    heading: "{多要素認証|たようそにんしょう}を{確|たし}かめられませんでした",
    pupils: &["@から、{多要素認証|たようそにんしょう}を したという {知|し}らせが ありませんでした。"],
    adults: "@の設定で、スマートフォンの確認や生体認証などを登録してから、もういちどためしてください。登録のしかたは、教育委員会の担当に聞いてください。",
    en: "@ did not say that you showed a second factor. Register one there, such as your phone, and try again.",
    pt: "@ não informou um segundo fator de autenticação. Cadastre um lá, como o celular, e tente de novo.",
};

pub(super) const OUT: Words = Words {
    title: "出ました",
    heading: "{朝顔|あさがお}から{出|で}ました",
    pupils: &["つづけて、@からも でます。つぎの {人|ひと}が この タブレットを つかう ときは、@からも でて ください。"],
    adults: "",
    en: "You have signed out of 朝顔. Next you sign out of @: always do so before somebody else uses this device.",
    pt: "Você saiu do 朝顔. Agora saia também de @: faça isso sempre antes de outra pessoa usar este aparelho.",
};

pub(super) const AGAIN: Way = Way("もういちど はいる", [("en", "Sign in again"), ("pt", "Entrar de novo")]);
pub(super) const TRY: Way = Way("もういちど ためす", [("en", "Try again"), ("pt", "Tentar de novo")]);
pub(super) const OTHER: Way = Way("ほかの アカウントで はいる", [("en", "Use another account"), ("pt", "Usar outra conta")]);
pub(super) const ON: Way = Way("いまのまま つづける", [("en", "Go on as I am"), ("pt", "Continuar assim")]);
pub(super) const CHOOSE: Way = Way("はいりかたを えらぶ", [("en", "Choose another way"), ("pt", "Escolher outra forma")]);
pub(super) const LEAVE: Way = Way("@からも でる", [("en", "Sign out there, too"), ("pt", "Sair também de lá")]);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::mine;

    #[test]
    fn a_pupil_reads_every_line_and_the_name_is_escaped() {
        for words in [DOWN, CANCELLED, FAILED, UNKNOWN, ONE_FACTOR, OUT] {
            assert!(!mine::bare(words.heading) && !words.pupils.iter().any(|line| mine::bare(line)), "{}", words.title);
            let others = words.others("<b>");
            assert!(others.iter().all(|(_, text)| text.len() > 40 && !text.contains("<b>") && !text.contains('@')), "{others:?}");
        }
        for Way(ja, others) in [AGAIN, TRY, OTHER, ON, CHOOSE, LEAVE] {
            assert!(!mine::bare(ja) && others.iter().all(|(_, text)| !text.is_empty()), "{ja}");
        }
        assert!(LEAVE.words("<b>").contains("&#60;b&#62;") || LEAVE.words("<b>").contains("&lt;b&gt;"));
    }
}
