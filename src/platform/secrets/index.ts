export { keptSecret, keptSecrets } from './kept-secret.ts';
