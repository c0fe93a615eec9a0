// Every page that there is, and who sees it.
import { sit } from './browser.mjs';
import { did, seated } from './lesson.mjs';
import { sendChanged } from './package.mjs';
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
  await closeTerm(demo, demo.person('homeroom_teacher', '5年1組'));
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
    { name: 'register-year', as: teacher, path: `${board}/register/year` },
    { name: 'decisions', as: head, path: `${board}/decisions?day=2026-11-20` },
    { name: 'closures', as: head, path: `${board}/closures`, before: close },
    { name: 'timetable', as: demo.person('academic_affairs'), path: `${board}/timetable`, before: setWeek },
    { name: 'lessons', as: teacher, path: `${board}/lessons?day=2026-11-20&period=2` },
    { name: 'marks', as: teacher, path: `${board}/marks?subject=${encodeURIComponent('算数')}` },
    { name: 'report-cards', as: teacher, path: `${board}/report` },
    { name: 'mark-scheme', as: demo.person('academic_affairs'), path: `${office}/mark-scheme` },
    { name: 'attendance-record', as: head, path: `${pupil}/attendance`, before: recognise },
    { name: 'attendance-today', as: demo.person('vice_principal'), path: '/attendance-today' },
    { name: 'terms', as: head, path: '/terms' },
    { name: 'terms-board', as: demo.person('board_officer'), path: '/terms' },
    { name: 'calendar', as: demo.person('academic_affairs'), path: '/calendar' },
    { name: 'calendar-import', as: demo.person('academic_affairs'), path: '/calendar', before: readCalendar },
    { name: 'long-absence', as: demo.person('vice_principal'), path: '/long-absence' },
    { name: 'long-absence-board', as: demo.person('board_officer'), path: '/long-absence' },
    { name: 'quality', as: demo.person('vice_principal'), path: '/quality' },
    { name: 'quality-board', as: demo.person('board_officer'), path: '/quality' },
    { name: 'class-live', as: teacher, path: `${board}/live?from=08:00`, before: (page) => work(page, demo, teacher.class_id) },
    { name: 'class-term', as: teacher, path: `${board}/term` },
    { name: 'class-history', as: head, path: `${board}/history` },
    { name: 'pupil-summary', as: teacher, path: `${pupil}/summary` },
    { name: 'pupil-history', as: head, path: `${pupil}/history` },
    { name: 'looks', as: head, path: `${pupil}/looks` },
    { name: 'looks-staff', as: head, path: `${office}/staff`, before: whatSomebodyLookedAt },
    { name: 'retention', as: head, path: '/retention' },
    { name: 'retention-board', as: demo.person('board_officer'), path: '/retention' },
    { name: 'pupil', as: teacher, path: pupil },
    { name: 'pupil-table', as: teacher, path: `${pupil}?view=table` },
    { name: 'pupil-year', as: teacher, path: `${pupil}?range=year` },
    { name: 'pupil-sixty', as: teacher, path: `${pupil}?range=60` },
    { name: 'pupil-support', as: teacher, path: `${pupil}/support`, before: support },
    { name: 'pupil-support-guardian', as: teacher, path: `${pupil}/support?for=guardian` },
    { name: 'support', as: teacher, path: '/support' },
    { name: 'sessions', as: teacher, path: '/sessions' },
    { name: 'locked', as: teacher, path: board, before: lock },
    { name: 'again', as: teacher, path: pupil, before: sendTooLate },
    { name: 'moves', as: head, path: `${office}/moves` },
    { name: 'pupil-move', as: head, path: `${pupil}/move` },
    { name: 'staff', as: head, path: `${office}/staff` },
    { name: 'talk-setting', as: head, path: `${office}/talk` },
    { name: 'next-year', as: head, path: `${office}/next-year`, before: prepare },
    { name: 'roster', as: teacher, path: `${board}/roster` },
    { name: 'roster-presenting', as: teacher, path: `${board}/roster`, before: present },
    { name: 'imports', as: head, path: '/imports' },
    { name: 'import', as: head, path: '/imports', before: sendChanged },
    { name: 'pupils', as: demo.person('vice_principal'), path: '/pupils' },
    { name: 'pupils-found', as: demo.person('vice_principal'), path: '/pupils', before: search },
    { name: 'check-in', as: demo.person('pupil', '5年2組'), path: '/check-in?again=1' },
    { name: 'check-in-pt', as: demo.person('pupil', '5年2組'), path: '/check-in?again=1&lang=pt' },
    { name: 'check-in-done', as: demo.person('pupil', '5年1組'), path: '/check-in', before: checkIn },
    { name: 'check-in-talk', as: demo.person('pupil', '5年2組'), path: '/check-in?talk=1' },
    { name: 'check-in-talk-en', as: demo.person('pupil', '5年2組'), path: '/check-in?talk=1&lang=en' },
    { name: 'my-marks', as: demo.person('pupil', '5年1組'), path: '/my-marks' },
    { name: 'my-marks-pt', as: demo.person('pupil', '5年1組'), path: '/my-marks?lang=pt' },
    { name: 'my-looks', as: demo.person('pupil', '5年2組'), path: '/my-looks' },
    { name: 'my-sessions', as: demo.person('pupil', '5年2組'), path: '/my-sessions' },
    { name: 'my-looks-pt', as: demo.person('pupil', '5年2組'), path: '/my-looks?lang=pt' },
    { name: 'my-marks-none', as: demo.person('pupil', '5年1組'), path: '/my-marks?year=2025' },
    { name: 'consultations', as: teacher, path: '/consultations' },
    { name: 'health', as: teacher, path: `${board}/health`, before: observe },
    { name: 'school-health', as: demo.person('nurse'), path: `${office}/health` },
    { name: 'infirmary', as: demo.person('nurse'), path: `${office}/infirmary`, before: visit },
    { name: 'flag-guide', as: teacher, path: '/flags/guide' },
    { name: 'rules', as: demo.person('board_officer'), path: '/rules' },
    { name: 'rules-of-school', as: head, path: `${office}/rules` },
    { name: 'board-words', as: demo.person('board_officer'), path: '/words' },
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

