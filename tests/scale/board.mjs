// A board of education, brought in by the program's own commands and asked over HTTP. All boards have the same ids: where one reads another's
// records they are not merely there, they are mixed up with its own.
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command, folder, start } from '../browser/program.mjs';

const id = (kind, n) => `0a5a9a00-0000-4000-8000-${(kind * 0x10000 + n).toString(16).padStart(12, '0')}`;
const japan = (days = 0) => new Date(Date.now() + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
export const yesterday = () => japan(-1);

/** Makes the board with that number in a database: schools of so many classes of so many pupils, an app and a teacher of all classes. */
export async function makeBoard(url, number, { schools = 1, classes = 1, pupils = 3 } = {}) {
  const env = { DATABASE_URL: url };
  const [roster, members] = [await folder(), []];
  const files = rosterOf(number, { schools, classes, pupils }, members);
  await mkdir(join(roster.path, 'roster'));
  for (const [file, lines] of Object.entries(files)) await writeFile(join(roster.path, 'roster', file), `${lines.join('\n')}\n`);
  await command(env, 'migrate', '--create');
  await command(env, 'import', 'roster', join(roster.path, 'roster'));
  await rm(roster.path, { recursive: true });
  const app = await command(env, 'app', 'register', '--name', 'ドリル', '--board', '--scope', 'activity:write', 'activity:read', 'roster:read');
  const teacher = await command(env, 'staff', 'token', email(number));
  const serve = (settings = {}) => start(['serve'], { ...env, ASAGAO_RATE: 'off', ASAGAO_ANALYZE_AT: 'off', ...settings });
  return { env, number, app, teacher, members, classes: [...new Set(members.map((one) => one.classId))], serve };
}

export const email = (number) => `teacher${number}@asagiri.example`;
export const nameOf = (number) => `第${number}教育委員会`;

function rosterOf(number, { schools, classes, pupils }, members) {
  // A year that holds today and the weeks before, also in April.
  const begins = japan(-30).slice(0, 4) - (japan(-30).slice(5, 7) < '04' ? 1 : 0);
  const [board, year, teacher] = [id(1, 1), id(1, 2), id(1, 3)];
  const files = {
    'manifest.csv': ['propertyName,value', 'oneroster.version,1.2', 'file.orgs,bulk'],
    'orgs.csv': ['sourcedId,name,type,identifier', `${board},${nameOf(number)},district,122211`],
    'academicSessions.csv': ['sourcedId,title,type,startDate,endDate,schoolYear',
      `${year},${begins}年度,schoolYear,${begins}-04-01,${japan(60) > `${begins + 1}-03-31` ? japan(60) : `${begins + 1}-03-31`},${begins}`],
    'classes.csv': ['sourcedId,title,classType,schoolSourcedId,termSourcedIds,grades,subjects'],
    'users.csv': ['sourcedId,enabledUser,familyName,givenName,metadata.jp.kanaFamilyName,metadata.jp.kanaGivenName,email',
      `${teacher},true,有村,安奈,アリムラ,アンナ,${email(number)}`],
    'roles.csv': ['sourcedId,userSourcedId,roleType,role,orgSourcedId'],
    'enrollments.csv': ['sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.shussekiNo'],
  };
  for (let s = 0; s < schools; s += 1) {
    const school = id(2, s);
    files['orgs.csv'].push(`${school},第${number}の${s + 1}小学校,school,B11222000${String(s).padStart(4, '0')}`);
    files['roles.csv'].push(`${id(3, s)},${teacher},${s === 0 ? 'primary' : 'secondary'},teacher,${school}`);
    for (let c = 0; c < classes; c += 1) {
      const [at, classId] = [s * classes + c, id(4, s * classes + c)];
      files['classes.csv'].push(`${classId},${c + 1}組,homeroom,${school},${year},P5,`);
      files['enrollments.csv'].push(`${id(5, at)},${classId},${school},${teacher},teacher,true,,,`);
      for (let p = 0; p < pupils; p += 1) {
        const [n, pupilId] = [at * pupils + p, id(6, at * pupils + p)];
        members.push({ pupilId, classId });
        files['users.csv'].push(`${pupilId},true,山田${number},${p + 1},ヤマダ,ハナコ,`);
        files['roles.csv'].push(`${id(7, n)},${pupilId},primary,student,${school}`);
        files['enrollments.csv'].push(`${id(8, n)},${classId},${school},${pupilId},student,,,,${p + 1}`);
      }
    }
  }
  return files;
}

/** Asks the API; the status stands beside what was answered. */
export async function ask(server, token, query, variables = {}) {
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: answer.status, ...(await answer.json()) };
}

