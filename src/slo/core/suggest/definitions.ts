import type { DefinitionOf } from '../definitions/documents.ts';
import { ppm } from '../objective/ppm.ts';
import type { Choice } from './choice.ts';
import type { ObjectiveEvidence } from './objective.ts';
import type { SuggestedRequests } from './suggestion.ts';

const WINDOW_MINUTES = 30 * 1440;
/** Below, a page of Google's table waits for more than a total outage burns. */
const LEAST_ALERTED = ppm(950_000);
const ACCESS_LOG = 'access-log';

export function screenDefinition({ screen }: Choice, service: string): DefinitionOf<'Screen'> {
  const { name, ...spec } = screen;
  return { apiVersion: 'sekisho/v1', kind: 'Screen', metadata: { name }, spec: { service, ...spec } };
}

export const sloOfScreen = (
  screen: string,
  service: string,
  objective: ObjectiveEvidence,
): DefinitionOf<'SLO'> => sloOf(`${screen}-views`, service, { views: 'below-bar' }, { screen }, objective);

export const sloOfRequests = (
  { name, route, threshold }: SuggestedRequests,
  service: string,
  objective: ObjectiveEvidence,
): DefinitionOf<'SLO'> =>
  sloOf(
    name,
    service,
    { status: ['5xx'], ...(threshold === undefined ? {} : { slowerThan: `${threshold.thresholdMs}ms` }) },
    { routes: [route] },
    objective,
  );

type Spec = DefinitionOf<'DataSource'>['spec']['connectionDetails'];

function sloOf(
  name: string,
  service: string,
  bad: Spec,
  total: Spec,
  { targetPpm }: ObjectiveEvidence,
): DefinitionOf<'SLO'> {
  const annotations = targetPpm < LEAST_ALERTED ? {} : { annotations: { 'sekisho.dev/alerts': 'google' } };
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name, ...annotations },
    spec: {
      service,
      indicator: {
        metadata: { name },
        spec: {
          metric: {
            ...{ kind: 'ratio', counter: false, part: 'bad' },
            events: { type: ACCESS_LOG, spec: bad },
            total: { type: ACCESS_LOG, spec: total },
          },
        },
      },
      window: { kind: 'rolling', minutes: WINDOW_MINUTES },
      budgetingMethod: 'Occurrences',
      objectives: [{ targetPpm }],
      alertPolicies: [],
    },
  };
}
