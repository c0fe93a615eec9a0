// Signing in by the board's provider: a real one, in a real browser.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { launch, sit } from './browser.mjs';
import { command, folder, freePort, start } from './program.mjs';
import { read, signed, startProvider } from './provider.mjs';
import { makeSchool } from './school.mjs';

let browser, school, provider, program, at;
const teacher = 'arimura@asagiri.example';

before(async () => {
  [browser, school, at] = [await launch(), await makeSchool(), await folder()];
  const env = { DATABASE_URL: `sqlite:${school.database}` };
  const head = await command(env, 'staff', 'add', '--name', '青木 誠', '--email', 'aoki@asagiri.example', '--duty', 'head', '--school', school.id);
  assert.match(head, /^[0-9a-f-]{36}$/);
  await command(env, 'staff', 'add', '--name', '元職員', '--email', 'former@asagiri.example');
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  provider = await startProvider(origin, {
    ana: { email: 'Arimura@asagiri.example', email_verified: true },
    makoto: { email: 'aoki@asagiri.example', email_verified: true },
    stranger: { email: 'nobody@elsewhere.example', email_verified: true },
    former: { email: 'former@asagiri.example', email_verified: true },
    unverified: { email: teacher, email_verified: false },
  });
  await writeFile(join(at.path, 'secret'), 'a-secret-of-the-provider-for-tests\n');
  await writeFile(join(at.path, 'providers.toml'), `
[[provider]]
key = "school"
name = "検証用アカウント"
issuer = "${provider.issuer}"
client_id = "asagao"
client_secret_file = "secret"
person = "email"
mfa = { acr = ["two"], amr = ["otp"] }

[[provider]]
key = "number"
name = "番号のアカウント"
issuer = "${provider.issuer}"
client_id = "asagao"
client_secret_env = "NUMBER_SECRET"
person = "subject"

[mfa]
from = "II"
`);
  const args = ['serve', '--providers', join(at.path, 'providers.toml'), '--public-url', origin];
  program = await start(args, { ...env, NUMBER_SECRET: 'a-secret-of-the-provider-for-tests' }, [], port);
  program.url = origin;
});
after(async () => {
  await program?.stop();
  provider?.stop();
  await browser?.close();
  await school?.remove();
  await at?.remove();
});
beforeEach(() => { provider.spoil(null); provider.send(null); provider.down(false); });

async function seat(options) {
  const context = await sit(browser, program.url, null, options);
  return [context, await context.newPage()];
}

