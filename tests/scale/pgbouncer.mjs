// A PgBouncer of one's own before the PostgreSQL of TEST_DATABASE_URL, as docs/scale.md has its settings.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, freePort } from '../browser/program.mjs';
import { socket, sql } from './database.mjs';

/** Starts it in a mode, for these roles: `address` of a database, `stop` and `start` for trouble, `remove` at the end. */
export async function pgbouncer(mode, roles, settings = []) {
  const [at, port] = [await folder(), await freePort()];
  const file = join(at.path, 'pgbouncer.ini');
  await writeFile(join(at.path, 'users'), roles.map((role) => `"${role}" ""\n`).join(''));
  await writeFile(file, ['[databases]', `* = host=${socket}`, '[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir =',
    'auth_type = trust', `auth_file = ${join(at.path, 'users')}`, `pool_mode = ${mode}`, 'ignore_startup_parameters = extra_float_digits',
    'default_pool_size = 45', 'max_client_conn = 400', ...settings, ''].join('\n'));
  await chmod(at.path, 0o755);
  const address = (database, role) => `postgres://${role}@127.0.0.1:${port}/${database}`;
  // It refuses to run as root.
  const as = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];
  let child;
  const start = async () => {
    const [program, ...rest] = [...as, '/usr/sbin/pgbouncer', file];
    child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
    let log = '';
    child.stderr.on('data', (text) => { log += text; });
    for (let tries = 0; !(await sql(address('postgres', roles[0]), 'SELECT 1').catch(() => undefined)); tries += 1) {
      if (child.exitCode !== null || tries > 200) throw new Error(`pgbouncer does not answer: ${log}`);
      await sleep(50);
    }
  };
  // At once, with every connection that it has.
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  await start();
  return { address, start, stop, remove: () => stop().then(at.remove) };
}
