import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { readDemo } from './program.mjs';

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

/** A window in which what a hand does is counted. A text that is typed counts once. */
async function seat(options) {
  const context = await sit(browser, demo.url, null, options);
  const page = await context.newPage();
  const hand = {
    done: 0,
    click: async (what) => { hand.done += 1; await what.click(); },
    type: async (what, text) => { hand.done += 1; await what.fill(text); },
  };
  return { context, page, hand };
}

/** Enters as somebody by the button with the duty, unfolding first what it stands in. */
async function enter(page, teacher, click) {
  await page.goto('/');
  const button = page.locator('button[name=person]', { hasText: teacher.name }).filter({ hasText: teacher.duty });
  const fold = page.locator('details:not([open])', { has: button });
  if (await fold.count()) await click(fold.locator('summary'));
  await click(button);
  await page.waitForURL(`**/classes/${teacher.class_id}`);
}

function row(page, at) {
  return page.locator('fieldset.row').nth(at);
}

/** The counts of the class page, by their labels. */
async function counts(page) {
  const all = await page.locator('.today dl > div').evaluateAll((rows) => rows.map((one) => [
    one.querySelector('dt').textContent.trim(), Number.parseInt(one.querySelector('dd').textContent, 10)]));
  return Object.fromEntries(all);
}

for (const [title, duty, options] of [
  ['', '5年2組', {}],
  [', also with a browser that runs no scripts', '5年1組', { javaScriptEnabled: false }],
]) {
  test(`a morning takes less than ten touches and is kept${title}`, async () => {
    const teacher = demo.person('homeroom_teacher', duty);
    const { context, page, hand } = await seat(options);
    await enter(page, teacher, hand.click);
    const size = await page.locator('table.pupils tbody tr').count();

    await hand.click(page.getByRole('link', { name: '朝の出欠をつける' }));
    await hand.click(page.getByRole('button', { name: '全員出席' }));
    for (const at of [1, 4, 7]) await hand.click(row(page, at).locator('label', { hasText: '病欠' }));
    await hand.click(page.locator('footer').getByRole('button', { name: '保存して学級へ' }));
    await page.waitForURL(`**/classes/${teacher.class_id}`);
    const taken = await counts(page);
    assert.deepEqual([taken['出席'], taken['欠席']], [size - 3, 3]);

    const card = page.locator('article.card').first();
    const pupil = await card.locator('h3 a').textContent();
    await hand.click(card.getByRole('button', { name: '役に立った' }));
    assert.ok(hand.done < 10, `${hand.done} touches`);

    const answered = page.locator('.notices article, .notices li', { hasText: pupil });
    await answered.first().waitFor();
    assert.match(await answered.first().textContent(), /役に立った/);

    await page.reload();
    assert.deepEqual(await counts(page), taken);
    assert.match(await answered.first().textContent(), /役に立った/);
    await page.goto(`/classes/${teacher.class_id}/attendance`);
    assert.ok(await row(page, 4).locator('input[value=ILLNESS]').isChecked());
    assert.ok(await row(page, 5).locator('input[value=PRESENT]').isChecked());
    await context.close();
  });

  test(`what was done is written down with four touches and is kept${title}`, async () => {
    const teacher = demo.person('homeroom_teacher', duty);
    const { context, page, hand } = await seat(options);
    await enter(page, teacher, (what) => what.click());
    // The pupil's page has the form, whether a flag is open or not.
    const link = page.locator('article.card h3 a, .notices li a').first();
    const pupil = await link.textContent();
    await link.click();
    await hand.click(page.locator('.records summary'));
    await hand.click(page.locator('.records').getByLabel('声かけ'));
    await hand.type(page.locator('.records textarea'), '休み時間に話を聞いた。');
    await hand.click(page.getByRole('button', { name: '記録する' }));
    assert.equal(hand.done, 4);
    const record = page.locator('article.record', { hasText: '休み時間に話を聞いた。' });
    await record.waitFor();
    await page.reload();
    assert.match(await record.textContent(), new RegExp(`声かけ.*${teacher.name.split(' ')[0]}`, 's'));
    await page.goto(`/classes/${teacher.class_id}`);
    const said = page.locator('table.pupils tr', { hasText: pupil.replace(/^\d+\s*/, '') }).locator('td.last');
    assert.match(await said.textContent(), /11\/24.*声かけ/);
    await context.close();
  });
}

