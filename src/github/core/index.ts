export * from './app-answers.ts';
