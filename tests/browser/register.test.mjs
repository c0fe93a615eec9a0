import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { faults } from './layout.mjs';
import { readDemo } from './program.mjs';
import { classes, makeSchool } from './school.mjs';

let browser, demo, school, server;
before(async () => {
  [browser, demo, school] = [await launch(), await readDemo(), await makeSchool()];
  server = await school.serve();
});
after(async () => {
  await browser.close();
  await server.stop();
  await school.remove();
});

/** How many sheets of paper a page takes. */
async function sheets(page) {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const media = [...pdf.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)/g)];
  const landscape = media.every(([, width, height]) => Number(width) > Number(height));
  return { count: (pdf.match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length, landscape };
}

test('a month of every class of the demo is one sheet of A4 on its side', async () => {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const context = await sit(browser, demo.url, teacher);
  const page = await context.newPage();
  for (const month of ['2026-10', '2026-11']) {
    assert.equal((await page.goto(`/classes/${teacher.class_id}/register?month=${month}`)).status(), 200);
    assert.deepEqual(await sheets(page), { count: 1, landscape: true });
  }
  assert.match(await page.locator('.paper .about').textContent(), /11\/24 まで/);
  await page.getByRole('link', { name: '前の月' }).click();
  assert.match(await page.locator('.paper .head').textContent(), /令和8年10月/);
  await context.close();
});

test('45 pupils with long names stand on one sheet', async () => {
  const context = await sit(browser, server.url, school);
  const page = await context.newPage();
  await page.goto(`/classes/${classes.large}/register`);
  assert.equal(await page.locator('.paper tbody tr').count(), 45);
  assert.deepEqual(await sheets(page), { count: 1, landscape: true });
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 1070, height: 741 });
  assert.deepEqual(await faults(page), []);
  await context.close();
});

test('the register is fetched as a spreadsheet and as CSV', async () => {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const context = await sit(browser, demo.url, teacher);
  const page = await context.newPage();
  await page.goto(`/classes/${teacher.class_id}/register?month=2026-10`);
  for (const [name, begins] of [['Excel（.xlsx）', 'PK'], ['CSV', '\u00ef\u00bb\u00bf']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    assert.match(download.suggestedFilename(), /^出席簿_5年2組_2026-10\./);
    const stream = await download.createReadStream();
    const first = await new Promise((resolve) => { stream.once('data', resolve); });
    assert.ok(first.toString('latin1').startsWith(begins), name);
  }
  await context.close();
});

test('the office lays out a year and a Saturday with school moves with its free day', async () => {
  const office = demo.person('academic_affairs');
  const context = await sit(browser, demo.url, office);
  const page = await context.newPage();
  await page.goto('/calendar');
  const december = () => page.getByRole('region', { name: '12月' });
  const count = async () => Number.parseInt((await december().locator('small').textContent()).replace(/\D/g, ''), 10);
  const before = await count();
  await page.getByLabel('日', { exact: true }).fill('2026-12-05');
  await page.getByLabel('名前', { exact: true }).fill('土曜授業');
  await page.getByLabel('振替休業日（あれば）').fill('2026-12-07');
  await page.getByRole('button', { name: '保存' }).click();
  await december().getByText('5（土） 土曜授業').waitFor();
  assert.equal(await count(), before, 'one day more, one less');
  assert.match(await december().textContent(), /7（月） 振替休業日/);
  await context.close();
});
