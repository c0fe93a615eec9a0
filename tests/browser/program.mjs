// The program under test: run to its end, or started, waited for and stopped.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const program = process.env.ASAGAO_BIN;
if (!program) throw new Error('ASAGAO_BIN has to be the path of the program: run bin/test');

/** Runs a command of the program and gives what it printed. */
export async function command(env, ...args) {
  const { stdout } = await promisify(execFile)(program, args, { env: { ...process.env, ...env } });
  return stdout.trim();
}

/** Starts a command that serves; `before` stands before the program on its command line, `serves` says whether it does. */
export async function start(args, env = {}, before = [], port = undefined, serves = ready) {
  const listen = `127.0.0.1:${port ?? await freePort()}`;
  const [first, ...rest] = [...before, program, ...args, '--listen', listen];
  const child = spawn(first, rest, { env: { ...process.env, ASAGAO_LOG: 'warn', ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const url = `http://${listen}`;
  for (let tries = 0; !(await serves(url)); tries += 1) {
    if (child.exitCode !== null || tries > 600) throw new Error(`the program does not serve: ${log}`);
    await sleep(100);
  }
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`the program ended with ${code}: ${log}`);
  };
  return { url, stop, log: () => log, signal: (name) => child.kill(name) };
}

/** A port that nobody has just now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

async function ready(url) {
  return fetch(`${url}/readyz`).then((answer) => answer.ok, () => false);
}

/** A folder that is gone at the end. */
export async function folder() {
  const path = await mkdtemp(join(tmpdir(), 'asagao-browser-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Does something while a file stands elsewhere, and puts it back. */
export async function whileAway(file, work) {
  await rename(file, `${file}.away`);
  try {
    return await work();
  } finally {
    await rename(`${file}.away`, file);
  }
}

/** A town on a Tuesday, before the bell. */
export function town(days) {
  return ['--pupils', '160', '--days', String(days), '--seed', '7', '--now', '2026-11-24T08:20:00+09:00'];
}

/** A demo by its folder: its address, its people, its database. */
export async function readDemo(path = process.env.ASAGAO_DEMO) {
  const told = JSON.parse(await readFile(join(path, 'demo.json'), 'utf8'));
  const person = (role, duty = '') => told.people.find((one) => one.role === role && one.duty.startsWith(duty));
  return { ...told, person, database: join(path, 'asagao-demo.db') };
}
