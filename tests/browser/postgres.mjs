// A private PostgreSQL server that can be stopped and started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../bin/with-postgres', import.meta.url));

/** Starts a server: its address, and `stop` and `start` for trouble; `remove` ends it. */
export async function postgres() {
  // It stands as long as the command beside it reads.
  const tell = 'echo "$TEST_DATABASE_URL"; echo "$TEST_POSTGRES_CTL"; cat >/dev/null';
  const child = spawn(script, ['bash', '-c', tell], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const [url, control] = [(await lines.next()).value, (await lines.next()).value];
  const [program, ...options] = control.trim().split(' ');
  // The server keeps whatever it inherits open: it must not be a pipe that somebody waits for.
  const run = async (...args) => {
    const started = spawn(program, [...options, ...args], { stdio: 'ignore', cwd: '/' });
    const [code] = await once(started, 'exit');
    if (code !== 0) throw new Error(`pg_ctl ${args[0]} ended with ${code}`);
  };
  const remove = async () => {
    child.stdin.end();
    await once(child, 'exit');
  };
  return { url, stop: () => run('stop', '-m', 'fast'), start: () => run('start'), remove };
}
