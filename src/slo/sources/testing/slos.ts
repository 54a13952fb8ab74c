import { resolveDefinitions, type Slo } from '../../core/index.ts';
import { readDefinitions } from '../../definitions/read.ts';

/** The SLOs of documents that are right. */
export function slosOf(yaml: string): readonly Slo[] {
  const read = readDefinitions([{ file: 'slo.yaml', bytes: new TextEncoder().encode(yaml) }]);
  const resolved = read.ok ? resolveDefinitions(read.value) : read;
  if (!resolved.ok) throw new Error(JSON.stringify(resolved.error.reasons));
  return resolved.value.slos;
}

export function sloOf(yaml: string): Slo {
  const [slo] = slosOf(yaml);
  if (slo === undefined) throw new Error('no SLO');
  return slo;
}

/** An SLO of events with this indicator, as flow YAML. */
export const eventsSlo = (indicator: string, name = 'checkout'): string => `
apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name} }
spec:
  service: shop
  indicator: { metadata: { name: ${name}-sli }, spec: ${indicator} }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
`;

/** One of minutes, compared where the indicator is a threshold. */
export const minutesSlo = (indicator: string, objective = '', name = 'checkout'): string => `
apiVersion: openslo/v1
kind: SLO
metadata: { name: ${name}, annotations: { sekisho.dev/empty-slices: not-judged } }
spec:
  service: shop
  indicator: { metadata: { name: ${name}-sli }, spec: ${indicator} }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Timeslices
  objectives: [{ target: 0.99, timeSliceTarget: 1, timeSliceWindow: 1m${objective === '' ? '' : `, ${objective}`} }]
`;
