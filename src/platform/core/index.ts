export * from './bytes.ts';
export * from './issues.ts';
export * from './nearest.ts';
export * from './place.ts';
export * from './ssh/index.ts';
