import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { folder, readDemo, start } from '../browser/program.mjs';

const python = process.env.ASAGAO_PYTHON;
if (!python) throw new Error('ASAGAO_PYTHON has to be the folder of the Python programs: run bin/test-http');

let data, server, demo;
before(async () => {
  [data, demo] = [await folder(), await readDemo()];
  // As a school runs it, of a copy: without introspection, with limits of how often.
  const database = join(data.path, 'school.db');
  for (const end of ['', '-wal']) await copyFile(demo.database + end, database + end).catch(() => {});
  server = await start(['serve'], { DATABASE_URL: `sqlite:${database}` });
});
after(async () => {
  await server.stop();
  await data.remove();
});

async function scan(token) {
  const report = join(data.path, 'scan.json');
  const credentials = token ? ['--header', `Authorization: Bearer ${token}`] : [];
  const options = ['--target', `${server.url}/graphql`, '--depth', '30', '--timeout', '20', '--json', report, ...credentials];
  const text = await new Promise((resolve, reject) => {
    execFile(join(python, 'vamp-graphql-audit'), options, { cwd: data.path, maxBuffer: 64 << 20 }, (error, out, err) => {
      // 1 says that it found something, which the report tells better.
      if (error && error.code !== 1) reject(new Error(out + err)); else resolve(out + err);
    });
  });
  return { text, findings: JSON.parse(await readFile(report, 'utf8')).findings };
}

/** What it takes for a finding and is none, with the reason. */
const accepted = {
  'Insecure Transport': 'it asks the program on this machine, as a proxy would',
  'GQL-HASURA-001 Row-Level Permission Bypass': '__typename is answered to everybody, whatever headers they send',
};

for (const who of ['nobody', 'a teacher', 'an app']) {
  test(`a scanner of GraphQL finds nothing grave as ${who}`, { timeout: 300_000 }, async () => {
    const token = { nobody: null, 'a teacher': demo.person('homeroom_teacher').token, 'an app': demo.app.token }[who];
    const { findings } = await scan(token);
    assert.ok(findings.length > 0, 'it looked');
    const grave = findings.filter((of) => !['INFO', 'LOW'].includes(of.severity) && !(of.type in accepted));
    assert.deepEqual(grave.map((of) => `${of.severity} ${of.type}: ${of.evidence}`), []);
    assert.equal(server.log(), '', 'nothing was a mistake of ours');
  });
}
