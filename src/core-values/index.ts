export * from './brand.ts';
export * from './environment.ts';
export * from './ids.ts';
export * from './json.ts';
export * from './problem.ts';
export * from './result.ts';
export * from './text.ts';
export * from './time.ts';
