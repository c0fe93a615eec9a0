import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { readDemo } from './program.mjs';

let browser, demo, mine, other;
before(async () => {
  [browser, demo] = [await launch(), await readDemo()];
  mine = demo.person('homeroom_teacher', '5年2組');
  other = demo.person('homeroom_teacher', '4年1組');
});
after(() => browser.close());

const words = 'ページが見つからないか、見られる人が決まっています';

async function window(person) {
  const context = await sit(browser, demo.url, person);
  return [context, await context.newPage()];
}

/** What somebody is answered: the status and the whole page, but for the address itself. */
async function answered(page, path) {
  const answer = await page.goto(path);
  const text = (await page.content()).replaceAll(path, 'PATH').replace(/name="csrf" value="[^"]*"/g, '');
  return { status: answer.status(), text };
}

async function pupilOf(teacher) {
  const [context, page] = await window(teacher);
  await page.goto(`/classes/${teacher.class_id}`);
  const path = await page.locator('table.pupils a').first().getAttribute('href');
  await context.close();
  return path;
}

test("another class and its pupils are answered with the very words of an address that is wrong", async () => {
  const theirs = await pupilOf(other);
  const [context, page] = await window(mine);
  const wrong = await answered(page, '/classes/019a0000-0000-7000-8000-000000000000');
  assert.equal(wrong.status, 404);
  assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), words);
  for (const path of [`/classes/${other.class_id}`, `/classes/${other.class_id}/attendance`, theirs, `${theirs}?view=table`,
    '/classes/nowhere', `/classes/${mine.class_id}/attendance?day=tomorrow`, `/classes/${mine.class_id}/attendance?day=a&day=b`, '/pupils/%ff', '/pupils/019a0000-0000-7000-8000-000000000000', '/nowhere']) {
    assert.deepEqual(await answered(page, path), wrong, path);
  }
  await context.close();
});

test('a form for another class changes nothing there', async () => {
  const theirs = await pupilOf(other);
  const [context, page] = await window(mine);
  await page.goto(`/classes/${mine.class_id}`);
  const csrf = await page.locator('input[name=csrf]').first().inputValue();
  const post = (path, form) => context.request.post(path, { form: { csrf, ...form }, headers: { origin: demo.url }, maxRedirects: 0 });
  const taken = await post(`/classes/${other.class_id}/attendance`, { act: 'all', day: '2026-11-24', seen: '2026-11-24T00:00:00Z' });
  assert.equal(taken.status(), 404);
  const noted = await post(`${theirs}/actions`, { kind: 'TALK', text: 'x', back: '/classes' });
  assert.equal(noted.status(), 404);
  assert.ok((await noted.text()).includes(words));
  const forged = await context.request.post('/sign-out', { form: { csrf: 'x' }, headers: { origin: demo.url }, maxRedirects: 0 });
  assert.equal(forged.status(), 403);
  const foreign = await context.request.post('/sign-out', { form: { csrf }, headers: { origin: 'https://other.example' }, maxRedirects: 0 });
  assert.equal(foreign.status(), 403);
  await context.close();
});

test('a pupil has the check-in and no page of the staff, and the staff no check-in', async () => {
  const [context, page] = await window(demo.person('pupil', '5年2組'));
  await page.goto('/');
  assert.ok(page.url().endsWith('/check-in'));
  for (const path of ['/classes', `/classes/${mine.class_id}`, `/classes/${mine.class_id}/attendance`, await pupilOf(mine)]) {
    assert.equal((await page.goto(path)).status(), 404, path);
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), words);
  }
  await context.close();
  const [desk, there] = await window(mine);
  assert.equal((await there.goto('/check-in')).status(), 404);
  await desk.close();
});

test('whoever is signed out signs in and comes back to where they wanted to be', async () => {
  const [context, page] = await window(null);
  const wanted = `/classes/${mine.class_id}/attendance`;
  await page.goto(wanted);
  assert.ok(page.url().includes('/sign-in?'));
  await page.locator('#code').fill(mine.token);
  await page.locator('#code').press('Enter');
  await page.waitForURL(`**${wanted}`);
  await page.getByRole('button', { name: '出る' }).click();
  await page.waitForURL('**/sign-in');
  await page.goBack();
  await page.reload();
  assert.ok(page.url().includes('/sign-in'), 'the page before is not to be had again');
  for (const next of ['https://other.example/', '//other.example', '/\\other.example']) {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    assert.equal(await page.locator('input[name=next]').first().inputValue(), '');
  }
  await context.close();
});

test('a code that does not hold is refused in words', async () => {
  const [context, page] = await window(null);
  await page.goto('/sign-in');
  await page.locator('#code').fill('asagao_0');
  await page.locator('#code').press('Enter');
  assert.match(await page.getByRole('alert').textContent(), /このコードでは入れません/);
  assert.ok(!(await page.content()).includes('asagao_0'), 'what was typed is not shown again');
  await context.close();
});
