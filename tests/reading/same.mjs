// Whether two servers answer the questions of a class alike: `node same.mjs URL QUESTIONS URL QUESTIONS`. Prints how many pupils, marks and days of
// learning there are of the first class, and ends with 1 where any answer differs.
import { readFileSync } from 'node:fs';
import { deepStrictEqual } from 'node:assert';

const lines = (file) => readFileSync(file, 'utf8').trim().split('\n').map((line) => line.split('\t'));
async function ask(url, [token, body]) {
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` };
  const answer = await (await fetch(url, { method: 'POST', headers, body })).json();
  if (!answer.data?.class) throw new Error(JSON.stringify(answer).slice(0, 1000));
  return plain(answer.data.class);
}
const plain = ({ name, pupils }) => ({
  name,
  pupils: pupils.nodes.map((pupil) => ({
    who: [pupil.id, pupil.name, pupil.number],
    attendance: pupil.attendance.map((mark) => [mark.day, mark.kind.code ?? mark.kind, mark.late, mark.leftEarly]),
    learning: (pupil.learning.days ?? pupil.learning).map((day) => [day.day, day.interactions]),
  })),
});

const [url, file, otherUrl, otherFile] = process.argv.slice(2);
const [asked, others] = [lines(file), lines(otherFile)];
let counts;
for (let n = 0; n < asked.length; n += 1) {
  const found = await ask(url, asked[n]);
  deepStrictEqual(await ask(otherUrl, others[n]), found);
  const sum = (of) => found.pupils.reduce((total, pupil) => total + pupil[of].length, 0);
  counts ??= [found.pupils.length, sum('attendance'), sum('learning')];
}
console.log(counts.join(' '));
