export * from './api.ts';
export * from './port.ts';
export * from './stand.ts';
