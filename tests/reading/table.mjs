// The table of what bin/benchmark-reading has noted: of every line a median over the rounds, of the answers a second also the least and the most.
import { readFileSync } from 'node:fs';

const NAMES = { sql: 'bare SQL', asagao: 'Asagao', yoga: 'Yoga', apollo: 'Apollo', postgraphile: 'PostGraphile 5' };
const WHAT = { class: 'a class, 14 days', pupil: "a pupil's year", school: 'a month of a school', board: "the board's month" };
const rows = new Map();
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const [what, size, who, ...found] = line.split(' ');
  const key = [what, size, who].join(' ');
  rows.set(key, [...(rows.get(key) ?? []), found.map(Number)]);
}
const column = (of, n) => of.map((found) => found[n]).sort((a, b) => a - b);
const median = (of, n) => column(of, n)[Math.floor((of.length - 1) / 2)];
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(1));
console.log('\n| question | million activities | who | a second: median (least–most) | of bare SQL | p50 ms | p99 ms | processor of the server, ms | of PostgreSQL, ms | kB |');
console.log('|---|---|---|---|---|---|---|---|---|---|');
for (const [key, of] of rows) {
  const [what, size, who] = key.split(' ');
  const rates = column(of, 0);
  const share = median(of, 0) / median(rows.get(`${what} ${size} sql`), 0);
  const bare = who === 'sql';
  console.log(
    `| ${WHAT[what]} | ${size} | ${NAMES[who]} | ${digits(median(of, 0))} (${digits(rates[0])}–${digits(rates.at(-1))}) | ${share.toFixed(2)} ` +
      `| ${digits(median(of, 1))} | ${digits(median(of, 2))} | ${bare ? '' : median(of, 4).toFixed(2)} | ${median(of, 5).toFixed(2)} ` +
      `| ${bare ? '' : (median(of, 3) / 1000).toFixed(1)} |`,
  );
}
