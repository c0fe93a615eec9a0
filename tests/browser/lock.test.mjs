import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { lockElsewhere } from './pages.mjs';
import { readDemo } from './program.mjs';

let browser, demo, teacher, other, board, pupils, names;
before(async () => {
  [browser, demo] = [await launch(), await readDemo()];
  teacher = demo.person('homeroom_teacher', '4年1組');
  other = demo.people.find((one) => one.role === 'vice_principal' && one.school === teacher.school)
    ?? demo.people.find((one) => one.role === 'homeroom_teacher' && one.class_id !== teacher.class_id);
  board = `/classes/${teacher.class_id}`;
  const context = await sit(browser, demo.url, teacher);
  const page = await context.newPage();
  await page.goto(board);
  const links = page.locator('table.pupils th.name a');
  pupils = await links.evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  names = await links.allTextContents();
  await context.close();
});
after(() => browser.close());

async function seat(options) {
  const context = await sit(browser, demo.url, teacher, options);
  return [context, await context.newPage()];
}

async function write(page, text) {
  await page.locator('.records summary').click();
  await page.locator('.records').getByLabel('電話').check();
  await page.locator('.records textarea').fill(text);
}

async function enter(page, code) {
  await page.locator('#code').fill(code);
  await page.locator('#code').press('Enter');
}

const written = (page) => page.locator('.records textarea').inputValue();
const stored = (page) => page.evaluate(() => JSON.stringify(sessionStorage));
const lock = async (page) => {
  await page.getByRole('button', { name: 'ロック' }).click();
  await page.waitForURL('**/locked?*');
};

test('the lock leaves nothing of children on the screen and gives back what was typed to the same person', async () => {
  const [context, page] = await seat({});
  const beside = await context.newPage();
  await beside.goto(board);
  await page.goto(`${pupils[0]}?range=60`);
  await write(page, '秘密の話を聞いた。');
  await lock(page);
  const shown = await page.content();
  assert.deepEqual(names.filter((name) => shown.includes(name)), []);
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'ロック中');
  assert.match(await stored(page), /typed:/);
  assert.doesNotMatch(await stored(page), /秘密|声かけ/);
  await beside.waitForURL('**/locked?*');
  await page.goBack();
  await page.waitForURL('**/locked?*');
  await enter(page, 'asagao_0');
  await page.getByRole('alert').waitFor();
  await enter(page, teacher.token);
  await page.waitForURL(`**${pupils[0]}?range=60`);
  await page.getByText('入力を戻しました').waitFor();
  assert.equal(await written(page), '秘密の話を聞いた。');
  assert.ok(await page.locator('.records').getByLabel('電話').isChecked());
  assert.doesNotMatch(await stored(page), /typed:/);
  await context.close();
});

test('somebody else finds nothing of what was typed, nor does anybody after signing out', async () => {
  const [context, page] = await seat({});
  await page.goto(pupils[0]);
  await write(page, '秘密の話を聞いた。');
  await lock(page);
  await enter(page, other.token);
  await page.waitForURL('**/classes**');
  assert.equal((await page.goto(pupils[0])).status(), 200);
  assert.equal(await written(page), '');
  assert.doesNotMatch(await stored(page), /typed:/);
  await write(page, '別の話。');
  await lock(page);
  assert.match(await stored(page), /typed:/);
  await enter(page, other.token);
  await page.getByRole('button', { name: '出る' }).click();
  await page.waitForURL('**/sign-in');
  assert.doesNotMatch(await stored(page), /typed:/);
  await context.close();
});

test('marks that were not saved come back, too, and are saved', async () => {
  const [context, page] = await seat({});
  await page.goto(`${board}/attendance`);
  const row = page.locator('fieldset.row').nth(9);
  await row.locator('label', { hasText: '忌引' }).click();
  await row.locator('summary').click();
  await row.locator('.memo input').fill('祖父の葬儀');
  await lock(page);
  await enter(page, teacher.token);
  await page.waitForURL('**/attendance');
  await page.getByText('まだ保存していません').waitFor();
  assert.ok(await row.locator('input[value=MOURNING]').isChecked());
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await page.waitForURL(`**${board}`);
  await page.goto(`${board}/attendance`);
  assert.equal(await row.locator('.memo input').inputValue(), '祖父の葬儀');
  await context.close();
});

test('a rest is announced two minutes before, can be gone on from, and locks', async () => {
  const [context, page] = await seat({});
  await page.clock.install();
  await page.goto(pupils[1]);
  await write(page, '途中の文');
  await page.clock.fastForward('13:01');
  await page.getByRole('status').getByText('あと2分で画面をロックします').waitFor();
  await page.getByRole('button', { name: '続ける' }).click();
  await page.getByText('あと2分で').waitFor({ state: 'detached' });
  await page.clock.fastForward('13:01');
  await page.getByText('あと2分で').waitFor();
  await page.clock.fastForward('02:00');
  await page.waitForURL('**/locked?*');
  await enter(page, teacher.token);
  await page.waitForURL(`**${pupils[1]}`);
  assert.equal(await written(page), '途中の文');
  await context.close();
});

