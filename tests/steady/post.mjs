// One round of the soak: devices post, each its next call when the last one is answered, and readers open classes meanwhile.
//   node post.mjs URL TOKEN PLACES QUESTIONS DEVICES BATCH CALLS
// PLACES is a CSV of pupil,class; QUESTIONS has lines of a token, a tab and a body. Of twenty calls one is the device's last call once more. Prints
// activities acknowledged, calls that were not answered as they have to be, seconds, the milliseconds within which half and 99 % of the calls were
// answered, how often classes were read, how often not, and the milliseconds within which 99 % of those answers came. What failed first is said on stderr.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const REPLAY_EVERY = 20;
const READERS = 4;
const BETWEEN_READING_MS = 250;
const PATIENCE_MS = 30_000;
const DOCUMENT =
  'mutation Post($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted duplicates rejected { index code } } }';

const [url, token, placesFile, questionsFile, ...numbers] = process.argv.slice(2);
const [devices, batch, calls] = numbers.map(Number);
const lines = (file) => readFileSync(file, 'utf8').trim().split('\n');
const places = lines(placesFile).map((line) => line.split(','));
const questions = lines(questionsFile).map((line) => line.split('\t'));
const each = Math.ceil(places.length / devices);
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** The answer's data; what is not an answer throws. */
function ask(bearer, body) {
  const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent, headers, timeout: PATIENCE_MS }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => (text += part));
      answer.on('error', reject);
      answer.on('end', () => {
        try {
          const { data, errors } = JSON.parse(text);
          if (answer.statusCode !== 200 || errors) throw new Error(`${answer.statusCode} ${text.slice(0, 300)}`);
          resolve(data);
        } catch (error) {
          reject(error);
        }
      });
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A UUID that begins with the time, as apps make them. */
function newId() {
  const time = Date.now().toString(16).padStart(12, '0');
  const chance = randomBytes(10).toString('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${chance.slice(0, 3)}-8${chance.slice(3, 6)}-${chance.slice(6, 18)}`;
}

function activities(own, at) {
  const now = new Date().toISOString();
  return Array.from({ length: batch }, (_, n) => {
    const [pupil, group] = own[(at + n) % own.length];
    return `{"id":"${newId()}","pupilId":"${pupil}","classId":"${group}","verb":"ANSWERED","objectId":"https://drill.example/fractions/1",` +
      `"objectKind":"QUESTION","occurredAt":"${now}","durationSeconds":12,"success":true,"place":"SCHOOL"}`;
  }).join(',');
}

const posted = { acknowledged: 0, failed: 0, times: [] };
const read = { failed: 0, times: [] };
let taken = 0;
let over = false;

function failed(of, what, error) {
  if (of.failed === 0) console.error(`${what}: ${error.message}`);
  of.failed += 1;
}

async function post(device) {
  const own = places.slice(device * each, (device + 1) * each);
  let last;
  for (let at = 0; taken < calls; at += batch) {
    taken += 1;
    const again = last !== undefined && taken % REPLAY_EVERY === 0;
    const items = again ? last : activities(own, at);
    const body = `{"query":"${DOCUMENT}","variables":{"input":{"sentAt":"${new Date().toISOString()}","activities":[${items}]}}}`;
    const begun = performance.now();
    try {
      const { accepted, duplicates, rejected } = (await ask(token, body)).recordActivities;
      posted.times.push(performance.now() - begun);
      posted.acknowledged += accepted;
      if (accepted !== (again ? 0 : batch) || duplicates !== (again ? batch : 0) || rejected.length > 0) {
        throw new Error(`${again ? 'sent again' : 'new'}: ${accepted} accepted, ${duplicates} duplicates, ${JSON.stringify(rejected[0])}`);
      }
      last = items;
    } catch (error) {
      failed(posted, 'a call', error);
      last = undefined;
    }
  }
}

async function open(reader) {
  for (let at = reader; !over; at += READERS) {
    const begun = performance.now();
    try {
      const found = await ask(...questions[at % questions.length]);
      read.times.push(performance.now() - begun);
      if (!found.class?.pupils.nodes.length) throw new Error('there is nobody in the class');
    } catch (error) {
      failed(read, 'a class', error);
    }
    await sleep(BETWEEN_READING_MS);
  }
}

const begun = performance.now();
const readers = Array.from({ length: READERS }, (_, reader) => open(reader));
await Promise.all(Array.from({ length: Math.min(devices, Math.ceil(places.length / each)) }, (_, device) => post(device)));
const seconds = (performance.now() - begun) / 1000;
over = true;
await Promise.all(readers);
agent.destroy();
const within = (times, share) => (times.sort((a, b) => a - b)[Math.floor(times.length * share)] ?? 0).toFixed(1);
console.log(
  posted.acknowledged, posted.failed, seconds.toFixed(2), within(posted.times, 0.5), within(posted.times, 0.99),
  read.times.length, read.failed, within(read.times, 0.99),
);
