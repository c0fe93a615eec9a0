# English. Neutral: what was seen and what is usual, with the unit; never a judgement of a child.

## Features: what is looked at, in a word or two (.label), in which days or work (.window).

feature-interactions_per_day = Learning records a school day
    .label = Learning records
    .window = school days since enrolment
feature-interactions_last10 = Learning records a day, last 10 school days
    .label = Learning records
    .window = last 10 school days
feature-practice_per_day = Quizzes and drills a school day
    .label = Quizzes and drills
    .window = school days since enrolment
feature-minutes_per_day = Learning time a school day
    .label = Learning time
    .window = school days since enrolment
feature-active_share = Share of school days with records
    .label = Days with records
    .window = school days since enrolment
feature-active_days_last10 = Days with records among the last 10 school days
    .label = Days with records
    .window = last 10 school days
feature-days_since_last = School days since the last record
    .label = Since the last record
feature-longest_gap = Longest stretch of school days without records
    .label = Longest stretch without records
    .window = school days since enrolment
feature-change_last10 = Learning records of the last 10 school days, compared with the pupil's own past
    .label = Learning records compared with the own past
    .window = last 10 school days and those before
feature-submitted_share = Share of due assignments handed in
    .label = Handed in
    .window = due assignments
feature-on_time_share = Share of due assignments handed in on time
    .label = Handed in on time
    .window = due assignments
feature-days_early = Days before the due time at handing in, on average
    .label = Time of handing in, on average
    .window = work handed in
feature-mean_score = Mean mark of assignments
    .label = Mean mark
    .window = marked assignments
feature-days_absent_last30 = Days absent among the last 30 school days
    .label = Absent
    .window = last 30 school days
feature-days_late_last20 = Days late or left early among the last 20 present
    .label = Late or left early
    .window = last 20 days present
feature-low_moods_last20 = Days with the mood { $low }, last 20 school days
    .label = Mood { $low }
    .window = last 20 school days

## Values with their unit: in a sentence (amount), and beside a label (beside).

amount-share = { $n }%
amount-interactions = { $n }
amount-minutes = { $n } min
amount-days = { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
beside-interactions = { $n } a day
beside-minutes = { $n } min a day
beside-early = { amount-days } before the due time
beside-after = { amount-days } after the due time

## A line of a score.

line = { $what }: { $value } (middle of the class { $median })
line-alone = { $what }: { $value }
line-group = The group whose records are alike
    .label = The group whose records are alike
    .below = below the middle
    .above = near the middle or above

## Groups.

group-and = ,{ " " }
group-middle = in the middle throughout
group-description = Records alike: { $name } ({ $pupils } in the class)
trait-volume = few learning records
    .high = many learning records
trait-regularity = many days without records
    .high = steady
trait-submission = hands little work in
    .high = hands work in
trait-performance = marks below the class's middle
    .high = marks above the class's middle
trait-attendance = often absent or late
    .high = seldom absent or late
trait-wellbeing = often the mood { $low }
    .high = seldom the mood { $low }
trait-group = records alike
    .high = records alike
low-moods = was one of the low ones

## Plain rules that spoke.

rule-no_activity = No learning record for { $days ->
        [one] { $days } school day
       *[other] { $days } school days in a row
    }
rule-missed_in_a_row = { $assignments ->
        [one] { $assignments } due assignment not handed in
       *[other] { $assignments } due assignments in a row not handed in
    }
rule-absent_in_a_row = Absent for { $days ->
        [one] { $days } school day
       *[other] { $days } school days in a row
    }
rule-absent_often = Absent on { $days } of the latest { $of } school days
rule-absent_share = Absent on { $percent }% of the days to attend ({ $days } of { $of })
rule-late_rise = Late or left early on { $days } of the latest 10 days present ({ $before } of the 10 before)
rule-activity_drop = { $lately ->
        [one] { $lately } learning record
       *[other] { $lately } learning records
    } in the last 10 school days, { $percent }% of the pupil's own 10 days before ({ $before }; middle of the class { $class }%)
rule-low_mood_in_a_row = { $entries } times in a row the mood { $low }

## What the threshold of a rule counts, and its unit.

threshold-no_activity = School days in a row without a learning record
    .unit = days or more
threshold-missed_in_a_row = Due assignments in a row not handed in
    .unit = assignments or more
threshold-absent_in_a_row = Days absent in a row
    .unit = days or more
threshold-absent_often = Days absent among the latest 30 to attend
    .unit = days or more
threshold-absent_share = Share of the days to attend on which the pupil was absent, once there are 30
    .unit = % or more
threshold-late_rise = More days late or left early in the latest 10 days present than in the 10 before
    .unit = days or more
threshold-activity_drop = Learning records of the last 10 school days as a share of the pupil's own before
    .unit = % or less
threshold-low_mood_in_a_row = Times in a row the mood { $low }
    .unit = entries or more

## Beside a flag.

change = { $what }: { $value }
change-and = ;{" "}
counterfactual = There would be no flag with { $changes }
counterfactual-rules = The comparison would raise no flag with { $changes } (the plain rules still would)
week-before = { $value } a week before
held = A little below the line, and kept from the day before
group-continues = Continues last week's group “{ $name }” ({ $stayed } of its { $size })
withheld-too_few_school_days = No flags before there are 10 school days (now { $days }).
withheld-cohort_too_small = Too few pupils to compare: no middle of the class and no flags.
withheld-too_little_recorded = Too little is recorded yet, or records of one kind alone: no flags by comparison, plain rules alone.

## What changed when a support began: days of twenty, beside pupils who were alike before and had none.

effect-absence = Days absent
effect-activity = Days with learning records
effect-moved = { $before } before and { $after } after
effect-stayed = { $before } before and after
effect = { $what } in 20 school days: { $own } the support began. Mean of { $count } pupils with alike records and no support up to then: { $others }. { $end }
effect-chance = The difference is { $difference } days, and the range of chance ({ $low } to { $high }) holds 0: do not conclude from it.
effect-beyond = The difference is { $difference } days (with chance { $low } to { $high }). That alone does not say that the support did it.
effect-too_few_before = { $what }: not compared, fewer than { $fewest } school days are known before.
effect-too_few_after = { $what }: not compared yet, fewer than { $fewest } school days are known since.
effect-too_few_alike = { $what }: not compared, fewer than { $fewest } pupils without support up to then had alike records before. A before and an after alone cannot be told from what goes back to its middle by itself.