/** Writes of a class and closes its term, so that its pupils have something to read; a second time it changes nothing. */
async function closeTerm(demo, teacher) {
  const call = async (query, variables) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${teacher.token}` };
    const answer = await fetch(`${demo.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
    return (await answer.json()).data;
  };
  const id = teacher.class_id;
  const { class: { pupils } } = await call('query ($id: ID!) { class(id: $id) { pupils(first: 200) { nodes { id } } } }', { id });
  const text = '係の仕事を進んで行い、友だちの話をよく聞いていました。算数の分数の学習では、図をかいて説明することができるようになりました。';
  const remarks = pupils.nodes.flatMap((pupil) => [{ pupilId: pupil.id, text }, { pupilId: pupil.id, subject: '道徳', text }]);
  const document = `mutation ($id: ID!, $remarks: [TermRemarkInput!]!) {
    writeRemarks(input: { classId: $id, term: 2, remarks: $remarks }) { written }
    closeTerm(input: { classId: $id, term: 2, acceptGaps: true }) { closing { at } userErrors { message } } }`;
  const closed = await call(document, { id, remarks });
  if (!closed?.closeTerm.closing) throw new Error(`the term stays open: ${JSON.stringify(closed)}`);
}

/** The pupils of the class are at work: some have not begun, some are done, one asks for help. */
async function work(page, demo, classId) {
  if ((await page.locator('.seats [data-state=DONE]').count()) > 0) return;
  for (const [at, pupil] of (await seated(page)).entries()) {
    if (at % 5 === 4) continue;
    await did(demo, [classId, pupil], 'ATTEMPTED', `08:1${at % 5}:00`);
    if (at % 3 === 0) await did(demo, [classId, pupil], 'COMPLETED', `08:1${5 + (at % 5)}:00`);
    if (at === 7) await did(demo, [classId, pupil], 'REQUESTED_ATTENTION', '08:19:00');
  }
  await page.reload();
}

/** Closes the class for two days ahead where nobody has. */
async function close(page) {
  if ((await page.locator('tbody tr').count()) > 0) return;
  await page.getByLabel('最初の日').fill('2026-12-10');
  await page.getByLabel('最後の日').fill('2026-12-11');
  await page.locator('.forms').getByLabel('理由').fill('インフルエンザ');
  await page.getByRole('button', { name: '閉鎖する' }).click();
  await page.locator('tbody tr').waitFor();
}

/** A morning with a pupil who coughs where nobody has noted one. */
async function observe(page) {
  if ((await page.locator('.counts .left dd').textContent()) === '0') return;
  const row = page.locator('fieldset.row').nth(3);
  await row.locator('.kinds label', { hasText: '気になる' }).click();
  await row.locator('summary').click();
  await row.locator('.chips label', { hasText: 'せき' }).click();
  await page.getByRole('button', { name: 'ほかは全員元気' }).click();
  await page.waitForURL('**/health?day=*');
}

/** A visit to the infirmary where there is none today. */
async function visit(page) {
  if ((await page.locator('.visit-card').count()) > 0) return;
  await page.locator('.classes summary', { hasText: '5年2組' }).click();
  await page.locator('.classes details[open] label').nth(4).click();
  await page.locator('.visit').getByRole('button', { name: '頭痛' }).click();
  await page.locator('.visit-card').first().waitFor();
}

