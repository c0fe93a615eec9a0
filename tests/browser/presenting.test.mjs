import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { readDemo } from './program.mjs';

let browser, demo, teacher, board, context, page, names, readings, pupils;
before(async () => {
  [browser, demo] = [await launch(), await readDemo()];
  teacher = demo.person('homeroom_teacher', '5年2組');
  board = `/classes/${teacher.class_id}`;
  context = await sit(browser, demo.url, teacher);
  page = await context.newPage();
  await page.goto(board);
  const links = page.locator('table.pupils th.name a');
  names = (await links.allTextContents()).map((name) => name.trim());
  pupils = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  readings = (await page.locator('table.pupils .kana').allTextContents()).map((kana) => kana.trim()).filter(Boolean);
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('.presenting-note').waitFor();
});
after(() => browser.close());

/** What only the teacher is to see. */
const inner = ['気にかけたい', '相談', '学習の記録', '提出', '心の天気', '支援', '病欠', '事故欠', '出停', '忌引', '学級の中央'];

async function html(path) {
  const answer = await page.goto(path);
  return { status: answer.status(), text: await answer.text() };
}

function toldOf(text, words) {
  return words.filter((word) => text.includes(word));
}

test('on the wall the page of the class has no name of a pupil, no reading and nothing that is of one pupil', async () => {
  const { text } = await html(board);
  assert.ok(names.length > 20 && readings.length > 20);
  assert.deepEqual(toldOf(text, [...names, ...readings, ...pupils, ...inner]), []);
  assert.match(text, /提示中/);
});

test('names are shown when they are asked for, and nothing with them', async () => {
  const { text } = await html(`${board}?names=1`);
  assert.deepEqual(toldOf(text, names), names);
  assert.deepEqual(toldOf(text, [...readings, ...pupils, ...inner]), []);
});

test('the other pages of the class are shut on the wall', async () => {
  const { text: attendance } = await html(`${board}/attendance`);
  assert.deepEqual(toldOf(attendance, [...names, ...readings, ...inner]), []);
  const { text: table } = await html(`${pupils[0]}?view=table`);
  const { text: pupil } = await html(pupils[0]);
  assert.deepEqual(toldOf(pupil + table, [...names, ...readings, ...inner]), []);
  const { text: classes } = await html('/classes');
  assert.deepEqual(toldOf(classes, names), []);
});

test('switching it on hides the other tabs, too, and gives back what was typed in them', async () => {
  await page.goto(board);
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('table.pupils th.name a').first().waitFor();
  const beside = await context.newPage();
  await beside.goto(`${board}/attendance`);
  const row = beside.locator('fieldset.row').nth(2);
  await row.locator('label', { hasText: '忌引' }).click();
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('.presenting-note').waitFor();
  await beside.locator('.presenting-note').waitFor();
  assert.equal(await beside.locator('fieldset.row').count(), 0);
  assert.deepEqual(toldOf(await beside.content(), names), []);
  await page.getByRole('button', { name: /提示モード/ }).click();
  await row.waitFor();
  await beside.getByText('入力を戻しました').waitFor();
  assert.ok(await row.locator('input[value=MOURNING]').isChecked());
  beside.on('dialog', (dialog) => dialog.accept());
  await beside.close();
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('.presenting-note').waitFor();
});

test('switching it off asks for nothing and shows the page again', async () => {
  await page.goto(board);
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('table.pupils th.name a').first().waitFor();
  assert.equal(await page.locator('.presenting-note').count(), 0);
  await page.goto(pupils[0]);
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), names[0]);
});
