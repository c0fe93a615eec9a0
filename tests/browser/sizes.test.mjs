import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sizes } from './browser.mjs';
import { faults, smallTargets } from './layout.mjs';
import { eachPage } from './pages.mjs';
import { readDemo } from './program.mjs';

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

for (const [size, options] of Object.entries(sizes)) {
  test(`on ${size} nothing is too wide, cut or written over something else`, async (t) => {
    await eachPage(browser, demo, options, (page, name) => t.test(name, async () => {
      assert.deepEqual(await faults(page), []);
      const finger = await page.evaluate(() => matchMedia('(pointer: coarse)').matches);
      assert.equal(finger, Boolean(options.hasTouch));
      assert.deepEqual(await smallTargets(page, finger ? 40 : 24), [], 'what is pressed is large enough');
      for (const summary of await page.locator('details:not([open]) > summary:visible').all()) await summary.click();
      assert.deepEqual(await faults(page), [], 'with everything unfolded');
    }));
  });
}

test('on a sheet of A4 nothing is too wide, cut or written over something else', async (t) => {
  await eachPage(browser, demo, { viewport: { width: 718, height: 1032 } }, (page, name) => t.test(name, async () => {
    await page.emulateMedia({ media: 'print' });
    // The pupil's page lies on its side.
    if (await page.locator('.pupil-head').count()) await page.setViewportSize({ width: 1047, height: 703 });
    assert.deepEqual(await faults(page), []);
    assert.ok((await page.pdf({ preferCSSPageSize: true })).length > 1000);
  }));
});
