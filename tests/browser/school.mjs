// A school of its own in a fresh database, brought in by the program's own commands.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command, folder, start } from './program.mjs';

const id = (n) => `0a5a9a00-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
/** A class of 45, one of a single pupil, one of nobody. */
export const classes = { large: id(0x61), single: id(0x62), empty: id(0x63) };

const [board, school, year, teacher] = [id(1), id(2), id(3), id(4)];
const families = ['勅使河原', '四十万谷', '小比類巻', 'フェルナンデス・オリヴェイラ', '長曽我部'];
const givens = ['ヴァレンティーナ', 'マリアエドゥアルダ', 'アレクサンドリア', 'ガブリエル', 'クリストファー'];

/** Twelve characters and more, as registers have them. */
function name(at) {
  return [families[at % families.length], givens[Math.floor(at / families.length) % givens.length]];
}

function files() {
  // The school year that runs now in Japan.
  const now = new Date(Date.now() + 9 * 3_600_000);
  const begins = now.getUTCFullYear() - (now.getUTCMonth() < 3 ? 1 : 0);
  const users = [`${teacher},true,有村,安奈,アリムラ,アンナ,arimura@asagiri.example`];
  const roles = [`${id(5)},${teacher},primary,teacher,${school}`];
  const enrolments = Object.values(classes).map((of, at) => `${id(0x10 + at)},${of},${school},${teacher},teacher,true,,,`);
  const pupil = (n, of, number) => {
    const [family, given] = name(number);
    users.push(`${id(0x1000 + n)},true,${family},${given},テシガワラ,アレクサンドリア,`);
    roles.push(`${id(0x2000 + n)},${id(0x1000 + n)},primary,student,${school}`);
    enrolments.push(`${id(0x3000 + n)},${of},${school},${id(0x1000 + n)},student,,,,${number}`);
  };
  for (let number = 1; number <= 45; number += 1) pupil(number, classes.large, number);
  pupil(99, classes.single, 1);
  return {
    'manifest.csv': ['propertyName,value', 'oneroster.version,1.2', 'file.orgs,bulk'],
    'orgs.csv': ['sourcedId,name,type,identifier', `${board},朝霧市教育委員会,district,122211`,
      `${school},朝霧市立ひばり野小学校,school,B112220000011`],
    'academicSessions.csv': ['sourcedId,title,type,startDate,endDate,schoolYear',
      `${year},${begins}年度,schoolYear,${begins}-04-01,${begins + 1}-03-31,${begins}`],
    'classes.csv': ['sourcedId,title,classType,schoolSourcedId,termSourcedIds,grades,subjects',
      `${classes.large},6年1組,homeroom,${school},${year},P6,`, `${classes.single},6年2組,homeroom,${school},${year},P6,`,
      `${classes.empty},6年3組,homeroom,${school},${year},P6,`],
    'users.csv': ['sourcedId,enabledUser,familyName,givenName,metadata.jp.kanaFamilyName,metadata.jp.kanaGivenName,email', ...users],
    'roles.csv': ['sourcedId,userSourcedId,roleType,role,orgSourcedId', ...roles],
    'enrollments.csv': ['sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate,metadata.jp.shussekiNo',
      ...enrolments],
  };
}

/** Makes the school, in a file unless another database is named; `serve` starts the program for it, `token` is the code of the teacher of
 * all its classes. */
export async function makeSchool(url) {
  const at = await folder();
  const database = join(at.path, 'school', 'asagao.db');
  const roster = join(at.path, 'roster');
  await mkdir(join(at.path, 'school'));
  await mkdir(roster);
  for (const [file, lines] of Object.entries(files())) await writeFile(join(roster, file), `${lines.join('\n')}\n`);
  const env = { DATABASE_URL: url ?? `sqlite:${database}` };
  await command(env, 'migrate', '--create');
  await command(env, 'import', 'roster', roster);
  const token = await command(env, 'staff', 'token', 'arimura@asagiri.example');
  return { database, token, id: school, serve: (before) => start(['serve'], env, before), remove: at.remove };
}
