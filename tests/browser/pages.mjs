// Every page that there is, and who sees it.
import { sit } from './browser.mjs';
import { whileAway } from './program.mjs';

/** The pages of a demo by name: `as` looks at `path`, after `before`. */
export async function pages(browser, demo) {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const board = `/classes/${teacher.class_id}`;
  const context = await sit(browser, demo.url, teacher);
  const page = await context.newPage();
  await page.goto(board);
  // Somebody with a flag: the page of such a pupil has every part.
  const flagged = page.locator('.card h3 a').first();
  const pupil = await ((await flagged.count()) > 0 ? flagged : page.locator('table.pupils a').first()).getAttribute('href');
  await context.close();
  const head = demo.person('vice_principal');
  const office = await officeOf(browser, demo, head);
  return [
    { name: 'sign-in', path: '/sign-in' },
    { name: 'sign-in-refused', path: '/sign-in', before: refused },
    { name: 'classes', as: demo.person('vice_principal'), path: '/classes' },
    { name: 'class', as: teacher, path: board },
    { name: 'class-presenting', as: teacher, path: board, before: present },
    { name: 'class-presenting-names', as: teacher, path: board, before: presentNames },
    { name: 'attendance', as: teacher, path: `${board}/attendance` },
    { name: 'attendance-past', as: teacher, path: `${board}/attendance?day=2026-11-20` },
    { name: 'register', as: teacher, path: `${board}/register?month=2026-10` },
    { name: 'register-open', as: teacher, path: `${board}/register?month=2026-11` },
    { name: 'attendance-today', as: demo.person('vice_principal'), path: '/attendance-today' },
    { name: 'calendar', as: demo.person('academic_affairs'), path: '/calendar' },
    { name: 'long-absence', as: demo.person('vice_principal'), path: '/long-absence' },
    { name: 'long-absence-board', as: demo.person('board_officer'), path: '/long-absence' },
    { name: 'pupil-history', as: head, path: `${pupil}/history` },
    { name: 'retention', as: head, path: '/retention' },
    { name: 'retention-board', as: demo.person('board_officer'), path: '/retention' },
    { name: 'pupil', as: teacher, path: pupil },
    { name: 'pupil-table', as: teacher, path: `${pupil}?view=table` },
    { name: 'pupil-year', as: teacher, path: `${pupil}?range=year` },
    { name: 'pupil-sixty', as: teacher, path: `${pupil}?range=60` },
    { name: 'locked', as: teacher, path: board, before: lock },
    { name: 'again', as: teacher, path: pupil, before: sendTooLate },
    { name: 'moves', as: head, path: `${office}/moves` },
    { name: 'pupil-move', as: head, path: `${pupil}/move` },
    { name: 'staff', as: head, path: `${office}/staff` },
    { name: 'next-year', as: head, path: `${office}/next-year`, before: prepare },
    { name: 'roster', as: teacher, path: `${board}/roster` },
    { name: 'roster-presenting', as: teacher, path: `${board}/roster`, before: present },
    { name: 'pupils', as: demo.person('vice_principal'), path: '/pupils' },
    { name: 'pupils-found', as: demo.person('vice_principal'), path: '/pupils', before: search },
    { name: 'check-in', as: demo.person('pupil', '5年2組'), path: '/check-in?again=1' },
    { name: 'check-in-pt', as: demo.person('pupil', '5年2組'), path: '/check-in?again=1&lang=pt' },
    { name: 'check-in-done', as: demo.person('pupil', '5年1組'), path: '/check-in', before: checkIn },
    { name: 'not-found', as: teacher, path: '/classes/nowhere' },
    { name: 'unavailable', as: teacher, path: board, away: true },
  ];
}

/** Opens each page in a window of its own and looks at it. */
export async function eachPage(browser, demo, options, look) {
  for (const one of await pages(browser, demo)) {
    const context = await sit(browser, demo.url, one.as, options);
    try {
      const page = await context.newPage();
      await show(page, one, demo);
      await look(page, one.name);
    } finally {
      await context.close();
    }
  }
}

/** Brings a page up. */
export async function show(page, one, demo) {
  const go = () => page.goto(one.path);
  if (one.away) await whileAway(demo.database, go);
  else await go();
  await one.before?.(page);
}

/** The address of the school whose office somebody is in. */
async function officeOf(browser, demo, head) {
  const context = await sit(browser, demo.url, head);
  const page = await context.newPage();
  await page.goto('/classes');
  const link = await page.locator('.office-links a').first().getAttribute('href');
  await context.close();
  return link.replace('/moves', '');
}

/** Begins next year where nobody has, and looks at the sixth grade. */
async function prepare(page) {
  const start = page.getByRole('button', { name: '始める' });
  if ((await start.count()) > 0) await start.click();
  await page.getByRole('link', { name: '6年' }).click();
  await page.locator('form.placing').waitFor();
}

async function refused(page) {
  await page.locator('#code').fill('asagao_0');
  await page.locator('#code').press('Enter');
  await page.locator('[role=alert]').waitFor();
}

async function present(page) {
  await page.getByRole('button', { name: /提示モード/ }).click();
  await page.locator('.presenting-note').waitFor();
}

async function presentNames(page) {
  await present(page);
  await page.getByRole('link', { name: '氏名を出す' }).click();
  await page.getByRole('link', { name: '氏名を隠す' }).waitFor();
}

async function search(page) {
  await page.locator('#search').fill('さとう');
  await page.locator('#search').press('Enter');
  await page.locator('.finding h2').waitFor();
}

async function checkIn(page) {
  if ((await page.locator('.done').count()) > 0) return;
  await page.locator('label.weather').nth(1).click();
  await page.locator('button[value=send]').click();
  await page.locator('.done').waitFor();
}

async function lock(page) {
  await page.getByRole('button', { name: 'ロック' }).click();
  await page.waitForURL('**/locked?*');
}

/** Locks the session behind the back of a page. */
export async function lockElsewhere(page) {
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const headers = { origin: new URL(page.url()).origin };
  const answer = await page.context().request.post('/lock', { form: { csrf, page: '/' }, headers, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`locking was answered with ${answer.status()}`);
}

async function sendTooLate(page) {
  await lockElsewhere(page);
  await page.locator('.records summary').click();
  await page.locator('.records').getByLabel('声かけ').check();
  await page.locator('.records textarea').fill('休み時間に話を聞いた。\n家では弟の世話をしている。');
  await page.getByRole('button', { name: '記録する' }).click();
  await page.locator('.typed').waitFor();
}
