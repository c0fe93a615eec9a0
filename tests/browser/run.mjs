// Starts a demo and runs the tests beside it, one file after the other: `node run.mjs`, or `node run.mjs morning sizes`.
import { readdir } from 'node:fs/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { folder, start, town } from './program.mjs';

// Those that change nothing go first.
const first = ['quiet', 'access', 'sizes', 'strangers', 'presenting'];
const here = await readdir(new URL('.', import.meta.url));
const all = here.filter((name) => name.endsWith('.test.mjs')).map((name) => name.replace('.test.mjs', ''));
const order = (name) => (first.includes(name) ? first.indexOf(name) : first.length);
const asked = process.argv.slice(2);
const names = (asked.length > 0 ? asked : all).sort((a, b) => order(a) - order(b) || a.localeCompare(b));

const data = await folder();
const demo = await start(['demo', '--data', data.path, ...town(25)]);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => demo.stop().then(data.remove).finally(() => process.exit(1)));
process.env.ASAGAO_DEMO = data.path;
const files = names.map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
const tests = run({ files, concurrency: 1, timeout: 600_000 });
tests.on('test:fail', () => { process.exitCode = 1; });
await new Promise((resolve) => { tests.once('end', resolve); tests.compose(new spec()).pipe(process.stdout); });
await demo.stop();
await data.remove();
