import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { postgres } from './postgres.mjs';
import { classes, makeSchool } from './school.mjs';

let browser, database, school, server, context, page;
const board = `/classes/${classes.single}`;

before(async () => {
  [browser, database] = [await launch(), await postgres()];
  school = await makeSchool(database.url);
  server = await school.serve();
  context = await sit(browser, server.url, school);
  page = await context.newPage();
});
after(async () => {
  await browser.close();
  await server.stop();
  await database.remove();
  await school.remove();
});

test('while PostgreSQL is stopped the page says so calmly, keeps what was typed and goes on when it is back', async () => {
  await page.goto(`${board}/attendance?open=1`);
  await page.locator('fieldset.row label', { hasText: '病欠' }).first().click();
  await database.stop();
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await page.getByRole('heading', { name: 'いま記録につながりません' }).waitFor();
  assert.doesNotMatch(await page.locator('body').textContent(), /SQL|panic|error|エラー|警告/i);
  const other = await context.newPage();
  const answer = await other.goto(board);
  assert.deepEqual([answer.status(), answer.headers()['retry-after']], [503, '5']);
  assert.equal((await context.request.get('/readyz')).status(), 503);
  await database.start();
  await page.getByRole('button', { name: 'もういちど送る' }).click();
  await page.waitForURL(`**${board}`);
  await page.goto(`${board}/attendance?open=1`);
  assert.ok(await page.locator('fieldset.row input[value=ILLNESS]').first().isChecked());
  assert.equal((await other.goto(board)).status(), 200);
});
