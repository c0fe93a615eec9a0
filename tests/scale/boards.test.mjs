// Forty boards of education in one installation: by schemas of one PostgreSQL, and by files of SQLite.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { join } from 'node:path';
import { command, folder } from '../browser/program.mjs';
import { activities, ask, listen, makeBoard, nameOf, post, seen, serving, together } from './board.mjs';
import { address, makeDatabase, makePlace, sql } from './database.mjs';

const boards = 40;
const database = 'boards';
const numbers = Array.from({ length: boards }, (_, at) => at + 1);
const place = (number) => `board_${number}`;
const files = await folder();
after(files.remove);

const taking = 'mutation Take($input: TakeAttendanceInput!) { takeAttendance(input: $input) { changed } }';
const taken = 'subscription Taken($id: ID!) { attendanceTaken(classId: $id) { absent } }';

/** Every board is posted a number of activities of its own, to servers of which eight stand side by side, and sees those and nobody else's. */
async function eachSeesItsOwn(made) {
  const [one, another] = made;
  for (let from = 0; from < boards; from += 8) {
    const wave = made.slice(from, from + 8);
    await serving(wave, (servers) => together(8, wave, async (board, at) => {
      assert.deepEqual(await post(servers[at], board, activities(board, board.number)), { accepted: board.number, duplicates: 0 });
      const found = await seen(servers[at], board);
      assert.deepEqual(found, { pupils: 3, names: [`山田${board.number}`], activities: board.number });
      const told = await ask(servers[at], board.teacher, '{ board { name } }');
      assert.equal(told.data.board.name, nameOf(board.number));
      // A token of another board is nobody's here.
      const stranger = (board.number === one.number ? another : one).teacher;
      assert.equal((await ask(servers[at], stranger, '{ board { name } }')).status, 401);
    }));
  }
  // And nothing has come to any of them later.
  await together(4, made, (board) => command(board.env, 'recount'));
}

test('forty boards in schemas of one database see their own records and no others', async (t) => {
  await makeDatabase(database);
  const places = await together(1, numbers, (number) => makePlace(database, place(number)));
  const made = await together(8, numbers, (number) => makeBoard(places[number - 1], number));
  await t.test('each is posted to and sees its own', () => eachSeesItsOwn(made));

  await t.test('each has in its schema what was posted to it', async () => {
    const counts = numbers.map((number) => `SELECT '${number} ' || count(*) FROM ${place(number)}.activity`).join(' UNION ALL ');
    const found = await sql(address(database), counts);
    assert.deepEqual(found.sort(), numbers.map((number) => `${number} ${number}`).sort());
    assert.deepEqual(await sql(address(database), "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"), []);
  });

  await t.test('a role reads no other board and makes nothing outside of its schema', async () => {
    const url = places[0];
    assert.deepEqual(await sql(url, 'SELECT count(*) FROM activity'), ['1']);
    for (const table of ['board_2.activity', 'board_2.pupil', 'board_40.access_token']) {
      await assert.rejects(sql(url, `SELECT count(*) FROM ${table}`), /permission denied for schema/, table);
    }
    for (const statement of ['CREATE TABLE public.a (n INT)', 'CREATE SCHEMA a', 'CREATE TEMPORARY TABLE a (n INT)', 'CREATE ROLE a',
      'SET ROLE board_2', 'SET ROLE postgres', 'ALTER ROLE board_1 SUPERUSER']) {
      await assert.rejects(sql(url, statement), /permission denied|must be superuser/, statement);
    }
    const rights = await sql(address(database), "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'board%' AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls)");
    assert.deepEqual(rights, ['0']);
  });

  await t.test('a place may be made again, and a name that is no board is refused', async () => {
    assert.equal(await makePlace(database, place(1)), places[0]);
    assert.deepEqual(await sql(places[0], 'SELECT count(*) FROM activity'), ['1']);
    await assert.rejects(makePlace(database, 'postgres'), /no board's/);
    await assert.rejects(makePlace(database, 'public'), /reserved/);
    assert.deepEqual(await sql(address('postgres'), "SELECT rolsuper FROM pg_roles WHERE rolname = 'postgres'"), ['t']);
  });

  await t.test('a server holds no more connections than it is allowed, and gives them back', async () => {
    const held = async (number) => Number((await sql(address(database), `SELECT count(*) FROM pg_stat_activity WHERE usename = '${place(number)}'`))[0]);
    const few = made.slice(0, 2).map((board) => ({ serve: () => board.serve({ ASAGAO_CONNECTIONS: '10' }) }));
    await serving(few, async ([busy]) => {
      const most = [0, 0];
      let asking = true;
      const watch = (async () => {
        while (asking) for (const at of [0, 1]) most[at] = Math.max(most[at], await held(at + 1));
      })();
      await together(60, Array.from({ length: 240 }), () => seen(busy, made[0])).finally(() => { asking = false; });
      await watch;
      // The busy one has opened more than the idle one needs, and no more than it may.
      assert.ok(most[0] > most[1] && most[0] <= 10 && most[1] >= 1, `${most}`);
    });
    assert.deepEqual([await held(1), await held(2)], [0, 0]);
  });

  await t.test('who listens at one board hears nothing of another', async () => {
    const [mine, yours] = made;
    await serving([mine, yours], async (servers) => {
      const ear = await listen(servers[0], mine.teacher, taken, { id: mine.classes[0] });
      const take = async (at, board, ill) => {
        const marks = board.members.slice(0, ill).map(({ pupilId }) => ({ pupilId, kind: 'ILLNESS' }));
        const answer = await ask(servers[at], board.teacher, taking, { input: { classId: board.classes[0], marks } });
        assert.ok(answer.data?.takeAttendance, JSON.stringify(answer));
      };
      await take(0, mine, 1);
      while ((await ear.next()).data.attendanceTaken.absent !== 1);
      // The classes of all boards have the same id: what is told of the other's is answered with one's own.
      for (const ill of [2, 3, 0]) await take(1, yours, ill);
      await take(0, mine, 3);
      assert.equal((await ear.next()).data.attendanceTaken.absent, 3);
      ear.end();
    });
  });

  await t.test('a backup is of one board', async () => {
    const file = join(files.path, 'one.backup');
    await command(made[6].env, 'backup', file);
    await makeDatabase('again');
    await command({ DATABASE_URL: await makePlace('again', place(7)) }, 'restore', file);
    assert.deepEqual(await sql(address('again'), "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'board%'"), ['board_7']);
    assert.deepEqual(await sql(address('again'), 'SELECT count(*) FROM board_7.activity'), ['7']);
  });
});

test('forty boards in files of one folder see their own records and no others', async () => {
  const made = await together(8, numbers, (number) => makeBoard(`sqlite:${join(files.path, `${place(number)}.db`)}`, number));
  await eachSeesItsOwn(made);
});
