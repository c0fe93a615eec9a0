// A roster package: taken from the office's page, changed a little, sent back to be read.
import { inflateRawSync } from 'node:zlib';

/** Sends the school's own roster with a few changes, and waits on the page of their difference. */
export async function sendChanged(page) {
  await page.goto('/imports');
  const form = page.locator('form[action="/imports/export"]');
  await form.locator('input[value=own]').check();
  const school = form.locator('select[name=school]');
  if (await school.count()) await school.selectOption({ index: 1 });
  await form.locator('select[name=version]').selectOption('1.2.1');
  const [download] = await Promise.all([page.waitForEvent('download'), form.getByRole('button').click()]);
  const files = unzip(Buffer.concat(await (await download.createReadStream()).toArray()));
  changeUsers(files);
  changeEnrollments(files);
  await page.locator('input[type=file]').setInputFiles({ name: download.suggestedFilename(), mimeType: 'application/zip', buffer: zip(files) });
  await page.getByRole('button', { name: '違いを見る' }).click();
  await page.locator('.tiles.seven').waitFor();
}

/** Somebody has another name and reading, somebody else a reading in half-width kana. */
function changeUsers(files) {
  const lines = files['users.csv'].split('\r\n');
  const pupil = (line) => line.includes('"true"') && !line.includes('@');
  const [one, another] = lines.flatMap((line, at) => (pupil(line) ? [at] : []));
  const cells = lines[one].split('","');
  [cells[7], cells[19]] = ['髙橋', '髙橋'];
  lines[one] = cells.join('","');
  lines[another] = lines[another].replace(/"([ァ-ヶー]+)"/, '"ｱｵｷ"');
  files['users.csv'] = lines.join('\r\n');
}

/** Somebody is not there any more, somebody has another number, and two rows cannot be read. */
function changeEnrollments(files) {
  const lines = files['enrollments.csv'].split('\r\n');
  const students = lines.flatMap((line, at) => (line.includes('"student"') ? [at] : []));
  const [gone, number, first, second] = students;
  lines[number] = lines[number].replace(/"(\d+)",""$/, '"99",""');
  for (const at of [first, second]) lines[at] = lines[at].replace(/"(\d{4})-(\d\d)-(\d\d)"/, '"$3/$2/$1"');
  lines.splice(gone, 1);
  files['enrollments.csv'] = lines.join('\r\n');
}

/** The files of a ZIP file as text, by name. */
function unzip(bytes) {
  const files = {};
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1')) + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [method, packed, name] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28)];
    const local = bytes.readUInt32LE(at + 42);
    const begins = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(begins, begins + packed);
    files[bytes.toString('utf8', at + 46, at + 46 + name)] = (method === 8 ? inflateRawSync(content) : content).toString('utf8');
    at += 46 + name + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

/** A ZIP file of texts, as they are. */
function zip(files) {
  const [parts, directory] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [title, content] = [Buffer.from(name), Buffer.from(text)];
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt16LE(0x21, 8);
    head.writeUInt32LE(crc32(content), 10);
    head.writeUInt32LE(content.length, 14);
    head.writeUInt32LE(content.length, 18);
    head.writeUInt16LE(title.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), head, title, content);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), head, place, title);
    offset += 30 + title.length + content.length;
  }
  const whole = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(whole.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, whole, end]);
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
