// The front: encrypted by the program itself, or by a proxy that it believes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { launch } from './browser.mjs';
import { command, folder, freePort, start } from './program.mjs';
import { makeSchool } from './school.mjs';

let school, at, env, certificate, key;
before(async () => {
  [school, at] = [await makeSchool(), await folder()];
  env = { DATABASE_URL: `sqlite:${school.database}` };
  [certificate, key] = [join(at.path, 'certificate.pem'), join(at.path, 'key.pem')];
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]);
});
after(async () => {
  await school?.remove();
  await at?.remove();
});

/** Sends a request and gives status and headers. */
async function ask(send, url, options = {}) {
  const sent = send(url, { rejectUnauthorized: false, ...options });
  sent.end(options.body);
  const [answer] = await once(sent, 'response');
  answer.resume();
  return answer;
}

/** Why the program does not start. */
async function refused(...args) {
  return command(env, 'serve', ...args).then(() => assert.fail('it has started'), (error) => error.stderr);
}

test('with a certificate of its own the program encrypts, and the cookie goes nowhere else', async () => {
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const child = start(['serve', '--public-url', origin, '--tls-certificate', certificate, '--tls-key', key], env, [], port,
    () => ask(overHttps, `${origin}/readyz`).then((answer) => answer.statusCode === 200, () => false));
  const program = await child;
  // Somebody who never agrees on a key keeps nobody from coming in, nor does nonsense.
  const silent = connect(port, '127.0.0.1');
  const noise = connect(port, '127.0.0.1');
  noise.on('error', () => {});
  noise.write('GET / HTTP/1.1\r\n\r\n');
  const browser = await launch();
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: origin });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.locator('#code').fill(school.token);
  await page.locator('#code').press('Enter');
  await page.waitForURL('**/classes**');
  const [cookie] = await context.cookies();
  assert.deepEqual([cookie.name, cookie.secure, cookie.httpOnly], ['__Host-asagao_session', true, true]);
  await browser.close();
  const answer = await ask(overHttps, `${origin}/sign-in`);
  assert.match(answer.headers['strict-transport-security'], /max-age=\d+/);
  silent.destroy();
  noise.destroy();
  await program.stop();
});

test('a proxy is believed where it is named, and what it took unencrypted is sent on', async () => {
  for (const [trusted, expected] of [['127.0.0.1', [200, 308, 403]], ['192.0.2.1', [200, 200, 401]]]) {
    const program = await start(['serve', '--public-url', 'https://asagao.example', '--trusted-proxies', trusted], env);
    const by = (proto, options) => ask(overHttp, `${program.url}${options?.path ?? '/sign-in?lang=en'}`, {
      ...options, headers: { 'x-forwarded-for': '198.51.100.7', 'x-forwarded-proto': proto, ...options?.headers },
    });
    const answers = [await by('https'), await by('http'), await by('http', {
      method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', authorization: 'Bearer asagao_x' }, body: '{"query":"{viewer{name}}"}',
    })];
    assert.deepEqual(answers.map((answer) => answer.statusCode), expected, trusted);
    if (trusted === '127.0.0.1') assert.equal(answers[1].headers.location, 'https://asagao.example/sign-in?lang=en');
    await program.stop();
  }
});

test('settings that cannot be meant are refused at the start', async () => {
  assert.match(await refused('--public-url', 'http://asagao.example'), /over https/);
  assert.match(await refused('--public-url', 'https://asagao.example', '--listen', '0.0.0.0:0'), /without encryption/);
  assert.match(await refused('--listen', '127.0.0.1:0', '--tls-certificate', certificate, '--tls-key', certificate), /certificate\.pem cannot be used/);
  assert.match(await refused('--listen', '127.0.0.1:0', '--tls-certificate', join(at.path, 'none'), '--tls-key', key), /none cannot be used/);
  assert.match(await refused('--providers', join(at.path, 'none.toml')), /none\.toml: cannot be read/);
});
