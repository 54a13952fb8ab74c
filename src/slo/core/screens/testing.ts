import { ppm } from '../objective/ppm.ts';
import { type CompiledScreen, compileScreens, type Screen, type ScreenRequest } from './screen.ts';

export const request = (route: string, more: Partial<ScreenRequest> = {}): ScreenRequest => ({
  routes: [route],
  weight: 1,
  required: true,
  thresholdMs: 100,
  ...more,
});

export const screenOf = (requests: readonly ScreenRequest[], more: Partial<Screen> = {}): Screen => ({
  name: 'item',
  requests,
  document: 0,
  barPpm: ppm(800_000),
  thresholdMs: 1000,
  ...more,
});

export function compiledOne(screen: Screen): CompiledScreen {
  const compiled = compileScreens([screen]);
  const [first] = compiled.ok ? compiled.value : [];
  if (first === undefined) throw new Error('The screen is wrong');
  return first;
}
