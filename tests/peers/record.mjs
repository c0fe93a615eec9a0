// The one mutation that the peers have, and how they store it: a batch by UNNEST, activities alone.
/** What the peers answer to. */
export const typeDefs = /* GraphQL */ `
  input ActivityInput {
    id: ID!, pupilId: ID!, classId: ID, verb: String!, objectId: String!, objectKind: String!, occurredAt: String!
    durationSeconds: Float, success: Boolean, place: String
  }
  input RecordActivitiesInput { sentAt: String!, activities: [ActivityInput!]! }
  type Rejected { index: Int!, code: String! }
  type RecordActivitiesPayload { accepted: Int!, duplicates: Int!, rejected: [Rejected!]! }
  extend type Mutation { recordActivities(input: RecordActivitiesInput!): RecordActivitiesPayload! }
`;
const insert = {
  name: 'insert',
  text: `INSERT INTO activity (pupil, id, class, verb, object_id, object_kind, device_at, duration_ms, interactions, success, place, content,
      occurred_at, received_at, day, school, sent_by)
    SELECT p, i, c, v, o, k, d, n, 1, s, w, '\\x00', d, now(), d::date, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'
    FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bigint[], $9::boolean[], $10::text[])
      AS t (p, i, c, v, o, k, d, n, s, w)
    ON CONFLICT (pupil, id) DO NOTHING`,
};
/** Stores a batch. */
export async function record(pool, { activities }) {
  const column = (value) => activities.map(value);
  const { rowCount } = await pool.query({ ...insert, values: [
    column((a) => a.pupilId), column((a) => a.id), column((a) => a.classId), column((a) => a.verb), column((a) => a.objectId),
    column((a) => a.objectKind), column((a) => a.occurredAt), column((a) => Math.round((a.durationSeconds ?? 0) * 1000)),
    column((a) => a.success ?? null), column((a) => a.place ?? null),
  ] });
  return { accepted: rowCount, duplicates: activities.length - rowCount, rejected: [] };
}
