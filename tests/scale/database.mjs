// Places of boards on the PostgreSQL of TEST_DATABASE_URL, made as an operator makes them: by bin/board-schema and psql.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../bin/board-schema', import.meta.url));
const server = process.env.TEST_DATABASE_URL;
if (!server) throw new Error('TEST_DATABASE_URL has to be the address of a PostgreSQL server: run bin/test-scale');

/** The address of a database of the server, as a role. */
export function address(database, role = 'postgres') {
  return server.replace('postgres@', `${role}@`).replace('/postgres?', `/${database}?`);
}

/** The folder in which the server's socket is. */
export const socket = new URL(server).searchParams.get('host');

/** A new database. */
export async function makeDatabase(name) {
  await sql(address('postgres'), `CREATE DATABASE ${name}`);
}

/** A place for a board in a database: its address. */
export async function makePlace(database, name) {
  const { stdout } = await promisify(execFile)(script, [name]);
  await psql(address(database), stdout);
  return address(database, name);
}

/** The lines that a statement answers with. */
export async function sql(url, statement) {
  return (await psql(url, statement)).split('\n').filter((line) => line !== '');
}

async function psql(url, input) {
  const child = spawn('psql', ['-XqtA', '-v', 'ON_ERROR_STOP=1', url], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, errors] = ['', ''];
  child.stdout.on('data', (text) => { out += text; });
  child.stderr.on('data', (text) => { errors += text; });
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(errors);
  return out;
}