/** So many new activities, of the board's pupils in turn. */
export function activities(board, count, occurredAt = new Date().toISOString()) {
  return Array.from({ length: count }, (_, at) => ({
    ...board.members[at % board.members.length], id: randomUUID(), verb: 'ANSWERED', objectId: 'https://drill.example/fractions/1',
    objectKind: 'QUESTION', occurredAt, durationSeconds: 12, success: true, place: 'SCHOOL',
  }));
}

const posting = `mutation Post($input: RecordActivitiesInput!) { recordActivities(input: $input) {
  accepted duplicates conflicts { id } rejected { code } userErrors { code } } }`;

/** Posts them as an app does; what was answered, or `undefined` where the server could not take them. */
export async function post(server, board, batch) {
  const answer = await ask(server, board.app, posting, { input: { sentAt: new Date().toISOString(), activities: batch } });
  if (answer.status === 503) return undefined;
  const told = answer.data?.recordActivities;
  if (!told || told.rejected.length + told.conflicts.length + told.userErrors.length > 0) throw new Error(JSON.stringify(answer));
  return { accepted: told.accepted, duplicates: told.duplicates };
}

const counting = `query Totals($id: ID!, $from: Date!, $to: Date!) { class(id: $id) { pupils(first: 100) { nodes { name
  dailyTotals(from: $from, to: $to) { activities } } } } }`;

/** What a server tells of the board to its teacher: its name, the pupils' names, how many activities they have. */
export async function seen(server, board, token = board.teacher) {
  const found = { pupils: 0, names: new Set(), activities: 0 };
  for (const classId of board.classes) {
    const answer = await ask(server, token, counting, { id: classId, from: japan(-14), to: japan() });
    if (!answer.data?.class) throw new Error(JSON.stringify(answer));
    for (const pupil of answer.data.class.pupils.nodes) {
      found.pupils += 1;
      found.names.add(pupil.name.split(' ')[0]);
      for (const total of pupil.dailyTotals) found.activities += total.activities;
    }
  }
  return { ...found, names: [...found.names] };
}

/** Listens (graphql-sse): `next` waits for what is told next, `end` stops. */
export async function listen(server, token, query, variables = {}) {
  const over = new AbortController();
  const answer = await fetch(`${server.url}/graphql`, {
    method: 'POST', signal: over.signal, body: JSON.stringify({ query, variables }),
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' },
  });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  const told = events(answer.body);
  return { next: async () => (await told.next()).value, end: () => over.abort() };
}

async function* events(body) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [event, data] = ['event', 'data'].map((field) => text.slice(0, end).match(new RegExp(`^${field}: ?(.*)$`, 'm'))?.[1]);
      text = text.slice(end + 2);
      if (event === 'next') yield JSON.parse(data);
    }
  }
}

/** Does something for each, so many at once. */
export async function together(most, all, work) {
  const left = [...all.entries()];
  const results = [];
  await Promise.all(Array.from({ length: most }, async () => {
    for (let one = left.shift(); one; one = left.shift()) results[one[0]] = await work(one[1], one[0]);
  }));
  return results;
}

/** Has a server of each board stand while something is done. */
export async function serving(boards, work) {
  const servers = await Promise.allSettled(boards.map((board) => board.serve()));
  const up = servers.filter((one) => one.status === 'fulfilled').map((one) => one.value);
  try {
    for (const one of servers) if (one.status === 'rejected') throw one.reason;
    return await work(up);
  } finally {
    await Promise.all(up.map((server) => server.stop()));
  }
}