/** A week of the class where nobody has set one. */
async function setWeek(page) {
  if ((await page.getByLabel('月曜日 1時間目').inputValue()) !== '') return;
  const subjects = ['国語', '算数', '理科', '社会', '体育', '音楽'];
  for (const [day, name] of ['月', '火', '水', '木', '金'].entries()) {
    for (let period = 1; period <= 6; period += 1) {
      await page.getByLabel(`${name}曜日 ${period}時間目`).fill(subjects[(day + period) % 6]);
    }
  }
  await page.getByLabel('この日から').fill('2026-11-09');
  await page.getByRole('button', { name: 'この時間割にする' }).click();
  await page.locator('.when', { hasText: '11月9日' }).waitFor();
}

/** A decision about attendance elsewhere where there is none. */
async function recognise(page) {
  if ((await page.getByRole('cell', { name: '保護者との面談' }).count()) > 0) return;
  const form = page.getByRole('region', { name: '出席扱いにすると決める' });
  await form.getByLabel('場所').selectOption({ label: '教育支援センター等' });
  await form.getByLabel('最初の日').fill('2026-11-02');
  await form.getByLabel('もとになったこと').fill('保護者との面談');
  await form.getByRole('button', { name: '決める' }).click();
  await page.getByRole('cell', { name: '保護者との面談' }).waitFor();
}

/** From the list of staff to what the first of them looked at. */
async function whatSomebodyLookedAt(page) {
  await page.locator('th.name a[href$="/looks"]').first().click();
  await page.waitForURL(/\/looks$/);
}

/** A support sheet with something of each part, where nobody has opened one. */
async function support(page) {
  const open = page.getByRole('region', { name: '支援シートを開く' });
  if ((await open.count()) === 0) return;
  await open.getByLabel('なぜ開くか').fill('朝、教室に入りにくい日がある');
  await open.getByRole('button', { name: '開く' }).click();
  const common = page.getByRole('region', { name: '共通シート' });
  for (const [place, text] of ['小さいころからサッカーをしている。', '絵をかくことが好き。', '図書室で休みたい日がある。'].entries()) {
    const part = common.locator('article').nth(place);
    await part.locator('summary').last().click();
    await part.locator('textarea').last().fill(text);
    await part.getByRole('button', { name: '保存' }).last().click();
    await part.getByText(text).first().waitFor();
  }
  for (const [what, day] of [['朝、昇降口で声をかける', '2026-11-24'], ['保護者と面談する', '2026-12-10']]) {
    await page.getByText('手だてを決める').click();
    const task = page.locator('details[open]', { hasText: '手だてを決める' });
    await task.getByLabel('何をするか').fill(what);
    await task.locator('select[name="staff"]').selectOption({ index: 1 });
    await task.getByLabel('いつまでに').fill(day);
    await task.getByRole('button', { name: '決める' }).click();
    await page.locator('.tasks b', { hasText: what }).first().waitFor();
  }
  await page.getByText('会議を記録する').click();
  const meeting = page.locator('details[open]', { hasText: '会議を記録する' });
  await meeting.getByLabel('参加した人').fill('担任・学年主任・養護教諭');
  await meeting.getByLabel('話し合ったこと').fill('朝は保健室に寄ってから教室に行く日が多い。');
  await meeting.getByLabel('決まったこと').fill('2週間、昇降口で声をかけてようすを見る。');
  await meeting.getByRole('button', { name: '記録する' }).click();
  await page.locator('.meeting').first().waitFor();
  await page.getByText('計画をつくる').click();
  const plan = page.locator('details[open]', { hasText: '計画をつくる' });
  await plan.getByLabel('おわり').fill('2027-03-31');
  await plan.getByLabel('見直し').fill('2026-12-18');
  await plan.getByLabel('めあて 1').fill('週に4日、1時間目から教室で過ごす');
  await plan.getByRole('button', { name: 'つくる' }).click();
  await page.locator('.plan').first().waitFor();
}

/** A file of the calendar with a line that cannot be read. */
async function readCalendar(page) {
  const text = '日,学年,種類,名前\n2027-02-06,,授業日,学習発表会\nR9.2.8,,振替休業日,\n8.2.9,7年,お休み,\n';
  await page.getByLabel('CSVファイル').setInputFiles({ name: 'calendar.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByRole('button', { name: '読んで、変わるところを見る' }).click();
  await page.getByRole('heading', { name: '行事暦の読みこみ' }).waitFor();
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
