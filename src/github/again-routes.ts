import { planUnknown, type RouteRoom } from '#changes';
import { againAnswer } from '#changes/core';
import { formatTime, parsePlanId } from '#core-values';
import { type AddRoutes, createRoute, PEOPLE, problemResponse, problemResponses, z } from '#platform';
import type { GitHubConnections } from './api/port.ts';
import { blobTexts } from './pull-request/blob-texts.ts';
import { planAgain } from './pull-request/plan-again.ts';

export interface AgainRoutesOptions {
  readonly changes: RouteRoom;
  readonly connections: GitHubConnections;
}

const again = createRoute({
  method: 'post',
  path: '/v1/plans/{id}/again',
  summary: 'Have a new plan made in the place of one that nothing comes of any more',
  description:
    'Starts what `/sekisho plan` on the pull request starts, after the merge what `/sekisho apply` does. Asked again within 15 minutes it starts nothing more.',
  security: PEOPLE,
  request: { params: z.object({ id: z.string() }) },
  responses: {
    200: { description: 'Asked', content: { 'application/json': { schema: againAnswer } } },
    ...problemResponses,
  },
});

/** For people alone. */
export const againRoutes = ({ changes, connections }: AgainRoutesOptions): AddRoutes => {
  const room = { changes, connections, blobs: blobTexts() };
  return (app) =>
    void app.openapi(again, async (c) => {
      const person = await changes.requirePerson(c);
      if (!person.ok) return problemResponse(c, person.error);
      const { id } = c.req.valid('param');
      const plan = parsePlanId(id);
      if (plan === undefined) return problemResponse(c, planUnknown(id));
      const made = await planAgain(room, { plan, person: person.value });
      if (!made.ok) {
        const { problem: why, auditEntry } = made.error;
        return problemResponse(c, why, auditEntry === undefined ? {} : { auditEntry });
      }
      const { asked, started } = made.value;
      return c.json({ asked: { at: formatTime(asked.at), byWhom: asked.byWhom }, started }, 200);
    });
};
