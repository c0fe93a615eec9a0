import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { readDemo } from '../browser/program.mjs';

const demo = await readDemo();
const url = `${demo.url}/graphql`;

/** Sends what somebody with this token, or nobody, would. */
function as(token) {
  const credentials = token ? { authorization: `Bearer ${token}` } : {};
  return (input, init = {}) => fetch(input, { ...init, headers: { ...init.headers, ...credentials } });
}

for (const [who, token] of [['an app', demo.app.token], ['a teacher', demo.person('homeroom_teacher').token], ['nobody', null]]) {
  test(`every audit of GraphQL over HTTP passes for ${who}`, async (t) => {
    const audits = serverAudits({ url, fetchFn: as(token) });
    assert.equal(audits.length, 61);
    for (const audit of audits) {
      await t.test(`${audit.id} ${audit.name}`, async () => {
        const { status, reason } = await audit.fn();
        assert.equal(status, 'ok', reason);
      });
    }
  });
}

const accepts = ['application/json', 'application/graphql-response+json', 'application/graphql-response+json, application/json;q=0.9', '*/*'];
const ways = [
  ['GET', (query, accept) => fetch(`${url}?query=${encodeURIComponent(query)}`, { headers: { accept } })],
  ['POST', (query, accept) => fetch(url, { method: 'POST', headers: { accept, 'content-type': 'application/json' }, body: JSON.stringify({ query }) })],
];

for (const [method, send] of ways) {
  test(`without credentials ${method} answers __typename, and UNAUTHENTICATED for every field`, async () => {
    for (const accept of accepts) {
      const typename = await send('{ __typename }', accept);
      assert.deepEqual([typename.status, await typename.json()], [200, { data: { __typename: 'Query' } }], accept);
      const board = await send('{ board { name } }', accept);
      const { data, errors } = await board.json();
      assert.deepEqual([board.status, data?.board ?? null, errors.map((error) => error.extensions.code)], [200, null, ['UNAUTHENTICATED']], accept);
      const schema = await send('{ __schema { types { name } } }', accept);
      assert.ok(!(await schema.text()).includes('Pupil'), accept);
    }
  });
}

test('whoever has the wrong credentials is refused, whatever is asked', async () => {
  for (const accept of accepts) {
    const headers = { accept, 'content-type': 'application/json', authorization: 'Bearer asagao_0' };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: '{ __typename }' }) });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('www-authenticate'), /^Bearer/);
    assert.equal((await answer.json()).errors[0].extensions.code, 'UNAUTHENTICATED');
  }
});