/** To the provider from the page to sign in, or from wherever one is sent to it. */
async function choose(page, path = '/sign-in') {
  await page.goto(path);
  await page.getByRole('link', { name: '検証用アカウントで入る' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
}

/** At the provider: who one is, and whether by more than one factor. */
async function answer(page, login, second = false) {
  await page.locator('input[name=login]').fill(login);
  if (second) await page.locator('input[name=second]').check();
  await page.getByRole('button', { name: '次へ' }).click();
}

/** The heading without the readings above it. */
const heading = (page) => page.getByRole('heading', { level: 1 }).evaluate((shown) => {
  const plain = shown.cloneNode(true);
  plain.querySelectorAll('rt, rp').forEach((part) => part.remove());
  return plain.textContent;
});
const asked = async (page) => JSON.parse(await page.locator('#asked').textContent());
const cookies = async (context) => (await context.cookies(program.url)).map((one) => one.name).filter((name) => name.startsWith('asagao'));
const marks = `/classes/${'0a5a9a00-0000-4000-8000-000000000061'}/marks?subject=${encodeURIComponent('算数')}`;

test('a teacher signs in and is where she wanted to go, with a session of a new id and nothing of the attempt left', async () => {
  const [context, page] = await seat();
  await page.goto('/pupils');
  await page.waitForURL('**/sign-in?next=*');
  await page.getByRole('link', { name: '検証用アカウントで入る' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  const attempt = (await context.cookies(program.url)).find((one) => one.name.startsWith('asagao_attempt'));
  assert.ok(attempt.httpOnly && attempt.sameSite === 'Lax');
  await answer(page, 'ana');
  await page.waitForURL('**/pupils');
  await page.getByText('有村').first().waitFor();
  assert.deepEqual(await cookies(context), ['asagao_session']);
  const sent = new URLSearchParams(provider.tokens.at(-1).asked);
  assert.ok(sent.get('code_verifier').length >= 43 && sent.get('redirect_uri').endsWith('/sign-in/school/callback'));
  const before = (await context.cookies(program.url)).find((one) => one.name === 'asagao_session').value;
  await page.goto('/sign-in/school?next=/classes');
  await page.waitForURL('**/classes**');
  const now = (await context.cookies(program.url)).find((one) => one.name === 'asagao_session').value;
  assert.notEqual(now, before, 'a new id after every signing in');
  await context.close();
});

test('nobody is sent elsewhere after signing in', async () => {
  const [context, page] = await seat();
  await page.goto(`/sign-in/school?next=${encodeURIComponent('//evil.example/')}`);
  await answer(page, 'ana');
  await page.waitForURL(`${program.url}/classes**`);
  await context.close();
});

test('whom the school does not know is told whom to ask, whatever the reason', async () => {
  const texts = [];
  for (const login of ['stranger', 'former', 'unverified']) {
    const [context, page] = await seat();
    await choose(page);
    await answer(page, login);
    await page.waitForURL('**/callback?*');
    assert.equal(await heading(page), 'このアカウントでは入れません');
    texts.push(await page.locator('main').textContent());
    assert.deepEqual(await cookies(context), [], login);
    await context.close();
  }
  assert.equal(new Set(texts).size, 1, 'all three read alike');
});

test('who came with the wrong account can choose another one', async () => {
  const [context, page] = await seat();
  await choose(page, '/sign-in?next=/pupils');
  await answer(page, 'stranger');
  await page.getByRole('link', { name: 'ほかの アカウントで はいる' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  await answer(page, 'ana');
  await page.waitForURL('**/pupils');
  await context.close();
});

test('whoever was brought in by a subject is found by it, and nobody before', async () => {
  const env = { DATABASE_URL: `sqlite:${school.database}` };
  const enter = async (login) => {
    const [context, page] = await seat();
    await page.goto('/sign-in');
    await page.getByRole('link', { name: '番号のアカウントで入る' }).click();
    await answer(page, login);
    await page.waitForURL(`${program.url}/**`);
    const path = new URL(page.url()).pathname;
    await context.close();
    return path;
  };
  assert.equal(await enter('ana'), '/sign-in/number/callback');
  await command(env, 'staff', 'subject', teacher, '--provider', 'number', '--subject', 'ana');
  assert.match(await enter('ana'), /^\/classes/);
  const file = join(at.path, 'subjects.csv');
  const pupil = '0a5a9a00-0000-4000-8000-000000001063';
  await writeFile(file, `id,provider,subject\n${pupil},number,pupil-of-tests\nnobody,number,x\n${pupil},number,y\n`);
  const refused = await command(env, 'import', 'subjects', file).then(() => assert.fail('wrong lines are told'), (error) => error);
  assert.match(refused.stdout, /taken: 1, unchanged: 0, refused: 2/);
  assert.match(refused.stderr, /line 3, id: "nobody"[^]*line 4, id: the same person/);
  assert.equal(await enter('pupil-of-tests'), '/check-in');
});

test('turning back at the provider is no failure', async () => {
  const [context, page] = await seat();
  await choose(page);
  await page.getByRole('button', { name: 'やめる' }).click();
  await page.waitForURL('**/callback?*');
  assert.match(await heading(page), /取りやめました/);
  // Pupils read it, and who reads no Japanese.
  assert.equal(await page.locator('h1 rt').first().textContent(), 'はい');
  assert.match(await page.locator('p[lang=en]').textContent(), /^You turned back at 検証用アカウント and are not signed in/);
  assert.match(await page.locator('p[lang=pt]').textContent(), /ainda não entrou/);
  assert.equal(await page.getByRole('link', { name: 'Entrar de novo' }).count(), 1);
  await context.close();
});

test('an answer with another state, or to no attempt of this browser, opens nothing', async () => {
  const [context, page] = await seat();
  await choose(page);
  provider.send((url) => {
    url.searchParams.set('state', 'of-another-attempt');
    return url.href;
  });
  await answer(page, 'ana');
  await page.waitForURL('**state=of-another-attempt*');
  assert.equal(await heading(page), '入る手続きを確かめられませんでした');
  assert.ok(!(await cookies(context)).includes('asagao_session'));
  // What one browser was answered another cannot use.
  let sent;
  provider.send((url) => {
    sent = url.href;
    return `${program.url}/sign-in?lang=en`;
  });
  await page.goto('/sign-in/school');
  await page.waitForURL('**/sign-in?lang=en');
  const [other, elsewhere] = await seat();
  const reply = await elsewhere.goto(sent);
  assert.equal(reply.status(), 403);
  assert.deepEqual(await cookies(other), []);
  await other.close();
  await context.close();
});

test('an answer that does not say by whom it is opens nothing, where the provider always says it', async () => {
  const told = await (await fetch(`${provider.issuer}/.well-known/openid-configuration`)).json();
  assert.equal(told.authorization_response_iss_parameter_supported, true);
  const lacking = (url) => {
    assert.equal(url.searchParams.get('iss'), provider.issuer);
    url.searchParams.delete('iss');
    return url.href;
  };
  for (const press of [(page) => answer(page, 'ana'), (page) => page.getByRole('button', { name: 'やめる' }).click()]) {
    const [context, page] = await seat();
    await choose(page);
    provider.send(lacking);
    await press(page);
    await page.waitForURL('**/callback?*');
    assert.equal(await heading(page), '入る手続きを確かめられませんでした');
    assert.deepEqual(await cookies(context), []);
    provider.send(null);
    await context.close();
  }
});

test('keys that the provider has changed are found', async () => {
  await provider.rotate();
  const [context, page] = await seat();
  await choose(page);
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  assert.equal(read(provider.tokens.at(-1).token)[0].kid, 'second');
  await context.close();
});

/** Signs in with a spoilt ID token and gives the heading. */
async function spoilt(how) {
  const [context, page] = await seat();
  await choose(page);
  provider.spoil(how);
  await answer(page, 'ana');
  await page.waitForURL('**/callback?*');
  provider.spoil(null);
  assert.deepEqual(await cookies(context), []);
  const said = await heading(page);
  await page.getByRole('link', { name: 'もういちど はいる' }).click();
  await page.waitForURL('**/classes**');
  await context.close();
  return said;
}

const now = () => Math.floor(Date.now() / 1000);
const anew = (change, key) => (token) => {
  const [header, claims] = read(token);
  return signed({ ...header, ...change.header }, { ...claims, ...change.claims }, key ?? provider.key);
};
for (const [name, how] of [
  ['with another nonce', () => anew({ claims: { nonce: 'of-another-attempt' } })],
  ['that has expired', () => anew({ claims: { exp: now() - 180, iat: now() - 400 } })],
  ['that is issued in the future', () => anew({ claims: { iat: now() + 600, exp: now() + 1200 } })],
  ['that is from long ago', () => anew({ claims: { iat: now() - 7200 } })],
  ['for another client', () => anew({ claims: { aud: 'another' } })],
  ['for others, too', () => anew({ claims: { aud: ['asagao', 'another'], azp: 'another' } })],
  ['of another issuer', () => anew({ claims: { iss: 'http://localhost:1' } })],
  ['signed with another key', () => anew({}, provider.otherKey)],
  ['signed with a key that there is not', () => anew({ header: { kid: 'unknown' } }, provider.otherKey)],
  ['not signed at all', () => (token) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`],
  ['with other claims than were signed', () => (token) => {
    const [header, claims] = read(token);
    const text = Buffer.from(JSON.stringify({ ...claims, sub: 'makoto' })).toString('base64url');
    return [Buffer.from(JSON.stringify(header)).toString('base64url'), text, token.split('.')[2]].join('.');
  }],
]) {
  test(`an ID token ${name} opens nothing, and one can begin anew`, async () => {
    assert.equal(await spoilt(how()), '入る手続きを確かめられませんでした');
  });
}

test('clocks may be a minute apart', async () => {
  const [context, page] = await seat();
  await choose(page);
  provider.spoil(anew({ claims: { iat: now() + 60, exp: now() - 60 } }));
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  await context.close();
});

test('a code is taken once', async () => {
  const [context, page] = await seat();
  await choose(page);
  const jar = await context.cookies(program.url);
  const back = page.waitForRequest('**/sign-in/school/callback?*');
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  const used = (await back).url();
  await page.goto(used);
  assert.equal(await heading(page), '入る手続きを確かめられませんでした');
  // Somebody who has taken the cookie of the attempt with it gets no further.
  const [other, elsewhere] = await seat();
  await other.addCookies(jar);
  await elsewhere.goto(used);
  assert.equal(await heading(elsewhere), '入る手続きを確かめられませんでした');
  assert.deepEqual(await cookies(other), []);
  await other.close();
  await context.close();
});

test('while the provider is down one is told so, on the way there and back, and it goes on afterwards', async () => {
  const [context, page] = await seat();
  await choose(page);
  provider.send((url) => {
    provider.down(true);
    return url.href;
  });
  const reply = page.waitForResponse('**/sign-in/school/callback?*');
  await answer(page, 'ana');
  assert.equal((await reply).status(), 503);
  assert.match(await heading(page), /いま検証用アカウントにつながりません/);
  assert.deepEqual(await cookies(context), []);
  const [port, env] = [await freePort(), { DATABASE_URL: `sqlite:${school.database}`, NUMBER_SECRET: 'a-secret-of-the-provider-for-tests' }];
  const fresh = await start(['serve', '--providers', join(at.path, 'providers.toml'), '--public-url', `http://localhost:${port}`], env, [], port);
  const told = await fetch(`${fresh.url}/sign-in/school`, { redirect: 'manual' });
  assert.deepEqual([told.status, told.headers.get('retry-after'), told.headers.get('set-cookie')], [503, '30', null]);
  assert.match(await told.text(), /もういちど はいって ください/);
  await fresh.stop();
  provider.down(false);
  provider.send(null);
  await page.getByRole('link', { name: 'もういちど はいる' }).click();
  await page.waitForURL('**/classes**');
  await context.close();
});

test('what is of class II asks for more than one factor, and opens with it on the same page', async () => {
  const [context, page] = await seat();
  await choose(page);
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  const refused = await page.goto(marks);
  assert.equal(refused.status(), 403);
  assert.equal(await heading(page), '多要素認証が必要です');
  await page.getByRole('link', { name: '多要素認証をする' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  const wish = await asked(page);
  assert.deepEqual([wish.prompt, wish.acr], ['login', 'two']);
  await answer(page, 'ana');
  await page.waitForURL('**/callback?*');
  assert.equal(await heading(page), '多要素認証を確かめられませんでした', 'one factor again is said, not asked for in a circle');
  await page.getByRole('link', { name: 'もういちど ためす' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  await answer(page, 'ana', true);
  await page.waitForURL(`**${marks}`);
  assert.notEqual(await heading(page), '多要素認証が必要です');
  await context.close();
});

test('a code is one factor, and class III is open to it', async () => {
  const [context, page] = await seat();
  await page.goto('/sign-in');
  await page.locator('#code').fill(school.token);
  await page.locator('#code').press('Enter');
  await page.waitForURL('**/classes**');
  await page.getByRole('link', { name: '多要素認証をする' }).waitFor();
  assert.equal((await page.goto(marks)).status(), 403);
  assert.equal((await page.goto(marks.replace(/marks.*/, 'attendance'))).status(), 200);
  const answered = await context.request.post('/graphql', {
    headers: { authorization: `Bearer ${school.token}` }, data: { query: '{ viewer { rights } }' },
  });
  const { data } = await answered.json();
  assert.ok(data.viewer.rights.includes('attendance:read') && !data.viewer.rights.includes('mark:read'), JSON.stringify(data));
  await context.close();
});

test('a lock opens only to whoever has just shown again who they are', async () => {
  const [context, page] = await seat();
  await choose(page);
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  const here = new URL(page.url()).pathname;
  await page.getByRole('button', { name: 'ロック' }).click();
  await page.waitForURL('**/locked?*');
  // The provider still knows her, and is told to ask all the same.
  await page.getByRole('link', { name: '検証用アカウントで入る' }).click();
  await page.waitForURL(`${provider.issuer}/**`);
  assert.equal((await asked(page)).prompt, 'login');
  const claims = { auth_time: now() - 3600 };
  provider.spoil(anew({ claims }));
  await answer(page, 'ana');
  await page.waitForURL('**/callback?*');
  assert.equal(await heading(page), '入る手続きを確かめられませんでした', 'a provider that did not ask opens nothing');
  provider.spoil(null);
  assert.equal(new URL((await page.goto('/classes')).url()).pathname, '/locked');
  await page.getByRole('link', { name: '検証用アカウントで入る' }).click();
  await answer(page, 'ana');
  await page.waitForURL(`**${here}`);
  // Somebody else does not come to the page that was locked.
  await page.goto('/pupils');
  await page.getByRole('button', { name: 'ロック' }).click();
  await page.waitForURL('**/locked?*');
  await page.getByRole('link', { name: '検証用アカウントで入る' }).click();
  await answer(page, 'makoto');
  await page.waitForURL('**/classes**');
  await page.getByText('青木').first().waitFor();
  await context.close();
});

test('a form that comes after its session has ended is kept, and sent once one has come in by the provider anew', async () => {
  const [context, page] = await seat();
  const [other, elsewhere] = await seat();
  const child = '/pupils/0a5a9a00-0000-4000-8000-000000001001';
  for (const one of [page, elsewhere]) {
    await choose(one, `/sign-in?next=${child}`);
    await answer(one, 'ana', true);
    await one.waitForURL(`**${child}`);
  }
  await page.locator('.records summary').click();
  await page.locator('.records').getByLabel('電話').check();
  await page.locator('.records textarea').fill('遅れて送った電話の記録');
  await elsewhere.goto('/sessions');
  await elsewhere.getByRole('button', { name: 'この端末のほかを、すべて終わらせる' }).click();
  await elsewhere.locator('.sessions li').filter({ hasText: 'この端末' }).waitFor();
  /** Presses a button that leads to another page, and waits for it. */
  const press = async (button) => {
    const shown = page.waitForEvent('domcontentloaded');
    await button.click();
    await shown;
  };
  const record = page.getByRole('button', { name: '記録する' });
  await press(record);
  const kept = async () => {
    assert.equal(await heading(page), '時間がたったため、もういちど入ってください');
    assert.match(await page.locator('.typed').textContent(), /遅れて送った電話の記録/);
  };
  await kept();
  const on = page.getByRole('button', { name: '入ったので、続ける' });
  await press(on);
  await kept();
  const way = page.getByRole('link', { name: '別のタブで検証用アカウントから入る' });
  const enter = async () => {
    const opened = context.waitForEvent('page');
    await way.click();
    const tab = await opened;
    await tab.waitForURL(`${program.url}/classes**`);
    return tab;
  };
  await (await enter()).close();
  await press(on);
  assert.equal(await heading(page), '確かめて送ってください');
  assert.match(await page.locator('.typed').textContent(), /遅れて送った電話の記録/);
  await page.getByRole('button', { name: 'もういちど送る' }).click();
  await page.waitForURL(`**${child}*`);
  await page.reload();
  assert.equal(await page.locator('article.record', { hasText: '遅れて送った電話の記録' }).count(), 1);
  await other.close();
  await context.close();
});

test('one sees where one is signed in, and ends it there', async () => {
  const [context, page] = await seat();
  const [other, elsewhere] = await seat({ userAgent: 'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36' });
  for (const one of [elsewhere, page]) {
    await choose(one);
    await answer(one, 'makoto');
    await one.waitForURL('**/classes**');
  }
  await page.getByRole('link', { name: '青木' }).click();
  await page.waitForURL('**/sessions');
  const rows = page.locator('.sessions li');
  const strange = rows.filter({ hasText: 'Chromebook・Chrome' });
  assert.match(await strange.textContent(), /検証用アカウントできょう/);
  assert.equal(await rows.filter({ hasText: 'この端末' }).count(), 1);
  await strange.getByRole('button', { name: '終わらせる' }).click();
  await strange.waitFor({ state: 'detached' });
  await elsewhere.goto('/classes');
  assert.equal(new URL(elsewhere.url()).pathname, '/sign-in');
  await elsewhere.goto('/sign-in/school');
  await elsewhere.waitForURL('**/classes**');
  await page.reload();
  await page.getByRole('button', { name: 'この端末のほかを、すべて終わらせる' }).click();
  await page.waitForURL('**/sessions');
  assert.equal(await rows.count(), 1);
  await elsewhere.goto('/classes');
  assert.equal(new URL(elsewhere.url()).pathname, '/sign-in');
  // Whoever runs the server ends them, too.
  await command({ DATABASE_URL: `sqlite:${school.database}` }, 'staff', 'revoke', 'aoki@asagiri.example');
  await page.goto('/classes');
  assert.equal(new URL(page.url()).pathname, '/sign-in');
  await other.close();
  await context.close();
});

test('whoever goes out here goes out there', async () => {
  const [context, page] = await seat();
  await choose(page);
  await answer(page, 'ana');
  await page.waitForURL('**/classes**');
  // The page goes on by itself.
  let between;
  await page.route('**/sign-out', async (route) => {
    const response = await route.fetch();
    between = await response.text();
    await route.fulfill({ response });
  });
  await page.getByRole('button', { name: '出る' }).click();
  await page.waitForURL(`${provider.issuer}/session/end?*`);
  assert.match(between, /<p lang="pt">Você saiu do 朝顔/);
  assert.match(page.url(), /client_id=asagao&post_logout_redirect_uri=/);
  await page.getByRole('button', { name: /Yes/ }).click();
  await page.waitForURL(`${program.url}/sign-in`);
  await choose(page);
  assert.equal(await page.locator('input[name=login]').count(), 1, 'the provider asks who it is');
  await context.close();
});

test('nothing of persons is in the log', () => {
  assert.doesNotMatch(program.log(), /arimura|有村|aoki|nobody@/i);
  assert.match(program.log(), /the ID token is of another attempt/);
});
