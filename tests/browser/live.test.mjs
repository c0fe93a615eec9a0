// いまのようす: what pupils do comes onto the open page by itself.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { did, seated } from './lesson.mjs';
import { readDemo } from './program.mjs';

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

test('a teacher sees who begins, asks for help and is done, without touching the page', async () => {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const context = await sit(browser, demo.url, teacher);
  const page = await context.newPage();
  await page.goto(`/classes/${teacher.class_id}`);
  await page.getByRole('link', { name: 'いまのようす' }).click();
  await page.locator('.seats').waitFor();
  await page.evaluate(() => { window.untouched = true; });
  const [first, second] = await seated(page, 'NOT_BEGUN');
  const seat = (pupil) => page.locator(`[data-pupil="${pupil}"]`);
  const number = async (state) => Number(await page.locator(`dl [data-state="${state}"] b`).textContent());
  const asked = await number('ASKED_FOR_HELP');
  await did(demo, [teacher.class_id, first], 'ATTEMPTED', '08:15:00');
  await page.locator(`[data-pupil="${first}"][data-state="WORKING"]`).waitFor();
  await did(demo, [teacher.class_id, second], 'REQUESTED_ATTENTION', '08:16:00');
  await page.locator(`[data-pupil="${second}"][data-state="ASKED_FOR_HELP"]`).waitFor();
  // By the server's clock, which has gone on since the demo's morning began.
  assert.match(await seat(second).textContent(), /助けてほしい\s*\d+:\d\d$/);
  assert.equal(await number('ASKED_FOR_HELP'), asked + 1);
  assert.match(await page.locator('[role=status][data-told]').textContent(), /助けてほしい/);
  await did(demo, [teacher.class_id, second], 'COMPLETED', '08:17:00');
  await page.locator(`[data-pupil="${second}"][data-state="DONE"]`).waitFor();
  assert.equal(await number('ASKED_FOR_HELP'), asked);
  assert.equal(await page.evaluate(() => window.untouched), true, 'the page was never loaded again');
  await context.close();
});

test('without scripts the page asks to be loaded again by itself, and shows the same', async () => {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const context = await sit(browser, demo.url, teacher, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`/classes/${teacher.class_id}/live`);
  const pupil = (await seated(page, 'NOT_BEGUN')).at(-1);
  await did(demo, [teacher.class_id, pupil], 'ATTEMPTED', '08:18:00');
  await page.reload();
  assert.equal(await page.locator(`[data-pupil="${pupil}"]`).getAttribute('data-state'), 'WORKING');
  assert.equal(await page.locator('noscript meta[http-equiv=refresh], meta[http-equiv=refresh]').count(), 1);
  await context.close();
});
