// Two servers over one PostgreSQL: whichever is asked, the answer is the same, and one goes on without the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { command } from '../browser/program.mjs';
import { activities, ask, email, listen, makeBoard, post, seen, serving, together, yesterday } from './board.mjs';
import { makeDatabase, makePlace, sql } from './database.mjs';

let url, board, one, other;
const counted = async () => Number((await sql(url, 'SELECT count(*) FROM activity'))[0]);

before(async () => {
  await makeDatabase('servers');
  url = await makePlace('servers', 'asagiri');
  board = await makeBoard(url, 1, { schools: 3, classes: 2, pupils: 4 });
  [one, other] = await Promise.all([board.serve(), board.serve()]);
});
after(() => Promise.all([one, other].map((server) => server?.stop())));

test('what is posted to one is read from the other', async () => {
  const before = (await seen(other, board)).activities;
  assert.deepEqual(await post(one, board, activities(board, 30)), { accepted: 30, duplicates: 0 });
  assert.equal((await seen(other, board)).activities, before + 30);
});

test('the same batch posted to both at once is stored once', async () => {
  const before = await counted();
  for (let round = 0; round < 20; round += 1) {
    const batch = activities(board, 50);
    const answers = await Promise.all([one, other, one, other].map((server) => post(server, board, batch)));
    assert.equal(answers.reduce((sum, answer) => sum + answer.accepted, 0), 50);
    assert.equal(answers.reduce((sum, answer) => sum + answer.duplicates, 0), 150);
  }
  assert.equal(await counted(), before + 1_000);
  await command(board.env, 'recount');
});

const taking = `mutation Take($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed unchanged } }`;
const taken = `subscription Taken($id: ID!) { attendanceTaken(classId: $id) { present absent unmarked } }`;

test('who listens at one hears what is written at the other', async () => {
  const [classId] = board.classes;
  const ear = await listen(other, board.teacher, taken, { id: classId });
  const ill = (number) => [{ pupilId: board.members[number].pupilId, kind: 'ILLNESS' }];
  // The first may come before the subscription has begun.
  const told = async (number, expected) => {
    const answer = await ask(one, board.teacher, taking, { input: { classId, marks: number === undefined ? [] : ill(number) } });
    assert.ok(answer.data?.takeAttendance, JSON.stringify(answer));
    for (;;) {
      const { data } = await ear.next();
      if (data.attendanceTaken.absent === expected.absent && data.attendanceTaken.unmarked === 0) return;
    }
  };
  await told(undefined, { absent: 0 });
  await told(2, { absent: 1 });
  await told(undefined, { absent: 0 });
  ear.end();
});

test('what is revoked while both serve is refused by both', async () => {
  const token = await command(board.env, 'staff', 'token', email(1));
  const ear = await listen(other, token, taken, { id: board.classes[0] });
  assert.equal((await ask(one, token, '{ board { name } }')).status, 200);
  assert.equal((await ask(other, token, '{ board { name } }')).status, 200);
  await command(board.env, 'staff', 'revoke', email(1));
  assert.equal((await ask(other, token, '{ board { name } }')).status, 401);
  assert.equal((await ask(one, token, '{ board { name } }')).status, 401);
  // Who listened with it is told nothing any more.
  board.teacher = await command(board.env, 'staff', 'token', email(1));
  await ask(one, board.teacher, taking, { input: { classId: board.classes[0], marks: [{ pupilId: board.members[0].pupilId, kind: 'ILLNESS' }] } });
  const heard = await ear.next().catch(() => undefined);
  assert.equal(heard?.data?.attendanceTaken, undefined);
});

test('a session that ends at one has ended at the other', async () => {
  const page = (server, path, cookie, form) => fetch(`${server.url}${path}`, {
    method: form ? 'POST' : 'GET', redirect: 'manual', body: form && new URLSearchParams(form), headers: { cookie, ...(form && { origin: server.url }) },
  });
  const field = async (answer) => (await answer.text()).match(/name="?csrf"? value="?([^"> ]+)/)[1];
  const jar = (answer) => answer.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const signed = await page(one, '/sign-in', '', { code: board.teacher });
  const [cookie, path] = [jar(signed), `/classes/${board.classes[0]}`];
  const shown = await page(other, path, cookie);
  assert.equal(shown.status, 200);
  // A form of one is taken by the other.
  assert.equal((await page(one, '/sign-out', cookie, { csrf: await field(shown) })).status, 303);
  assert.equal((await page(other, path, cookie)).status, 303);
});

test('every school is analysed once, by whichever server', async () => {
  const at = `${yesterday()}T10:00:00+09:00`;
  assert.equal((await post(one, board, activities(board, board.members.length * 4, at))).accepted, board.members.length * 4);
  const nights = () => sql(url, "SELECT state || ' ' || attempts || ' ' || classes || ' ' || failed FROM analysis_night WHERE ended_at IS NOT NULL");
  const nightly = { serve: () => board.serve({ ASAGAO_ANALYZE_AT: '00:00' }) };
  await serving([nightly, nightly], async () => {
    while ((await nights()).length < 3) await new Promise((resolve) => { setTimeout(resolve, 100); });
  });
  assert.deepEqual(await nights(), ['DONE 1 2 0', 'DONE 1 2 0', 'DONE 1 2 0']);
  assert.deepEqual(await sql(url, 'SELECT DISTINCT count(*) FROM analysis_run GROUP BY class'), ['1']);
});

test('one is killed while both take posts: the other goes on, and nothing acknowledged is lost', async (t) => {
  const [before, acknowledged, unanswered] = [await counted(), [], []];
  let killed = false;
  const victim = await board.serve();
  t.after(() => victim.signal('SIGKILL'));
  await together(8, Array.from({ length: 160 }), async (_, at) => {
    const batch = activities(board, 10);
    // Half go to each; a call that is not answered is sent again, to the other one.
    const to = at % 2 === 0 ? victim : one;
    if (at === 80) {
      killed = true;
      victim.signal('SIGKILL');
    }
    const answer = await post(to, board, batch).catch(() => undefined);
    assert.ok(answer || to === victim, 'the other one answers');
    if (answer) acknowledged.push(batch);
    else unanswered.push(batch);
  });
  assert.ok(killed && unanswered.length > 0 && acknowledged.length > 80, `${acknowledged.length} ${unanswered.length}`);
  for (const batch of acknowledged) assert.deepEqual(await post(one, board, batch), { accepted: 0, duplicates: 10 });
  for (const batch of unanswered) {
    const { accepted, duplicates } = await post(one, board, batch);
    // A call is stored whole or not at all.
    assert.ok((accepted === 10 && duplicates === 0) || (accepted === 0 && duplicates === 10));
  }
  assert.equal(await counted(), before + 1_600);
  await command(board.env, 'recount');
  assert.match(await command(board.env, 'audit', 'verify'), /wrong: 0/);
});
