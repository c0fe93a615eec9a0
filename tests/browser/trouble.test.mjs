import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, rename } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { whileAway } from './program.mjs';
import { classes, makeSchool } from './school.mjs';

let browser, school, server, context, page;
// Root writes to files that are read-only unless this is taken from it.
const asOthers = process.getuid() === 0 ? ['setpriv', '--bounding-set', '-dac_override', '--'] : [];
const board = `/classes/${classes.single}`;
const attendance = `${board}/attendance?open=1`;
const words = 'いま記録につながりません';

before(async () => {
  [browser, school] = [await launch(), await makeSchool()];
  server = await school.serve(asOthers);
  context = await sit(browser, server.url, school);
  page = await context.newPage();
});
after(async () => {
  await browser.close();
  await server.stop();
  await school.remove();
});

const save = () => page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
const choose = (kind) => page.locator('fieldset.row label', { hasText: kind }).first().click();

async function saysSo() {
  const heading = page.getByRole('heading', { level: 1 });
  await page.getByRole('heading', { name: words }).waitFor();
  assert.equal(await heading.textContent(), words);
  assert.doesNotMatch(await page.locator('body').textContent(), /SQL|sqlite|panic|error|エラー|警告/i);
}

async function marked(code) {
  await page.goto(attendance);
  assert.ok(await page.locator(`fieldset.row input[value=${code}]`).first().isChecked(), code);
}

test('without its file the page says so calmly, keeps what was typed and goes on when the file is back', async () => {
  await page.goto(attendance);
  await choose('病欠');
  await whileAway(school.database, async () => {
    await save();
    await saysSo();
    const other = await context.newPage();
    const answer = await other.goto(board);
    assert.deepEqual([answer.status(), answer.headers()['retry-after']], [503, '5']);
    await other.close();
    await page.getByRole('button', { name: 'もういちど送る' }).click();
    await saysSo();
  });
  await page.getByRole('button', { name: 'もういちど送る' }).click();
  await page.waitForURL(`**${board}`);
  await marked('ILLNESS');
});

test('a file that is locked by another program is waited for, then the page says so, and nothing typed is lost', async () => {
  await page.goto(attendance);
  await choose('忌引');
  const other = spawn('sqlite3', [school.database], { stdio: ['pipe', 'pipe', 'inherit'] });
  other.stdin.write('BEGIN IMMEDIATE;\nSELECT 1;\n');
  await once(other.stdout, 'data');
  await save();
  await saysSo();
  const reading = await context.newPage();
  assert.equal((await reading.goto(board)).status(), 200, 'reading goes on');
  await reading.close();
  other.stdin.end('ROLLBACK;\n');
  await once(other, 'exit');
  await page.getByRole('button', { name: 'もういちど送る' }).click();
  await page.waitForURL(`**${board}`);
  await marked('MOURNING');
});

test('a file that came back read-only is read, and written again as soon as it can be', async () => {
  // Whoever has a file open writes on: another one has to stand there.
  await rename(school.database, `${school.database}.away`);
  await page.goto(board);
  await saysSo();
  await copyFile(`${school.database}.away`, school.database);
  await chmod(school.database, 0o444);
  assert.equal((await page.goto(attendance)).status(), 200, 'reading goes on');
  await choose('出停');
  await save();
  await saysSo();
  await chmod(school.database, 0o644);
  await page.getByRole('button', { name: 'もういちど送る' }).click();
  await page.waitForURL(`**${board}`);
  await marked('SUSPENDED');
});

test('nobody is signed out by any of it', async () => {
  assert.equal((await page.goto('/classes')).status(), 200);
  assert.ok(!page.url().includes('sign-in'));
});