for (const javaScriptEnabled of [true, false]) {
  test(`a form that comes too late is sent after signing in, once (scripts: ${javaScriptEnabled})`, async () => {
    const [context, page] = await seat({ javaScriptEnabled });
    const text = `遅れて送った記録（${javaScriptEnabled}）`;
    await page.goto(pupils[2]);
    await lockElsewhere(page);
    await write(page, text);
    await page.getByRole('button', { name: '記録する' }).click();
    assert.match(await page.locator('.typed').textContent(), new RegExp(text.slice(0, 5)));
    await enter(page, teacher.token);
    const send = page.getByRole('button', { name: 'もういちど送る' });
    await send.waitFor();
    const form = Object.fromEntries(await page.locator('form input[type=hidden]').evaluateAll((all) => all.map((one) => [one.name, one.value])));
    await send.click();
    await page.waitForURL(`**${pupils[2]}*`);
    // Once more, as a resent or a doubled request would be.
    const again = await context.request.post(`${pupils[2]}/actions`, { form, headers: { origin: demo.url }, maxRedirects: 0 });
    assert.equal(again.status(), 303);
    await page.reload();
    assert.equal(await page.locator('article.record', { hasText: text }).count(), 1);
    await context.close();
  });
}

test('a double click stores one record', async () => {
  const [context, page] = await seat({});
  await page.goto(pupils[3]);
  await write(page, '二度押した記録');
  await page.getByRole('button', { name: '記録する' }).dblclick();
  await page.locator('article.record', { hasText: '二度押した記録' }).first().waitFor();
  await page.reload();
  assert.equal(await page.locator('article.record', { hasText: '二度押した記録' }).count(), 1);
  await context.close();
});

test('a number and Enter go to the row, in the field and on the page', async () => {
  const [context, page] = await seat({});
  for (const path of [board, `${board}/attendance`]) {
    await page.goto(path);
    const at = () => page.evaluate(() => document.activeElement.closest('tr, fieldset')?.querySelector('.no').textContent.trim() ?? null);
    for (const key of ['1', '2']) await page.keyboard.press(key);
    assert.equal(await at(), null, 'a number alone does nothing');
    if (path === board) {
      await page.keyboard.press('Enter');
      assert.equal(await at(), '12');
    }
    await page.getByRole('textbox', { name: '番号' }).fill('7');
    await page.getByRole('textbox', { name: '番号' }).press('Enter');
    assert.equal(await at(), '7');
    await page.getByRole('textbox', { name: '番号' }).fill('99');
    await page.getByRole('textbox', { name: '番号' }).press('Enter');
    await page.getByText('99番はありません').waitFor();
  }
  await context.close();
});

test('class and pupil can be printed, and paper says who did and when', async () => {
  const [context, page] = await seat({});
  for (const path of [board, pupils[0]]) {
    await page.goto(path);
    await page.evaluate(() => { globalThis.print = () => { globalThis.printed = true; }; });
    await page.getByRole('button', { name: '印刷' }).click();
    assert.ok(await page.evaluate(() => globalThis.printed));
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.getByRole('button', { name: '印刷' }).count(), 0);
    const foot = await page.locator('.print-foot').textContent();
    for (const part of ['4年1組', teacher.name, '令和8年11月24日', '8:']) assert.ok(foot.includes(part), foot);
    await page.emulateMedia({ media: 'screen' });
  }
  await context.close();
});

test('the ranges of a pupil are links, on every screen and without scripts', async () => {
  const [context, page] = await seat({ javaScriptEnabled: false });
  await page.goto(pupils[0]);
  for (const [link, words] of [['今年度', /今年度（\d+授業日）/], ['表で見る', /今年度/], ['直近60授業日', /直近\d+授業日/], ['図で見る', /直近/], ['学期', /2学期（\d+授業日）/]]) {
    await page.getByRole('link', { name: link, exact: true }).click();
    await page.locator('.section-head p', { hasText: words }).first().waitFor();
  }
  await context.close();
});

test('when somebody else signs in, the tabs of the one before empty themselves', async () => {
  const [context, page] = await seat({});
  await page.goto(board);
  await page.locator('table.pupils th.name a').first().waitFor();
  const beside = await context.newPage();
  await beside.goto('/sign-in');
  await enter(beside, demo.person('nurse').token);
  await beside.waitForURL('**/classes**');
  await page.waitForURL((url) => url.pathname !== board);
  const shown = await page.content();
  assert.deepEqual(names.filter((name) => shown.includes(name)), []);
  await context.close();
});

test('without network nothing typed is lost, and one button sends it again', async () => {
  const [context, page] = await seat({});
  await page.goto(pupils[4]);
  await write(page, '電波のない所で書いた記録');
  await context.setOffline(true);
  await page.getByRole('button', { name: '記録する' }).click();
  await page.getByRole('alert').getByText('送れていません').waitFor();
  assert.equal(await written(page), '電波のない所で書いた記録');
  const again = page.getByRole('button', { name: 'もういちど送る' });
  await again.click();
  assert.equal(await again.count(), 1);
  await context.setOffline(false);
  await again.click();
  await page.locator('article.record', { hasText: '電波のない所で書いた記録' }).waitFor();
  await page.goto(`${board}/attendance`);
  const row = page.locator('fieldset.row').nth(11);
  await row.locator('label', { hasText: '忌引' }).click();
  await context.setOffline(true);
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await again.waitFor();
  assert.ok(await row.locator('input[value=MOURNING]').isChecked());
  await context.setOffline(false);
  await again.click();
  await page.waitForURL(`**${board}`);
  await page.goto(`${board}/attendance`);
  assert.ok(await row.locator('input[value=MOURNING]').isChecked());
  await context.close();
});

test('the bar is one row on a desk and two on a telephone', async () => {
  for (const [person, path] of [[teacher, board], [demo.person('vice_principal'), board]]) {
    const context = await sit(browser, demo.url, person);
    const page = await context.newPage();
    await page.goto(path);
    const height = () => page.evaluate(() => document.querySelector('.bar').getBoundingClientRect().height);
    assert.ok(await height() < 60, `${await height()} on 1366`);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.ok(await height() < 104, `${await height()} on 390`);
    await context.close();
  }
});
