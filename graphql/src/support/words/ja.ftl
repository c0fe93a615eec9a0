# 日本語. Neutral: what was seen and what is usual, with the unit; never a judgement of a child.

## Features: what is looked at, in a word or two (.label), in which days or work (.window).

feature-interactions_per_day = 学習の記録 1授業日あたり
    .label = 学習の記録
    .window = 在籍した授業日
feature-interactions_last10 = 学習の記録 直近10授業日 1日あたり
    .label = 学習の記録
    .window = 直近10授業日
feature-practice_per_day = 問題・ドリル 1授業日あたり
    .label = 問題・ドリル
    .window = 在籍した授業日
feature-minutes_per_day = 学習の時間 1授業日あたり
    .label = 学習の時間
    .window = 在籍した授業日
feature-active_share = 記録のある授業日の割合
    .label = 記録のある日
    .window = 在籍した授業日
feature-active_days_last10 = 直近10授業日のうち記録のある日
    .label = 記録のある日
    .window = 直近10授業日
feature-days_since_last = 最後の記録からの授業日
    .label = 最後の記録から
feature-longest_gap = 記録のない日が続いた長さ（最長）
    .label = 記録のない日の続き（最長）
    .window = 在籍した授業日
feature-change_last10 = ふだんの自分とくらべた学習の記録 直近10授業日
    .label = ふだんの自分とくらべた学習の記録
    .window = 直近10授業日とそれまで
feature-submitted_share = 期限の来た課題のうち提出した割合
    .label = 提出
    .window = 期限の来た課題
feature-on_time_share = 期限の来た課題のうち期限内に提出した割合
    .label = 期限内の提出
    .window = 期限の来た課題
feature-days_early = 提出は期限の何日前か（平均）
    .label = 提出の時期（平均）
    .window = 提出した課題
feature-mean_score = 課題の得点率（平均）
    .label = 得点率（平均）
    .window = 採点された課題
feature-days_absent_last30 = 直近30授業日のうち欠席
    .label = 欠席
    .window = 直近30授業日
feature-days_late_last20 = 出席した直近20日のうち遅刻・早退
    .label = 遅刻・早退
    .window = 出席した直近20日
feature-low_moods_last20 = 直近20授業日の心の天気 { $low }
    .label = 心の天気 { $low }
    .window = 直近20授業日

## Values with their unit: in a sentence (amount), and beside a label (beside).

amount-share = { $n }%
amount-interactions = { $n }件
amount-minutes = { $n }分
amount-days = { $n }日
beside-interactions = 1日{ $n }件
beside-minutes = 1日{ $n }分
beside-early = 期限の{ $n }日前
beside-after = 期限の{ $n }日後

## A line of a score.

line = { $what } { $value }（学級の中央 { $median }）
line-alone = { $what } { $value }
line-group = 記録のようすが近いまとまりによる分
    .label = 記録のようすが近いまとまり
    .below = 中央より下
    .above = 中央付近か上

## Groups. $ends says how the name ends: after an adjective or a verb の would be wrong.

group-and = ・
group-middle = どの記録も中ほど
group-description = { $ends ->
        [predicate] { $name }まとまり（学級で{ $pupils }人）
       *[noun] { $name }のまとまり（学級で{ $pupils }人）
    }
trait-volume = 学習の記録が少ない
    .high = 学習の記録が多い
trait-regularity = 記録のない日が多い
    .high = こつこつ続いている
trait-submission = 課題の提出が少ない
    .high = 課題の提出が多い
trait-performance = 得点が学級の中央より下
    .high = 得点が学級の中央より上
trait-attendance = 欠席や遅刻が多い
    .high = 欠席や遅刻が少ない
trait-wellbeing = 心の天気の{ $low }が多い
    .high = 心の天気の{ $low }が少ない
trait-group = 記録のようすが近い
    .high = 記録のようすが近い
low-moods = つらいほうの答え

## Plain rules that spoke.

rule-no_activity = 学習の記録のない授業日が{ $days }日続いています
rule-missed_in_a_row = 期限の来た課題が{ $assignments }件続けて未提出です
rule-absent_in_a_row = 欠席が{ $days }授業日続いています
rule-absent_often = 直近{ $of }授業日のうち欠席{ $days }日です
rule-absent_share = 欠席が出席すべき日の{ $percent }%（{ $of }日のうち{ $days }日）です
rule-late_rise = 遅刻・早退が、出席した直近10日で{ $days }日です（その前の10日は{ $before }日）
rule-activity_drop = 直近10授業日の学習の記録は{ $lately }件で、それまでの自分（10日で{ $before }件）の{ $percent }%です（学級の中央は{ $class }%）
rule-low_mood_in_a_row = 心の天気の{ $low }が{ $entries }回続いています

## What the threshold of a rule counts, and its unit.

threshold-no_activity = 学習の記録のない授業日の続き
    .unit = 日から
threshold-missed_in_a_row = 期限の来た課題の未提出の続き
    .unit = 件から
threshold-absent_in_a_row = 欠席の続き
    .unit = 日から
threshold-absent_often = 出席すべき直近30日のうちの欠席
    .unit = 日から
threshold-absent_share = 出席すべき日のうちの欠席（30日分の記録ができてから）
    .unit = %から
threshold-late_rise = 出席した直近10日の遅刻・早退の、その前の10日からの増え方
    .unit = 日から
threshold-activity_drop = 直近10授業日の学習の記録の、それまでの自分に対する割合
    .unit = %より下
threshold-low_mood_in_a_row = 心の天気の{ $low }の続き
    .unit = 回から

## Beside a flag.

change = { $what }が{ $value }
change-and = 、
counterfactual = もし{ $changes }なら、この知らせは出ません
counterfactual-rules = もし{ $changes }なら、くらべて出る知らせは出ません（基準による知らせは残ります）
week-before = 1週間前は{ $value }
held = 線のすぐ下ですが、前の日から続けて見ています
group-continues = 先週の「{ $name }」から続くまとまりです（先週の{ $size }人のうち{ $stayed }人）
withheld-too_few_school_days = 授業日が10日になるまで、知らせは出しません（いま { $days }日）。
withheld-cohort_too_small = 人数が少ないため、学級の中央は出しません。知らせも出しません。
withheld-too_little_recorded = 記録がまだ少ないか一種類だけなので、比べた知らせは出しません。基準による知らせだけです。

## What changed when a support began: days of twenty, beside pupils who were alike before and had none.

effect-absence = 欠席
effect-activity = 学習の記録のある日
effect-moved = { $before }日から{ $after }日
effect-stayed = { $before }日のまま
effect = { $what }は、支援の前後で20授業日あたり{ $own }です。よく似た記録で、始まった日まで支援のなかった{ $count }人では、平均{ $others }です。{ $end }
effect-chance = 差は{ $difference }日で、たまたまの範囲（{ $low }〜{ $high }日）が0をふくむので、決めつけないでください。
effect-beyond = 差は{ $difference }日（たまたまを入れて{ $low }〜{ $high }日）です。支援のためとは、これだけでは言えません。
effect-too_few_before = { $what }は、始まる前に分かる授業日が{ $fewest }日ないので、くらべられません。
effect-too_few_after = { $what }は、始まってから分かる授業日がまだ{ $fewest }日ないので、くらべられません。
effect-too_few_alike = { $what }は、前の記録がよく似ていて、始まった日まで支援のなかった人が{ $fewest }人いないので、くらべられません。前後を見るだけでは、ひとりでに元にもどったのと見分けられません。
