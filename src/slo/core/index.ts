export * from './budget/budget.ts';
export * from './budget/corrections.ts';
export * from './budget/counts.ts';
export * from './budget/downtime.ts';
export * from './budget/time-slices.ts';
export * from './objective/fraction.ts';
export * from './objective/ppm.ts';
export * from './objective/time-window.ts';
