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
  for (const [name, begins] of [['Excel（.xlsx）', 'PK'], ['CSV（UTF-8）', '\u00ef\u00bb\u00bf']]) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name }).click()]);
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

for (const [title, options] of [[' without scripts', { javaScriptEnabled: false }]]) {
  test(`a class is closed, seen in its register, and opened again${title}`, async () => {
    const head = demo.person('vice_principal');
    const teacher = demo.person('homeroom_teacher', '5年1組');
    const context = await sit(browser, demo.url, head, options);
    const page = await context.newPage();
    await page.goto('/attendance-today');
    await page.getByRole('row', { name: teacher.duty.split(' ')[0] }).getByRole('link', { name: '閉鎖' }).click();
    await page.getByLabel('最初の日').fill('2026-11-19');
    await page.getByLabel('最後の日').fill('2026-11-20');
    await page.locator('.forms').getByLabel('理由').fill('インフルエンザ');
    await page.getByRole('button', { name: '閉鎖する' }).click();
    const row = page.getByRole('row', { name: 'インフルエンザ' });
    await row.waitFor();
    const excused = async () => {
      await page.goto(`/classes/${teacher.class_id}/register?month=2026-11`);
      return Number.parseInt(await page.locator('.paper tfoot tr').nth(1).locator('td').nth(18).textContent(), 10) || 0;
    };
    assert.ok(await excused() > 5, 'on the 19th the whole class need not attend');
    await page.goto(`/classes/${teacher.class_id}/closures`);
    await row.locator('summary').click();
    await row.getByLabel('理由').fill('まちがい');
    await row.getByRole('button', { name: '閉鎖をすべて取り消す' }).click();
    await row.getByText('取り消し', { exact: true }).waitFor();
    assert.ok(await excused() <= 5, 'what the homeroom had said holds again');
    await context.close();
  });
}

test('the office decides over a mark, and both are there', async () => {
  const head = demo.person('vice_principal');
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const context = await sit(browser, demo.url, head);
  const page = await context.newPage();
  await page.goto(`/classes/${teacher.class_id}/decisions?day=2026-11-20`);
  const row = page.locator('table.both tbody tr').first();
  const before = (await row.locator('td').nth(2).textContent()).trim();
  await row.getByRole('checkbox').check();
  const form = page.getByRole('region', { name: '選んだ人の印を決める' });
  await form.getByLabel('印').selectOption({ label: '忌引' });
  await form.getByLabel('理由').fill('祖父の葬儀');
  await form.getByRole('button', { name: '決める', exact: true }).click();
  await row.getByText('祖父の葬儀').waitFor();
  const after = await row.textContent();
  assert.ok(after.includes('忌引') && after.includes(head.name) && after.includes(before.split(/\s/)[0]), after);
  await context.close();
});

test('a calendar is read from a file after a look at what it changes', async () => {
  const context = await sit(browser, demo.url, demo.person('academic_affairs'));
  const page = await context.newPage();
  await page.goto('/calendar');
  const text = '日,学年,種類,名前\n2027-02-13,,授業日,土曜参観\nR9.2.15,,振替休業日,\n9.2.16,,行事,ひと月前\n';
  await page.getByLabel('CSVファイル').setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: '読んで、変わるところを見る' }).click();
  await page.getByRole('row', { name: /4行目.*元号がない/ }).waitFor();
  await page.getByRole('button', { name: 'この2日を変える' }).click();
  await page.getByRole('region', { name: '2月' }).getByText('13（土） 土曜参観').waitFor();
  await context.close();
});
