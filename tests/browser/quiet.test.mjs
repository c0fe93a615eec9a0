import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { pages, show } from './pages.mjs';
import { readDemo } from './program.mjs';

let browser, demo;
before(async () => { [browser, demo] = [await launch(), await readDemo()]; });
after(() => browser.close());

/** Looks at every page and keeps what the browser asked for and what it said. */
async function heard() {
  const all = [];
  for (const one of await pages(browser, demo)) {
    const context = await sit(browser, demo.url, one.as);
    const of = { name: one.name, asked: [], said: [], addresses: [], title: '' };
    context.on('request', (request) => of.asked.push(request.url()));
    context.on('console', (message) => { if (message.type() !== 'log') of.said.push(message.text()); });
    context.on('weberror', (error) => of.said.push(String(error.error())));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
    const page = await context.newPage();
    page.on('framenavigated', (frame) => of.addresses.push(frame.url()));
    await show(page, one, demo);
    await page.waitForLoadState('load');
    of.title = await page.title();
    all.push(of);
    await context.close();
  }
  return all;
}

async function namesOfPupils() {
  const context = await sit(browser, demo.url, demo.person('homeroom_teacher', '5年2組'));
  const page = await context.newPage();
  await page.goto(`/classes/${demo.person('homeroom_teacher', '5年2組').class_id}`);
  const names = await page.locator('table.pupils th.name a').allTextContents();
  await context.close();
  return names.flatMap((name) => [name.trim(), name.trim().replace(/[ 　]/, '')]);
}

test('pages ask nothing of other machines, break no rule of their own and keep names out of addresses and titles', async (t) => {
  const all = await heard();
  const names = await namesOfPupils();
  assert.ok(names.length > 40, 'the class has names');
  for (const { name, asked, said, addresses, title } of all) {
    await t.test(name, () => {
      const elsewhere = asked.filter((url) => !url.startsWith(`${demo.url}/`) && !url.startsWith('data:'));
      assert.deepEqual(elsewhere, [], 'every request is to this machine');
      // A page that is meant to be answered so.
      const meant = /Failed to load resource: the server responded with a status of (403|404|503)/;
      assert.deepEqual(said.filter((text) => !(meant.test(text) && /not-found|unavailable|refused|again/.test(name))), []);
      const told = [...addresses, ...asked].map(decodeURIComponent).concat(title);
      assert.deepEqual(told.filter((text) => names.some((pupil) => text.includes(pupil))), [], 'no name in an address or a title');
      assert.match(title, /.｜朝顔$/);
    });
  }
});

test('the bar of addresses never holds a code', async () => {
  const context = await sit(browser, demo.url, null);
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.locator('#code').fill(demo.person('nurse').token);
  await page.locator('#code').press('Enter');
  await page.waitForURL('**/classes**');
  assert.ok(!page.url().includes('asagao_'));
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.httpOnly, cookie.sameSite, cookie.path], [true, 'Lax', '/']);
  assert.equal(await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage })), '{}');
  await context.close();
});
