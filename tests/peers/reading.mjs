// The one query of a class that the hand-written peers have: three statements a request, each prepared on its connection. Marks and totals of all
// pupils are joined in lots, by `dataloader`, which is how servers of this kind are written.
import DataLoader from 'dataloader';
/** What the peers answer to. */
export const typeDefs = /* GraphQL */ `
  scalar Date
  type AttendanceKind { code: String! }
  type AttendanceMark { day: Date!, kind: AttendanceKind, late: Boolean!, leftEarly: Boolean! }
  type LearningDay { day: Date!, interactions: Int! }
  type Learning { days: [LearningDay!]! }
  type Pupil { id: ID!, name: String!, number: Int, attendance(from: Date!, to: Date!): [AttendanceMark!], learning(from: Date!, to: Date!): Learning }
  type PupilConnection { nodes: [Pupil!]! }
  type Class { name: String!, pupils(first: Int): PupilConnection }
  extend type Query { class(id: ID!): Class }
`;
const ofClass = `SELECT c.name AS class, p.id, e.number,
    concat_ws(' ', coalesce(nullif(p.preferred_family_name, ''), p.family_name), coalesce(nullif(p.preferred_given_name, ''), p.given_name)) AS name
  FROM class c JOIN enrolment e ON e.class = c.id JOIN pupil p ON p.id = e.pupil
  WHERE c.id = $1 AND e.kind = 'HOME' AND e.known_until = '9999-12-31T00:00:00+00:00' AND e.begins <= current_date AND e.ends >= current_date
  ORDER BY e.number, p.id`;
const marks = `SELECT pupil, day::text, kind, late, left_early AS "leftEarly" FROM attendance_mark
  WHERE pupil = ANY($1::uuid[]) AND day BETWEEN $2 AND $3 AND kind IS NOT NULL AND known_until = '9999-12-31T00:00:00+00:00' ORDER BY pupil, day`;
const totals = `SELECT pupil, day::text, sum(interactions)::int AS interactions FROM daily_total
  WHERE pupil = ANY($1::uuid[]) AND day BETWEEN $2 AND $3 GROUP BY pupil, day ORDER BY pupil, day`;

/** What one request has of the database, its rows of all pupils loaded together. */
export function loaders(pool) {
  const of = (name, text) => new DataLoader(async (keys) => {
    const { rows } = await pool.query({ name, text, values: [keys.map((key) => key.pupil), keys[0].from, keys[0].to] });
    const byPupil = new Map();
    for (const row of rows) {
      const own = byPupil.get(row.pupil);
      if (own) own.push(row);
      else byPupil.set(row.pupil, [row]);
    }
    return keys.map((key) => byPupil.get(key.pupil) ?? []);
  }, { cacheKeyFn: (key) => key.pupil + key.from + key.to });
  return { pool, marks: of('marks', marks), totals: of('totals', totals) };
}

/** How it is answered, where the context is of [loaders]. */
export const resolvers = {
  Query: {
    class: async (_, { id }, { pool }) => {
      const { rows } = await pool.query({ name: 'class', text: ofClass, values: [id] });
      return rows.length === 0 ? null : { name: rows[0].class, pupils: { nodes: rows } };
    },
  },
  Pupil: {
    attendance: (pupil, { from, to }, { marks }) => marks.load({ pupil: pupil.id, from, to }),
    learning: async (pupil, { from, to }, { totals }) => ({ days: await totals.load({ pupil: pupil.id, from, to }) }),
  },
  AttendanceMark: { kind: ({ kind }) => ({ code: kind }) },
};
