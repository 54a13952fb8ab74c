export * from './issues.ts';
export * from './nearest.ts';
export * from './place.ts';
