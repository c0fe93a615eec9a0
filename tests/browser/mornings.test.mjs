// The mornings of those who look after children, each from signing in on, as a person goes through it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, screens, sit } from './browser.mjs';
import { readDemo } from './program.mjs';

let browser, demo, school;
before(async () => {
  [browser, demo] = [await launch(), await readDemo()];
  school = demo.person('homeroom_teacher', '5年2組').school;
});
after(() => browser.close());

/** Somebody of the school of 5年2組. */
const of = (role, duty = '') => demo.people.find((one) => one.role === role && one.school === school && one.duty.startsWith(duty));

/** Signs in by the button with the name, unfolding first what it stands in. */
async function enter(person, options = {}) {
  const context = await sit(browser, demo.url, null, options);
  const page = await context.newPage();
  await page.goto('/');
  const button = page.locator('button[name=person]', { hasText: person.name }).filter({ hasText: person.duty });
  const fold = page.locator('details:not([open])', { has: button });
  if (await fold.count()) await fold.locator('summary').click();
  await button.click();
  await page.waitForURL((url) => url.pathname !== '/' && url.pathname !== '/sign-in');
  return page;
}

/** A pupil asks somebody to talk, on a screen of their own; gives the page, to be closed with its window. */
async function ask(child, adult, words) {
  const context = await sit(browser, demo.url, child);
  const page = await context.newPage();
  await page.goto('/check-in?talk=1&lang=en');
  await page.locator('.adults label', { hasText: adult }).first().click();
  await page.locator('textarea[name=text]').fill(words);
  await page.getByRole('button', { name: 'Send this' }).click();
  await page.locator('.wish').first().waitFor();
  return page;
}

/** What an address answers to whoever sits there. */
const status = async (page, path) => (await page.request.get(path)).status();

test('the morning of a homeroom teacher', async () => {
  const teacher = demo.person('homeroom_teacher', '5年2組');
  const page = await enter(teacher);
  await page.waitForURL(`**/classes/${teacher.class_id}`);

  const size = await page.locator('table.pupils tbody tr').count();
  await page.getByRole('link', { name: /朝の出欠を/ }).click();
  await page.getByRole('button', { name: '全員出席' }).click();
  await page.locator('fieldset.row').nth(2).locator('label', { hasText: '病欠' }).click();
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await page.waitForURL(`**/classes/${teacher.class_id}`);
  await page.locator('.waiting.done', { hasText: '全員に印があります' }).waitFor();

  await page.getByRole('link', { name: '朝の健康観察' }).click();
  const cough = page.locator('fieldset.row').nth(5);
  await cough.locator('.kinds label', { hasText: '気になる' }).click();
  await cough.locator('summary').click();
  await cough.locator('.chips label', { hasText: '鼻水' }).click();
  await page.getByRole('button', { name: 'ほかは全員元気' }).click();
  await page.waitForURL('**/health?day=*');
  const counted = await page.locator('.counts dd').allTextContents();
  assert.equal(counted.at(-1), '0', 'nobody is left');
  const silent = page.locator('fieldset.row').filter({ hasNot: page.locator('input[type=radio]:checked') });
  const away = await silent.filter({ has: page.locator('.tag') }).count();
  assert.equal(away, await silent.count(), 'who has no word is away by the register');
  const [fine, ill, sick] = counted.map(Number);
  assert.equal(fine + ill + sick + away, size, counted.join(' '));
  assert.ok(fine > size / 2 && ill >= 1, counted.join(' '));

  await page.goto(`/classes/${teacher.class_id}`);
  const watched = page.locator('article.card, .notices li');
  assert.ok((await watched.count()) > 0, 'somebody is to be asked how they are');
  assert.match(await page.locator('.notices, section:has(article.card)').first().textContent(), /気にかけたい|結論ではありません/);
  const talks = page.locator('.talks li');
  const already = await talks.count();
  assert.ok(already > 0, 'somebody has asked before the bell');
  const child = demo.person('pupil', '5年2組');
  const asking = await ask(child, 'your class teacher', '給食の時間のことです。');
  await talks.nth(already).waitFor();
  assert.match(await talks.last().textContent(), new RegExp(`${child.name}.*相談したい`, 's'));
  await talks.last().getByRole('link').click();
  const card = page.locator('.talk-card', { hasText: '給食の時間のことです。' });
  await card.getByRole('button', { name: '受け取りました' }).click();
  await page.locator('.talk-card .tag.care').first().waitFor();
  await asking.reload();
  assert.match(await asking.locator('.wish').last().textContent(), new RegExp(`taken by your class teacher ${teacher.name.split(' ')[0]}`));

  // Nobody of another class, no note of the nurse, and nobody else sees the talk.
  const other = demo.person('homeroom_teacher', '5年1組');
  assert.equal(await status(page, `/classes/${other.class_id}`), 404);
  assert.equal(await status(page, '/words'), 404);
  for (const person of [other, of('vice_principal'), of('nurse')]) {
    const beside = await (await sit(browser, demo.url, person)).newPage();
    await beside.goto('/consultations');
    assert.ok(!(await beside.content()).includes('給食の時間のことです。'), person.duty);
    await beside.context().close();
  }
  await asking.context().close();
  await page.context().close();
});

