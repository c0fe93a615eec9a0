// Runs the tests beside the PostgreSQL of TEST_DATABASE_URL, one file after the other: `node run.mjs`, or `node run.mjs boards pgbouncer`.
import { readdir } from 'node:fs/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

const here = await readdir(new URL('.', import.meta.url));
const all = here.filter((name) => name.endsWith('.test.mjs')).map((name) => name.replace('.test.mjs', '')).sort();
const asked = process.argv.slice(2);
const files = (asked.length > 0 ? asked : all).map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
const tests = run({ files, concurrency: 1, timeout: 600_000 });
tests.on('test:fail', () => { process.exitCode = 1; });
await new Promise((resolve) => { tests.once('end', resolve); tests.compose(new spec()).pipe(process.stdout); });
