// Starts a demo and runs the tests beside it, those that change something last: `node run.mjs`, or `node run.mjs audits`.
import { readdir } from 'node:fs/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { folder, start } from '../browser/program.mjs';

const here = await readdir(new URL('.', import.meta.url));
const all = here.filter((name) => name.endsWith('.test.mjs')).map((name) => name.replace('.test.mjs', ''));
const asked = process.argv.slice(2);
const names = (asked.length > 0 ? asked : all).sort((a, b) => (a === 'fuzz') - (b === 'fuzz') || a.localeCompare(b));

const data = await folder();
const demo = await start(['demo', '--data', data.path, '--pupils', '80', '--days', '10', '--seed', '7', '--now', '2026-11-24T08:20:00+09:00']);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => demo.stop().then(data.remove).finally(() => process.exit(1)));
process.env.ASAGAO_DEMO = data.path;
const files = names.map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
const tests = run({ files, concurrency: 1, timeout: 1_200_000 });
tests.on('test:fail', () => { process.exitCode = 1; });
await new Promise((resolve) => { tests.once('end', resolve); tests.compose(new spec()).pipe(process.stdout); });
await demo.stop();
const mistakes = demo.log().split('\n').filter((line) => line.includes('ERROR'));
if (mistakes.length > 0) {
  console.error(`the server has told of mistakes of its own:\n${mistakes.join('\n')}`);
  process.exitCode = 1;
}
await data.remove();
