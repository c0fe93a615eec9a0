use super::*;

fn of(document: &str) -> Result<(), String> {
    check(&mut Request::new(document)).map_err(|error| error.to_string())
}

fn says(document: &str, word: &str) {
    let told = of(document).expect_err("it asks for too much");
    assert!(told.contains(word), "{told}");
}

fn many(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_stands_in_texts_and_comments_is_no_token_and_no_bracket() {
    let brackets = "[{(".repeat(5_000);
    for document in [
        format!("{{ a(x: \"{brackets}\") }}"),
        format!("{{ a(x: \"\\\"{brackets}\") }}"),
        format!("{{ a(x: \"\"\"{brackets}\n\\\"\"\" {brackets}\"\"\") }}"),
        format!("{{ a(x: \"\", y: \"\\\\\") # {brackets}\n }}"),
    ] {
        assert_eq!(of(&document), Ok(()));
    }
    says(&format!("{{ a(x: \"\", y: \"\\\\\", z: {brackets}"), "brackets");
    says(&format!("{{ a(x: \"\"\"\"\"\", z: {brackets}"), "brackets");
    says(&format!("{{ a(x: \"open \n {brackets}"), "brackets");
    assert_eq!(of(&"あ".repeat(20_000)), Ok(()), "one word that no document has, which the executor tells");
}

#[test]
fn a_fragment_is_counted_as_often_as_it_is_put_in_and_looked_at_once() {
    let bomb = many(11, |n| format!("fragment f{n} on Query {{ ...f{m} ...f{m} }}", m = n + 1));
    says(&format!("{{ ...f0 }} {bomb} fragment f11 on Query {{ board {{ name }} }}"), "at its root");
    says("{ ...a } fragment a on Query { ...b } fragment b on Query { board { ...a } }", "put into itself");
    says("{ x } fragment a on Query { ...a }", "put into itself");
    let chain = |each: &str| {
        let links = many(11, |n| format!("fragment f{n} on X {{ {} }} ", each.replace('@', &format!("...f{}", n + 1))));
        format!("{{ x {{ ...f0 }} }} {links} fragment f11 on X {{ y }}")
    };
    assert_eq!(of(&chain("@")), Ok(()));
    says(&chain("x { @ }"), "fields within one another");
    let links = many(13, |n| format!("fragment f{n} on X {{ ...f{} }}", n + 1));
    says(&format!("{{ x }} {links}"), "fragments within one another");
}

#[test]
fn each_limit_is_told_by_its_name() {
    let nested = |levels: usize| format!("{}x{}", "{ a ".repeat(levels), " }".repeat(levels));
    assert_eq!(of(&format!("{{ a {} }}", nested(MOST_DEPTH - 2))), Ok(()));
    says(&format!("{{ a {} }}", nested(MOST_DEPTH)), "within one another");
    assert_eq!(of(&format!("{{ __schema {} }}", nested(MOST_DEPTH))), Ok(()), "a type is of a type");
    says(&format!("{{ __schema {} }}", nested(MOST_DEPTH_OF_SCHEMA)), "within one another");
    let fields = |count: usize| many(count, |n| format!("f{n}"));
    says(&format!("{{ {} }}", fields(MOST_ROOT_FIELDS + 1)), "at its root");
    says(&format!("{{ a {{ {} }} }}", fields(MOST_FIELDS + 1)), "fields");
    says(&format!("{{ a {{ {} }} }}", many(MOST_ALIASES + 1, |n| format!("a{n}: x"))), "another name");
    says(&format!("{{ a {} }}", "@skip(if: true) ".repeat(MOST_DIRECTIVES_OF_A_PLACE + 1)), "at one place");
    says(&format!("{{ a {{ {} }} }}", "b @skip(if: true) ".repeat(MOST_DIRECTIVES + 1)), "directives");
    says(&"x ".repeat(MOST_TOKENS + 1), "tokens");
}
