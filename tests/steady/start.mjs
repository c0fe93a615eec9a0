// Starts a server once and ends it again: `node start.mjs URL -- POSTER... -- SERVER...`
// Prints the milliseconds from its start until it first answered a GraphQL request, its memory in kB two seconds later, the most it had while POSTER
// ran, and what POSTER printed. What the server says goes to stderr.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const [[url], poster, server] = process.argv.slice(2).join('\n').split('\n--\n').map((part) => part.split('\n'));

const running = [];
function run([program, ...args], stdout) {
  const child = spawn(program, args, { stdio: ['ignore', stdout, 'inherit'] });
  running.push(child);
  return child;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(1));
}
process.on('exit', () => running.forEach((child) => child.kill()));

/** Whether it is there: any answer to a GraphQL query that says what the query's type is called. */
function answers() {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const sent = request(url, { method: 'POST', agent: false, headers, timeout: PATIENCE_MS }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('error', () => resolve(false));
      answer.on('end', () => resolve(answer.statusCode === 200 && text.includes('"__typename":"Query"')));
    });
    sent.on('error', () => resolve(false));
    sent.on('timeout', () => sent.destroy());
    sent.end('{"query":"{ __typename }"}');
  });
}
/** Its resident memory, in kB. */
const memory = ({ pid }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

if (await answers()) throw new Error(`somebody else listens at ${url}`);
const begun = performance.now();
const served = run(server, 2);
while (!(await answers())) {
  if (served.exitCode !== null || performance.now() - begun > PATIENCE_MS) throw new Error('it does not answer');
  await sleep(1);
}
const started = performance.now() - begun;
await sleep(2_000);
const idle = memory(served);

const posts = run(poster, 'pipe');
let said = '';
posts.stdout.on('data', (part) => (said += part));
let most = idle;
const looking = setInterval(() => (most = Math.max(most, memory(served))), 100);
const [code] = await once(posts, 'close');
clearInterval(looking);
if (code !== 0) throw new Error('what posts has failed');
served.kill();
await once(served, 'exit');
console.log(started.toFixed(1), idle, most, said.trim());
