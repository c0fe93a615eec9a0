// The pictures of the pages: `node pictures.mjs FOLDER` writes `FOLDER/pages/PAGE-SIZE.png` and `FOLDER/class.png`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launch, screens, sit } from './browser.mjs';
import { pages, show } from './pages.mjs';
import { folder, readDemo, start, town } from './program.mjs';

const shown = ['sign-in', 'classes', 'attendance', 'class', 'class-presenting', 'register', 'attendance-today', 'calendar', 'long-absence', 'retention', 'pupil-history', 'pupil',
  'pupil-year', 'pupil-summary', 'marks', 'report-cards', 'class-term', 'decisions', 'terms-board', 'health', 'school-health', 'infirmary', 'consultations', 'support', 'pupil-support', 'my-marks',
  'roster', 'imports', 'import', 'pupils-found', 'moves', 'pupil-move', 'staff', 'next-year', 'locked', 'check-in', 'not-found'];
const sizes = {
  '1366x768': { viewport: screens.mouse['1366×768'] },
  '1080x810': { viewport: screens.touch['1080×810'], hasTouch: true },
  '390x844': { viewport: screens.touch['390×844'], hasTouch: true },
};
const into = process.argv[2];
await mkdir(join(into, 'pages'), { recursive: true });

const data = await folder();
const server = await start(['demo', '--data', data.path, ...town(60)]);
const browser = await launch();
const demo = await readDemo(data.path);
const all = await pages(browser, demo);
for (const one of shown.map((name) => all.find((of) => of.name === name))) {
  for (const [size, options] of Object.entries(sizes)) {
    const context = await sit(browser, demo.url, one.as, options);
    const page = await context.newPage();
    await show(page, one, demo);
    await page.evaluate(() => document.activeElement?.blur());
    if (one.name === 'class' && size === '1366x768') await inShort(page);
    // As tall as all of it, so that nothing sticks to the foot of a screen half way.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...options.viewport, height: Math.max(height, options.viewport.height) });
    await page.screenshot({ path: join(into, 'pages', `${one.name}-${size}.png`) });
    await context.close();
  }
  if (one.name === 'attendance') await takeAttendance(one);
}
await browser.close();
await server.stop();
await data.remove();

/** The class page down to the tenth pupil of the table. */
async function inShort(page) {
  const row = await page.locator('table.pupils tbody tr').nth(9).boundingBox();
  const clip = { x: 0, y: 0, width: 1366, height: Math.round(row.y + row.height) };
  await page.screenshot({ path: join(into, 'class.png'), fullPage: true, clip });
}

/** A morning as it is: most are here, somebody is ill, somebody is late, of two nobody knows yet. */
async function takeAttendance({ as, path }) {
  const context = await sit(browser, demo.url, as);
  const page = await context.newPage();
  const save = async () => {
    await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
    await page.waitForURL(path.replace('/attendance', ''));
  };
  const row = (number) => page.locator('fieldset.row').nth(number - 1);
  const mark = async (number, label, note) => {
    await row(number).locator('.kinds label, .times label', { hasText: label }).click();
    await row(number).locator('summary').click();
    await row(number).locator('.memo input').fill(note);
  };
  await page.goto(path);
  await page.getByRole('button', { name: '全員出席' }).click();
  await mark(7, '遅刻', '通院 9:30ごろ');
  await mark(25, '病欠', '発熱 38.2℃');
  await mark(31, '出停', 'インフルエンザA');
  await save();
  await page.goto(path);
  for (const number of [27, 34]) {
    await row(number).locator('summary').click();
    await row(number).locator('label', { hasText: '印を消す' }).click();
  }
  await save();
  await context.close();
}
