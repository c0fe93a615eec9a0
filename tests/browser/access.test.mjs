import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launch, screens } from './browser.mjs';
import { unfold } from './layout.mjs';
import { eachPage } from './pages.mjs';
import { readDemo } from './program.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

async function violations(page) {
  // Evaluated by the browser itself, where the page's policy has no say.
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }), tags);
  return found.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join('\n  ')}`);
}

/** What is focused and not seen to be. */
function unseen(page) {
  return page.evaluate(() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const near = [one, one.parentElement, ...(one.labels ?? []), one.nextElementSibling].filter(Boolean);
    const ringed = near.map((of) => getComputedStyle(of)).some((ring) => ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2);
    return ringed ? null : one.outerHTML.slice(0, 200);
  });
}

test('nobody is kept out of a page by how they see, hear or type', async (t) => {
  await eachPage(browser, demo, {}, (page, name) => t.test(name, async () => {
    const has = await page.evaluate(() => ({
      headings: document.querySelectorAll('h1').length,
      main: document.querySelectorAll('main').length,
      lang: document.documentElement.lang,
    }));
    assert.deepEqual(has, { headings: 1, main: 1, lang: name.match(/-(pt|en)$/)?.[1] ?? 'ja' });
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await unseen(page), null, 'what is focused is seen');
    }
    // On a short page the focus has come round to the way past the bar, which lies over it as long as it has the focus.
    await page.evaluate(() => document.activeElement?.blur());
    assert.deepEqual(await violations(page), []);
    await page.setViewportSize({ width: 390, height: 8000 });
    await unfold(page);
    assert.deepEqual(await violations(page), [], 'on a telephone, with everything unfolded');
  }));
});
