// PgBouncer in session mode between the servers and PostgreSQL.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../browser/program.mjs';
import { activities, ask, listen, makeBoard, post, seen, together } from './board.mjs';
import { address, makeDatabase, makePlace, sql } from './database.mjs';
import { pgbouncer } from './pgbouncer.mjs';

let pooler, board, one, other;
const database = 'pooled';

before(async () => {
  await makeDatabase(database);
  await makePlace(database, 'minato');
  pooler = await pgbouncer('session', ['minato']);
  board = await makeBoard(pooler.address(database, 'minato'), 5, { pupils: 8 });
  [one, other] = await Promise.all([board.serve(), board.serve()]);
});
after(async () => {
  await Promise.all([one, other].map((server) => server?.stop()));
  await pooler?.remove();
});

test('behind it a board is made, posted to and seen, in its own schema', async () => {
  await together(20, Array.from({ length: 60 }), async (_, at) => {
    assert.deepEqual(await post(at % 2 ? one : other, board, activities(board, 20)), { accepted: 20, duplicates: 0 });
  });
  assert.deepEqual(await seen(other, board), { pupils: 8, names: ['山田5'], activities: 1_200 });
  assert.deepEqual(await sql(address(database), 'SELECT count(*) FROM minato.activity'), ['1200']);
  await command(board.env, 'recount');
});

const taking = 'mutation Take($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }';
const taken = 'subscription Taken($id: ID!) { attendanceTaken(classId: $id) { absent unmarked } }';

/** Marks so many as ill at one server until whoever listens at the other is told of it. */
async function isHeard(ear, ill) {
  const [classId] = board.classes;
  const marks = board.members.slice(0, ill).map(({ pupilId }) => ({ pupilId, kind: 'ILLNESS' }));
  const answer = await ask(one, board.teacher, taking, { input: { classId, marks } });
  assert.ok(answer.data?.takeAttendance, JSON.stringify(answer));
  for (;;) {
    const { absent, unmarked } = (await ear.next()).data.attendanceTaken;
    if (absent === ill && unmarked === 0) return;
  }
}

/** Waits until each of the two servers has one connection of PostgreSQL on which it listens. */
async function eachListens() {
  const listening = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'minato' AND query LIKE 'LISTEN %' AND state = 'idle'";
  while ((await sql(address(database), listening))[0] !== '2') await sleep(100);
}

test('behind it who listens at one server hears what is written at the other', async () => {
  const ear = await listen(other, board.teacher, taken, { id: board.classes[0] });
  for (const ill of [0, 1, 2, 0]) await isHeard(ear, ill);
  ear.end();
  await eachListens();
});

test('while it is away calls are answered with 503, and when it is back all goes on', async () => {
  const batches = Array.from({ length: 8 }, () => activities(board, 5));
  const [before] = await sql(address(database), 'SELECT count(*) FROM minato.activity');
  const statuses = () => Promise.all([one, other].map((server) => fetch(`${server.url}/readyz`).then((answer) => answer.status)));
  await pooler.stop();
  // `undefined`: 503. Anything else than an answer or that fails the test.
  const [away, ready] = await Promise.all([Promise.all(batches.map((batch) => post(one, board, batch))), statuses()]);
  assert.deepEqual([away, ready], [Array(8).fill(undefined), [503, 503]]);
  await pooler.start();
  for (const batch of batches) {
    let answer;
    while (!(answer = await post(one, board, batch))) await sleep(100);
    assert.equal(answer.accepted + answer.duplicates, 5);
  }
  assert.deepEqual(await sql(address(database), 'SELECT count(*) FROM minato.activity'), [`${Number(before) + 40}`]);
  assert.deepEqual(await statuses(), [200, 200]);
  // Servers hear of each other again by themselves.
  await eachListens();
  const ear = await listen(other, board.teacher, taken, { id: board.classes[0] });
  await isHeard(ear, 3);
  ear.end();
  await command(board.env, 'recount');
});

test('a restart while apps post costs them nothing but to send again', async () => {
  const [before] = await sql(address(database), 'SELECT count(*) FROM minato.activity');
  const acknowledged = [];
  await together(8, Array.from({ length: 120 }), async (_, at) => {
    const batch = activities(board, 5);
    if (at === 40) {
      await pooler.stop();
      await pooler.start();
    }
    let answer;
    while (!(answer = await post(at % 2 ? one : other, board, batch))) await sleep(50);
    acknowledged.push(batch);
  });
  assert.deepEqual(await sql(address(database), 'SELECT count(*) FROM minato.activity'), [`${Number(before) + 600}`]);
  for (const batch of acknowledged) assert.deepEqual(await post(other, board, batch), { accepted: 0, duplicates: 5 });
});
