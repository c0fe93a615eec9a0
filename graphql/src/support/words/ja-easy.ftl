# やさしい日本語: short sentences, everyday words, spaces between phrases, kanji with their reading behind them. Neutral as ja.ftl is.

## Features: what is looked at, in a word or two (.label), in which days or work (.window).

feature-interactions_per_day = 学習（がくしゅう）の 記録（きろく） 1日（にち）に
    .label = 学習（がくしゅう）の 記録（きろく）
    .window = この クラスに いる あいだ
feature-interactions_last10 = 学習（がくしゅう）の 記録（きろく） さいきんの 10日（とおか） 1日（にち）に
    .label = 学習（がくしゅう）の 記録（きろく）
    .window = 学校（がっこう）が あった さいきんの 10日（とおか）
feature-practice_per_day = もんだいと ドリル 1日（にち）に
    .label = もんだいと ドリル
    .window = この クラスに いる あいだ
feature-minutes_per_day = 学習（がくしゅう）の 時間（じかん） 1日（にち）に
    .label = 学習（がくしゅう）の 時間（じかん）
    .window = この クラスに いる あいだ
feature-active_share = 記録（きろく）の ある 日（ひ）の わりあい
    .label = 記録（きろく）の ある 日（ひ）
    .window = この クラスに いる あいだ
feature-active_days_last10 = さいきんの 10日（とおか）の うち 記録（きろく）の ある 日（ひ）
    .label = 記録（きろく）の ある 日（ひ）
    .window = 学校（がっこう）が あった さいきんの 10日（とおか）
feature-days_since_last = さいごの 記録（きろく）から
    .label = さいごの 記録（きろく）から
feature-longest_gap = 記録（きろく）の ない 日（ひ）が いちばん 長（なが）く つづいた とき
    .label = 記録（きろく）の ない 日（ひ）の つづき
    .window = この クラスに いる あいだ
feature-change_last10 = ふだんの 自分（じぶん）と くらべた 学習（がくしゅう）の 記録（きろく） さいきんの 10日（とおか）
    .label = ふだんの 自分（じぶん）と くらべた 学習（がくしゅう）の 記録（きろく）
    .window = 学校（がっこう）が あった さいきんの 10日（とおか）と その まえ
feature-submitted_share = しめきりが きた 課題（かだい）の うち 出（だ）した わりあい
    .label = 出（だ）した 課題（かだい）
    .window = しめきりが きた 課題（かだい）
feature-on_time_share = しめきりまでに 課題（かだい）を 出（だ）した わりあい
    .label = しめきりまでに 出（だ）した 課題（かだい）
    .window = しめきりが きた 課題（かだい）
feature-days_early = 課題（かだい）を 出（だ）したのは しめきりの 何日（なんにち）まえか（へいきん）
    .label = 課題（かだい）を 出（だ）した とき（へいきん）
    .window = 出（だ）した 課題（かだい）
feature-mean_score = 課題（かだい）の 点（てん）（へいきん）
    .label = 点（てん）（へいきん）
    .window = 点（てん）の ついた 課題（かだい）
feature-days_absent_last30 = さいきんの 30日（にち）の うち 休（やす）んだ 日（ひ）
    .label = 休（やす）んだ 日（ひ）
    .window = 学校（がっこう）が あった さいきんの 30日（にち）
feature-days_late_last20 = 学校（がっこう）に 来（き）た さいきんの 20日（はつか）の うち おそく 来（き）たか はやく 帰（かえ）った 日（ひ）
    .label = おそく 来（き）たか はやく 帰（かえ）った 日（ひ）
    .window = 学校（がっこう）に 来（き）た さいきんの 20日（はつか）
feature-low_moods_last20 = さいきんの 20日（はつか）の うち 心（こころ）の 天気（てんき）が { $low }の 日（ひ）
    .label = 心（こころ）の 天気（てんき） { $low }
    .window = 学校（がっこう）が あった さいきんの 20日（はつか）

## Values with their unit: in a sentence (amount), and beside a label (beside).

amount-share = { $n }%
amount-interactions = { $n }こ
amount-minutes = { $n }分（ふん）
amount-days = { $n }日
beside-interactions = 1日（にち）に { $n }こ
beside-minutes = 1日（にち）に { $n }分（ふん）
beside-early = しめきりの { $n }日まえ
beside-after = しめきりの { $n }日あと

## A line of a score.

line = { $what } { $value }（クラスの まん中（なか）は { $median }）
line-alone = { $what } { $value }
line-group = 記録（きろく）の ようすが にて いる なかま
    .label = 記録（きろく）の ようすが にて いる なかま
    .below = まん中（なか）より 下（した）
    .above = まん中（なか）の ちかくか 上（うえ）

## Groups.

group-and = 、
group-middle = どの 記録（きろく）も まん中（なか）くらい
group-description = 記録（きろく）の ようすが にて いる 人（ひと）が クラスに { $pupils }人（にん） います。{ $name }
trait-volume = 学習（がくしゅう）の 記録（きろく）が すくない
    .high = 学習（がくしゅう）の 記録（きろく）が おおい
trait-regularity = 記録（きろく）の ない 日（ひ）が おおい
    .high = こつこつ つづいて いる
trait-submission = 出（だ）した 課題（かだい）が すくない
    .high = 出（だ）した 課題（かだい）が おおい