for (const [title, options] of [
  ['', { hasTouch: true, viewport: screens.touch['1080×810'] }],
  [', also with a browser that runs no scripts', { hasTouch: true, viewport: screens.touch['810×1080'], javaScriptEnabled: false }],
]) {
  test(`the morning of a nurse${title}`, async () => {
    const nurse = of('nurse');
    const page = await enter(nurse, options);
    await page.goto('/infirmary');
    await page.getByRole('link', { name: '全校の健康観察' }).click();
    await page.waitForURL('**/health');
    const row = page.locator('.board tbody tr').filter({ hasText: 'インフルエンザ' }).first();
    const numbers = await row.locator('td.n').allTextContents();
    assert.ok(Number(numbers[2]) + Number(numbers[3]) > 1 && /%/.test(numbers[5]), `who is away and the share, for 学級閉鎖: ${numbers}`);
    assert.ok((await page.locator('.waits li').count()) > 0, 'some classes are still to come');

    await page.getByRole('link', { name: '保健室の来室' }).click();
    const here = page.locator('section', { has: page.locator('#here') }).locator('.visit-card');
    const before = await here.count();
    let touches = 0;
    const touch = (what) => { touches += 1; return what.tap(); };
    await touch(page.locator('.classes summary', { hasText: '5年2組' }));
    const pupil = page.locator('.classes details[open] .chips label').nth(options.javaScriptEnabled === false ? 8 : 6);
    const name = (await pupil.locator('span').first().textContent()).replace(/^\s*\d+\s*/, '').trim();
    await touch(pupil);
    const why = page.getByRole('button', { name: '話したい' });
    const box = await why.boundingBox();
    assert.ok(box.y + box.height <= page.viewportSize().height, 'the reasons are in sight, however long the class');
    await touch(why);
    await page.locator('[role=status]', { hasText: '話したい を記録しました' }).waitFor();
    assert.equal(touches, 3);
    assert.equal(await here.count(), before + 1);
    const card = here.filter({ hasText: name });
    assert.match(await card.textContent(), /話したい\s*来室中/);

    // A wrong touch is taken back, and the right one made.
    await page.locator('.undo').getByRole('button', { name: '取り消す' }).tap();
    await page.waitForURL((url) => url.search === '');
    assert.equal(await here.count(), before);
    await page.locator('.classes summary', { hasText: '5年2組' }).tap();
    await page.locator('.classes details[open] .chips label', { hasText: name }).tap();
    await why.tap();
    await page.locator('[role=status]').waitFor();

    // When the child leaves, one touch more.
    await card.getByRole('button', { name: '教室へもどる' }).tap();
    await page.locator('section', { has: page.locator('#list') }).locator('.visit-card', { hasText: name }).first().waitFor();
    assert.equal(await here.count(), before);

    const left = page.locator('.visit-card', { hasText: name }).first();
    await left.getByRole('link', { name: '支援シートを開く' }).tap();
    await page.getByLabel('なぜ開くか').fill('よく保健室に話しに来る');
    await page.getByRole('button', { name: '開く' }).tap();
    await page.locator('#visits').waitFor();
    const text = await page.locator('main').textContent();
    assert.ok(text.includes('保健室から。よく保健室に話しに来る') && text.includes('話したい'));
    await page.goto('/infirmary');
    assert.match(await page.locator('.visit-card', { hasText: name }).first().textContent(), /支援シートにつながっています/);

    // What a nurse has nothing to do with.
    const teacher = demo.person('homeroom_teacher', '5年2組');
    assert.equal(await status(page, `/classes/${teacher.class_id}/marks`), 404);
    await page.goto('/consultations');
    assert.ok(!(await page.content()).includes('休み時間のことで'), 'talks are with whom they were sent to');
    await page.context().close();
  });
}

test('the morning of a counsellor', async () => {
  const counsellor = of('counsellor');
  const child = demo.person('pupil', '5年2組');
  const asking = await ask(child, 'counsellor', 'クラスのことで話したいです。');
  const page = await enter(counsellor);
  await page.waitForURL('**/consultations');
  const talk = page.locator('.talk-card', { hasText: 'クラスのことで話したいです。' });
  assert.match(await talk.textContent(), new RegExp(child.name));
  await talk.getByRole('button', { name: '受け取りました' }).click();
  await page.locator('.talk-card .tag.care').first().waitFor();
  await asking.context().close();

  await page.getByRole('link', { name: '支援', exact: true }).click();
  const part = (title) => page.locator('section', { has: page.getByRole('heading', { name: title }) });
  assert.match(await part('すぎているもの').textContent(), /前の学校でのようす/);
  assert.match(await part('まもなく').textContent(), /面談の時間/);
  await part('すぎているもの').getByRole('button', { name: /できた/ }).first().click();
  await page.waitForURL('**/support');
  const pupil = part('支援シート').getByRole('link').first();
  const path = await pupil.getAttribute('href');
  await pupil.click();
  const notes = page.locator('section', { has: page.locator('#actions') });
  assert.match(await notes.textContent(), /相談室で話した/);
  await notes.locator('summary').click();
  await notes.getByLabel('面談').check();
  await notes.locator('textarea').fill('朝の相談室で20分。来週も会う。');
  await notes.getByLabel('だれが読めるか').selectOption('ASSIGNED');
  await notes.getByRole('button', { name: '記録する' }).click();
  await page.waitForURL('**/support#actions');
  assert.match(await notes.textContent(), new RegExp(`面談・${counsellor.name}.*担当者と管理職.*朝の相談室で20分`, 's'));

  // The sheet is all of the pupil that a counsellor sees.
  for (const hidden of [path.replace('/support', ''), path.replace('/support', '/summary'), '/infirmary', `/classes/${demo.person('homeroom_teacher', '5年2組').class_id}`]) {
    assert.equal(await status(page, hidden), 404, hidden);
  }
  await page.goto('/consultations');
  assert.ok(!(await page.content()).includes('休み時間のことで'), 'what was asked of the teacher is hers');
  await page.context().close();
});
