export * from './public-key.ts';
export * from './signature.ts';
export * from './verify.ts';
export * from './wire.ts';
