export { keptSecret, keptSecrets, SERVER_SECRETS } from './kept-secret.ts';
