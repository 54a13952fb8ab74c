export * from './lookup.ts';
export * from './model.ts';
export * from './ref-glob.ts';
export * from './ssh-key.ts';
export * from './workflow-ref.ts';
