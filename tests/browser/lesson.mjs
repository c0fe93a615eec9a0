// What the app of a lesson posts for pupils.
import { randomUUID } from 'node:crypto';

/** The pupils on a page of a class at work, by number: all, or those in a state. */
export const seated = (page, state = '') => page.locator(`[data-pupil]${state && `[data-state=${state}]`}`).evaluateAll((seats) => seats.map((seat) => seat.dataset.pupil));

/** A pupil of a class did something at a time of the demo's morning, by a device that stands still at 8:20; throws where it was not taken. */
export async function did(demo, [classId, pupilId], verb, time) {
  const query = 'mutation ($input: RecordActivitiesInput!) { recordActivities(input: $input) { accepted rejected { message } } }';
  const activity = {
    id: randomUUID(), pupilId, classId, verb, objectId: 'https://drill.example/1', objectKind: 'QUIZ', occurredAt: `2026-11-24T${time}+09:00`,
  };
  const body = JSON.stringify({ query, variables: { input: { sentAt: '2026-11-24T08:20:00+09:00', activities: [activity] } } });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${demo.app.token}` };
  const answer = await (await fetch(`${demo.url}/graphql`, { method: 'POST', headers, body })).json();
  if (answer.data?.recordActivities.accepted !== 1) throw new Error(`not taken: ${JSON.stringify(answer)}`);
}
