// The tables of what bin/benchmark-steady has noted. Fails when a call was not answered or rows are lost.
import { readFileSync } from 'node:fs';

const NAMES = {
  sqlite: 'SQLite', postgres: 'PostgreSQL', 'asagao-sqlite': 'Asagao, SQLite', 'asagao-postgres': 'Asagao, PostgreSQL',
  yoga: 'Yoga', apollo: 'Apollo', postgraphile: 'PostGraphile 5',
};
const lines = readFileSync(0, 'utf8').trim().split('\n').map((line) => line.split(' ').filter(Boolean));
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const sum = (values) => values.reduce((total, value) => total + value, 0);
const megabytes = (bytes) => bytes / 2 ** 20;
const failures = [];

/** Its notes, by whom they are of. */
function notes(what) {
  return [...Map.groupBy(lines.filter(([first]) => first === what), ([, who]) => who)].map(([who, of]) => [who, of.map(([, , ...found]) => found)]);
}
function table(head, rows) {
  if (rows.length === 0) return;
  console.log(`\n| ${head.join(' | ')} |\n|${'---|'.repeat(head.length)}`);
  for (const cells of rows) console.log(`| ${cells.join(' | ')} |`);
}

let stored;
const soaks = notes('round').map(([engine, of]) => {
  stored = 0;
  return [engine, of.map(round)];
});
function round([n, ...found]) {
  const [acknowledged, failed, seconds, p50, p99, reads, unread, readP99, rss, own, wal, totals, rows, activities, deadTotals, dead] = found.map(Number);
  stored += acknowledged;
  return {
    n, acknowledged, p50, p99, reads, readP99, failed: failed + unread, rate: acknowledged / seconds, rss: rss / 1024, own: own / 1024,
    wal: megabytes(wal), total: totals / rows, activity: activities / stored, dead: Number.isNaN(dead) ? '' : `${deadTotals}, ${dead}`,
  };
}

table(
  ['database', 'round', 'activities a second', 'p50 ms', 'p99 ms', 'classes read', 'their p99 ms', 'RSS MB', 'anonymous MB', 'WAL MB',
    'daily_total, bytes a row', 'activity, bytes a row', 'dead rows'],
  soaks.flatMap(([engine, rounds]) => rounds.map((r) => [
    NAMES[engine], r.n, r.rate.toFixed(0), r.p50.toFixed(1), r.p99.toFixed(1), r.reads, r.readP99.toFixed(1), r.rss.toFixed(1), r.own.toFixed(1),
    r.wal.toFixed(1), r.total.toFixed(0), r.activity.toFixed(0), r.dead,
  ])),
);

/** A soak as a whole, its first quarter beside its last. */
function verdict([engine, rounds]) {
  const quarter = Math.max(1, Math.floor(rounds.length / 4));
  const ends = (of) => [rounds.slice(0, quarter), rounds.slice(-quarter)].map((part) => median(part.map(of)));
  const growth = (of) => {
    const [first, last] = ends(of);
    return `${first.toFixed(1)} → ${last.toFixed(1)} (${last < first ? '−' : '+'}${Math.abs(last - first).toFixed(1)})`;
  };
  const times = (of) => {
    const [first, last] = ends(of);
    return `× ${(last / first).toFixed(2)}`;
  };
  const bytes = (of) => ends(of).map((value) => value.toFixed(0)).join(' → ');
  const acknowledged = sum(rounds.map((r) => r.acknowledged));
  const failed = sum(rounds.map((r) => r.failed));
  const [rows, totals] = notes('kept').find(([who]) => who === engine)[1][0].map(Number);
  if (failed > 0) failures.push(`${NAMES[engine]}: ${failed} calls were not answered as they have to be`);
  if (rows !== acknowledged || totals !== acknowledged) {
    failures.push(`${NAMES[engine]}: ${acknowledged} activities were acknowledged, ${rows} are stored, ${totals} are in the totals`);
  }
  return [
    NAMES[engine], acknowledged, failed, acknowledged - rows, growth((r) => r.rss), growth((r) => r.own), times((r) => r.p50), times((r) => r.p99),
    Math.max(...rounds.map((r) => r.wal)).toFixed(1), bytes((r) => r.total), bytes((r) => r.activity),
  ];
}
table(
  ['database', 'activities', 'calls not answered', 'lost', 'RSS MB', 'anonymous MB', 'p50', 'p99', 'WAL MB at most', 'daily_total, bytes a row',
    'activity, bytes a row'],
  soaks.map(verdict),
);

/** All starts of one: what it printed is ms, kB idle, kB at most, and what post_calls says, of which the last is how many calls failed. */
function start([who, of]) {
  const column = (n) => of.map((found) => Number(found.at(n))).sort((a, b) => a - b);
  const ms = column(0);
  const failed = sum(column(-1));
  if (failed > 0) failures.push(`${NAMES[who]}: ${failed} calls were not answered`);
  return [
    NAMES[who], `${median(ms).toFixed(1)} (${ms[0].toFixed(1)}–${ms.at(-1).toFixed(1)})`, (median(column(1)) / 1024).toFixed(1),
    (median(column(2)) / 1024).toFixed(1), median(column(3)),
  ];
}
table(
  ['who', 'ms to the first answer: median (least–most)', 'RSS MB, idle', 'RSS MB at most, while 200 post', 'activities a second'],
  notes('start').map(start),
);

for (const failure of failures) console.error(`benchmark-steady: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
