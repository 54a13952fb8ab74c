import { type Stack, stacksOf } from '#accounts/core';
import {
  type AddRoutes,
  bearerToken,
  createRoute,
  JOBS,
  notSignedIn,
  problemResponse,
  problemResponses,
} from '#platform';
import { type JobStacksAnswer, jobStacksAnswer } from '../core/job-stacks-api.ts';
import { json, type RouteRoom } from './access.ts';

const list = createRoute({
  method: 'get',
  path: '/v1/job-stacks',
  summary: 'The stacks of the repository whose CI job this is, in dependency order',
  security: JOBS,
  responses: { 200: { description: 'Maybe none', content: json(jobStacksAnswer) }, ...problemResponses },
});

/**
 * What a CI job needs to tell which stacks a change affects. Like other reads by jobs it uses no token up and is not recorded: it tells a
 * repository what `sekisho.yaml` says of itself. The ids decide whose stacks these are, the owner's too: a repository may change hands.
 */
export const jobStacksRoutes =
  (room: RouteRoom): AddRoutes =>
  (app) => {
    app.openapi(list, async (c) => {
      const token = bearerToken(c);
      if (token === undefined) return problemResponse(c, notSignedIn);
      const job = await room.verifyWorkload(token);
      if (!job.ok) return problemResponse(c, job.error);
      const { issuerName, repositoryId, ownerId } = job.value;
      const stacks = stacksOf(room.organization(), { issuer: issuerName, id: repositoryId });
      const owned = stacks.filter(({ repository }) => repository.ownerId === ownerId);
      return c.json({ stacks: owned.map(answerOf) }, 200);
    });
  };

const answerOf = ({
  name,
  path,
  account: { id, name: accountName, environment },
  region,
  apply,
  dependsOn,
  alsoAffectedBy,
}: Stack): JobStacksAnswer['stacks'][number] => ({
  name,
  path,
  account: { id, name: accountName, environment },
  region,
  ...(apply.environment === undefined ? {} : { applyEnvironment: apply.environment }),
  dependsOn: [...dependsOn],
  ...(alsoAffectedBy === undefined ? {} : { alsoAffectedBy: [...alsoAffectedBy] }),
});
