import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The shop's people. Taro writes the changes; Hanako and Yuki own production; Kenji is on another team. */
const SHOP_PEOPLE = [
  { name: 'taro', githubId: '1001', teams: ['shop'] },
  { name: 'hanako', githubId: '1002', teams: ['shop'] },
  { name: 'yuki', githubId: '1003', teams: ['shop'] },
  { name: 'kenji', githubId: '1004', teams: ['data'] },
] as const;

export type PersonOfShop = (typeof SHOP_PEOPLE)[number]['name'];

export interface Person {
  readonly name: PersonOfShop;
  readonly githubId: string;
  readonly teams: readonly string[];
  /** Private key file, for `ssh-keygen -Y sign -f`. Without passphrase: a key of the demo's. */
  readonly keyFile: string;
  /** The line of the `.pub` file. */
  readonly publicKey: string;
}

export type People = Readonly<Record<PersonOfShop, Person>>;

/** Generates an Ed25519 key for everybody, below `directory`. */
export async function makePeople(directory: string, sshKeygen: string): Promise<People> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const made = await Promise.all(
    SHOP_PEOPLE.map(async (person): Promise<Person> => {
      const keyFile = join(directory, person.name);
      await run(sshKeygen, ['-q', '-t', 'ed25519', '-N', '', '-C', person.name, '-f', keyFile]);
      return { ...person, keyFile, publicKey: (await readFile(`${keyFile}.pub`, 'utf8')).trim() };
    }),
  );
  const named = (name: PersonOfShop): Person => {
    const person = made.find((one) => one.name === name);
    if (person === undefined) throw new Error(`no key was made for ${name}`);
    return person;
  };
  return { taro: named('taro'), hanako: named('hanako'), yuki: named('yuki'), kenji: named('kenji') };
}
