import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, screens } from './browser.mjs';
import { faults, smallTargets, unfold } from './layout.mjs';
import { eachPage } from './pages.mjs';
import { readDemo } from './program.mjs';

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

for (const [hand, views] of Object.entries(screens)) {
  test(`nothing is too wide, cut or written over something else, and all of it can be hit (${hand})`, async (t) => {
    await eachPage(browser, demo, { hasTouch: hand === 'touch' }, (page, name) => t.test(name, async (t) => {
      assert.equal(await page.evaluate(() => matchMedia('(pointer: coarse)').matches), hand === 'touch');
      for (const [size, viewport] of Object.entries(views)) {
        await t.test(size, async () => {
          await page.setViewportSize(viewport);
          assert.deepEqual(await faults(page), []);
          assert.deepEqual(await smallTargets(page, hand === 'touch' ? 34 : 24), []);
        });
      }
      await unfold(page);
      for (const [size, viewport] of Object.entries(views)) {
        await t.test(`${size} unfolded`, async () => {
          await page.setViewportSize(viewport);
          assert.deepEqual(await faults(page), []);
        });
      }
      if (hand === 'mouse') await t.test('on A4', () => onPaper(page));
    }));
  });
}

async function onPaper(page) {
  await page.emulateMedia({ media: 'print' });
  // What the margins leave of a sheet; the page of a pupil and the sums of a year lie on their side.
  const lying = (await page.locator('.pupil-head, .sums').count()) > 0;
  const register = (await page.locator('.register').count()) > 0;
  await page.setViewportSize(register ? { width: 1070, height: 741 } : lying ? { width: 1047, height: 703 } : { width: 718, height: 1032 });
  assert.deepEqual(await faults(page), []);
  assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 1000);
}
