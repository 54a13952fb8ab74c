export * from './count.ts';
export * from './ssh-key.ts';
export * from './ssh-signature.ts';
export * from './statement.ts';
export * from './verify.ts';
