import { describe, expect, it } from 'vitest';
import { changesBetween, entriesToRead, type TreeBlob } from './index.ts';

const blob = (path: string, sha: string, mode = '100644'): TreeBlob => ({ path, sha, mode });

describe('what differs between two trees', () => {
  it('is what came, went, changed or was renamed', () => {
    const before = [blob('a', '1'), blob('b', '2'), blob('c', '3'), blob('same', '9')];
    const after = [blob('same', '9'), blob('a', '4'), blob('d/b', '2'), blob('new', '5')];
    expect(changesBetween(before, after)).toEqual([
      { path: 'a', status: 'modified' },
      { path: 'd/b', status: 'renamed', previousPath: 'b' },
      { path: 'new', status: 'added' },
      { path: 'c', status: 'deleted' },
    ]);
  });

  it('pairs files of the same content by the order of their paths, each once', () => {
    const before = [blob('old/2', '1'), blob('old/1', '1')];
    const after = [blob('new/1', '1'), blob('new/2', '1'), blob('new/3', '1')];
    expect(changesBetween(before, after)).toEqual([
      { path: 'new/1', status: 'renamed', previousPath: 'old/1' },
      { path: 'new/2', status: 'renamed', previousPath: 'old/2' },
      { path: 'new/3', status: 'added' },
    ]);
  });

  it('takes a file that becomes a link for changed, and folders for what they hold', () => {
    const before = [blob('a', '1'), blob('folder', '7', '040000')];
    const after = [blob('a', '1', '120000'), blob('folder', '8', '040000')];
    expect(changesBetween(before, after)).toEqual([{ path: 'a', status: 'modified' }]);
  });
});

describe('what must be read of a tree', () => {
  it('is configuration and every link, and nothing that terraform init copied', () => {
    const tree = [
      ...['a/main.tf', 'a/x.tf.json', 'a/y.tofu', 'a/z.tofu.json', 'a/.terraform/modules/m/main.tf'],
      ...['a/x.tf~', 'a/.hidden.tf', 'a/main.tftest.hcl', 'a/README.md', 'a/prod.tfvars'],
    ].map((path) => blob(path, '1'));
    const more = [
      blob('link', '2', '120000'),
      blob('sub.tf', '3', '160000'),
      blob('folder.tf', '4', '040000'),
    ];
    expect(entriesToRead([...tree, ...more]).map(({ path }) => path)).toEqual([
      ...['a/main.tf', 'a/x.tf.json', 'a/y.tofu', 'a/z.tofu.json', 'link'],
    ]);
  });
});
