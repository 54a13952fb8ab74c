export * from './statement.ts';
export * from './verify.ts';
export * from './weigh.ts';
