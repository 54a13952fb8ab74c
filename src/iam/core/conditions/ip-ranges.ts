/** A range of addresses: those whose first `prefix` of `width` bits are those of `address`. */
export interface IpRange {
  readonly width: 32 | 128;
  readonly address: bigint;
  readonly prefix: number;
}

/** `203.0.113.0/24`, `2001:db8::/32`, or one address without a prefix. */
export function parseIpRange(words: string): IpRange | undefined {
  const [written = '', prefixWords, ...more] = words.split('/');
  const address = written.includes(':') ? parseV6(written) : parseV4(written);
  if (address === undefined || more.length > 0) return undefined;
  const width = written.includes(':') ? 128 : 32;
  if (prefixWords === undefined) return { width, address, prefix: width };
  if (!/^(?:0|[1-9]\d{0,2})$/.test(prefixWords) || Number(prefixWords) > width) return undefined;
  return { width, address, prefix: Number(prefixWords) };
}

/** Whether all of `inner` lies in `outer`; IPv4 and IPv6 never lie in each other. */
export function liesIn(inner: IpRange, outer: IpRange): boolean {
  if (inner.width !== outer.width || inner.prefix < outer.prefix) return false;
  const shift = BigInt(outer.width - outer.prefix);
  return inner.address >> shift === outer.address >> shift;
}

function parseV4(words: string): bigint | undefined {
  const parts = words.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** RFC 4291, section 2.2; without zone ids. */
function parseV6(words: string): bigint | undefined {
  const [head = '', tail, ...more] = words.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  if (before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((sum, group) => (sum << 16n) | group, 0n);
}

function groupsOf(words: string): readonly bigint[] | undefined {
  if (words === '') return [];
  const groups: bigint[] = [];
  const parts = words.split(':');
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else {
      const v4 = index === parts.length - 1 && part.includes('.') ? parseV4(part) : undefined;
      if (v4 === undefined) return undefined;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    }
  }
  return groups;
}
