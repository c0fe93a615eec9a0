import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, readDemo } from '../browser/program.mjs';

const demo = await readDemo();
const here = fileURLToPath(new URL('.', import.meta.url));
const python = process.env.ASAGAO_PYTHON;
if (!python) throw new Error('ASAGAO_PYTHON has to be the folder of the Python programs: run bin/test-http');
// The same seed asks the same questions. ASAGAO_FUZZ_EXAMPLES asks more of each field, ASAGAO_FUZZ_SEED others.
const examples = process.env.ASAGAO_FUZZ_EXAMPLES ?? '6';
const seed = process.env.ASAGAO_FUZZ_SEED ?? '20261124';

const people = [
  ['a homeroom teacher', demo.person('homeroom_teacher').token],
  ['a head', demo.person('principal').token],
  ['a pupil', demo.person('pupil').token],
  ['an app', demo.app.token],
];

for (const [who, token] of people) {
  test(`nothing that the schema lets ${who} ask is our mistake or tells how we are made`, { timeout: 300_000 }, async () => {
    const reports = await folder();
    const report = join(reports.path, 'run.ndjson');
    const told = JSON.stringify({ token, url: `${demo.url}/graphql`, ids: demo.classes.map((of) => of.id) });
    const options = ['run', join(here, '../../schema.graphql'), '--url', `${demo.url}/graphql`, '-H', `Authorization: Bearer ${token}`,
      '--seed', seed, '-n', examples, '--phases', 'fuzzing', '--checks', 'says_nothing_of_itself', '--no-shrink', '--continue-on-failure',
      '--warnings', 'off', '--request-timeout', '30', '--report-ndjson-path', report];
    const env = { ...process.env, SCHEMATHESIS_HOOKS: 'fuzz_hooks', ASAGAO_FUZZ: told, PYTHONPATH: here, PYTHONDONTWRITEBYTECODE: '1' };
    const { code, text } = await new Promise((resolve) => {
      execFile(join(python, 'schemathesis'), options, { cwd: reports.path, env, maxBuffer: 64 << 20 }, (error, out, err) => {
        resolve({ code: error ? (error.code ?? 1) : 0, text: out + err });
      });
    });
    assert.equal(code, 0, text.slice(-6000));
    const [, generated] = text.match(/(\d+) generated/) ?? [];
    const fields = (await readFile(join(here, '../../schema.graphql'), 'utf8')).match(/^type (Query|Mutation) \{/gm);
    assert.equal(fields.length, 2);
    assert.ok(Number(generated) > 400, `so much was asked: ${generated}`);
    await reports.remove();
  });
}
