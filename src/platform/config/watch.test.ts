import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ConfigWatch, type Debounce, watchConfig } from './watch.ts';

const open: ConfigWatch<string>[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const watching of open.splice(0)) watching.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

type Outcome = { ok: true; value: string } | { ok: false; error: string };

/** Fires only when the test says so. */
const handDebounce = () => {
  let fire = (): void => undefined;
  let calls = 0;
  const debounce: Debounce = (run) => {
    fire = run;
    return {
      call: () => {
        calls += 1;
      },
      stop: () => undefined,
    };
  };
  return { debounce, fire: () => fire(), calls: () => calls };
};

function byHand(load: () => Promise<Outcome>) {
  const changes: string[] = [];
  const refusals: string[] = [];
  let touch = (): void => undefined;
  const hand = handDebounce();
  const watching = watchConfig<string, string>({
    file: '/etc/sekisho/sekisho.yaml',
    initial: 'first',
    load,
    same: (a, b) => a === b,
    onChange: (value) => changes.push(value),
    onRefused: (problem) => refusals.push(problem),
    watchFolder: (_, onChange) => {
      touch = onChange;
      return () => undefined;
    },
    debounce: hand.debounce,
  });
  open.push(watching);
  return { watching, changes, refusals, touch: () => touch(), ...hand };
}

describe('a watched configuration', () => {
  it('takes a good new file into force and announces it', async () => {
    const { watching, changes } = byHand(async () => ({ ok: true, value: 'second' }));
    await watching.reload();
    expect([watching.current(), changes]).toEqual(['second', ['second']]);
  });

  it('keeps the old one in force when the new file is bad, and says so', async () => {
    const { watching, changes, refusals } = byHand(async () => ({ ok: false, error: 'broken' }));
    await watching.reload();
    expect([watching.current(), changes, refusals]).toEqual(['first', [], ['broken']]);
  });

  it('announces nothing when the file means the same as before', async () => {
    const { watching, changes } = byHand(async () => ({ ok: true, value: 'first' }));
    await watching.reload();
    expect(changes).toEqual([]);
  });

  it('reads again when the file changed while it was being read, and the last reading wins', async () => {
    const readings = ['second', 'third'];
    const { watching, changes } = byHand(async () => ({ ok: true, value: readings.shift() ?? 'none' }));
    await Promise.all([watching.reload(), watching.reload()]);
    expect(watching.current()).toBe(changes.at(-1));
    expect(changes.at(-1)).not.toBe('none');
  });

  it('waits for stillness: touches only ask for a reading', () => {
    let reads = 0;
    const { touch, calls } = byHand(async () => {
      reads += 1;
      return { ok: true, value: 'second' };
    });
    touch();
    touch();
    expect([calls(), reads]).toEqual([2, 0]);
  });
});

function onDisk(file: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const watching = watchConfig<string, string>({
    file,
    initial: 'first',
    load: async () => ({ ok: true, value: readFileSync(file, 'utf8') }),
    same: (a, b) => a === b,
    onChange: resolve,
    onRefused: () => undefined,
    debounceMs: 5,
  });
  open.push(watching);
  return promise;
}

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sekisho-watch-'));
  folders.push(folder);
  return folder;
};

describe('a configuration on disk', () => {
  it('is followed when an editor writes into the file', async () => {
    const file = join(newFolder(), 'sekisho.yaml');
    writeFileSync(file, 'first');
    const changed = onDisk(file);
    writeFileSync(file, 'written');
    expect(await changed).toBe('written');
  });

  it('is followed when an editor replaces the file by renaming another over it', async () => {
    const file = join(newFolder(), 'sekisho.yaml');
    writeFileSync(file, 'first');
    const changed = onDisk(file);
    writeFileSync(`${file}.swp`, 'renamed');
    renameSync(`${file}.swp`, file);
    expect(await changed).toBe('renamed');
  });

  it('is followed when Kubernetes turns the symbolic link of a mounted ConfigMap', async () => {
    const folder = newFolder();
    for (const version of ['first', 'turned']) {
      mkdirSync(join(folder, `..${version}`));
      writeFileSync(join(folder, `..${version}`, 'sekisho.yaml'), version);
    }
    symlinkSync('..first', join(folder, '..data'));
    symlinkSync(join('..data', 'sekisho.yaml'), join(folder, 'sekisho.yaml'));
    const changed = onDisk(join(folder, 'sekisho.yaml'));
    symlinkSync('..turned', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(await changed).toBe('turned');
  });
});