trait-performance = 点（てん）が クラスの まん中（なか）より 下（した）
    .high = 点（てん）が クラスの まん中（なか）より 上（うえ）
trait-attendance = 休（やす）んだ 日（ひ）や おそく 来（き）た 日（ひ）が おおい
    .high = 休（やす）んだ 日（ひ）や おそく 来（き）た 日（ひ）が すくない
trait-wellbeing = 心（こころ）の 天気（てんき）の { $low }が おおい
    .high = 心（こころ）の 天気（てんき）の { $low }が すくない
trait-group = 記録（きろく）の ようすが にて いる
    .high = 記録（きろく）の ようすが にて いる
low-moods = つらい こたえ

## Plain rules that spoke.

rule-no_activity = 学習（がくしゅう）の 記録（きろく）の ない 日（ひ）が { $days }日 つづいて います
rule-missed_in_a_row = しめきりが きた 課題（かだい）が { $assignments }こ つづけて まだ 出（で）て いません
rule-absent_in_a_row = 休（やす）みが { $days }日 つづいて います
rule-absent_often = 学校（がっこう）が あった さいきんの { $of }日の うち { $days }日 休（やす）みました
rule-absent_share = 学校（がっこう）に 来（く）る 日（ひ）の { $percent }%を 休（やす）みました（{ $of }日の うち { $days }日）
rule-late_rise = 学校（がっこう）に 来（き）た さいきんの 10日（とおか）の うち { $days }日は おそく 来（き）たか はやく 帰（かえ）りました（その まえの 10日（とおか）は { $before }日）
rule-activity_drop = さいきんの 10日（とおか）の 学習（がくしゅう）の 記録（きろく）は { $lately }こです。まえの 自分（じぶん）は 10日（とおか）で { $before }こでした（まえの { $percent }%。クラスの まん中（なか）は { $class }%）
rule-low_mood_in_a_row = 心（こころ）の 天気（てんき）の { $low }が { $entries }回（かい） つづいて います

## What the threshold of a rule counts, and its unit.

threshold-no_activity = 学習（がくしゅう）の 記録（きろく）の ない 日（ひ）の つづき
    .unit = 日から
threshold-missed_in_a_row = しめきりが きても 出（で）て いない 課題（かだい）の つづき
    .unit = こから
threshold-absent_in_a_row = 休（やす）みの つづき
    .unit = 日から
threshold-absent_often = さいきんの 30日（にち）の うち 休（やす）んだ 日（ひ）
    .unit = 日から
threshold-absent_share = 学校（がっこう）に 来（く）る 日（ひ）の うち 休（やす）んだ わりあい（30日（にち）分（ぶん）の 記録（きろく）が できてから）
    .unit = %から
threshold-late_rise = おそく 来（き）たか はやく 帰（かえ）った 日（ひ）が まえの 10日（とおか）より ふえた かず
    .unit = 日から
threshold-activity_drop = さいきんの 10日（とおか）の 学習（がくしゅう）の 記録（きろく）を まえの 自分（じぶん）と くらべた わりあい
    .unit = %より すくない
threshold-low_mood_in_a_row = 心（こころ）の 天気（てんき）の { $low }の つづき
    .unit = 回（かい）から

## Beside a flag.

change = { $what }が { $value }
change-and = 、
counterfactual = もし { $changes }なら、この しらせは 出（で）ません
counterfactual-rules = もし { $changes }なら、くらべて 出（で）る しらせは 出（で）ません（きまりの しらせは のこります）
week-before = 1週間（しゅうかん）まえは { $value }
held = まえの 日（ひ）から つづけて 見（み）て います
group-continues = 先週（せんしゅう）の 「{ $name }」から つづく まとまりです（先週（せんしゅう）の { $size }人（にん）の うち { $stayed }人（にん））
withheld-too_few_school_days = 授業日（じゅぎょうび）が 10日（とおか）に なるまで、知（し）らせは 出（だ）しません。いまは { $days }日です。
withheld-cohort_too_small = くらべられる 人（ひと）が すくないので、知（し）らせは 出（だ）しません。
withheld-too_little_recorded = 記録（きろく）が まだ すくないか、一（ひと）つの しゅるい だけなので、くらべた 知（し）らせは 出（だ）しません。きまりに よる 知（し）らせ だけです。

## What changed when a support began: days of twenty, beside pupils who were alike before and had none.

effect-absence = 休（やす）んだ 日（ひ）
effect-activity = 学習（がくしゅう）の 記録（きろく）の ある 日（ひ）
effect-moved = { $before }日から { $after }日
effect-stayed = { $before }日の まま
effect = { $what }は、支援（しえん）の まえと あとの 20日（はつか）で { $own }です。にた 記録（きろく）の { $count }人（にん）は { $others }です。{ $end }
effect-chance = たまたまかも しれません。これだけで きめないで ください。
effect-beyond = これだけで 支援（しえん）の おかげとは 言（い）えません。
effect-too_few_before = { $what }は、はじまる まえの 記録（きろく）が すくないので くらべられません。
effect-too_few_after = { $what }は、はじまって からの 記録（きろく）が まだ すくないので くらべられません。
effect-too_few_alike = { $what }は、にた 記録（きろく）の 人（ひと）が すくないので くらべられません。
