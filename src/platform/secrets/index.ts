export { keptSecret } from './kept-secret.ts';
