import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { folder, start } from '../browser/program.mjs';

let data, server, database;
before(async () => {
  data = await folder();
  database = `sqlite:${join(data.path, 'school.db')}`;
  await asagao('migrate', '--create');
  server = await start(['serve'], { DATABASE_URL: database });
});
after(async () => {
  await server.stop();
  await data.remove();
});

/** What a command of the program prints: its last line, and what it tells beside. */
async function asagao(...args) {
  const env = { ...process.env, DATABASE_URL: database, ASAGAO_LOG: 'error' };
  const { stdout, stderr } = await promisify(execFile)(process.env.ASAGAO_BIN, args, { env });
  return { printed: stdout.trim(), told: stderr };
}

test('an app that the command line has registered asks for a token, is narrowed, and ends', async () => {
  const { printed: secret, told } = await asagao('app', 'register', '--name', 'drill', '--board', '--client', '--scope', 'school:read', 'activity:write');
  assert.match(secret, /^asagao_secret_[\w-]{43}$/);
  const [id] = told.match(/[0-9a-f-]{36}/);
  const metadata = await (await fetch(`${server.url}/.well-known/oauth-authorization-server`)).json();
  assert.equal(metadata.issuer, server.url);
  const ask = async (by, scope = '') => {
    const headers = { authorization: `Basic ${Buffer.from(`${id}:${by}`).toString('base64')}` };
    const answer = await fetch(metadata.token_endpoint, { method: 'POST', headers, body: new URLSearchParams({ grant_type: 'client_credentials', scope }) });
    return { status: answer.status, ...(await answer.json()) };
  };
  const schools = async (token) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query: '{ schools { nodes { id } } }' }) });
    const { data, errors } = await answer.json();
    return data?.schools?.nodes.length ?? errors[0].extensions.code;
  };
  const whole = await ask(secret);
  assert.deepEqual([whole.status, whole.token_type, whole.scope], [200, 'Bearer', 'school:read activity:write']);
  assert.equal(await schools(whole.access_token), 0);
  const narrow = await ask(secret, 'activity:write');
  assert.equal(await schools(narrow.access_token), 'FORBIDDEN');
  const { printed: second } = await asagao('app', 'secret', id);
  assert.deepEqual([(await ask(secret)).status, (await ask(second)).status], [200, 200]);
  await asagao('app', 'secret', id);
  assert.deepEqual([(await ask(secret)).error, (await ask(second)).status], ['invalid_client', 200]);
  assert.equal(await schools(whole.access_token), 'UNAUTHENTICATED');
  const { told: ended } = await asagao('app', 'secret', id, '--revoke');
  assert.match(ended, /revoked: 2/);
  assert.equal((await ask(second)).status, 401);
  await asagao('app', 'revoke', id);
});

test('documents that are named by their digests run, and no others where it is set so', async () => {
  const { printed } = await asagao('documents', new URL('../../server/src/pages', import.meta.url).pathname);
  const documents = JSON.parse(printed);
  const [digest] = Object.keys(documents);
  assert.ok(Object.keys(documents).length > 10 && /^[0-9a-f]{64}$/.test(digest));
  const file = join(data.path, 'documents.json');
  await writeFile(file, printed);
  const strict = await start(['serve', '--trusted', file, '--trusted-only'], { DATABASE_URL: database });
  const ask = async (body) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${strict.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()).errors[0].extensions.code;
  };
  assert.equal(await ask({ query: '{ __typename }' }), 'BAD_INPUT');
  assert.equal(await ask({ documentId: '0'.repeat(64) }), 'BAD_INPUT');
  const open = Object.keys(documents).find((of) => !documents[of].includes('$'));
  assert.equal(await ask({ documentId: open }), 'UNAUTHENTICATED');
  await strict.stop();
  await writeFile(file, printed.replace(digest, '0'.repeat(64)));
  await assert.rejects(start(['serve', '--trusted', file], { DATABASE_URL: database }), /is not the SHA-256 of its document/);
});
