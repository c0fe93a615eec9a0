// The bodies of a document, one for each id: `node questions.mjs DOCUMENT FROM TO <ids`, where a line is an id and, after a space, the token to ask
// with. Prints lines of a token, a tab and a body.
import { readFileSync } from 'node:fs';

const [document, from, to] = process.argv.slice(2);
const query = readFileSync(document, 'utf8').replace(/\s+/g, ' ').trim();
for (const line of readFileSync(0, 'utf8').trim().split('\n')) {
  const [id, token = 'none'] = line.split(' ');
  console.log(`${token}\t${JSON.stringify({ query, variables: query.includes('$month') ? { id, month: to.slice(0, 7) } : { id, from, to } })}`);
}
