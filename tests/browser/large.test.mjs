import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, screens, sit } from './browser.mjs';
import { faults } from './layout.mjs';
import { classes, makeSchool } from './school.mjs';

let browser, school, server;
before(async () => {
  [browser, school] = [await launch(), await makeSchool()];
  server = await school.serve();
});
after(async () => {
  await browser.close();
  await server.stop();
  await school.remove();
});

/** Also on a Sunday. */
const attendance = (of) => `/classes/${of}/attendance?open=1`;

async function seat(options) {
  const context = await sit(browser, server.url, school, options);
  return [context, await context.newPage()];
}

for (const [hand, views] of Object.entries(screens)) {
  test(`45 pupils with long names fit, as do one and none (${hand})`, async (t) => {
    const [context, page] = await seat({ hasTouch: hand === 'touch' });
    await page.goto(`/classes/${classes.large}`);
    const pupil = await page.locator('table.pupils a').nth(3).getAttribute('href');
    for (const path of [...Object.values(classes).flatMap((of) => [`/classes/${of}`, attendance(of)]), pupil]) {
      assert.equal((await page.goto(path)).status(), 200);
      for (const [size, viewport] of Object.entries(views)) {
        await t.test(`${path} ${size}`, async () => {
          await page.setViewportSize(viewport);
          assert.deepEqual(await faults(page), []);
        });
      }
    }
    await context.close();
  });
}

test('attendance of 45 pupils is taken in one go', async () => {
  const [context, page] = await seat({});
  await page.goto(attendance(classes.large));
  assert.equal(await page.locator('fieldset.row').count(), 45);
  await page.getByRole('button', { name: '全員出席' }).click();
  await page.locator('fieldset.row').nth(44).locator('label', { hasText: '出停' }).click();
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await page.waitForURL(`**/classes/${classes.large}`);
  await page.goto(attendance(classes.large));
  const count = (what) => page.locator(`dl.counts [data-count=${what}]`).textContent();
  assert.deepEqual([await count('present'), await count('excused'), await count('unmarked')], ['44', '1', '0']);
  await context.close();
});

test('a class of one has no middle to be compared with, and nobody to mark all at once', async () => {
  const [context, page] = await seat({});
  await page.goto(`/classes/${classes.single}`);
  assert.equal(await page.locator('table.pupils tbody tr').count(), 1);
  assert.doesNotMatch(await page.locator('main').textContent(), /学級の中央 \d/);
  await page.goto(attendance(classes.single));
  assert.equal(await page.getByRole('button', { name: '全員出席' }).count(), 0);
  await page.locator('fieldset.row label', { hasText: '出席' }).first().click();
  await page.locator('footer').getByRole('button', { name: '保存して学級へ' }).click();
  await page.waitForURL(`**/classes/${classes.single}`);
  await context.close();
});

test('a class of nobody says so and whom to ask', async () => {
  const [context, page] = await seat({});
  await page.goto(`/classes/${classes.empty}`);
  assert.match(await page.locator('main').textContent(), /この学級にはまだ児童がいません/);
  assert.equal(await page.locator('table.pupils').count(), 0);
  await page.goto(attendance(classes.empty));
  assert.match(await page.locator('main').textContent(), /この学級にはまだ児童がいません/);
  await context.close();
});
