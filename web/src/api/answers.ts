import type { paths } from './types.gen.ts';

export type Read<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Answer } } } };
}
  ? Answer
  : never;

/** A plan as lists show it. */
export type Plan = Read<'/v1/plans'>['plans'][number];
export type PlanState = Plan['state'];
export type Environment = Plan['environment'];
export type Me = Read<'/v1/me'>;
export type Overview = Read<'/v1/overview'>;
