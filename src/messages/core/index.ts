export * from './api.ts';
export * from './back-off.ts';
export * from './email.ts';
export * from './message.ts';
export * from './news.ts';
export * from './slack.ts';
export * from './thread.ts';
export * from './webhook.ts';