test('a morning by the keyboard alone', async () => {
  const teacher = demo.person('homeroom_teacher', '4年1組');
  const { context, page } = await seat({});
  const press = (key) => page.keyboard.press(key);
  /** Goes on by Tab until the focus is where the question says. */
  const reach = async (selector, text = '') => {
    for (let presses = 0; presses < 400; presses += 1) {
      const there = await page.evaluate(([selector, text]) => {
        const one = document.activeElement;
        return one.matches(selector) && (one.textContent + (one.getAttribute('aria-label') ?? '')).includes(text);
      }, [selector, text]);
      if (there) return;
      await press('Tab');
    }
    assert.fail(`the keyboard does not reach ${selector} ${text}`);
  };
  await page.goto('/');
  await reach('button[name=person]', teacher.name);
  await press('Enter');
  await page.waitForURL(`**/classes/${teacher.class_id}`);
  await reach('a', '朝の出欠をつける');
  await press('Enter');
  await page.waitForURL('**/attendance');
  await reach('button', '全員出席');
  await press('Space');
  // The arrow chooses the next kind in the row.
  await reach(`fieldset.row:nth-of-type(3) input[type=radio]`);
  await press('ArrowRight');
  await reach('fieldset.row:nth-of-type(4) input[name^="late."]');
  await press('Space');
  await reach('footer button.filled');
  await press('Enter');
  await page.waitForURL(`**/classes/${teacher.class_id}`);
  const taken = await counts(page);
  assert.equal(taken['欠席'], 1);
  assert.equal(taken['遅刻'] ?? 1, 1);
  if (await page.locator('article.card form.answers').count()) {
    const card = page.locator('article.card').first();
    const id = await card.getAttribute('id');
    await reach(`#${id} form.answers button`, 'もう知っている');
    await press('Enter');
    await page.locator('.notices', { hasText: 'もう知っている' }).first().waitFor();
    await reach('button', '元に戻す');
    await press('Enter');
    await page.locator(`#${id} form.answers`).waitFor();
  }
  await context.close();
});

test('two people at once: the later one sees what the earlier one did and loses nothing', async () => {
  const teacher = demo.person('homeroom_teacher', '1年1組');
  const other = demo.person('vice_principal');
  const mine = await (await sit(browser, demo.url, teacher)).newPage();
  const theirs = await (await sit(browser, demo.url, other)).newPage();
  for (const page of [mine, theirs]) await page.goto(`/classes/${teacher.class_id}/attendance`);
  const save = (page) => page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await row(theirs, 0).locator('label', { hasText: '忌引' }).click();
  await save(theirs);
  await theirs.waitForURL(`**/classes/${teacher.class_id}`);
  await row(mine, 0).locator('label', { hasText: '病欠' }).click();
  await row(mine, 1).locator('label', { hasText: '病欠' }).click();
  await save(mine);
  const said = row(mine, 0).locator('.told');
  await said.waitFor();
  assert.match(await said.textContent(), new RegExp(`${other.name.split(' ')[0]}さんが.*忌引.*に変更`));
  assert.ok(await row(mine, 0).locator('input[value=MOURNING]').isChecked(), 'what holds is chosen: a second press overwrites nothing');
  await row(mine, 0).getByLabel('わたしの入力「病欠」にする').check();
  await save(mine);
  await mine.waitForURL(`**/classes/${teacher.class_id}`);
  assert.equal((await counts(mine))['欠席'], 2);
  await mine.context().close();
  await theirs.context().close();
});
