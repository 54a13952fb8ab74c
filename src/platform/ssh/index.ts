export { sshCrypto, sshSignerOf } from './crypto.ts';
