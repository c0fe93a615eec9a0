// The front: encrypted by the program itself, or by a proxy that it believes.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as tls } from 'node:tls';
import { promisify } from 'node:util';
import { launch } from './browser.mjs';
import { command, folder, freePort, start } from './program.mjs';
import { makeSchool } from './school.mjs';

let school, at, env, certificate, key;
before(async () => {
  [school, at] = [await makeSchool(), await folder()];
  env = { DATABASE_URL: `sqlite:${school.database}` };
  [certificate, key] = [join(at.path, 'certificate.pem'), join(at.path, 'key.pem')];
  await certify();
});
after(async () => {
  await school?.remove();
  await at?.remove();
});

/** Makes a new certificate with a new key. */
async function certify() {
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate]);
}

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
  const child = start(['serve', '--public-url', origin, '--tls-certificate', certificate, '--tls-key', key, '--most-idle', '2'], env, [], port,
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
  if (!silent.closed) await once(silent.resume(), 'close');
  noise.destroy();
  await program.stop();
});

test('a new certificate is taken while the server runs, and one that cannot be used changes nothing', async (t) => {
  const port = await freePort();
  const origin = `https://localhost:${port}`;
  const args = ['serve', '--public-url', origin, '--tls-certificate', certificate, '--tls-key', key];
  const program = await start(args, { ...env, ASAGAO_LOG: 'info' }, [], port,
    () => ask(overHttps, `${origin}/readyz`).then((answer) => answer.statusCode === 200, () => false));
  t.after(program.stop);
  const shown = async () => (await ask(overHttps, `${origin}/readyz`, { agent: false })).socket.getPeerCertificate().fingerprint256;
  const inFile = async () => new X509Certificate(await readFile(certificate)).fingerprint256;
  const told = async (text) => { while (!program.log().includes(text)) await shown(); };
  const first = await inFile();
  assert.equal(await shown(), first);
  // Whoever is in stays in, with the key that was agreed on.
  const before = tls({ port, rejectUnauthorized: false });
  await once(before, 'secureConnect');

  await certify();
  const second = await inFile();
  assert.equal(await shown(), first, 'nothing is read before somebody says so');
  program.signal('SIGHUP');
  await told('the certificate was read anew');
  assert.notEqual(second, first);
  assert.equal(await shown(), second);
  before.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  const [answer] = await once(before, 'data');
  assert.match(String(answer), /^HTTP\/1\.1 200 OK/);

  await writeFile(key, '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n');
  program.signal('SIGHUP');
  await told('the certificate stays as it was');
  assert.equal(await shown(), second);
  await certify();
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

test('who reads nothing of what is answered is let go, and keeps the server from nothing', async (t) => {
  const program = await start(['serve', '--most-idle', '2'], env);
  t.after(program.stop);
  const { port } = new URL(program.url);
  // Far more than the buffers between the two hold, asked for at once and left unread.
  const times = 3_000;
  const socket = connect(port, '127.0.0.1').pause();
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(`GET /sign-in HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`.repeat(times));
  const whole = (await (await fetch(`${program.url}/sign-in`)).text()).length * times;
  await new Promise((done) => { setTimeout(done, 6_000); });
  assert.equal((await ask(overHttp, `${program.url}/readyz`)).statusCode, 200);
  let taken = 0;
  const closed = once(socket, 'close');
  socket.on('data', (bytes) => { taken += bytes.length; }).resume();
  await closed;
  assert.ok(taken < whole, `${taken} of ${whole} bytes`);
});

test('who sends a header slowly holds nothing, others are served meanwhile, and what was begun before the end is finished', async (t) => {
  const program = await start(['serve', '--most-idle', '2'], env);
  t.after(program.stop);
  const { port } = new URL(program.url);
  const open = async (text) => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write(text);
    return { socket, end: once(socket, 'close'), heard: '' };
  };
  const head = 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n';
  // One goes on byte by byte, one says a byte and no more, one never says anything, one has been answered and rests.
  const four = [await open(`${head}X-Slow: `), await open('G'), await open(''), await open(`${head}\r\n`)];
  const drip = setInterval(() => { if (four[0].socket.writable) four[0].socket.write('x'); }, 50);
  let waiting = four.length;
  four.forEach((one) => {
    one.socket.on('data', (text) => { one.heard += text; });
    one.end.then(() => { waiting -= 1; });
  });
  let served = 0;
  while (waiting > 0) {
    assert.equal((await ask(overHttp, `${program.url}/readyz`)).statusCode, 200);
    served += 1;
  }
  clearInterval(drip);
  assert.ok(served > four.length, 'others are served meanwhile');
  assert.deepEqual(four.map((one) => one.heard.split('\r\n')[0]), ['', '', '', 'HTTP/1.1 200 OK']);

  // Whoever is still sending when it is refused may find the connection cut off before the answer.
  const large = await ask(overHttp, `${program.url}/readyz`, { agent: false, headers: { 'x-large': 'x'.repeat(70_000) } })
    .then((answer) => answer.statusCode, (error) => error.code);
  assert.ok([431, 'ECONNRESET', 'EPIPE'].includes(large), String(large));

  const body = '{"query":"{__typename}"}';
  const late = await open(`POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`);
  late.socket.on('data', (text) => { late.heard += text; });
  late.socket.write(body.slice(0, 5));
  // What comes after it has been answered: the server has read the half.
  assert.equal((await ask(overHttp, `${program.url}/readyz`)).statusCode, 200);
  const stopped = program.stop();
  const refused = () => ask(overHttp, `${program.url}/readyz`, { agent: false }).then(() => false, () => true);
  while (!(await refused()));
  late.socket.write(body.slice(5));
  await late.end;
  assert.match(late.heard, /^HTTP\/1\.1 200 OK[^]*\{"__typename":"Query"\}/);
  await stopped;
});

test('settings that cannot be meant are refused at the start', async () => {
  assert.match(await refused('--public-url', 'http://asagao.example'), /over https/);
  assert.match(await refused('--public-url', 'https://asagao.example', '--listen', '0.0.0.0:0'), /without encryption/);
  assert.match(await refused('--listen', '0.0.0.0:0'), /without encryption, sign-in codes too: .*--https=false/);
  assert.match(await refused('--listen', '127.0.0.1:0', '--tls-certificate', certificate, '--tls-key', certificate), /certificate\.pem cannot be used/);
  assert.match(await refused('--listen', '127.0.0.1:0', '--tls-certificate', join(at.path, 'none'), '--tls-key', key), /none cannot be used/);
  assert.match(await refused('--providers', join(at.path, 'none.toml')), /none\.toml: cannot be read/);
});
