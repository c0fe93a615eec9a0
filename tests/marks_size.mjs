// What tests/marks_size.sh asks a town: `marks_size.mjs URL DEMO.json fill|one LOG|all`.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const [url, file, part, log] = process.argv.slice(2);
const { people } = JSON.parse(await readFile(file, 'utf8'));
const teachers = people.filter((one) => one.role === 'homeroom_teacher' && one.class_id);

/** Asks the API a document in somebody's name, and gives the data with how many statements it read with. */
async function ask(who, query, variables) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${who.token}` };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const body = await answer.json();
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return { ...body.data, reads: Number(/\d+/.exec(answer.headers.get('server-timing') ?? '')?.[0] ?? 0) };
}

const CLASS = 'query ($id: ID!) { class(id: $id) { name pupils(first: 200) { nodes { id } } markSubjects { name kind } } }';
const SAVE = 'mutation ($input: SaveAssessmentInput!) { saveAssessment(input: $input) { assessment { id } userErrors { code field message } } }';
const RECORD = `mutation ($input: RecordResultsInput!) { recordResults(input: $input) { recorded rejected { code } userErrors { code message } } }`;
const CLOSE = `mutation ($id: ID!) { closeTerm(input: { classId: $id, term: 2, acceptGaps: true }) { closing { at } gaps { subject } userErrors { message } } }`;
const CARDS = `query ($id: ID!) { class(id: $id) { reportCards(term: 2) { pupilId closed marks { subject viewpoints { letter } rating { rating } }
  remarks { text } attendance { schoolDays present } attendanceNow { present } } } }`;

/** Nine subjects of points of a class: two tests each, with results of every pupil in every viewpoint. */
async function fill(teacher) {
  const { class: { pupils, markSubjects } } = await ask(teacher, CLASS, { id: teacher.class_id });
  const subjects = markSubjects.filter((subject) => subject.kind === 'POINTS').slice(0, 9);
  for (const [n, { name }] of subjects.entries()) {
    for (const test of [1, 2]) {
      const input = { classId: teacher.class_id, term: 2, subject: name, name: `テスト ${test}`, day: '2026-11-20', knowledgeMax: 100, thinkingMax: 50, attitudeMax: 10 };
      const { saveAssessment: { assessment, userErrors } } = await ask(teacher, SAVE, { input });
      if (!assessment) throw new Error(`${name}: ${JSON.stringify(userErrors)}`);
      const most = { KNOWLEDGE: 100, THINKING: 50, ATTITUDE: 10 };
      const results = pupils.nodes.flatMap((pupil, m) => Object.entries(most).map(([viewpoint, of], v) => (
        { pupilId: pupil.id, viewpoint, points: (m * 7 + n * 11 + test * 13 + v * 5) % (of + 1) })));
      const { recordResults } = await ask(teacher, RECORD, { input: { assessmentId: assessment.id, results } });
      if (recordResults.recorded !== results.length) throw new Error(JSON.stringify(recordResults));
    }
  }
  return { pupils: pupils.nodes.length, results: subjects.length * 2 * pupils.nodes.length * 3, subjects: subjects.length };
}

/** Closes the term of a class and gives the milliseconds that it took. */
async function close(teacher) {
  const began = performance.now();
  const { closeTerm, reads } = await ask(teacher, CLOSE, { id: teacher.class_id });
  const took = performance.now() - began;
  if (!closeTerm.closing) throw new Error(JSON.stringify(closeTerm));
  return { took, reads, gaps: closeTerm.gaps.length };
}

/** Reads the report cards of a class in one query; everybody has a mark in every subject. */
async function read(teacher) {
  const began = performance.now();
  const { class: { reportCards }, reads } = await ask(teacher, CARDS, { id: teacher.class_id });
  const took = performance.now() - began;
  const bare = reportCards.filter((card) => card.marks.length === 0 || !card.closed);
  if (bare.length > 0) throw new Error(`${bare.length} cards have no marks or are open`);
  return { took, reads, cards: reportCards.length };
}

/** How many statements the log has by now, once no more are added. */
async function statements() {
  for (let before = -1; ;) {
    const count = ((await readFile(log, 'utf8')).match(/sqlx::query/g) ?? []).length;
    if (count === before) return count;
    before = count;
    await sleep(300);
  }
}

const millis = (of) => `${of.toFixed(0)} ms`;
const sizes = async () => {
  const found = [];
  for (const teacher of teachers) {
    const { class: { pupils } } = await ask(teacher, CLASS, { id: teacher.class_id });
    found.push({ teacher, pupils: pupils.nodes.length });
  }
  return found.sort((a, b) => b.pupils - a.pupils);
};

if (part === 'fill') {
  const began = performance.now();
  let [pupils, results, subjects] = [0, 0, 0];
  for (const teacher of teachers) {
    const done = await fill(teacher);
    [pupils, results, subjects] = [pupils + done.pupils, results + done.results, subjects + done.subjects];
  }
  console.log(`filled: ${teachers.length} classes, ${pupils} pupils, ${(subjects / teachers.length).toFixed(1)} subjects a class, ${results} results in ${((performance.now() - began) / 1000).toFixed(1)} s`);
} else if (part === 'one') {
  const [{ teacher, pupils }, ...others] = await sizes();
  const smaller = others.at(-1);
  for (const one of [teacher, smaller.teacher]) {
    const size = one === teacher ? pupils : smaller.pupils;
    const before = await statements();
    const closed = await close(one);
    const between = await statements();
    const cards = await read(one);
    const after = await statements();
    console.log(`a class of ${size}: closed with ${between - before} statements (${closed.reads} of them read outside of the write, ${closed.gaps} gaps), ${cards.cards} report cards with ${after - between} (${cards.reads} by the fields), who asks among them`);
  }
} else {
  const [closings, readings, open] = [[], [], []];
  for (const teacher of teachers) {
    const { class: { terms } } = await ask(teacher, 'query ($id: ID!) { class(id: $id) { terms { number closing { at } } } }', { id: teacher.class_id });
    if (!terms.find((term) => term.number === 2).closing) open.push(teacher);
  }
  const began = performance.now();
  for (const teacher of open) closings.push((await close(teacher)).took);
  const whole = performance.now() - began;
  for (const teacher of teachers) readings.push((await read(teacher)).took);
  const at = (of, part) => of.toSorted((a, b) => a - b)[Math.min(of.length - 1, Math.ceil(of.length * part) - 1)];
  console.log(`closed: ${open.length} classes in ${(whole / 1000).toFixed(1)} s, a class p50 ${millis(at(closings, 0.5))}, p99 ${millis(at(closings, 0.99))}`);
  console.log(`report cards of a class: p50 ${millis(at(readings, 0.5))}, p99 ${millis(at(readings, 0.99))}`);
}
